"""What finished projects came to, from the warehouse, beside what their reviews state.

A project is finished where its last report says complete or cancelled; its finish is
the day of the first report that does. Cost is the last actual cost over the budget at
completion that stands; the schedule is the finish after the register's planned one,
and what the reached milestones slipped from their first baselines; estimates are the
sum of actual effort over the sum of estimates of finished items; benefits are
what was realised over what was planned for the same months, financial ones, dis-benefits
aside. What a review says in words is held against these where its words tell a
direction. Sources: by the usual definition of each; pooled ratios after Kitchenham
and others (2001); the reading of words is this project's own.

Worked example: a project planned to finish on 31 May is first reported complete on 30
June: 30 days after plan. It cost 110 of a budget of 100: 10 % over. Its review says
"finished on time": it differs, since the finish is 30 days after the plan.
"""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.knowledge import PostProjectReview
from pmo_analytics.contracts.marts import BenefitByMonth, EstimateHistory, MilestoneSlip, PlannedEarnedActual
from pmo_analytics.contracts.portfolio import Project, ProjectStatus

COMPLETE, CANCELLED = "complete", "cancelled"
NO_REVIEW, NOT_FINISHED = "finished, and no review is loaded", "reviewed, and not reported finished"
ON_TIME_DAYS, ON_BUDGET_PCT, FULL_BENEFIT_PCT = 7.0, 2.0, 2.0
_BEHIND, _AS_PLANNED, _BETTER = "behind", "as planned", "better"
_WORDS = {
    "time": {
        _BEHIND: r"\b(late|later|delayed|delay|overran|slipped|behind)\b",
        _BETTER: r"\b(early|earlier|ahead)\b",
        _AS_PLANNED: r"\b(on time|as planned|on schedule|in time|to plan)\b",
    },
    "cost": {
        _BEHIND: r"\b(over|above|overspent|overran|exceeded|more than)\b",
        _BETTER: r"\b(under|below|underspent|less than|saved)\b",
        _AS_PLANNED: r"\b(on budget|as planned|within budget|in budget|to budget)\b",
    },
    "benefit": {
        _BEHIND: r"\b(short|below|less than|missed|fewer|under)\b",
        _BETTER: r"\b(above|more than|exceeded|beyond)\b",
        _AS_PLANNED: r"\b(as planned|in full|as expected|met|achieved)\b",
    },
}
_NOT = re.compile(r"\b(no|not|never|without|n't)\b")


class ReviewOutcome(Contract):
    """One row per project that is finished or was reviewed, the one finished last first.

    `finish_after_plan_days` and slips are calendar days, negative is early;
    missing for a cancelled project, as is its share of benefits. `effort_ratio`
    pools `finished_item_count` items. Cost and budget are in `currency`.
    `reason` names where the review's words differ from these, empty where they do
    not, or tell no direction; `quality_note` what is missing.
    """

    project_id: Text = required(unique=True)
    name: Text = required()
    state: Text = optional()
    finished_on_date: Date = optional()
    review_date: Date = optional()
    finish_after_plan_days: Number = optional()
    reached_milestone_count: Whole = required(ge=0)
    median_slip_days: Number = optional()
    cost_over_budget_pct: Number = optional()
    actual_cost_amount: Number = optional()
    budget_at_completion_amount: Number = optional()
    currency: Text = optional()
    effort_ratio: Number = optional(ge=0)
    finished_item_count: Whole = required(ge=0)
    benefit_realised_pct: Number = optional()
    scope_outcome: Text = optional()
    time_outcome: Text = optional()
    cost_outcome: Text = optional()
    benefit_outcome: Text = optional()
    summary: Text = optional()
    reason: Text = required()
    quality_note: Text = required()


def review_outcomes(
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    post_project_review: pd.DataFrame,
    *,
    milestone_slip: pd.DataFrame,
    planned_earned_actual: pd.DataFrame,
    estimate_history: pd.DataFrame,
    benefit_by_month: pd.DataFrame,
    status_date: pd.Timestamp,
) -> DataFrame[ReviewOutcome]:
    """Outcomes of finished and reviewed projects as known on `status_date`, beside the words of their last reviews.

    Takes the registers and marts of these names. "As planned" holds within 7 days,
    2 % of the budget or of the benefits; a difference is a question to ask, not a verdict.
    """
    reports = project_status[project_status[ProjectStatus.status_date] <= status_date]
    reviews = post_project_review[post_project_review[PostProjectReview.review_date] <= status_date]
    last = reviews.sort_values(PostProjectReview.review_date, kind="stable").groupby(PostProjectReview.project_id)
    stated = {str(name): rows.iloc[-1] for name, rows in last}
    rows = []
    for row in project.drop_duplicates(Project.project_id).to_dict("records"):
        name = str(row[Project.project_id])
        state, finished = _finish(reports[reports[ProjectStatus.project_id] == name])
        if finished is None and name not in stated:
            continue
        found = {
            "project_id": name,
            "name": row[Project.name],
            "state": state,
            "finished_on_date": finished,
            **_schedule(row, state, finished, _of(milestone_slip, name)),
            **_cost(_of(planned_earned_actual, name), status_date),
            **_effort(_of(estimate_history, name), status_date),
            "benefit_realised_pct": math.nan
            if state == CANCELLED
            else _benefits(_of(benefit_by_month, name), status_date),
        }
        rows.append(found | _beside(found, stated.get(name)))
    columns = list(ReviewOutcome.to_schema().columns)
    frame = pd.DataFrame(rows, columns=columns)
    frame = frame.sort_values(["finished_on_date", "project_id"], ascending=[False, True], ignore_index=True)
    return checked(ReviewOutcome, frame)


def _of(frame: pd.DataFrame, project_id: str) -> pd.DataFrame:
    return frame[frame[Project.project_id] == project_id]


