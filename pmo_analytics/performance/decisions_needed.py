"""What a portfolio board has to decide now: breaches of tolerance, escalations, decisions due for review.

A breach is this project's own reading of management by exception (PRINCE2): a
manager goes on within tolerance, and what forecast leaves it is the board's to
decide. The tolerances are conventions that the caller states; a project is one
line, by its gravest reason, the others beside it.

Worked example, with a tolerance of 10 % and 60 days: a project with a budget of
100 forecast at 120 and to finish 90 days late is one line, over budget by 20 and
late too; one forecast at 105 and on time is none; one that spent 30 without a
baseline is one; an escalation without a decision is one until it is decided.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.raid import Escalation
from pmo_analytics.contracts.selection import PortfolioDecision
from pmo_analytics.performance.health import ProjectHealth, live
from pmo_analytics.performance.raid_log import is_closed

OVER_BUDGET, NO_BASELINE, LATE, STATUS_DIFFERS = "over_budget", "no_baseline", "late", "status_differs"
ESCALATED, REVIEW_DUE = "escalated", "review_due"
GRAVEST_FIRST = (OVER_BUDGET, NO_BASELINE, LATE, STATUS_DIFFERS)
KINDS = (ESCALATED, REVIEW_DUE, *GRAVEST_FIRST)
COST_TOLERANCE, DELAY_TOLERANCE_DAYS, REVIEW_AHEAD_DAYS = 0.10, 60, 31
_COMPLETE = "complete"


class DecisionNeeded(Contract):
    """One row per decision that is needed: those with a due date first, then by kind and what is at stake.

    `decision_kind` is what has to be decided; `further_kinds` names, with a comma
    between, the other tolerances that the project breaches. `stake_amount` is
    the overrun, or what was spent without a baseline.
    """

    subject_id: Text = required()
    project_id: Text = optional()
    name: Text = required()
    decision_kind: Text = required(isin=KINDS)
    further_kinds: Text = required()
    due_date: Date = optional()
    raised_on_date: Date = optional()
    decision: Text = optional()
    reason: Text = optional()
    currency: Text = optional()
    stake_amount: Number = optional()
    budget_at_completion_amount: Number = optional()
    estimate_at_completion_amount: Number = optional()
    cost_assumption: Text = optional()
    cost_performance_index: Number = optional()
    time_schedule_performance_index: Number = optional()
    expected_finish_date: Date = optional()
    finish_assumption: Text = optional()
    finish_delay_days: Number = optional()
    rag_status: Text = optional()
    computed_rag: Text = optional()


def decisions_needed(
    project_health: pd.DataFrame,
    escalation: pd.DataFrame,
    portfolio_decision: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    cost_tolerance: float = COST_TOLERANCE,
    delay_tolerance_days: float = DELAY_TOLERANCE_DAYS,
    is_whole: bool = True,
) -> DataFrame[DecisionNeeded]:
    """What has to be decided at `status_date` on the projects of a `ProjectHealth` frame.

    `cost_tolerance` is a ratio of the budget. With `is_whole`, escalations of
    no project are among them. A review is due from a month before its date until a later decision.
    """
    found = [
        _breaches(project_health, cost_tolerance, delay_tolerance_days),
        _escalated(escalation, project_health, is_whole=is_whole),
        _reviews(portfolio_decision, project_health, status_date),
    ]
    columns = list(DecisionNeeded.to_schema().columns)
    rows = pd.concat([each.reindex(columns=columns) for each in found if len(each)] or [pd.DataFrame(columns=columns)])
    rank = rows[DecisionNeeded.decision_kind].map({kind: at for at, kind in enumerate(KINDS)})
    ordered = rows.assign(rank=rank.astype(float), stake=-rows[DecisionNeeded.stake_amount].astype(float)).sort_values(
        [DecisionNeeded.due_date, "rank", "stake", DecisionNeeded.subject_id], na_position="last"
    )
    result = ordered.reindex(columns=columns).reset_index(drop=True)
    return checked(DecisionNeeded, result)


def _breaches(health: pd.DataFrame, cost_tolerance: float, delay_tolerance_days: float) -> pd.DataFrame:
    """Projects under way that leave a tolerance."""
    rows = live(health)
    rows = rows[rows[ProjectHealth.state] != _COMPLETE].reset_index(drop=True)
    budget, estimate = (
        rows[ProjectHealth.budget_at_completion_amount],
        rows[ProjectHealth.estimate_at_completion_amount],
    )
    spent = rows[ProjectHealth.actual_cost_amount]
    is_planned = budget.notna() & (rows[ProjectHealth.baseline_finish_date].notna() | estimate.notna())
    breached = {
        OVER_BUDGET: estimate > budget * (1 + cost_tolerance),
        # Where no project has one, plans were not loaded, which is said elsewhere.
        NO_BASELINE: (spent > 0) & ~is_planned & bool(is_planned.any()),
        LATE: rows[ProjectHealth.finish_delay_days] > delay_tolerance_days,
        STATUS_DIFFERS: (rows[ProjectHealth.rag_status] == "green") & (rows[ProjectHealth.computed_rag] == "red"),
    }
    kinds = [[kind for kind in GRAVEST_FIRST if breached[kind].iloc[at]] for at in range(len(rows))]
    rows[DecisionNeeded.decision_kind] = pd.Series([each[0] if each else None for each in kinds], dtype=object)
    rows[DecisionNeeded.further_kinds] = [", ".join(each[1:]) for each in kinds]
    rows[DecisionNeeded.subject_id] = rows[ProjectHealth.project_id]
    kind = rows[DecisionNeeded.decision_kind]
    rows[DecisionNeeded.stake_amount] = np.select(
        [(kind == OVER_BUDGET).to_numpy(), (kind == NO_BASELINE).to_numpy()],
        [(estimate - budget).to_numpy(dtype=float), spent.to_numpy(dtype=float)],
        np.nan,
    )
    return rows[kind.notna()]


def _escalated(escalation: pd.DataFrame, health: pd.DataFrame, *, is_whole: bool) -> pd.DataFrame:
    """Escalations that nobody has decided."""
    project = escalation[Escalation.project_id]
    is_asked = project.isin(health[ProjectHealth.project_id]) | (project.isna() & is_whole)
    is_open = escalation[Escalation.decided_on_date].isna() & ~is_closed(escalation[Escalation.state])
    rows = escalation[is_asked & is_open]
    return pd.DataFrame(
        {
            DecisionNeeded.subject_id: rows[Escalation.escalation_id],
            DecisionNeeded.project_id: rows[Escalation.project_id],
            DecisionNeeded.name: rows[Escalation.title],
            DecisionNeeded.decision_kind: ESCALATED,
            DecisionNeeded.further_kinds: "",
            DecisionNeeded.due_date: rows[Escalation.due_date],
            DecisionNeeded.raised_on_date: rows[Escalation.raised_on_date],
        }
    )


def _reviews(portfolio_decision: pd.DataFrame, health: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Decisions on the projects that are to be looked at again, and that no later one has replaced."""
    last = (
        portfolio_decision.sort_values(PortfolioDecision.decided_on_date).groupby(PortfolioDecision.subject_id).tail(1)
    )
    is_due = last[PortfolioDecision.review_date] <= status_date + pd.Timedelta(days=REVIEW_AHEAD_DAYS)
    known = health[[ProjectHealth.project_id, ProjectHealth.name]].rename(
        columns={ProjectHealth.project_id: PortfolioDecision.subject_id}
    )
    rows = last[is_due].merge(known, on=PortfolioDecision.subject_id)
    return pd.DataFrame(
        {
            DecisionNeeded.subject_id: rows[PortfolioDecision.subject_id],
            DecisionNeeded.project_id: rows[PortfolioDecision.subject_id],
            DecisionNeeded.name: rows[ProjectHealth.name],
            DecisionNeeded.decision_kind: REVIEW_DUE,
            DecisionNeeded.further_kinds: "",
            DecisionNeeded.due_date: rows[PortfolioDecision.review_date],
            DecisionNeeded.raised_on_date: rows[PortfolioDecision.decided_on_date],
            DecisionNeeded.decision: rows[PortfolioDecision.decision],
            DecisionNeeded.reason: rows[PortfolioDecision.reason],
        }
    )
