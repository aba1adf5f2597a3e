"""What has changed since a prediction was made is named, and changes nothing of it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.forecasting.prediction_ledger import (
    StatedRange,
    forecast_predictions,
    known_items,
    range_prediction,
)
from pmo_analytics.forecasting.prediction_standing import prediction_standing
from tests.forecasting.ledger import MOMENT, finished, forecast, history, no_scores, scored

QUESTION = {"estimate_seconds": 28_800.0, "work_class": None, "project_id": None}


def test_the_worked_example() -> None:
    known = known_items(history({"item_id": "A-1"}), ["A-1"])["A-1"]
    made = forecast_predictions(forecast("A-1", known=known), MOMENT)
    scores = scored(made, no_scores(), history(finished("A-1", 9)))
    seen = history(finished("A-1", 12, estimate_seconds=36_000.0))
    scores = scored(made, scores, seen, warehouse_version=7)
    found = prediction_standing(made, scores, seen)
    assert len(found) == 1
    assert found["quality_note"].item() == (
        "outcome changed from 9.0 h to 12.0 h; inputs changed since: estimate 8.0 h, now 10.0 h"
    )
    assert found["actual_seconds"].item() == 12 * 3600
    assert found["estimate_seconds"].item() == 28_800


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (finished("A-1", 9), finished("A-1", 9, "2026-05-06"), "finish changed from 2026-05-04 to 2026-05-06"),
        (finished("A-1", 9), {"item_id": "A-1"}, "outcome changed from 9.0 h to none; finish changed from"),
        (finished("A-1", 9), finished("A-1", 9, "2026-01-01"), "to 2026-01-01; was scored"),
        (finished("A-1", 9), finished("A-1", 9.01), "outcome changed from 9.0000 h to 9.0100 h"),
    ],
)
def test_each_change_of_an_outcome_is_named(before: dict[str, Any], now: dict[str, Any], said: str) -> None:
    made = forecast_predictions(forecast("A-1"), MOMENT)
    scores = scored(made, no_scores(), history(before))
    scores = scored(made, scores, history(now), warehouse_version=7)
    assert said in prediction_standing(made, scores, history(now))["quality_note"].item()


def test_inputs_are_those_of_the_item_or_else_those_that_were_asked() -> None:
    asked = forecast_predictions(forecast("A-1", question=QUESTION), MOMENT)
    note = prediction_standing(asked, no_scores(), history({"item_id": "A-1", "work_class": "Bug"}))["quality_note"]
    assert note.item() == "inputs changed since: class none, now Bug"
    assert prediction_standing(asked, no_scores(), history())["quality_note"].item() == ""
    known = known_items(history({"item_id": "A-1"}), ["A-1"])["A-1"]
    gone = forecast_predictions(forecast("A-1", known=known), MOMENT)
    told = prediction_standing(gone, no_scores(), history())["quality_note"].item()
    assert told == "the item is no longer in the history"
    said = range_prediction(StatedRange("A-1", 5, 20, 80, "north"), history({"item_id": "A-1"}), MOMENT)
    now = history({"item_id": "A-1", "project_id": "P"})
    assert "project none, now P" in prediction_standing(said, no_scores(), now)["quality_note"].item()


def test_one_row_a_prediction_in_its_order() -> None:
    made = forecast_predictions(pd.concat([forecast("B"), forecast("A"), forecast("B", items=31)]), MOMENT)
    found = prediction_standing(made, scored(made, no_scores(), history(finished("A", 9))), history(finished("A", 9)))
    assert found["item_id"].to_list() == ["B", "A", "B"]
    assert found["score_state"].to_list() == ["open", "scored", "open"]
    assert prediction_standing(made.iloc[:0], no_scores(), history()).empty
