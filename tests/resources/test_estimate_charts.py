from __future__ import annotations

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import pytest

from pmo_analytics.forecasting.coverage import coverage
from pmo_analytics.forecasting.passport import Passport
from pmo_analytics.resources import estimate_charts as charts
from pmo_analytics.resources.estimate_drift import UNDATED, EstimateDrift


def drift(*rows: tuple[str, int, float, float, float]) -> pd.DataFrame:
    columns = ["quarter", "items_finished", "median_ratio", "median_ratio_low", "median_ratio_high"]
    return pd.DataFrame(rows, columns=columns).assign(pooled_ratio=1.0, p80_ratio=1.5)


NONE = float("nan")


def passport(**held: tuple[int, int]) -> pd.DataFrame:
    """A passport of P80 alone: by band, how many of how many outcomes lay within."""
    bands = {"all": tuple(sum(part) for part in zip(*held.values(), strict=True))} | held
    found = {
        name: tuple(coverage([0.0] * within + [2.0] * (n - within), [[1.0]] * n, [0.8]))
        for name, (within, n) in bands.items()
    }
    n = bands["all"][1]
    return Passport("m", "naive", "event dates", (0.8,), n, None, found, None, NONE, "no candidate").frame()


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("2026-Q1", 20, 1.0, 0.9, 1.1)], "No bias is seen in 2026-Q1"),
        (
            [("2026-Q1", 20, 1.0, 0.9, 1.1), ("2026-Q2", 20, 1.1, 0.9, 1.3)],
            "No bias is seen in 2026-Q2, and no quarter before differs from it for certain",
        ),
        (
            [("2026-Q1", 20, 1.0, 0.9, 1.1), ("2026-Q2", 20, 1.5, 1.2, 1.8)],
            (
                "Half of the items of 2026-Q2 took more than 1.50 times their estimates; "
                "1 of the quarters before differs for certain"
            ),
        ),
    ],
)
def test_the_title_of_the_quarters_is_what_the_intervals_carry(rows: list[Any], title: str) -> None:
    assert charts.estimate_drift_chart_data(drift(*rows))["title"].iloc[0] == title


def test_thin_quarters_are_left_out_by_number_and_those_without_a_date_are_no_quarter() -> None:
    given = drift(("2025-Q4", 3, NONE, NONE, NONE), ("2026-Q1", 20, 1.0, 0.9, 1.1), (UNDATED, 30, 2.0, 1.9, 2.1))
    data = charts.estimate_drift_chart_data(given)
    assert data[EstimateDrift.quarter].to_list() == ["2026-Q1"]
    assert data["subtitle"].iloc[0].endswith(". 1 quarter of fewer than 9 items left out")


def test_the_title_of_the_record_names_the_size_that_is_off_for_certain() -> None:
    data = charts.coverage_by_size_data(passport(**{"up to 2 h": (60, 100), "over 80 h": (82, 100)}))
    assert data["row"].to_list() == ["all sizes (200)", "up to 2 h (100)", "over 80 h (100)"]
    assert data["title"].iloc[0] == "P80 is too narrow for work of up to 2 h: it held 60\u00a0%"
    good = charts.coverage_by_size_data(passport(**{"up to 2 h": (78, 100), "over 80 h": (82, 100)}))
    assert good["title"].iloc[0].startswith("P80 held 78 to 82\u00a0% of the outcomes in every size")


def test_the_record_of_all_sizes_tells_which_levels_are_off() -> None:
    data = charts.reliability_data(passport(**{"up to 2 h": (60, 100)}))
    assert data["title"].iloc[0] == "Of 100 forecasts of the past P80 held 60\u00a0%"
    assert data["subtitle"].iloc[0].endswith("Off for certain: P80")


@pytest.mark.parametrize(
    ("prepare", "draw", "frame"),
    [
        (charts.estimate_drift_chart_data, charts.estimate_drift_chart, drift(("2026-Q1", 20, 1.0, 0.9, 1.1))),
        (charts.reliability_data, charts.reliability, passport(**{"up to 2 h": (70, 100)})),
        (charts.coverage_by_size_data, charts.coverage_by_size, passport(**{"up to 2 h": (70, 100)})),
    ],
)
def test_each_chart_is_valid_and_nothing_is_drawn_of_nothing(
    prepare: Callable[[pd.DataFrame], pd.DataFrame], draw: Callable[[pd.DataFrame], alt.LayerChart], frame: pd.DataFrame
) -> None:
    spec = draw(prepare(frame)).to_dict()
    assert spec["title"]["text"]
    assert spec["description"]
    assert prepare(frame.iloc[0:0]).empty
