"""Frames of small portfolios held against rules of escalation."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.escalation import tolerance_checks
from pmo_analytics.performance.escalation_rules import Rule, rules_text
from pmo_analytics.performance.health import project_health
from tests.frames import contract_frame, course, outlook_of, project_row

D = pd.Timestamp
STATUS = D("2026-05-31")


def rule(breach: str, threshold: float, **values: Any) -> Rule:
    """A rule that tells the board, within 5 days, to decide in 20."""
    return Rule(breach, threshold, ("portfolio board",), 5, 20, **values)


COST = rule("cost_over_budget_pct", 10.0)


def costs(project: str, *over_pct: float | None, start: str = "2026-01") -> list[dict[str, Any]]:
    """Months of a project that earns 100 a month, forecast to be over its budget by these per cent.

    The rest at plan is shown: what is spent beyond what is earned comes on top of the budget.
    """
    earned = [100.0 * (month + 1) for month in range(len(over_pct))]
    budget = earned[-1] + 1000
    spent = [e + budget * (over or 0.0) / 100 for e, over in zip(earned, over_pct, strict=True)]
    rows = course(project, [*earned, budget], earned, spent, start=start)
    for month, over in enumerate(over_pct):
        if over is None:
            rows[month]["actual_cost_amount"] = None
    return rows


def checked_against(
    *rules: Rule,
    months: list[dict[str, Any]] | None = None,
    projects: list[dict[str, Any]] | None = None,
    status_date: pd.Timestamp = STATUS,
    **registers: list[dict[str, Any]],
) -> pd.DataFrame:
    """A `ToleranceCheck` frame of these rules; registers are given by name as rows."""
    mart = contract_frame("planned_earned_actual", months or [])
    project = contract_frame("project", projects or [project_row("P", status_date=D("2026-01-01"))])
    status = contract_frame("project_status", registers.get("project_status", []))
    earned = earned_value(mart, project, status_date=status_date)
    outlook = outlook_of(mart, status, status_date=status_date)
    return tolerance_checks(
        project_health(earned, outlook, project, status, status_date=status_date),
        earned_value_as_baselined(mart, contract_frame("budget", []), status_date=status_date),
        outlook,
        project_status=status,
        milestone_slip=contract_frame("milestone_slip", registers.get("milestone_slip", [])),
        escalation=contract_frame("escalation", registers.get("escalation", [])),
        risk=contract_frame("risk", registers.get("risk", [])),
        status_date=status_date,
        rules=rules_text(rules),
    )
