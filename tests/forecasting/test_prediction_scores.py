"""Scores by hand; the same outcome again adds nothing, another one a row; who is not scored is named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.forecasting.prediction_ledger import (
    StatedRange,
    forecast_predictions,
    range_prediction,
)
from pmo_analytics.forecasting.prediction_scores import effective_day, last_scores, new_scores
from tests.forecasting.ledger import LATER, MOMENT, finished, forecast, history, no_scores, scored


def test_the_worked_example() -> None:
    made = forecast_predictions(forecast("A-1", naive=[36_000.0, 36_000.0]), MOMENT)
    found = new_scores(made, no_scores(), history(finished("A-1", 10)), **LATER).iloc[0]
    assert found["score_state"] == "scored"
    assert found["pinball_loss_seconds"] == 0.7 * 3600
    assert found["naive_pinball_loss_seconds"] == 0
    assert json.loads(found["level_scores"]) == [[0.5, 3600.0, False], [0.8, 1440.0, True]]
    assert pd.isna(found["is_within_range"])


@pytest.mark.parametrize(("hours", "held"), [(4.99, False), (5, True), (12, True), (20, True), (20.01, False)])
def test_a_range_holds_its_ends(hours: float, held: bool) -> None:
    made = range_prediction(StatedRange("A-1", 5, 20, 80, "north"), history(), MOMENT)
    found = new_scores(made, no_scores(), history(finished("A-1", hours)), **LATER).iloc[0]
    assert found["is_within_range"] == held
    assert pd.isna(found["pinball_loss_seconds"])


@pytest.mark.parametrize(
    ("item", "state"),
    [
        (finished("A-1", 10), "scored"),
        (finished("A-1", 10, "2026-04-02"), "scored"),
        (finished("A-1", 10, "2026-04-01"), "after the fact"),
        (finished("A-1", 10, "2026-03-01"), "after the fact"),
        (finished("A-1", None), "no actual"),
        (finished("A-1", 0), "no actual"),
        (finished("A-1", 10, None), "no finish date"),
        (finished("A-1", None, None, state="cancelled"), "cancelled"),
    ],
)
def test_what_is_not_scored_says_why(item: dict[str, Any], state: str) -> None:
    made = forecast_predictions(forecast("A-1"), MOMENT)
    found = new_scores(made, no_scores(), history(item), **LATER)
    assert found["score_state"].to_list() == [state]
    assert found["pinball_loss_seconds"].notna().to_list() == [state == "scored"]


def test_open_and_unknown_items_wait() -> None:
    made = forecast_predictions(pd.concat([forecast("A-1"), forecast("A-2")]), MOMENT)
    assert new_scores(made, no_scores(), history({"item_id": "A-1"}), **LATER).empty


def test_a_backtest_is_judged_by_its_own_date_and_a_range_by_the_real_one() -> None:
    moment = replace(MOMENT, made_on=date(2026, 7, 1), latest_date=date(2026, 6, 30))
    made = forecast_predictions(forecast("A-1"), moment)
    assert new_scores(made, no_scores(), history(finished("A-1", 10)), **LATER)["score_state"].item() == "scored"
    said = range_prediction(StatedRange("A-1", 5, 20, 80, "north"), history(), moment)
    assert new_scores(said, no_scores(), history(finished("A-1", 10)), **LATER)["score_state"].item() == (
        "after the fact"
    )
    # Nothing may be seen later than what was known: the later of both days counts.
    ahead = replace(MOMENT, status_date=date(2026, 6, 30), latest_date=date(2026, 6, 30))
    assert effective_day(forecast_predictions(forecast("A-1"), ahead).iloc[0].to_dict()) == pd.Timestamp("2026-06-30")


def test_an_outcome_that_was_edited_adds_a_row_and_the_earlier_row_stays() -> None:
    made = forecast_predictions(forecast("A-1"), MOMENT)
    first = scored(made, no_scores(), history(finished("A-1", 9)))
    second = scored(made, first, history(finished("A-1", 12)), warehouse_version=7)
    assert second["actual_seconds"].to_list() == [9 * 3600, 12 * 3600]
    pd.testing.assert_frame_equal(second.iloc[:1], first)
    assert len(scored(made, second, history(finished("A-1", 12)), warehouse_version=8)) == 2
    moved = scored(made, second, history(finished("A-1", 12, "2026-03-01")), warehouse_version=8)
    assert moved["score_state"].to_list() == ["scored", "scored", "after the fact"]
    back = scored(made, second, history(finished("A-1", 9)), warehouse_version=8)
    assert back["actual_seconds"].to_list() == [9 * 3600, 12 * 3600, 9 * 3600]
    assert last_scores(back)["actual_seconds"].to_list() == [9 * 3600]


def test_an_outcome_that_was_taken_back_is_withdrawn_once() -> None:
    made = forecast_predictions(forecast("A-1"), MOMENT)
    first = scored(made, no_scores(), history(finished("A-1", 9)))
    for seen in (history({"item_id": "A-1"}), history()):
        second = scored(made, first, seen, warehouse_version=7)
        assert second["score_state"].to_list() == ["scored", "withdrawn"]
        assert len(scored(made, second, seen, warehouse_version=8)) == 2


@pytest.mark.parametrize("earlier", [{"status_date": date(2026, 4, 30)}, {"warehouse_version": 5}])
def test_an_earlier_look_changes_nothing(earlier: dict[str, Any]) -> None:
    made = forecast_predictions(forecast("A-1"), MOMENT)
    first = scored(made, no_scores(), history(finished("A-1", 9)))
    assert len(scored(made, first, history({"item_id": "A-1"}), **earlier)) == 1
    assert len(scored(made, first, history(finished("A-1", 8)), **earlier)) == 1


ITEMS = ("A-1", "A-2", "A-3")
OUTCOME = st.one_of(
    st.just({"state": "open"}),
    st.builds(
        lambda hours, day, state: finished("", hours, day, state=state),
        st.sampled_from([None, 0.0, 1.0, 9.0, 12.345]),
        st.sampled_from([None, "2026-03-01", "2026-04-01", "2026-05-04"]),
        st.sampled_from(["finished", "cancelled"]),
    ),
)


@cache
def of_all_kinds() -> pd.DataFrame:
    made = [forecast_predictions(forecast(item), MOMENT) for item in ITEMS]
    made += [range_prediction(StatedRange(item, 5, 20, 80, "north"), history(), MOMENT) for item in ITEMS[:2]]
    return pd.concat(made, ignore_index=True)


@pytest.mark.slow
@settings(max_examples=15)
@given(st.lists(st.lists(OUTCOME, min_size=3, max_size=3), min_size=1, max_size=3))
def test_scoring_twice_is_scoring_once_and_no_row_is_ever_changed(loads: list[list[dict[str, Any]]]) -> None:
    made, scores = of_all_kinds(), no_scores()
    for version, outcomes in enumerate(loads, start=6):
        seen = history(*({**outcome, "item_id": item} for item, outcome in zip(ITEMS, outcomes, strict=True)))
        once = scored(made, scores, seen, warehouse_version=version)
        assert new_scores(made, once, seen, **(LATER | {"warehouse_version": version})).empty
        assert new_scores(made, once, seen, **(LATER | {"warehouse_version": version + 100})).empty
        pd.testing.assert_frame_equal(once.iloc[: len(scores)], scores)
        scores = once
        settled = {item for item, outcome in zip(ITEMS, outcomes, strict=True) if outcome["state"] != "open"}
        last = last_scores(scores)
        assert set(last.loc[last["score_state"] != "withdrawn", "item_id"]) == settled
