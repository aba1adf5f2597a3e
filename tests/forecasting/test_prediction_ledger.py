"""What makes two predictions one, what a prediction keeps, and what may not be stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

from pmo_analytics.contracts.appended import canonical, plain_row, sha256_of
from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.prediction_ledger import (
    Moment,
    StatedRange,
    forecast_predictions,
    no_predictions,
    quantiles_of,
    quantiles_text,
    range_prediction,
    unrecorded,
)
from tests.forecasting.ledger import MOMENT, forecast, history


def test_a_prediction_keeps_what_it_says_and_when() -> None:
    made = forecast_predictions(forecast("A-1", [7200.0, 10_800.0]), MOMENT).iloc[0]
    assert quantiles_of(made["quantiles"]) == ([0.5, 0.8], [7200.0, 10_800.0])
    assert (made["made_at"], made["made_on_date"]) == (pd.Timestamp("2026-03-31 23:30"), pd.Timestamp("2026-04-01"))
    assert made["inputs_sha256"] == sha256_of({"basis": {"items": 30}, "item": None, "question": {}})
    assert not made["is_retrospective"]


def test_the_same_said_later_is_the_same_and_anything_else_is_not() -> None:
    first = forecast_predictions(forecast("A-1"), MOMENT)
    later = replace(MOMENT, made_at=datetime(2026, 5, 1), warehouse_version=9, latest_date=date(2026, 3, 31))
    assert unrecorded(forecast_predictions(forecast("A-1"), later), first).empty
    others = [
        forecast("A-2"),
        forecast("A-1", [7200.0, 10_800.001]),
        forecast("A-1", items=31),
        forecast("A-1", method="another"),
    ]
    for other in others:
        assert len(unrecorded(forecast_predictions(other, MOMENT), first)) == 1
    backtest = replace(MOMENT, latest_date=date(2026, 6, 30))
    assert len(unrecorded(forecast_predictions(forecast("A-1"), backtest), first)) == 1
    twice = pd.concat([forecast("A-9"), forecast("A-9")])
    assert len(unrecorded(forecast_predictions(twice, MOMENT), first)) == 1


def test_an_earlier_date_than_the_latest_known_is_a_backtest() -> None:
    assert not Moment(datetime(2026, 5, 1), date(2026, 5, 1), date(2026, 4, 1), 1, date(2026, 4, 1)).is_retrospective
    assert Moment(datetime(2026, 5, 1), date(2026, 5, 1), date(2026, 3, 31), 1, date(2026, 4, 1)).is_retrospective


def test_a_range_is_kept_with_the_item_as_it_was() -> None:
    said = StatedRange("A-1", 5, 20, 80, " team north ")
    made = range_prediction(said, history({"item_id": "A-1", "work_class": "Feature"}), MOMENT).iloc[0]
    assert (made["low_seconds"], made["high_seconds"], made["stated_confidence_pct"]) == (18_000, 72_000, 80)
    assert (made["stated_by"], made["method"]) == ("team north", "stated range")
    assert '"work_class":"Feature"' in made["inputs"]
    unknown = range_prediction(said, history(), MOMENT).iloc[0]
    assert unknown["inputs"] == '{"item":null}'
    assert unknown["prediction_id"] != made["prediction_id"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"low_hours": 20, "high_hours": 5}, "low to its high"),
        ({"low_hours": -1}, "low to its high"),
        ({"low_hours": 0, "high_hours": 0}, "low to its high"),
        ({"high_hours": float("inf")}, "low to its high"),
        ({"high_hours": float("nan")}, "low to its high"),
        ({"level_pct": 100}, "how often"),
        ({"level_pct": 0}, "how often"),
        ({"stated_by": "  "}, "under a label"),
        ({"stated_by": "ann@example.test"}, "under a label"),
        ({"stated_by": "x" * 81}, "under a label"),
    ],
)
def test_a_range_that_cannot_be_one_is_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        range_prediction(replace(StatedRange("A-1", 5, 20, 80, "north"), **wrong), history(), MOMENT)  # type: ignore[arg-type]


def test_nothing_forecast_is_no_prediction() -> None:
    assert forecast_predictions(forecast("A-1").iloc[:0], MOMENT).empty
    assert no_predictions().empty


def test_a_value_has_one_text() -> None:
    assert canonical({"b": 1.5, "a": "é"}) == '{"a":"\\u00e9","b":1.5}'
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))
    # From a frame and from the engine.
    frame = plain_row({"estimate_seconds": 3600.0, "made_on_date": pd.Timestamp("2026-01-02"), "work_class": None})
    assert frame == {"estimate_seconds": 3600.0, "made_on_date": "2026-01-02", "work_class": None}
    assert plain_row({"estimate_seconds": 3600, "made_on_date": date(2026, 1, 2), "work_class": float("nan")}) == frame
    assert quantiles_of(quantiles_text([0.1, 0.9], [1.00049, 2.0])) == ([0.1, 0.9], [1.0, 2.0])
