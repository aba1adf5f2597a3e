from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.estimation import (
    ALL,
    THIN,
    EstimateAccuracy,
    EstimateCalibration,
    estimate_accuracy,
    estimate_calibration,
)
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")


def item(number: int, estimate: float, actual: float | None, **values: Any) -> dict[str, Any]:
    return {
        "item_id": f"I{number}", "estimate_seconds": estimate * 3600,
        "actual_seconds": None if actual is None else actual * 3600, "state": "finished",
        "actual_source": "register", "finished_on_date": pd.Timestamp("2026-05-01"),
    } | values  # fmt: skip


def accuracy(items: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_accuracy(contract_frame("estimate_history", items), status_date=STATUS).set_index("work_class")


def test_worked_example_of_three_items() -> None:
    row = accuracy([item(1, 2, 2), item(2, 4, 6), item(3, 4, 2)]).loc[ALL]
    assert row[EstimateAccuracy.pooled_ratio] == 1.0
    assert row[EstimateAccuracy.median_ratio] == 1.0
    assert row[EstimateAccuracy.mean_absolute_error_seconds] == pytest.approx(4 / 3 * 3600)
    assert row[EstimateAccuracy.marp0_seconds] == pytest.approx(8 / 3 * 3600)
    assert row[EstimateAccuracy.standardised_accuracy] == pytest.approx(0.5)
    assert row[EstimateAccuracy.mean_relative_error_pct] == pytest.approx(400 / 9)
    assert row[EstimateAccuracy.within_25_of_actual_pct] == pytest.approx(100 / 3)
    assert row[["items_exact", "items_over", "items_under"]].to_list() == [1, 1, 1]
    assert row[EstimateAccuracy.quality_note] == "thin: 3 items with estimate and actual"


def test_items_are_counted_by_fate_and_only_whole_pairs_are_judged() -> None:
    items = [
        item(1, 2, 4),
        item(2, 0, 3),
        item(3, 5, None),
        item(4, 5, None, state="open", finished_on_date=None),
        item(5, 5, 9, finished_on_date=pd.Timestamp("2026-07-01")),
        item(6, 5, 1, state="cancelled"),
    ]
    row = accuracy(items).loc[ALL]
    counts = ["items_finished", "items_withheld", "items_open", "items_cancelled"]
    assert row[counts].to_list() == [3, 2, 2, 1]
    assert row[EstimateAccuracy.pooled_ratio] == 2.0


def test_classes_stand_beside_all_and_a_class_without_pairs_has_no_figures() -> None:
    table = accuracy([item(1, 2, 2, work_class="b"), item(2, 2, 4, work_class="a"), item(3, 0, 1)])
    assert table.index.to_list() == [ALL, "a", "b", "no class"]
    assert math.isnan(table.loc["no class", EstimateAccuracy.pooled_ratio])


def test_calibration_needs_nine_items_a_band() -> None:
    items = [item(i, 1, ratio) for i, ratio in enumerate([0.5, 0.8, 0.9, 1, 1, 1.1, 1.2, 2, 3])]
    items += [item(100 + i, 4, 8) for i in range(THIN - 1)]
    table = estimate_calibration(contract_frame("estimate_history", items), status_date=STATUS).set_index("size_band")
    assert table.index.to_list() == ["up to 2 h", "2 to 8 h"]
    assert table.loc["up to 2 h", EstimateCalibration.median_ratio] == 1.0
    # Six of nine within 0.75 to 1.25.
    assert table.loc["up to 2 h", EstimateCalibration.within_25_pct] == pytest.approx(600 / 9)
    assert math.isnan(table.loc["2 to 8 h", EstimateCalibration.median_ratio])


PAIRS = st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), min_size=2, max_size=30)


@settings(max_examples=25)
@given(PAIRS, st.integers(2, 50))
def test_ratios_and_accuracy_do_not_depend_on_the_unit(pairs: list[tuple[int, int]], factor: int) -> None:
    once = accuracy([item(i, e, a) for i, (e, a) in enumerate(pairs)]).loc[ALL]
    scaled = accuracy([item(i, e * factor, a * factor) for i, (e, a) in enumerate(pairs)]).loc[ALL]
    for name in ("pooled_ratio", "median_ratio", "p80_ratio", "log_bias", "standardised_accuracy"):
        assert scaled[name] == pytest.approx(once[name], nan_ok=True)


@settings(max_examples=25)
@given(PAIRS)
def test_exact_over_and_under_are_all_items_and_quantiles_are_in_order(pairs: list[tuple[int, int]]) -> None:
    row = accuracy([item(i, e, a) for i, (e, a) in enumerate(pairs)]).loc[ALL]
    assert row["items_exact"] + row["items_over"] + row["items_under"] == len(pairs)
    assert row["median_ratio"] <= row["p80_ratio"] <= row["p90_ratio"]
    assert row["log_bias_low"] <= row["log_bias"] <= row["log_bias_high"]
