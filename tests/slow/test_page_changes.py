"""Why figures of a page are others now: each cause planted, and named."""

from __future__ import annotations

import pytest

from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_outlook import completion_outlook
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.health import project_health
from pmo_analytics.performance.portfolio_earned_value import portfolio_earned_value
from pmo_analytics.portfolio.membership import members, rows_of
from pmo_analytics.reporting.cited_figures import CitedFigure
from pmo_analytics.reporting.page_changes import Causes, FigureChange, differing
from pmo_analytics.reporting.references import Reference, Shown, refer
from pmo_analytics.warehouse import View
from tests.exports import Desk, toggl_row
from tests.warehouse.conftest import PERSON, STATUS

PROJECT = "project_id,name,portfolio,budget_at_completion_amount,currency,status_date"
BUDGET = "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency"
RATE = "role_or_person_id,valid_from_date,hourly_amount,currency"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.register(
        "project", PROJECT,
        ["A", "Alpha", "North", 900, "EUR", "2026-01-01"], ["B", "Beta", "South", 500, "EUR", "2026-01-01"],
    )  # fmt: skip
    desk.register(
        "budget", BUDGET,
        ["A", "1", "2026-01", "2025-12-15", 900, "EUR"], ["B", "1", "2026-01", "2025-12-15", 500, "EUR"],
    )  # fmt: skip
    desk.register(
        "project_status", STATUS,
        ["A", "2026-01-20", "active", "green", 50, "2026-03-31"],
        ["B", "2026-01-20", "active", "green", 50, "2026-03-31"],
    )  # fmt: skip
    desk.register(
        "person", PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Dev", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
        ["E2", "Bo Dahl", "bo@example.test", "Dev", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
    )  # fmt: skip
    desk.register("rate", RATE, ["Dev", "2025-01-01", 100, "EUR"])
    desk.toggl(
        toggl_row("ann", "A", "2026-01-05", "02:00:00"), toggl_row("ann", "A", "2026-01-06", "01:00:00"),
        toggl_row("ann", "B", "2026-01-07", "03:00:00"), toggl_row("ann", "Old A", "2026-01-08", "01:00:00"),
    )  # fmt: skip
    return desk


def page(view: View) -> dict[str, CitedFigure]:
    """The figures of a page of the portfolio North: its CPI, and the CPI of each project."""
    projects = members(view.table("project"), "North")
    course = rows_of(view.table("planned_earned_actual"), projects)
    earned = view.run(earned_value, planned_earned_actual=course, project=projects)
    outlook = view.run(completion_outlook, earned_value_as_baselined=view.run(earned_value_as_baselined))
    health = view.run(project_health, earned_value=earned, completion_outlook=outlook, project=projects)
    whole = view.run(portfolio_earned_value, earned_value=earned, completion_outlook=outlook)
    ratio, column = Shown("number", (4,)), "cost_performance_index"
    found: dict[str, Reference | None] = {
        "cpi": refer(whole, whole[["currency", "period_month"]].iloc[-1], column, ratio)
    }
    for project in projects["project_id"]:
        found[f"project-{project}-cpi"] = refer(health, {"project_id": str(project)}, column, ratio)
    texts = dict(zip(health["project_id"], health[column], strict=True)) | {"": whole[column].iloc[-1]}
    return {
        name: CitedFigure(name, name, ratio.text(texts[each.key.get("project_id") or ""]), each)
        for name, each in found.items()
        if each is not None
    }


def why(desk: Desk, since: int) -> dict[str, FigureChange]:
    with desk.warehouse.at("2026-01", since) as before, desk.warehouse.at("2026-01") as now:
        published, here = page(before), page(now)
        return {c.name: c for c in Causes(before, now).of(list(differing(published, published, here)), published, here)}


def test_nothing_changed(desk: Desk) -> None:
    desk.register("absence", "person_id,absence_date,duration_hours,kind", ["E1", "2026-01-09", 8, "holiday"])
    assert why(desk, 6) == {}


def test_hours_posted_late_are_named_with_their_file(desk: Desk) -> None:
    desk.toggl(toggl_row("bo", "A", "2026-01-07", "01:00:00"), name="late.csv")
    found = why(desk, 6)
    assert {name: change.cause for name, change in found.items()} == dict.fromkeys(
        ("cpi", "project-A-cpi"), "posted late"
    )
    # 450 earned for 300, then for 400.
    assert (found["cpi"].published, found["cpi"].now) == ("1.5000", "1.1250")
    assert found["cpi"].rows == "+ timesheet_entry, late.csv, version 7: 1"


def test_restated_hours(desk: Desk) -> None:
    desk.toggl(
        toggl_row("ann", "A", "2026-01-05", "07:00:00"), toggl_row("ann", "A", "2026-01-06", "01:00:00"),
        toggl_row("ann", "B", "2026-01-07", "03:00:00"), toggl_row("ann", "Old A", "2026-01-08", "01:00:00"),
    )  # fmt: skip
    assert why(desk, 6)["project-A-cpi"].cause == "restated"


def test_a_mapping_moves_hours(desk: Desk) -> None:
    desk.register("project_alias", "source,external_key,project_id", ["toggl", "Old A", "A"])
    assert why(desk, 6)["project-A-cpi"].cause == "mapping"


def test_a_rate_and_a_corrected_report_are_registers_and_a_later_one_is_a_forecast(desk: Desk) -> None:
    desk.register("rate", RATE, ["Dev", "2025-06-01", 50, "EUR"])
    assert why(desk, 6)["project-A-cpi"].cause == "register"
    desk.register("project_status", STATUS, ["A", "2026-01-20", "active", "green", 40, "2026-03-31"])
    assert why(desk, 7)["project-A-cpi"].cause == "register"
    desk.register("project_status", STATUS, ["A", "2026-01-31", "active", "green", 60, "2026-03-31"])
    assert why(desk, 8)["project-A-cpi"].cause == "new plan or forecast"


def test_a_plan_baselined_later_is_a_new_plan(desk: Desk) -> None:
    desk.register("budget", BUDGET, ["A", "2", "2026-01", "2026-01-15", 1000, "EUR"])
    assert why(desk, 6)["cpi"].cause == "new plan or forecast"


def test_a_project_that_entered_or_left_is_scope(desk: Desk) -> None:
    desk.register("project", PROJECT, ["B", "Beta", "North", 500, "EUR", "2026-01-10"])
    entered = why(desk, 6)
    assert {name: change.cause for name, change in entered.items()} == dict.fromkeys(("cpi", "project-B-cpi"), "scope")
    assert entered["project-B-cpi"].published is None
    assert entered["cpi"].rows == "project + B"
    desk.register("project", PROJECT, ["B", "Beta", "South", 500, "EUR", "2026-01-12"])
    left = why(desk, 7)
    assert {name: change.cause for name, change in left.items()} == dict.fromkeys(("cpi", "project-B-cpi"), "scope")
    assert left["project-B-cpi"].now is None


def test_what_differs_at_its_own_version_is_code_and_is_told_apart_from_data(desk: Desk) -> None:
    desk.toggl(toggl_row("bo", "A", "2026-01-07", "01:00:00"), name="late.csv")
    with desk.warehouse.at("2026-01", 6) as before, desk.warehouse.at("2026-01") as now:
        again, here = page(before), page(now)
        altered = {name: CitedFigure(name, name, "9.9", each.reference) for name, each in again.items()}
        causes = Causes(before, now)
        by_code = list(causes.of(list(differing(altered, again, again)), again, again))
        by_both = list(causes.of(list(differing(altered, again, here)), again, here))
    assert {change.cause for change in by_code} == {"code"}
    assert {change.cause for change in by_both} == {"code, posted late"}
