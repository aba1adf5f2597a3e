"""No analysis disagrees with another on what a project comes to, or when it is expected to finish."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_forecasts import (
    COST,
    FINISH,
    completion_record,
    cost_at_completion,
    finish_at_completion,
)
from pmo_analytics.performance.completion_outlook import completion_outlook, latest_outlook
from pmo_analytics.performance.decisions_needed import decisions_needed
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.escalation import tolerance_checks
from pmo_analytics.performance.escalation_rules import rules_text
from pmo_analytics.performance.health import live, project_health
from pmo_analytics.performance.portfolio_earned_value import portfolio_earned_value
from pmo_analytics.performance.warning_features import warning_features
from tests.frames import contract_frame
from tests.performance.escalation import rule
from tests.performance.portfolios import now_of, portfolio
from tests.performance.test_warning_features import TABLES

LIMITS = rule("cost_over_budget_pct", 1.0), rule("finish_delay_days", 1.0)


@pytest.fixture(scope="module", params=[5, 14], ids=["nothing proven", "CPI proven"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Every analysis that names a cost or a finish at completion, of one portfolio."""
    frames = portfolio(request.param)
    now = now_of(frames)
    months, plans, projects, reports = (
        frames[name] for name in ("planned_earned_actual", "budget", "project", "project_status")
    )
    earned = earned_value(months, projects, status_date=now)
    baselined = earned_value_as_baselined(months, plans, status_date=now)
    outlook = completion_outlook(baselined, reports, status_date=now)
    health = project_health(earned, outlook, projects, reports, status_date=now)
    registers = {name: contract_frame(name, []) for name in ("milestone_slip", "escalation", "risk")}
    checks = tolerance_checks(
        health, baselined, outlook, project_status=reports, status_date=now, rules=rules_text(LIMITS), **registers
    )
    given = frames | {name: contract_frame(name, []) for name in TABLES if name not in frames}
    return {
        "proven": request.param == 14,
        "outlook": latest_outlook(outlook, now).set_index("project_id"),
        "health": health.set_index("project_id"),
        "portfolio": portfolio_earned_value(earned, outlook).iloc[-1],
        "decisions": decisions_needed(
            health, registers["escalation"], contract_frame("portfolio_decision", []), status_date=now,
            cost_tolerance=0.01, delay_tolerance_days=1,
        ).set_index("project_id"),
        "checks": checks.set_index(["project_id", "breach"])["figure"],
        "costs": cost_at_completion(baselined).query("is_shown").set_index("project_id"),
        "finishes": finish_at_completion(baselined, reports).query("is_shown").set_index("project_id"),
        "record": completion_record(baselined, reports),
        "features": warning_features(**given, status_date=now).groupby("project_id").tail(1).set_index("project_id"),
        "running": list(live(health)["project_id"][live(health)["state"] == "active"]),
    }  # fmt: skip


def test_the_cost_at_completion_is_one(told: dict[str, Any]) -> None:
    outlook, health = told["outlook"], told["health"]
    assert told["running"] == ["R0", "R1"]
    estimate = outlook["estimate_at_completion_amount"]
    # R0 earned 400 for 500, R1 for 421: 600 are left, at plan or at their CPI.
    expected = [500 + 600 / 0.8, 400 / 0.95 + 600 / 0.95] if told["proven"] else [1100, 600 + 400 / 0.95]
    assert estimate[["R0", "R1"]].to_list() == pytest.approx(expected)
    pd.testing.assert_series_equal(health["estimate_at_completion_amount"].sort_index(), estimate, check_names=False)
    over = 100 * (estimate / outlook["budget_at_completion_amount"] - 1)
    for project in told["running"]:
        assert told["costs"].loc[project, "estimate_at_completion_amount"] == pytest.approx(estimate[project])
        assert told["costs"].loc[project, "assumption"] == outlook.loc[project, "cost_assumption"]
        assert told["decisions"].loc[project, "estimate_at_completion_amount"] == pytest.approx(estimate[project])
        assert told["checks"][project, "cost_over_budget_pct"] == pytest.approx(over[project])
        assert told["features"].loc[project, "cost_overrun_pct"] == pytest.approx(over[project])
    assert told["portfolio"]["projects_counted"] == 2
    assert told["portfolio"]["estimate_at_completion_amount"] == pytest.approx(estimate[["R0", "R1"]].sum())


def test_the_expected_finish_is_one(told: dict[str, Any]) -> None:
    outlook, health = told["outlook"], told["health"]
    finish = outlook["expected_finish_date"]
    pd.testing.assert_series_equal(health["expected_finish_date"].sort_index(), finish, check_names=False)
    delay = (finish - health["baseline_finish_date"]).dt.days
    for project in told["running"]:
        assert told["finishes"].loc[project, "expected_finish_date"] == finish[project]
        assert told["finishes"].loc[project, "assumption"] == outlook.loc[project, "finish_assumption"]
        assert told["decisions"].loc[project, "expected_finish_date"] == finish[project]
        assert told["checks"][project, "finish_delay_days"] == delay[project]
        assert told["features"].loc[project, "finish_delay_days"] == delay[project]


def test_the_record_says_why_it_is_this_one(told: dict[str, Any]) -> None:
    record, outlook = told["record"], told["outlook"]
    for target, reason in ((COST, "cost_assumption_reason"), (FINISH, "finish_assumption_reason")):
        (verdict,) = set(record.loc[record["target"] == target, "verdict"])
        (why,) = set(outlook.loc[told["running"], reason])
        if told["proven"]:
            assert verdict.startswith("what is chosen on the past alone is shown, which is better than rest at plan")
            assert why == "proven better than rest at plan on 14 finished projects"
        else:
            assert verdict.startswith("rest at plan is shown, and no method is judged: 5 finished projects")
            assert why == "5 finished projects; it takes 9 to prove another better"
