from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources.effort_estimate import effort_estimate
from pmo_analytics.resources.past_items import Question
from pmo_analytics.resources.reference_class_outlook import ReferenceClassOutlook, reference_class_outlook
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")


def item(number: int, work_class: str | None, ratio: float, hours: float = 4) -> dict[str, Any]:
    finished_on = pd.Timestamp("2025-01-01") + pd.Timedelta(days=number)
    return {
        "item_id": f"I{number:04d}", "estimate_seconds": hours * 3600, "actual_seconds": ratio * hours * 3600,
        "state": "finished", "actual_source": "register", "work_class": work_class,
        "estimated_on_date": finished_on - pd.Timedelta(days=1), "finished_on_date": finished_on,
    }  # fmt: skip


def outlook(items: list[dict[str, Any]]) -> pd.DataFrame:
    return reference_class_outlook(contract_frame("estimate_history", items), status_date=STATUS)


def test_the_worked_example_of_two_classes() -> None:
    frame = outlook([item(n, "A" if n % 4 == 0 else "B", 2.0 if n % 4 == 0 else 1.0) for n in range(120)])
    assert frame[ReferenceClassOutlook.work_class].to_list() == ["A", "B"]
    assert frame[ReferenceClassOutlook.items_finished].to_list() == [30, 90]
    assert frame[ReferenceClassOutlook.class_weight_pct].to_list() == [50.0, 75.0]
    assert frame[ReferenceClassOutlook.own_median_ratio].to_list() == pytest.approx([2.0, 1.0])
    assert frame[ReferenceClassOutlook.p50_ratio].to_list() == pytest.approx([2.0, 1.0])
    # A quarter of what is not B's own took twice: a sixteenth, so that even P90 is 1.
    assert frame[ReferenceClassOutlook.p90_ratio].to_list() == pytest.approx([2.0, 1.0])


def test_bands_are_in_order_and_a_thin_pair_says_nothing_of_its_own() -> None:
    items = [item(n, None, 1.0, hours=100) for n in range(3)] + [item(9, None, 3.0, hours=1)]
    frame = outlook(items)
    assert frame["size_band"].to_list() == ["up to 2 h", "over 80 h"]
    assert frame[ReferenceClassOutlook.own_median_ratio].isna().all()
    assert frame[ReferenceClassOutlook.p50_ratio].notna().all()


def test_it_says_what_an_estimate_of_that_kind_is_told() -> None:
    items = [item(n, "AB"[n % 2], 1.0 + (n % 7) / 4 + n % 2) for n in range(200)]
    frame = outlook(items).set_index(ReferenceClassOutlook.work_class)
    history = contract_frame("estimate_history", items)
    told = effort_estimate(history, Question("", "A", None, 4 * 3600.0), status_date=STATUS)
    assert told.method == "reference classes"
    assert told.ratios == pytest.approx({level: frame.loc["A", f"p{level}_ratio"] for level in (50, 80, 90)})
