"""What the ledger keeps of a forecast is what `effort_estimate` answers, with the history it rests on."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.prediction_ledger import quantiles_of
from pmo_analytics.resources.effort_estimate import effort_estimate
from pmo_analytics.resources.effort_predictions import effort_predictions, item_question, open_questions
from pmo_analytics.resources.past_items import Question
from tests.frames import contract_frame

NOW = pd.Timestamp("2026-06-30")
START = pd.Timestamp("2025-01-01")


def past(n: int, *open_items: dict[str, Any]) -> pd.DataFrame:
    """Finished items one a day: class A takes twice its estimate, B what was estimated, give or take."""
    draw = np.random.default_rng(3)
    rows = []
    for k in range(n):
        twice = 2.0 if k % 2 else 1.0
        rows.append(
            {
                "item_id": f"I-{k:03}", "work_class": "A" if k % 2 else "B", "project_id": f"P{k % 3}",
                "estimate_seconds": 14_400.0, "actual_seconds": round(14_400.0 * twice * draw.uniform(0.9, 1.1), 3),
                "estimated_on_date": START + pd.Timedelta(days=k), "finished_on_date": START + pd.Timedelta(days=k + 1),
                "state": "finished", "actual_source": "register",
            }
        )  # fmt: skip
    rows += [{"estimate_seconds": 14_400.0, "state": "open", "actual_source": "register"} | row for row in open_items]
    return contract_frame("estimate_history", rows)


@pytest.mark.parametrize(
    "question",
    [
        Question("words", "A", "P1", 28_800.0),
        Question("", "B", None, 3_600.0),
        Question("", None, None, 7_200.0),
        Question("", "A", None, None),
        Question(),
    ],
)
def test_it_is_what_the_estimate_answers(question: Question) -> None:
    history = past(240)
    answer = effort_estimate(history, question, status_date=NOW)
    found = effort_predictions(history, [("X-1", question)], status_date=NOW).forecasts.iloc[0]
    levels, seconds = quantiles_of(found["quantiles"])
    assert levels == [k / 10 for k in range(1, 10)]
    at = dict(zip(levels, seconds, strict=True))
    assert {level: at[level / 100] / 3600 for level in (50, 80, 90)} == pytest.approx(answer.hours, abs=1e-6)
    assert found["method"] == answer.method


def test_a_method_that_beats_the_naive_one_is_kept_beside_it() -> None:
    found = effort_predictions(past(240), [("X-1", Question("", "A", None, 14_400.0))], status_date=NOW).forecasts
    assert found["method"].item() == "reference classes"
    assert quantiles_of(found["quantiles"].item()) != quantiles_of(found["naive_quantiles"].item())


def test_many_questions_are_answered_as_each_alone() -> None:
    history = past(240, {"item_id": "X-1", "work_class": "A"}, {"item_id": "X-2", "work_class": "B"},
                   {"item_id": "X-3"}, {"item_id": "X-0", "estimate_seconds": 0.0})  # fmt: skip
    questions = open_questions(history)
    assert [item for item, _ in questions] == ["X-1", "X-2", "X-3"]
    together = effort_predictions(history, questions, status_date=NOW).forecasts
    for place, asked in enumerate(questions):
        alone = effort_predictions(history, [asked], status_date=NOW).forecasts
        assert together.fillna("").iloc[place].to_dict() == alone.fillna("").iloc[0].to_dict()


def test_what_is_given_goes_before_what_is_known_of_an_item() -> None:
    history = past(9, {"item_id": "X-1", "work_class": "A", "project_id": "P1"})
    assert item_question(history, "X-1")[1] == Question("", "A", "P1", 14_400.0)
    given = Question("w", "B", None, 3_600.0)
    assert item_question(history, "X-1", given)[1] == Question("w", "B", "P1", 3_600.0)
    assert item_question(history, "new", given)[1] == given


def test_the_inputs_name_the_question_the_item_and_the_history() -> None:
    history = past(60, {"item_id": "X-1", "work_class": "A"})
    asked = open_questions(history)
    inputs = json.loads(effort_predictions(history, asked, status_date=NOW).forecasts["inputs"].item())
    assert inputs["question"] == {"estimate_seconds": 14_400.0, "work_class": "A", "project_id": None}
    assert inputs["item"]["state"] == "open"
    assert inputs["basis"]["items"] == 60
    edited = history.copy()
    edited.loc[3, "actual_seconds"] += 1
    other = json.loads(effort_predictions(edited, asked, status_date=NOW).forecasts["inputs"].item())
    assert other["basis"]["history_sha256"] != inputs["basis"]["history_sha256"]
    # The order of rows, and items that are not used, do not matter.
    shuffled = pd.concat([history.iloc[::-1], past(0, {"item_id": "X-9"})], ignore_index=True)
    again = json.loads(effort_predictions(shuffled, asked, status_date=NOW).forecasts["inputs"].item())
    assert again == inputs


def test_a_thin_history_gives_no_forecast_but_the_reason() -> None:
    found = effort_predictions(past(5, {"item_id": "X-1"}), [("X-1", Question())], status_date=NOW)
    assert found.forecasts.empty
    assert found.refused["X-1"].startswith("No forecast: the history is too thin.")
    with pytest.raises(UsageError, match="no past item is of class"):
        effort_predictions(past(5), [("X-1", Question("", "Z"))], status_date=NOW)
