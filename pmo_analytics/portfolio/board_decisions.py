"""What boards decided, whether it was carried out, and what comes back to them.

The last decision on a subject is in force. Approved work is carried out when the
register says so, or once time is booked on it after the decision; cancelled work
when the register says so, and time booked on it in later months speaks against
it. What is deferred, cancelled or continued comes back on its review date; what is
deferred without one never does. Proposals that nobody decided on wait. Source: the
project's own reading of the decision log of a portfolio board (ISO 21504;
Management of Portfolios, OGC 2011).

Worked example: in March a board approves A and defers B to 31 May. Nobody has
booked on A by 30 June, and B was not decided anew: A is not carried out after 91
days, the review of B is 30 days overdue.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import EffortByPersonMonth
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.selection import PortfolioDecision, Proposal

CARRIED_OUT, NOT_CARRIED_OUT = "carried out", "not carried out"
REVIEW_AHEAD, REVIEW_OVERDUE, NO_REVIEW = "review ahead", "review overdue", "no review date"
STILL_BOOKED, UNDECIDED, REPLACED = "still booked on", "undecided", "replaced"
OPEN = (NOT_CARRIED_OUT, STILL_BOOKED, REVIEW_OVERDUE, NO_REVIEW, UNDECIDED)
_ORDER = {name: place for place, name in enumerate((*OPEN, REVIEW_AHEAD, CARRIED_OUT, REPLACED))}


class BoardDecision(Contract):
    """One row per decision of a board, and one per proposal that waits for one.

    Key: subject_id, decided_on_date. `decision_state` is one of "not carried
    out", "still booked on", "review overdue", "no review date", "undecided",
    "review ahead", "carried out" and "replaced", which is that of all but the last
    decision on a subject. `open_days` count since the decision, or since the
    review was due. `booked_after_seconds` are booked on it in the months after
    that of the decision.
    """

    subject_id: Text = required()
    name: Text = optional()
    decision: Text = optional()
    decided_on_date: Date = optional()
    reason: Text = optional()
    review_date: Date = optional()
    carried_out_on_date: Date = optional()
    is_last_decision: Flag = required()
    decision_state: Text = required()
    open_days: Number = optional()
    booked_after_seconds: Number = required(ge=0)


def board_decisions(
    portfolio_decision: pd.DataFrame,
    proposal: pd.DataFrame,
    project: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[BoardDecision]:
    """Decisions, those that need something first, from four tables."""
    decided = portfolio_decision[portfolio_decision[PortfolioDecision.decided_on_date] <= status_date]
    subject, day = PortfolioDecision.subject_id, PortfolioDecision.decided_on_date
    rows = decided.sort_values([subject, day], ignore_index=True)
    rows[BoardDecision.is_last_decision] = ~rows.duplicated(subject, keep="last")
    rows[BoardDecision.booked_after_seconds] = _booked_after(rows, effort_by_person_month)
    waiting = proposal[~proposal[Proposal.proposal_id].isin(rows[subject])]
    undecided = pd.DataFrame({subject: waiting[Proposal.proposal_id].astype(object)}).assign(
        is_last_decision=True, booked_after_seconds=0.0
    )
    rows = pd.concat([rows, undecided], ignore_index=True) if len(undecided) else rows
    names = {
        **dict(zip(proposal[Proposal.proposal_id], proposal[Proposal.name], strict=True)),
        **dict(zip(project[Project.project_id], project[Project.name], strict=True)),
    }
    rows[BoardDecision.name] = rows[subject].map(names).astype(object)
    rows[BoardDecision.decision_state] = [_state(row, status_date) for row in rows.to_dict("records")]
    is_review = rows[BoardDecision.decision_state] == REVIEW_OVERDUE
    since = rows[PortfolioDecision.review_date].where(is_review, rows[day])
    is_open = rows[BoardDecision.decision_state].isin([NOT_CARRIED_OUT, STILL_BOOKED, REVIEW_OVERDUE, NO_REVIEW])
    rows[BoardDecision.open_days] = (status_date - pd.to_datetime(since)).dt.days.where(is_open).astype(float)
    order = rows[BoardDecision.decision_state].map(_ORDER)
    rows = rows.assign(_order=order).sort_values(["_order", BoardDecision.open_days, subject, day],
                                                 ascending=[True, False, True, True], ignore_index=True)  # fmt: skip
    return checked(BoardDecision, rows[list(BoardDecision.to_schema().columns)])


def _booked_after(decisions: pd.DataFrame, effort: pd.DataFrame) -> list[float]:
    """Seconds booked on each decision's subject in months after its own."""
    hours = effort.groupby([EffortByPersonMonth.project_id, EffortByPersonMonth.period_month])[
        EffortByPersonMonth.duration_seconds
    ].sum()
    by_subject = {str(name): rows.droplevel(0) for name, rows in hours.groupby(level=0)}
    found = []
    for name, day in zip(
        decisions[PortfolioDecision.subject_id], decisions[PortfolioDecision.decided_on_date], strict=True
    ):
        months = by_subject.get(str(name))
        following = (pd.Timestamp(day) + pd.offsets.MonthBegin(1)).normalize()
        found.append(0.0 if months is None else float(months[months.index >= following].sum()))
    return found


def _state(row: dict[Hashable, Any], status_date: pd.Timestamp) -> str:
    decision, review = row[PortfolioDecision.decision], row[PortfolioDecision.review_date]
    is_done = bool(pd.notna(row[PortfolioDecision.carried_out_on_date]))
    has_hours = row[BoardDecision.booked_after_seconds] > 0
    if pd.isna(decision):
        return UNDECIDED
    if not row[BoardDecision.is_last_decision]:
        return REPLACED
    if decision == "approved" or (decision == "cancelled" and pd.isna(review)):
        is_done |= decision == "approved" and has_hours
        found = CARRIED_OUT if is_done else NOT_CARRIED_OUT
    elif pd.isna(review):
        found = NO_REVIEW if decision == "deferred" else CARRIED_OUT
    else:
        found = REVIEW_OVERDUE if review <= status_date else REVIEW_AHEAD
    return STILL_BOOKED if decision == "cancelled" and has_hours else found
