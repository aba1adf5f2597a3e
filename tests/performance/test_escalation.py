"""Breaches by hand: figure, limit, severity, the month in which the run began; what is unknown stays unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.escalation import BREACHED, NOT_WATCHED, UNKNOWN, WITHIN, breaches
from tests.frames import course, project_row
from tests.performance.escalation import COST, STATUS, D, checked_against, costs, rule


def only(frame: pd.DataFrame) -> dict[str, Any]:
    (row,) = frame.to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_the_worked_example() -> None:
    row = only(checked_against(COST, months=costs("P", 5, 12, 9, 15, 25)))
    assert (row["check_state"], row["severity"], row["threshold"]) == (BREACHED, "high", 10)
    assert row["figure"] == pytest.approx(25)
    assert row["breached_since_month"] == D("2026-04-01")
    assert row["reason"] == "forecast at 25.0 % above its budget; up to 10 % is tolerated; since 2026-04"
    assert row["figure_evidence"] == (
        "completion_outlook estimate_at_completion_amount project_id=P period_month=2026-05-01"
    )
    april = only(checked_against(COST, months=costs("P", 5, 12, 9, 15), status_date=D("2026-04-30")))
    assert (april["severity"], april["breached_since_month"]) == ("medium", D("2026-04-01"))


@pytest.mark.parametrize(
    ("over", "state", "since"),
    [
        ((20, 20, 20, 20, 20), BREACHED, "2026-01-01"),
        ((0, 0, 0, 0, 10), WITHIN, None),
        ((0, 0, 0, 0, 10.01), BREACHED, "2026-05-01"),
        ((20, 20, 20, 20, 9), WITHIN, None),
        ((0, 20, None, 20, 20), BREACHED, "2026-02-01"),
        ((20, 0, None, 20, 20), BREACHED, "2026-04-01"),
        ((20, 20, 20, 20, None), UNKNOWN, None),
    ],
)
def test_a_run_begins_after_the_last_month_that_was_known_to_be_within(
    over: tuple[float | None, ...], state: str, since: str | None
) -> None:
    row = only(checked_against(COST, months=costs("P", *over)))
    assert row["check_state"] == state
    assert row["breached_since_month"] is pd.NaT if since is None else row["breached_since_month"] == D(since)
    assert (row["quality_note"] == "no cost") == (state == UNKNOWN)


def test_indices_breach_below_their_limit() -> None:
    plan = [100.0 * month for month in range(1, 11)]
    months = course("P", plan, [50.0, 100.0, 150.0, 200.0, 250.0], [50.0, 100.0, 200.0, 250.0, 312.5], start="2026-01")
    rules = rule("cost_performance_index", 0.9), rule("time_schedule_performance_index", 0.75)
    cpi, spi = checked_against(*rules, months=months).to_dict("records")
    # CPI: 1, 1, 150/200, 200/250, 250/312.5 = 0.8; SPI(t): half a month earned in each.
    assert (cpi["figure"], cpi["breached_since_month"], cpi["severity"]) == (0.8, D("2026-03-01"), "high")
    assert (spi["figure"], spi["breached_since_month"], spi["severity"]) == (0.5, D("2026-01-01"), "high")
    assert cpi["reason"] == "a CPI of 0.80; down to 0.9 is tolerated; since 2026-03"


def report(day: str, finish: str | None = None, **values: Any) -> dict[str, Any]:
    forecast = None if finish is None else D(finish)
    return {"project_id": "P", "status_date": D(day), "state": "active", "forecast_finish_date": forecast} | values


def test_the_delay_is_that_of_the_last_report_at_each_months_end() -> None:
    projects = [project_row("P", baseline_finish_date=D("2026-06-30"))]
    reports = [
        report("2026-01-31", "2026-07-10"),
        report("2026-02-28", "2026-09-01"),
        report("2026-04-30", "2026-09-28"),
    ]
    row = only(checked_against(rule("finish_delay_days", 60), projects=projects, project_status=reports))
    # No plan by month: the manager's days. From 30 June: 10 days in January, 63 in February and March, 90 since April.
    assert (row["figure"], row["breached_since_month"]) == (90, D("2026-02-01"))
    assert row["figure_evidence"] == ("completion_outlook expected_finish_date project_id=P period_month=2026-05-01")


def test_a_status_report_ages() -> None:
    row = only(checked_against(rule("status_report_age_days", 45), project_status=[report("2026-02-28")]))
    # 31 days at the end of March, 61 at that of April, 92 now.
    assert (row["figure"], row["breached_since_month"], row["severity"]) == (92, D("2026-04-01"), "high")
    none = only(checked_against(rule("status_report_age_days", 45)))
    assert (none["check_state"], none["quality_note"]) == (UNKNOWN, "no status report")


def escalated(name: str, due: str, **values: Any) -> dict[str, Any]:
    return {
        "escalation_id": name, "status_date": D("2026-05-31"), "project_id": "P", "title": "T",
        "raised_on_date": D("2026-01-05"), "due_date": D(due), "state": "open",
    } | values  # fmt: skip


def test_an_escalation_is_overdue_until_it_is_decided() -> None:
    rows = [
        escalated("E-1", "2026-02-10", decided_on_date=D("2026-03-05"), state="decided"),
        escalated("E-2", "2026-04-20"),
        escalated("E-3", "2026-07-01"),
        escalated("E-4", "2026-01-20", state="closed"),
        escalated("E-5", "2026-01-20", project_id="Q"),
    ]
    row = only(checked_against(rule("escalation_overdue_days", 0), escalation=rows))
    # None was overdue at the end of March, E-2 by 10 days at that of April, by 41 now.
    assert (row["figure"], row["breached_since_month"], row["severity"]) == (41, D("2026-04-01"), "medium")
    assert row["figure_evidence"] == "escalation due_date escalation_id=E-2 status_date=2026-05-31"
    assert only(checked_against(rule("escalation_overdue_days", 0)))["quality_note"] == "no escalation register"
    other = [escalated("E-5", "2026-01-20", project_id="Q")]
    assert only(checked_against(rule("escalation_overdue_days", 0), escalation=other))["check_state"] == WITHIN


def test_a_milestone_is_overdue_by_its_own_forecast() -> None:
    def slip(milestone: str, day: str, **dates: str) -> dict[str, Any]:
        given = {f"{name}_date": D(value) for name, value in dates.items()}
        return {"project_id": "P", "milestone_id": milestone, "status_date": D(day)} | given

    rows = [
        slip("M1", "2026-01-31", baseline="2026-02-15"),
        slip("M1", "2026-03-31", baseline="2026-02-15", forecast="2026-06-30"),
        slip("M2", "2026-01-31", baseline="2026-04-25"),
        slip("M3", "2026-01-31", baseline="2026-01-10", actual="2026-01-20"),
    ]
    row = only(checked_against(rule("milestone_overdue_days", 5), milestone_slip=rows))
    # M1 was overdue by 13 days in February and re-forecast in March; M2 is by 5 days in April, and by 36 now.
    assert (row["figure"], row["breached_since_month"]) == (36, D("2026-05-01"))
    assert row["figure_evidence"] == "milestone_outlook milestone_state project_id=P milestone_id=M2"


def risk_row(name: str, day: str, likely: float | None, **values: Any) -> dict[str, Any]:
    return {
        "risk_id": name, "status_date": D(day), "project_id": "P", "title": "T", "probability": 0.5,
        "cost_most_likely_amount": likely, "currency": "EUR", "state": "open",
    } | values  # fmt: skip


def test_exposure_adds_up_in_one_currency_and_names_what_it_cannot_add() -> None:
    limit = rule("risk_exposure_amount", 100.0, currency="EUR")
    rows = [
        risk_row("R1", "2026-01-31", 160.0), risk_row("R2", "2026-03-31", 100.0),
        risk_row("R3", "2026-01-31", 900.0, state="closed"),
    ]  # fmt: skip
    row = only(checked_against(limit, risk=rows))
    # 80 until March, 80 + 50 since.
    assert (row["figure"], row["breached_since_month"], row["currency"]) == (130, D("2026-03-01"), "EUR")
    assert "open risks with an exposure of 130 EUR; up to 100 EUR is tolerated" in row["reason"]
    assert row["figure_evidence"] == "open_risks exposure_amount risk_id=R1"
    part = [risk_row("R1", "2026-01-31", 160.0), risk_row("R4", "2026-01-31", 900.0, currency="USD")]
    row = only(checked_against(limit, risk=part))
    assert row["check_state"] == UNKNOWN
    assert row["quality_note"] == "1 open risks have no exposure in EUR; the others come to 80"


def test_projects_that_do_not_run_are_not_watched_and_named() -> None:
    for state in ("proposed", "complete", "cancelled"):
        reports = [report("2026-05-31", state=state)]
        row = only(checked_against(COST, months=costs("P", 0, 0, 0, 0, 50), project_status=reports))
        assert (row["check_state"], row["quality_note"]) == (NOT_WATCHED, f"the project is {state}")
    row = only(checked_against(COST, months=costs("P", 0, 50), status_date=D("2026-02-28")))
    assert row["check_state"] == BREACHED


def test_the_most_exact_rule_of_a_breach_goes_first_and_limits_of_one_scope_are_a_ladder() -> None:
    projects = [project_row("A", portfolio="North"), project_row("B", portfolio="North"), project_row("C")]
    months = [row for name in "ABC" for row in costs(name, 0, 0, 0, 0, 30)]
    north = rule("cost_over_budget_pct", 20.0, portfolio="North")
    own = [rule("cost_over_budget_pct", limit, project="B") for limit in (40.0, 25.0)]
    found = checked_against(COST, north, *own, months=months, projects=projects)
    assert found[["project_id", "threshold", "check_state"]].to_numpy().tolist() == [
        ["A", 20, BREACHED], ["B", 40, WITHIN], ["B", 25, BREACHED], ["C", 10, BREACHED],
    ]  # fmt: skip
    ordered = breaches(found)
    assert ordered[["project_id", "severity"]].to_numpy().tolist() == [["C", "high"], ["A", "medium"], ["B", "medium"]]


def test_rows_dated_later_change_nothing() -> None:
    projects = [project_row("P", baseline_finish_date=D("2026-02-28"))]
    rules = [COST, rule("finish_delay_days", 60), rule("status_report_age_days", 10), rule("milestone_overdue_days", 0)]
    rules += [rule("risk_exposure_amount", 10.0, currency="EUR")]
    months = costs("P", 5, 12, 9, 15, 25)
    early = {
        "project_status": [report("2026-04-30", "2026-09-28")], "risk": [risk_row("R1", "2026-01-31", 160.0)],
        "milestone_slip": [{"project_id": "P", "milestone_id": "M", "status_date": D("2026-01-31"),
                            "baseline_date": D("2026-03-01")}],
    }  # fmt: skip
    reached = early["milestone_slip"][0] | {"status_date": D("2026-06-30"), "actual_date": D("2026-03-01")}
    late = {
        "project_status": [report("2026-06-30", "2026-06-30", state="complete")],
        "risk": [risk_row("R1", "2026-06-15", 0.0)],
        "milestone_slip": [reached],
    }  # fmt: skip
    before = checked_against(*rules, months=months, projects=projects, **early)
    with_later = {name: [*rows, *late[name]] for name, rows in early.items()}
    june = months[-1] | {"earned_value_amount": 1500.0, "actual_cost_amount": 1500.0, "percent_complete_pct": 100.0}
    after = checked_against(*rules, months=[*months[:-1], june], projects=projects, **with_later)
    assert before["check_state"].to_list() == [BREACHED] * 5
    pd.testing.assert_frame_equal(before, after)
    assert D("2026-05-31") == STATUS
