"""What a view knows of the frames that it has handed out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from pmo_analytics.contracts import rolled_up
from pmo_analytics.errors import UsageError
from pmo_analytics.influences import Influences
from pmo_analytics.origins import Origin, origin_of
from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_outlook import completion_outlook
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.health import project_health
from pmo_analytics.performance.portfolio_earned_value import portfolio_earned_value
from pmo_analytics.portfolio.membership import members, rows_of
from pmo_analytics.warehouse import View
from pmo_analytics.warehouse.counted_rows import Evidence
from tests.exports import Desk

ALPHA = {"project_id": "A"}


@pytest.fixture
def view(desk: Desk) -> Iterator[View]:
    with desk.warehouse.at("2026-02") as view:
        yield view


def outlook(view: View) -> pd.DataFrame:
    found: pd.DataFrame = view.run(completion_outlook, earned_value_as_baselined=view.run(earned_value_as_baselined))
    return found


def test_a_result_is_opened_with_what_it_was_given(view: View) -> None:
    projects = members(view.table("project"), "North")
    course = rows_of(view.table("planned_earned_actual"), projects)
    earned = view.run(earned_value, planned_earned_actual=course, project=projects)
    health = view.run(project_health, earned_value=earned, completion_outlook=outlook(view), project=projects)
    made = origin_of(health)
    assert made is not None
    assert made.inputs is not None
    assert made.inputs["project"] == Origin("project", projects=("A",))
    found = view.explain(health, ALPHA, "cost_performance_index")
    assert isinstance(found, Influences)
    # Half of the plan of 3000 is earned; the cost is of the hours at their rates.
    assert found.value == health.loc[health["project_id"] == "A", "cost_performance_index"].iloc[0]
    assert found.columns["planned_earned_actual"] == ["period_month", "earned_value_amount", "actual_cost_amount"]
    assert len(found.rows["planned_earned_actual"]) == 1


def test_a_frame_of_a_mart_is_opened_as_the_mart(view: View) -> None:
    mart = view.table("planned_earned_actual")
    key = {**ALPHA, "period_month": "2026-01-01"}
    found = view.explain(mart, key, "actual_cost_amount")
    assert isinstance(found, Evidence)
    assert found.is_whole


def test_what_no_view_has_made_is_not_claimed(view: View) -> None:
    course = view.table("planned_earned_actual")
    doubled = course.assign(actual_cost_amount=course["actual_cost_amount"] * 2)
    earned = view.run(earned_value, planned_earned_actual=doubled, project=view.table("project"))
    assert origin_of(earned) is None
    assert origin_of(view.run(portfolio_earned_value, earned_value=earned, completion_outlook=outlook(view))) is None
    with pytest.raises(UsageError, match="does not know what made this frame"):
        view.explain(earned, ALPHA, "cost_performance_index")
    with pytest.raises(UsageError, match="does not know what made this frame"):
        view.explain(pd.DataFrame({"project_id": ["A"]}), ALPHA, "project_id")


def test_a_wrong_column_or_row_of_a_result_is_told(view: View) -> None:
    health = view.run(
        project_health,
        earned_value=view.run(earned_value),
        completion_outlook=outlook(view),
    )
    with pytest.raises(UsageError, match="did you mean 'cost_performance_index'"):
        view.explain(health, ALPHA, "cost_performance_indx")
    with pytest.raises(UsageError, match="no single row"):
        view.explain(health, {"project_id": "Z"}, "cost_performance_index")


@pytest.mark.parametrize("mart", ["planned_earned_actual", "effort_by_person_month", "cost_by_project_month"])
def test_rows_counted_for_many_are_those_of_each(view: View, mart: str) -> None:
    frame = view.table(mart)
    column = {"planned_earned_actual": "earned_value_amount", "cost_by_project_month": "cost_amount"}.get(
        mart, "duration_seconds"
    )
    for at in range(len(frame)):
        row = frame.iloc[[at]]
        key = {part: row[part].iloc[0] for part in rolled_up()[mart].key}
        alone = view.explain(mart, key, column).rows
        together = view.counted(mart, column, row)
        assert {name: rows["source_line"].tolist() for name, rows in together.items()} == {
            name: rows["source_line"].tolist() for name, rows in alone.items()
        }
    rates = view.counted("cost_by_project_month", "cost_amount", view.table("cost_by_project_month"))["rate"]
    assert "hourly_amount" not in rates