def _finish(reports: pd.DataFrame) -> tuple[str | None, pd.Timestamp | None]:
    """The last reported state, and since which report without a break it is a final one."""
    if reports.empty:
        return None, None
    ordered = reports.sort_values(ProjectStatus.status_date, kind="stable")
    state = str(ordered[ProjectStatus.state].iloc[-1])
    if state not in {COMPLETE, CANCELLED}:
        return state, None
    differs = ordered[ProjectStatus.state] != state
    since = ordered[ProjectStatus.status_date][~differs[::-1].cummax()[::-1]]
    return state, since.iloc[0]


def _schedule(
    project: dict[Any, Any], state: str | None, finished: pd.Timestamp | None, slips: pd.DataFrame
) -> dict[str, Any]:
    reached = slips[slips[MilestoneSlip.actual_date].notna()].sort_values(MilestoneSlip.status_date, kind="stable")
    reached = reached.groupby(MilestoneSlip.milestone_id).tail(1)
    planned = project[Project.baseline_finish_date]
    is_known = finished is not None and state == COMPLETE and pd.notna(planned)
    return {
        "finish_after_plan_days": float((finished - planned).days) if is_known and finished is not None else math.nan,
        "reached_milestone_count": len(reached),
        "median_slip_days": float(reached[MilestoneSlip.slip_from_first_baseline_days].median()),
    }


def _cost(course: pd.DataFrame, status_date: pd.Timestamp) -> dict[str, Any]:
    known = course[
        (course[PlannedEarnedActual.period_month] <= status_date)
        & course[PlannedEarnedActual.actual_cost_amount].notna()
    ]
    if known.empty:
        return {}
    row = known.sort_values(PlannedEarnedActual.period_month, kind="stable").iloc[-1]
    cost = float(row[PlannedEarnedActual.actual_cost_amount])
    budget = float(row[PlannedEarnedActual.budget_at_completion_amount])
    return {
        "actual_cost_amount": cost,
        "budget_at_completion_amount": budget,
        "currency": row[PlannedEarnedActual.currency],
        "cost_over_budget_pct": 100 * (cost / budget - 1) if budget > 0 else math.nan,
    }


def _effort(history: pd.DataFrame, status_date: pd.Timestamp) -> dict[str, Any]:
    items = history[
        (history[EstimateHistory.state] == "finished") & ~(history[EstimateHistory.finished_on_date] > status_date)
    ]
    items = items[(items[EstimateHistory.estimate_seconds] > 0) & items[EstimateHistory.actual_seconds].notna()]
    total = float(items[EstimateHistory.estimate_seconds].sum())
    actual = float(items[EstimateHistory.actual_seconds].sum())
    return {"effort_ratio": actual / total if total > 0 else math.nan, "finished_item_count": len(items)}


def _benefits(months: pd.DataFrame, status_date: pd.Timestamp) -> float:
    is_counted = (
        months[BenefitByMonth.is_financial].fillna(False).astype(bool)
        & ~months[BenefitByMonth.is_dis_benefit].fillna(False).astype(bool)
        & (months[BenefitByMonth.period_month] <= status_date)
        & months[BenefitByMonth.realised_amount].notna()
        & months[BenefitByMonth.planned_amount].notna()
    )
    own = months[is_counted]
    planned = float(own[BenefitByMonth.planned_amount].sum())
    if len(own[BenefitByMonth.currency].unique()) != 1 or planned <= 0:
        return math.nan
    return 100 * float(own[BenefitByMonth.realised_amount].sum()) / planned


def _beside(found: dict[str, Any], review: pd.Series | None) -> dict[str, Any]:
    """The review's words, where they differ from what was found, and what is missing."""
    notes = [] if found["finished_on_date"] is not None else [NOT_FINISHED]
    if review is None:
        return {"reason": "", "quality_note": NO_REVIEW}
    words = {
        column: review[column]
        for column in ("scope_outcome", "time_outcome", "cost_outcome", "benefit_outcome", "summary")
    }
    days, cost = found["finish_after_plan_days"], found.get("cost_over_budget_pct", math.nan)
    benefit = found["benefit_realised_pct"] - 100
    kinds = (
        ("time", "finish", days, ON_TIME_DAYS, f"{abs(days):.0f} days {'after' if days > 0 else 'before'} the plan"),
        ("cost", "cost", cost, ON_BUDGET_PCT, f"{abs(cost):.1f} % {'over' if cost > 0 else 'under'} the budget"),
        ("benefit", "benefits", -benefit, FULL_BENEFIT_PCT, f"{benefit + 100:.0f} % of the plan"),
    )
    told = []
    for kind, name, worse, least, text in kinds:
        said = _direction(words[f"{kind}_outcome"], kind)
        if math.isnan(worse):
            notes.append(f"{name} not known")
        elif said is not None and not _agrees(said, worse, least):
            told.append(f"{name}: “{words[f'{kind}_outcome']}”, found {text}")
    return words | {
        "review_date": review[PostProjectReview.review_date],
        "reason": "; ".join(told),
        "quality_note": "; ".join(notes),
    }


def _agrees(said: str, worse: float, least: float) -> bool:
    """Whether words of a direction go with what was found, which is the worse the larger it is."""
    return {_BEHIND: worse > 0, _BETTER: worse < 0, _AS_PLANNED: abs(worse) <= least}[said]


def _direction(text: object, kind: str) -> str | None:
    """What a review's words say; None where they say nothing, deny something or say several things."""
    if not isinstance(text, str) or _NOT.search(text.casefold()):
        return None
    said = [direction for direction, pattern in _WORDS[kind].items() if re.search(pattern, text.casefold())]
    return said[0] if len(said) == 1 else None
