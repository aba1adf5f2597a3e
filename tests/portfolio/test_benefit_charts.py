"""What the chart of benefits says and draws: findings, labels apart, currencies apart, no cone without a record."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.portfolio import benefit_charts as charts
from pmo_analytics.portfolio.benefit_outlook import BenefitOutlook
from tests.specs import rows_of_spec, styles

MARCH = pd.Timestamp("2026-03-31")


def outlook(currency: str = "EUR", *, scale: float = 1.0, lowered: float = 0.0, has_cone: bool = True) -> pd.DataFrame:
    """Four months: 8 of 10 came by March, 20 are planned by April, 13 expected."""
    rows = [
        ("2026-02-01", 5, 5, 4, None), ("2026-03-01", 10, 10, 8, None), ("2026-04-01", 20, 20 - lowered, None, 13),
    ]  # fmt: skip
    return BenefitOutlook.validate(pd.DataFrame([
        {
            "currency": currency, "period_month": pd.Timestamp(month), "baseline_amount": scale * baseline,
            "planned_amount": scale * plan, "realised_amount": math.nan if came is None else scale * came,
            "p20_amount": scale * (p50 - 1) if p50 and has_cone else math.nan,
            "p50_amount": scale * p50 if p50 and has_cone else math.nan,
            "p80_amount": scale * (p50 + 1) if p50 and has_cone else math.nan,
        }
        for month, baseline, plan, came, p50 in rows
    ]))  # fmt: skip


def record(*, is_refused: bool = False) -> pd.DataFrame:
    row = {
        "method": "past benefits", "naive_method": "as planned", "clock": "leave one out", "size_band": "all",
        "level_pct": 80.0, "forecast_count": 12, "coverage_pct": 75.0, "coverage_low_pct": 43.0,
        "coverage_high_pct": 95.0, "is_refused": is_refused, "verdict": "no better" if is_refused else "62 % better",
    }  # fmt: skip
    return ForecastPassport.validate(pd.DataFrame([row], columns=list(ForecastPassport.to_schema().columns)))


def test_the_curve_says_what_came_and_what_is_expected() -> None:
    data = charts.benefit_curve_data(outlook(scale=1e6, lowered=2.0), record(), status_date=MARCH)
    assert data["title"].iloc[0] == (
        "EUR\u00a08.00\u00a0m have come; EUR\u00a013.00\u00a0m are expected by April\u00a02026, EUR\u00a07.00\u00a0m "
        "short of the baseline"
    )
    labels = data.loc[data["label"] != "", ["series", "label"]].to_numpy().tolist()
    assert labels == [
        ["baseline", "Baseline 20.00"], ["planned", "Plan 18.00"], ["realised", "Realised 8.00"],
        ["expected", "P50 13.00"],
    ]  # fmt: skip
    # The cone begins where what came ends.
    cone = data[data["series"] == "expected"][["month", "amount", "p20", "p80"]].to_numpy().tolist()
    assert cone == [["2026-03-01", 8.0, 8.0, 8.0], ["2026-04-01", 13.0, 12.0, 14.0]]
    spec = charts.benefit_curve(data).to_dict()
    assert {"plan", "muted", "earned", "better", "today"} <= styles(spec)
    assert len(rows_of_spec(spec, "series")) == len(data)


def test_a_plan_that_was_not_changed_is_one_line_with_the_baseline() -> None:
    data = charts.benefit_curve_data(outlook(), record(), status_date=MARCH)
    assert set(data["series"]) == {"planned", "realised", "expected"}
    assert data.loc[data["series"] == "planned", "label"].iloc[-1] == "Plan and baseline 0"


def test_without_a_record_no_forecast_is_drawn_and_the_verdict_is_said() -> None:
    data = charts.benefit_curve_data(outlook(scale=1e6), record(is_refused=True), status_date=MARCH)
    assert set(data["series"]) == {"planned", "realised"}
    assert data["subtitle"].iloc[0].endswith("No cone: no better")
    assert data["title"].iloc[0] == "EUR\u00a08.00\u00a0m of EUR\u00a020.00\u00a0m planned have come"
    assert "better" not in styles(charts.benefit_curve(data).to_dict())


def test_each_currency_has_a_chart_of_its_own_the_largest_first() -> None:
    both = pd.concat([outlook("EUR"), outlook("USD", scale=1e6)], ignore_index=True)
    frames = charts.benefit_curves(both, record(), status_date=MARCH)
    assert [frame["subtitle"].iloc[0][:3] for frame in frames] == ["USD", "EUR"]
    assert charts.benefit_curves(both.iloc[0:0], record(), status_date=MARCH) == []
    assert charts.benefit_curve_data(both.iloc[0:0], record(), status_date=MARCH).empty


@given(st.lists(st.floats(0, 320), min_size=1, max_size=5))
def test_labels_have_a_line_of_text_each_and_keep_their_order(heights: list[float]) -> None:
    named = {str(place): height for place, height in enumerate(heights)}
    shifts = charts.labels_apart(named)
    placed = [named[name] + shifts[name] for name in sorted(named, key=lambda name: named[name])]
    assert all(second - first >= 16 - 1e-6 for first, second in pairwise(placed))
    if len(heights) == 1:
        assert list(shifts.values()) == [pytest.approx(0)]
