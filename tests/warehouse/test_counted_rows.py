"""The rows behind a figure: those it counts, and no others."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.contracts import rolled_up
from pmo_analytics.errors import UsageError
from tests.exports import Desk
from tests.warehouse.test_marts import HOUR, person

FEB = pd.Timestamp("2026-02-01")
COST = {"project_id": "A", "period_month": "2026-02-01", "currency": "EUR"}


def test_a_cost_counts_its_hours_and_rates_line_by_line(desk: Desk) -> None:
    with desk.warehouse.at("2026-02") as view:
        found = view.explain("cost_by_project_month", COST, "cost_amount")
    hours = found.rows["timesheet_entry"]
    assert hours[["file", "source_line", "duration_seconds"]].to_numpy().tolist() == [
        ["early.csv", 3, 2 * HOUR], ["early.csv", 4, 2 * HOUR], ["early.csv", 6, 4 * HOUR],
    ]  # fmt: skip
    assert list(hours["person_id"]) == [person(desk, "E1")] * 2 + [person(desk, "E2")]
    rates = found.rows["rate"]
    assert list(rates["source_line"]) == [2, 3, 4]
    assert "hourly_amount" not in rates
    assert float(found.value) == float(found.again) == 620.0
    assert found.source_columns == ["core.timesheet_entry.duration_seconds", "personal_view.rate.hourly_amount"]
    assert "GROUP BY project_id, period_month, currency" in found.sql


def test_cost_to_date_counts_the_months_before_and_planned_value_the_plan_alone(desk: Desk) -> None:
    key = {"project_id": "A", "period_month": FEB}
    with desk.warehouse.at("2026-02") as view:
        cost = view.explain("planned_earned_actual", key, "actual_cost_amount")
        plan = view.explain("planned_earned_actual", key, "planned_value_amount")
        earned = view.explain("planned_earned_actual", key, "earned_value_amount")
    assert list(cost.rows["timesheet_entry"]["source_line"]) == [2, 3, 4, 6]
    # The first baseline: the second was approved in March.
    assert {name: list(rows["source_line"]) for name, rows in plan.rows.items()} == {"budget": [2, 3]}
    assert list(earned.rows["project_status"]["source_line"]) == [3]


@pytest.mark.parametrize(
    "name", ["availability_by_person_month", "effort_by_person_month", "estimate_history", "planned_earned_actual"]
)
def test_a_figure_is_given_by_its_rows_alone(desk: Desk, name: str) -> None:
    """Reckoned from the rows that it counts, the last column is what it was; `make slow` holds all marts to it."""
    table = rolled_up()[name]
    with desk.warehouse.at("2026-02") as view:
        record = view.table(name).iloc[0].to_dict()
        found = view.explain(name, {part: record[part] for part in table.key}, list(table.columns)[-1])
    assert found.is_whole, (found.key, found.value, found.again)


def test_a_row_of_a_stored_table_is_its_own_evidence(desk: Desk) -> None:
    with desk.warehouse.at("2026-02") as view:
        found = view.explain("project", {"project_id": "A", "status_date": "2026-01-01"}, "budget_at_completion_amount")
    assert [(name, list(rows["source_line"])) for name, rows in found.rows.items()] == [("project", [2])]
    assert found.is_whole


@pytest.mark.parametrize(
    ("table", "row", "column", "words"),
    [
        ("cost_by_project_mouth", COST, "cost_amount", "did you mean 'cost_by_project_month'"),
        ("cost_by_project_month", COST, "cost_amont", "did you mean 'cost_amount'"),
        ("cost_by_project_month", COST | {"project_id": "Z"}, "cost_amount", "no row of cost_by_project_month fit"),
        ("cost_by_project_month", {"project_id": "A"}, "cost_amount", "several rows"),
        (
            "cost_by_project_month",
            COST | {"projekt": "A"},
            "cost_amount",
            "the key of cost_by_project_month has no column 'projekt'",
        ),
        ("cost_by_project_month", COST | {"period_month": "soon"}, "cost_amount", "period_month"),
        ("rate", {"role_or_person_id": "E2"}, "hourly_amount", "no table 'rate'"),
    ],
)
def test_what_is_no_figure_is_told_with_what_there_is(
    desk: Desk, table: str, row: dict[str, str], column: str, words: str
) -> None:
    with desk.warehouse.at("2026-02") as view, pytest.raises(UsageError, match=words):
        view.explain(table, row, column)


def test_a_version_that_a_row_states_of_itself_stands_beside_the_one_of_its_load(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "artefact", "project_id,artefact_kind,version,location,status_date", ["A", "plan", "0.9", "x", "2026-01-31"]
    )
    with desk.warehouse.at("2026-02") as view:
        found = view.explain("artefact", {"project_id": "A", "artefact_kind": "plan"}, "location")
    (row,) = found.rows["artefact"].to_dict("records")
    assert (row["version"], row["stated_version"], row["location"]) == (1, "0.9", "x")
