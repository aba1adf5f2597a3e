"""Figures of origins opened: parts, stored rows, and what names nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.figure_evidence import Opening, check_origin, usual_origin
from pmo_analytics.origins import Figure, Origin, origin
from pmo_analytics.warehouse import View
from tests.exports import Desk, toggl_row
from tests.warehouse.conftest import PERSON, STATUS


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    """Two projects of two portfolios, with plan, progress and cost."""
    desk = Desk(tmp_path_factory.mktemp("figures"))
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["A", "Alpha", "North", 900, "EUR", "2026-01-01"],
        ["B", "Beta", "South", 500, "EUR", "2026-01-01"],
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
        ["A", "1", "2026-01", "2025-12-15", 900, "EUR"],
        ["B", "1", "2026-01", "2025-12-15", 500, "EUR"],
    )
    desk.register(
        "project_status",
        STATUS,
        ["A", "2026-01-31", "active", "green", 50, "2026-03-31"],
        ["B", "2026-01-31", "active", "green", 40, "2026-03-31"],
    )
    desk.register(
        "person",
        PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Dev", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
    )
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Dev", "2025-01-01", 100, "EUR"])
    desk.toggl(
        toggl_row("ann", "A", "2026-01-05", "02:00:00"),
        toggl_row("ann", "A", "2026-01-06", "01:00:00"),
        toggl_row("ann", "B", "2026-01-07", "08:00:00"),
    )
    with desk.warehouse.at("2026-01") as view:
        yield view


def lines(view: View, figure: Figure) -> tuple[Any, dict[str, list[int]]]:
    ((_, found),) = Opening(view).opened({"x": figure})
    return found.value, {table: rows["source_line"].tolist() for table, rows in found.stored_rows().items()}


def earned(*projects: str) -> Origin:
    """The portfolio's earned value, of these projects alone."""
    chosen = projects or None
    course, register = (Origin(name, projects=chosen) for name in ("planned_earned_actual", "project"))
    inputs = {"planned_earned_actual": course, "project": register}
    outlook = usual_origin("completion_outlook", {})
    return Origin(
        "portfolio_earned_value", {"earned_value": Origin("earned_value", inputs), "completion_outlook": outlook}
    )


MONTH = {"currency": "EUR", "period_month": "2026-01-01"}


def test_the_evidence_of_a_restricted_figure_is_that_of_its_projects(view: View) -> None:
    # All: 450 + 200 earned for 300 + 800; of A alone 450 for 300.
    whole, all_lines = lines(view, Figure(earned(), MONTH, "cost_performance_index"))
    alone, of_a = lines(view, Figure(earned("A"), MONTH, "cost_performance_index"))
    assert whole == pytest.approx(650 / 1100)
    assert alone == pytest.approx(1.5)
    assert all_lines["timesheet_entry"] == [2, 3, 4]
    assert of_a["timesheet_entry"] == [2, 3]
    assert of_a["budget"] == [2]
    assert next(iter(of_a)) == "timesheet_entry"


def test_figures_of_one_row_are_opened_together_and_each_has_its_own_rows(view: View) -> None:
    made = usual_origin("project_health", {})
    columns = ("cost_performance_index", "budget_at_completion_amount", "forecast_finish_date")
    figures = {column: Figure(made, {"project_id": "A"}, column) for column in columns}
    found = {name: set(opened.stored_rows()) for name, opened in Opening(view).opened(figures)}
    assert {"timesheet_entry", "rate"} <= found["cost_performance_index"]
    assert "timesheet_entry" not in found["budget_at_completion_amount"]
    assert "project_status" in found["forecast_finish_date"]
    assert "budget" not in found["forecast_finish_date"]


def test_a_mart_is_opened_by_its_key(view: View) -> None:
    key = {"project_id": "A", "period_month": "2026-01-01", "currency": "EUR"}
    value, found = lines(view, Figure(Origin("cost_by_project_month"), key, "cost_amount"))
    assert (value, found["timesheet_entry"]) == (300.0, [2, 3])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "rate"}, "no mart or register 'rate'"),
        ({"name": "timesheet_entry"}, "no mart or register"),
        ({"name": "project; drop table x"}, "no mart or register"),
        ({"name": "os.system", "inputs": {}}, "no analysis"),
        ({"name": "project_health", "inputs": {"earned_value": {"name": "project"}}}, "is not given"),
        ({"name": "project", "options": {"x": 1}}, "takes no option"),
    ],
)
def test_an_origin_of_what_is_not_there_is_refused(data: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_origin(origin(data))


def test_a_frame_may_be_an_option_of_an_analysis_that_takes_one() -> None:
    weighed = usual_origin("project_priority", {})
    made = usual_origin("demand_levelling", {})
    check_origin(Origin(made.name, {**(made.inputs or {}), "priority": weighed}))
    with pytest.raises(UsageError, match="is not given"):
        check_origin(Origin(weighed.name, {**(weighed.inputs or {}), "priority": weighed}))


@pytest.mark.parametrize(
    ("made", "key", "column"),
    [
        (Origin("projects_behind", {"project_health": Origin("budget")}), {}, "projects_behind"),
        (earned("Z"), MONTH, "cost_performance_index"),
        (earned(), {"period_month": "soon"}, "cost_performance_index"),
        (earned(), {"period_month'; --": "1"}, "cost_performance_index"),
        (earned(), MONTH, "__class__"),
    ],
)
def test_a_figure_that_cannot_be_reckoned_ends_in_words(
    view: View, made: Origin, key: dict[str, str | None], column: str
) -> None:
    with pytest.raises(UsageError):
        list(Opening(view).opened({"x": Figure(made, key, column)}))
