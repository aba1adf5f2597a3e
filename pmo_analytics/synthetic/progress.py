"""What is planned, what is true and what is declared of each project's progress."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import (
    LAST_DAY,
    PlannedProject,
    add_months,
    months_between,
    months_of_horizon,
)

_STEEPNESS = 3.2
_REWORK = 0.05
_LAG_MONTHS = 0.15


@dataclass(frozen=True)
class DeclaredStatus:
    """One monthly report of a project manager beside the truth of that day."""

    project: PlannedProject
    status_date: date
    state: str
    rag_status: str
    percent_complete: float
    true_share: float
    forecast_finish: date
    comment: str


def true_share(project: PlannedProject, months: float) -> float:
    """Share of the work truly done `months` after the start, 0 to 1: a logistic with pauses and rework."""
    if months <= 0:
        return 0.0
    if months >= project.true_months:
        return 1.0
    pause_from, pause = project.stall or (0, 0)
    worked = months - min(max(months - pause_from, 0.0), pause)
    share = _logistic(worked / (project.true_months - pause))
    if project.rework_month is not None and project.rework_month < months <= project.rework_month + 2:
        share = max(0.0, share - _REWORK)
    return share


def _logistic(u: float) -> float:
    def at(x: float) -> float:
        return 1 / (1 + math.exp(-_STEEPNESS * (x - 0.5)))

    return (at(u) - at(0.0)) / (at(1.0) - at(0.0))


def planned_shares(months: int) -> list[float]:
    """Cumulative share of the budget by month: a raised cosine, another curve than the truth's."""
    return [(1 - math.cos(math.pi * m / months)) / 2 for m in range(1, months + 1)]


def monthly_plan(budget: int, months: int) -> list[int]:
    """The budget by month in hundreds, summing exactly to it."""
    cumulative = [round(budget * share / 100) * 100 for share in planned_shares(months)]
    cumulative[-1] = budget
    return [b - a for a, b in zip([0, *cumulative], cumulative, strict=False)]


def budget(project: PlannedProject, cost_to_date: float) -> int:
    """The approved budget: the true cost at completion times the project's final CPI, in thousands."""
    months = project.cancelled_in_month or project.true_months
    elapsed = min(months_between(project.start, LAST_DAY) + 1, months)
    at_completion = cost_to_date * project.true_months / max(elapsed, 1)
    return round(at_completion * project.final_cpi / 1000) * 1000


_COMMENTS = {
    "green": ("On track.", "Next release is being tested.", "Steering group met, no open points.", "Steady month."),
    "amber": ("Supplier answers late.", "Tests found more than expected.", "Two people short this month."),
    "red": ("The date cannot be held.", "Rework of the interface takes longer.", "New plan is being prepared."),
}


def declared_statuses(random: Random, project: PlannedProject) -> list[DeclaredStatus]:
    """The reports of a project, one a month from its start to its end or the last day."""
    found = []
    for month in months_of_horizon():
        months = months_between(project.start, month) + 1
        end = project.cancelled_in_month or project.true_months
        if months < 1 or months > end:
            continue
        share = true_share(project, months)
        optimism = 1.5 * random.random() if months < project.true_months else 0.0
        told = 100.0 if share == 1.0 else min(99.0, 100 * true_share(project, months - _LAG_MONTHS) + optimism)
        # A manager admits the delay little by little.
        admitted = (project.true_months - project.planned_months) * min(1.0, months / project.true_months * 1.1)
        finish = add_months(project.start, project.planned_months + round(admitted)) - timedelta(days=1)
        rag = _told_rag(project, months, round(admitted))
        state = "active"
        if project.cancelled_in_month == months:
            state = "cancelled"
        elif share == 1.0:
            state = "complete"
        elif project.stall and project.stall[0] < months <= sum(project.stall):
            state = "on_hold"
        found.append(
            DeclaredStatus(
                project,
                add_months(month, 1) - timedelta(days=1),
                state,
                rag,
                round(told * 2) / 2,
                share,
                finish,
                _COMMENTS[rag][random.randrange(len(_COMMENTS[rag]))],
            )
        )
    return found


def _told_rag(project: PlannedProject, months: int, delay: int) -> str:
    if project.tells_green:
        return "green"
    if project.cancelled_in_month and months >= project.cancelled_in_month - 1:
        return "red"
    if delay >= 3:
        return "red"
    return "amber" if delay >= 1 or project.final_cpi < 0.9 else "green"
