"""Figures of methods by hand: who counts, who is named, and what is too thin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from pmo_analytics.forecasting.coverage import clopper_pearson
from pmo_analytics.forecasting.prediction_ledger import StatedRange, forecast_predictions, range_prediction
from pmo_analytics.forecasting.prediction_summary import prediction_summary
from tests.forecasting.ledger import MOMENT, finished, forecast, history, no_scores, scored

BACKTEST = replace(MOMENT, latest_date=date(2026, 6, 30))


def ranges(n: int, level: float = 80, by: str = "north") -> pd.DataFrame:
    made = [range_prediction(StatedRange(f"A-{k}", 5, 20, level, by), history(), MOMENT) for k in range(n)]
    return pd.concat(made, ignore_index=True)


def test_the_worked_example_of_ranges() -> None:
    made = ranges(10)
    seen = history(*(finished(f"A-{k}", 30 if k == 0 else 10) for k in range(10)))
    found = prediction_summary(made, scored(made, no_scores(), seen)).iloc[0]
    assert (found["hit_rate_pct"], found["item_count"], found["quality_note"]) == (90, 10, "")
    assert [found["hit_rate_low_pct"], found["hit_rate_high_pct"]] == pytest.approx([55.4984, 99.7471], abs=1e-3)
    assert pd.isna(found["pinball_loss_seconds"])


def test_ranges_are_taken_together_by_level_and_never_by_who_stated_them() -> None:
    made = pd.concat([ranges(4), ranges(4, by="south"), ranges(3, level=90)], ignore_index=True)
    found = prediction_summary(made, scored(made, no_scores(), history(*(finished(f"A-{k}", 10) for k in range(4)))))
    assert found[["stated_confidence_pct", "prediction_count"]].to_numpy().tolist() == [[80, 8], [90, 3]]
    assert not [name for name in found.columns if name == "stated_by"]


def test_losses_stand_beside_those_of_the_naive_forecast_with_an_interval_of_skill() -> None:
    # The method hits every outcome, the naive forecast is 4 hours below: 4 x (0.5 + 0.8) / 2 = 2.6 hours.
    made = forecast_predictions(
        pd.concat([forecast(f"A-{k}", [36_000.0] * 2, naive=[21_600.0] * 2) for k in range(9)]), MOMENT
    )
    scores = scored(made, no_scores(), history(*(finished(f"A-{k}", 10) for k in range(9))))
    found = prediction_summary(made, scores).iloc[0]
    assert (found["pinball_loss_seconds"], found["naive_pinball_loss_seconds"]) == (0, 2.6 * 3600)
    assert (found["skill"], found["skill_low"], found["skill_high"]) == (1, 1, 1)
    assert (found["p80_coverage_pct"], found["p80_coverage_low_pct"]) == (100, 100 * clopper_pearson(9, 9)[0])
    assert pd.isna(found["p90_coverage_pct"]), "no P90 was forecast"
    thin = prediction_summary(made.iloc[:8], scores).iloc[0]
    assert thin["quality_note"] == "thin: 8 of the 9 outcomes that a figure takes"
    assert pd.isna(thin["skill"])
    assert thin["p80_coverage_pct"] == 100


def test_the_naive_forecast_is_not_held_against_itself() -> None:
    made = forecast_predictions(pd.concat([forecast(f"A-{k}", method="last 1,000 outcomes") for k in range(9)]), MOMENT)
    scores = scored(made, no_scores(), history(*(finished(f"A-{k}", 10) for k in range(9))))
    found = prediction_summary(made, scores).iloc[0]
    assert pd.isna(found["skill"])
    assert found["quality_note"] == "is the naive forecast itself: nothing to compare"


def test_everything_is_counted_once_and_backtests_stand_apart() -> None:
    made = forecast_predictions(pd.concat([forecast(f"A-{k}") for k in range(6)]), MOMENT)
    past = forecast_predictions(forecast("A-0"), BACKTEST)
    both = pd.concat([made, past], ignore_index=True)
    seen = history(
        finished("A-0", 10),
        finished("A-1", 10, "2026-01-01"),
        finished("A-2", None),
        finished("A-3", None, None, state="cancelled"),
        {"item_id": "A-4"},
    )
    found = prediction_summary(both, scored(both, no_scores(), seen))
    assert found["is_retrospective"].to_list() == [False, True]
    counts = ["prediction_count", "scored_count", "after_the_fact_count", "withheld_count", "cancelled_count"]
    assert found.loc[0, [*counts, "open_count", "item_count"]].to_list() == [6, 1, 1, 1, 1, 2, 1]
    assert found.loc[1, counts].to_list() == [1, 1, 0, 0, 0]


def test_of_several_predictions_of_an_item_the_first_counts() -> None:
    made = forecast_predictions(
        pd.concat([forecast("A-0", [0.0, 0.0]), forecast("A-0", [36_000.0] * 2, items=31)]), MOMENT
    )
    found = prediction_summary(made, scored(made, no_scores(), history(finished("A-0", 10)))).iloc[0]
    assert (found["scored_count"], found["item_count"]) == (2, 1)
    assert found["pinball_loss_seconds"] == 6.5 * 3600
    assert "1 further predictions of the same items do not count" in found["quality_note"]


def test_the_first_is_the_one_that_was_asked_first() -> None:
    late = forecast_predictions(forecast("A-0", [36_000.0] * 2), BACKTEST)
    early = replace(BACKTEST, status_date=date(2026, 2, 28))
    made = pd.concat([late, forecast_predictions(forecast("A-0", [0.0, 0.0], items=20), early)], ignore_index=True)
    found = prediction_summary(made, scored(made, no_scores(), history(finished("A-0", 10)))).iloc[0]
    assert found["pinball_loss_seconds"] == 6.5 * 3600


def test_without_an_outcome_nothing_is_claimed() -> None:
    made = ranges(2)
    found = prediction_summary(made, no_scores()).iloc[0]
    assert (found["open_count"], found["quality_note"]) == (2, "no outcome yet")
    assert pd.isna(found["hit_rate_pct"])
    assert prediction_summary(made.iloc[:0], no_scores()).empty
