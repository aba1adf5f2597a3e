"""What was known at each month's end: by hand, without later rows, of groups of five or more."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.warning_features import FEATURES, warning_features
from tests.frames import contract_frame, course, project_row

TABLES = (
    "planned_earned_actual", "budget", "project", "project_status", "milestone_slip", "open_issues_by_project",
    "issue_status_history", "effort_by_person_month", "availability_by_person_month", "risk",
)  # fmt: skip
MAY = pd.Timestamp("2025-05-31")


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def plan(
    project: str, amounts: list[float], *, approved: str = "2024-12-15", version: str = "1"
) -> list[dict[str, Any]]:
    return [
        {
            "project_id": project,
            "baseline_version": version,
            "period_month": day("2025-01-01") + pd.DateOffset(months=i),
            "baselined_on_date": day(approved),
            "planned_value_amount": amount,
            "currency": "EUR",
        }
        for i, amount in enumerate(amounts)
    ]


def report(
    at: str, finish: str | None, *, rag: str = "green", state: str = "active", project: str = "A"
) -> dict[str, Any]:
    return {
        "project_id": project,
        "status_date": day(at),
        "state": state,
        "rag_status": rag,
        "forecast_finish_date": None if finish is None else day(finish),
    }


def given(**rows: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """All tables; those not given are empty, and the register holds project A."""
    rows = {"project": [project_row("A")], **rows}
    return {name: contract_frame(name, rows.get(name, [])) for name in TABLES}


def told(tables: dict[str, pd.DataFrame], at: pd.Timestamp = MAY, **options: Any) -> pd.DataFrame:
    features = warning_features(**tables, status_date=at, **options)
    return features.set_index(features["period_month"].dt.strftime("%Y-%m"))


ENDS = ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]
PLANNED = [100.0] * 10
CUMULATIVE = [100.0 * (i + 1) for i in range(10)]


def whole(**more: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """Project A: spends 60 more than it earns, and from March on earns half of what is planned."""
    earned = [100.0, 200.0, 250.0, 300.0, 350.0]
    return given(
        planned_earned_actual=course("A", CUMULATIVE, earned, [value + 60 for value in earned]),
        budget=plan("A", PLANNED),
        project_status=[report(at, "2025-10-31") for at in ENDS],
        **more,
    )


def test_the_worked_example() -> None:
    row = told(whole()).loc["2025-05"]
    assert row["cost_performance_index"] == pytest.approx(350 / 410)
    # 410 spent and 650 left at plan; six and a half months from the end of May, and the manager says October.
    assert row["cost_overrun_pct"] == pytest.approx(6)
    assert row["finish_delay_days"] == 45
    assert row["tolerance_used_ratio"] == pytest.approx(0.75)
    assert not row["is_in_breach"]
    assert row["breached_tolerances"] == ""


def test_changes_are_over_three_months_and_missing_before() -> None:
    rows = told(whole())
    assert rows["finish_delay_change_days"].tolist()[3:] == [28, 46]
    assert rows["finish_delay_change_days"].isna().tolist() == [True, True, True, False, False]
    assert rows.loc["2025-05", "time_schedule_performance_index_change"] == pytest.approx(-0.3)
    assert rows.loc["2025-05", "elapsed_pct"] == pytest.approx(50.0)


def test_tolerances_are_the_callers() -> None:
    rows = told(whole(), cost_tolerance=0.05, delay_tolerance_days=20)
    assert rows.loc["2025-01", "breached_tolerances"] == "over_budget"
    assert rows.loc["2025-05", "breached_tolerances"] == "over_budget, late"
    assert rows["is_in_breach"].all()


def test_what_is_not_known_is_missing_and_named() -> None:
    rows = told(given(project_status=[report("2025-04-10", None)]))
    assert rows.index.tolist() == ["2025-04", "2025-05"]
    row = rows.loc["2025-05"]
    assert row["status_age_days"] == 51
    assert pd.isna(row["is_in_breach"])
    assert row["missing_features"].split(", ") == [name for name in FEATURES if name != "status_age_days"]
    assert rows[[name for name in FEATURES if name != "status_age_days"]].isna().all(axis=None)


def test_each_month_is_held_against_the_baseline_then_approved() -> None:
    tables = whole()
    larger = plan("A", [150.0] * 12, approved="2025-04-10", version="2")
    tables["budget"] = contract_frame("budget", plan("A", PLANNED) + larger)
    rows = told(tables)
    assert rows["baseline_change_count"].tolist() == [0, 0, 0, 1, 1]
    assert rows["budget_growth_pct"].tolist() == [0, 0, 0, 80, 80]
    # Against the plan to the year's end, of which 30 % are 3.6 months, from April on and not before.
    assert rows["finish_delay_days"].tolist() == [1, -1, 14, 11, 23]


def test_before_the_first_approval_no_plan_is_known() -> None:
    tables = whole()
    tables["budget"] = contract_frame("budget", plan("A", PLANNED, approved="2025-03-10"))
    rows = told(tables)
    assert rows["cost_performance_index"].isna().tolist() == [True, True, False, False, False]
    assert rows["finish_delay_days"].isna().tolist() == [True, True, False, False, False]


def test_the_registers_finish_is_known_from_its_date_on() -> None:
    stated = project_row("A", status_date=day("2025-04-01"), baseline_finish_date=day("2025-06-30"))
    rows = told(given(project=[stated], project_status=[report(at, "2025-07-10") for at in ENDS]))
    assert rows["finish_delay_days"].isna().tolist() == [True, True, True, False, False]
    assert rows.loc["2025-05", "finish_delay_days"] == 10


def test_a_project_ends_with_its_completion_or_cancellation() -> None:
    reports = [report("2025-01-31", None), report("2025-03-31", None, state="cancelled"), report("2025-05-31", None)]
    assert told(given(project_status=reports)).index.tolist() == ["2025-01", "2025-02", "2025-03"]


def slip(milestone: str, at: str, days: float) -> dict[str, Any]:
    return {"project_id": "A", "milestone_id": milestone, "status_date": day(at), "slip_days": days}


def test_the_largest_slip_of_the_milestones_as_last_reported() -> None:
    reports = [slip("M1", "2025-01-31", 30), slip("M2", "2025-01-31", 5), slip("M1", "2025-03-31", 2)]
    assert told(whole(milestone_slip=reports))["milestone_slip_days"].tolist() == [30, 30, 5, 5, 5]


def test_open_issues_and_the_age_of_work_in_progress() -> None:
    spans = [
        {"project_id": "A", "start_date": day("2025-01-05"), "end_date": day("2025-04-10"), "open_count": 4},
        {"project_id": "A", "start_date": day("2025-04-11"), "end_date": MAY, "open_count": 6},
    ]
    stays = [
        {
            "issue_key": f"A-{i}",
            "position": 1,
            "project_id": "A",
            "status": "Doing",
            "status_category": "in_progress",
            "entered_at": day(entered),
            "left_at": None if left is None else day(left),
        }
        for i, (entered, left) in enumerate([("2025-04-21", None), ("2025-05-12", None), ("2025-01-01", "2025-05-02")])
    ]
    rows = told(whole(open_issues_by_project=spans, issue_status_history=stays))
    assert rows["open_count"].tolist() == [4, 4, 4, 6, 6]
    assert rows["backlog_growth_pct"].tolist()[3:] == pytest.approx([50, 50])
    # At the end of May 41 and 20 days; at the end of April 10 and 120.
    assert rows.loc["2025-05", "in_progress_age_days"] == pytest.approx(30.5)
    assert rows.loc["2025-04", "in_progress_age_days"] == pytest.approx(65.0)


def worked(persons: int, month: str, *, first: int = 1, project: str = "A") -> list[dict[str, Any]]:
    return [
        {
            "person_id": f"P{i}",
            "project_id": project,
            "period_month": day(f"{month}-01"),
            "duration_seconds": 90.0,
            "billable_seconds": 0.0,
            "entry_count": 1,
        }
        for i in range(first, first + persons)
    ]


def available(persons: int, months: tuple[str, ...] = ("2025-04", "2025-05")) -> list[dict[str, Any]]:
    return [
        {
            "person_id": f"P{i}",
            "period_month": day(f"{month}-01"),
            "calendar_seconds": 100.0,
            "absence_seconds": 0.0,
            "available_seconds": 100.0,
        }
        for i in range(1, persons + 1)
        for month in months
    ]


def test_a_team_is_told_of_in_groups_of_five_or_more() -> None:
    effort = worked(5, "2025-04") + worked(4, "2025-05") + worked(1, "2025-04", project="B")
    rows = told(whole(effort_by_person_month=effort, availability_by_person_month=available(5)))
    # P1 booked 90 on B as well: (5 x 90 + 90) / 500.
    assert rows.loc["2025-04", "utilisation_ratio"] == pytest.approx(1.08)
    assert pd.isna(rows.loc["2025-05", "utilisation_ratio"])
    # Of the five of April one no longer booked.
    assert rows.loc["2025-05", "turnover_pct"] == pytest.approx(20)
    assert pd.isna(rows.loc["2025-04", "turnover_pct"])
    alone = told(whole(effort_by_person_month=worked(4, "2025-05"), availability_by_person_month=available(4)))
    assert alone[["utilisation_ratio", "turnover_pct"]].isna().all(axis=None)


def a_risk(risk: str, at: str, cost: float | None, *, state: str = "open", currency: str = "EUR") -> dict[str, Any]:
    return {
        "risk_id": risk,
        "status_date": day(at),
        "project_id": "A",
        "title": risk,
        "probability": 0.5,
        "cost_most_likely_amount": cost,
        "currency": currency,
        "state": state,
    }


def test_exposure_is_of_the_budget_and_never_summed_past_what_is_missing() -> None:
    risks = [
        a_risk("R1", "2025-02-15", 20.0),
        a_risk("R1", "2025-03-15", 60.0),
        a_risk("R2", "2025-04-15", None),
        a_risk("R1", "2025-05-15", 60.0, state="closed"),
        a_risk("R2", "2025-05-15", None, state="closed"),
    ]
    found = told(whole(risk=risks))["risk_exposure_pct"]
    # 1 % and 3 % of 1,000; unknown with R2; nothing open is zero, since risks are reported.
    assert found.isna().tolist() == [True, False, False, True, False]
    assert found.dropna().tolist() == pytest.approx([1.0, 3.0, 0.0])
    foreign = told(whole(risk=[a_risk("R1", "2025-02-15", 20.0, currency="USD")]))["risk_exposure_pct"]
    assert foreign.isna().all()


def test_rows_of_later_days_change_no_earlier_month() -> None:
    effort = worked(6, "2025-02") + worked(5, "2025-03") + worked(7, "2025-05")
    tables = whole(
        milestone_slip=[slip("M1", "2025-02-28", 9), slip("M1", "2025-04-30", 40)],
        effort_by_person_month=effort,
        availability_by_person_month=available(7, ("2025-02", "2025-03", "2025-05")),
        risk=[a_risk("R1", "2025-02-15", 20.0), a_risk("R1", "2025-05-15", 60.0)],
    )
    tables["budget"] = contract_frame(
        "budget", plan("A", PLANNED) + plan("A", [150.0] * 12, approved="2025-04-10", version="2")
    )
    now, then = told(tables), told(tables, day("2025-03-31"))
    pd.testing.assert_frame_equal(now.loc[:"2025-03"], then)
    # And with the later rows gone from every table, the same again.
    clocks = {
        "planned_earned_actual": "period_month", "budget": "baselined_on_date", "project_status": "status_date",
        "milestone_slip": "status_date", "effort_by_person_month": "period_month",
        "availability_by_person_month": "period_month", "risk": "status_date",
    }  # fmt: skip
    cut = {
        name: frame[frame[clocks[name]] <= "2025-03-31"] if name in clocks else frame for name, frame in tables.items()
    }
    pd.testing.assert_frame_equal(then, told(cut, day("2025-03-31")))
