"""Which projects breach which rule of escalation, since when, and how far.

Management by exception: a manager goes on within tolerance, and what leaves it
is told to those whom the rules name. This project's own conventions: the limit
itself is within; a breach began in the first month after the last one that was
known to be within, so that a month without a figure neither ends nor begins it;
it is of high severity where the figure is twice as far from plan as is
tolerated. What is not known is no breach, and no end of one. Source: PRINCE2's
tolerances and exceptions; the figures are those of the analyses they come from.

Worked example, with a tolerance of 10 %: a project of a budget of 100 is
forecast at 105, 112, 109, 115 and 125 from January to May. It is 25 % above, in
breach since April, since March was within, and of high severity, since 25 % is
more than twice 10 %. At 115 in April severity was medium.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.performance.escalation_courses import COURSES, MONTH, Given, given, risk_exposure
from pmo_analytics.performance.escalation_rules import (
    ABOVE,
    BREACHES,
    Rule,
    default_rules,
    most_exact,
    rules_of,
    rules_text,
)
from pmo_analytics.performance.health import NOT_RUNNING, ProjectHealth

BREACHED, WITHIN, UNKNOWN, NOT_WATCHED = "breached", "within", "unknown", "not running"
HIGH, MEDIUM = "high", "medium"
SEVERITIES = (HIGH, MEDIUM)
DEFAULT_RULES = rules_text(default_rules())
_COMPLETE = "complete"


class ToleranceCheck(Contract):
    """One row per project and rule that holds for it, in order of project, then as the rules stand.

    Key: project_id, rule. `check_state` is breached, within, unknown where
    there is no figure (`quality_note` says why), or not running: the project is
    proposed, complete or cancelled. `figure` and `threshold` are in the unit
    that the breach's name says. What stands behind `breached_since_month` is
    filled for a breach alone. `figure_evidence` is what `pmo explain` takes.
    """

    project_id: Text = required()
    name: Text = required()
    portfolio: Text = optional()
    rule: Text = required()
    breach: Text = required(isin=list(BREACHES))
    check_state: Text = required(isin=[BREACHED, WITHIN, UNKNOWN, NOT_WATCHED])
    figure: Number = optional()
    threshold: Number = required()
    currency: Text = optional()
    breached_since_month: Date = optional()
    severity: Text = optional(isin=SEVERITIES)
    reason: Text = optional()
    figure_evidence: Text = optional()
    quality_note: Text = required()


class Breaches(Contract):
    """One row per project and rule that is breached at the reporting date, high severity first, then the longest.

    Key: project_id, rule. Columns as in `ToleranceCheck`.
    """

    project_id: Text = required()
    name: Text = required()
    portfolio: Text = optional()
    rule: Text = required()
    breach: Text = required(isin=list(BREACHES))
    figure: Number = required()
    threshold: Number = required()
    currency: Text = optional()
    breached_since_month: Date = required()
    severity: Text = required(isin=SEVERITIES)
    reason: Text = required()
    figure_evidence: Text = optional()
    quality_note: Text = required()


def tolerance_checks(
    project_health: pd.DataFrame,
    earned_value_as_baselined: pd.DataFrame,
    completion_outlook: pd.DataFrame,
    *,
    project_status: pd.DataFrame,
    milestone_slip: pd.DataFrame,
    escalation: pd.DataFrame,
    risk: pd.DataFrame,
    status_date: pd.Timestamp,
    rules: str = DEFAULT_RULES,
) -> DataFrame[ToleranceCheck]:
    """Every rule held against every project of a `ProjectHealth` frame at `status_date`.

    `rules` is text of `escalation_rules.rules_text`. Rows dated later than
    `status_date` change nothing.
    """
    of = given(
        project_health, earned_value_as_baselined, completion_outlook, project_status=project_status,
        milestone_slip=milestone_slip, escalation=escalation, risk=risk, status_date=status_date,
    )  # fmt: skip
    told = rules_of(rules)
    courses = {rule.text: dict(list(_course(rule, of).groupby("project_id"))) for rule in told}
    rows = [
        _check(project, rule, courses[rule.text].get(project[ProjectHealth.project_id]), of.status_date)
        for project in rows_as_known(project_health.sort_values(ProjectHealth.project_id))
        for rule in most_exact(told, project[ProjectHealth.project_id], project[ProjectHealth.portfolio])
    ]
    columns = list(ToleranceCheck.to_schema().columns)
    frame = pd.DataFrame(rows, columns=columns)
    for column in (ToleranceCheck.figure, ToleranceCheck.threshold):
        frame[column] = frame[column].astype(float)
    frame[ToleranceCheck.breached_since_month] = pd.to_datetime(frame[ToleranceCheck.breached_since_month])
    return checked(ToleranceCheck, frame)


def breaches(tolerance_checks: pd.DataFrame) -> DataFrame[Breaches]:
    """The breaches among the rows of a `ToleranceCheck` frame, the gravest first."""
    rows = tolerance_checks[tolerance_checks[ToleranceCheck.check_state] == BREACHED]
    ordered = rows.assign(rank=rows[ToleranceCheck.severity].map({name: at for at, name in enumerate(SEVERITIES)}))
    ordered = ordered.sort_values(
        ["rank", ToleranceCheck.breached_since_month, ToleranceCheck.project_id, ToleranceCheck.rule],
        ignore_index=True,
    )
    return checked(Breaches, ordered.reindex(columns=list(Breaches.to_schema().columns)))


def _course(rule: Rule, of: Given) -> pd.DataFrame:
    return risk_exposure(of, rule) if rule.currency is not None else COURSES[rule.breach](of)


def _check(
    project: dict[str, Any], rule: Rule, course: pd.DataFrame | None, status_date: pd.Timestamp
) -> dict[str, Any]:
    """The row of one project and rule; `course` are its months in order, None where it has none."""
    row: dict[str, Any] = {name: project[name] for name in ("project_id", "name", "portfolio")} | {
        ToleranceCheck.rule: rule.text,
        ToleranceCheck.breach: rule.breach,
        ToleranceCheck.threshold: rule.threshold,
        ToleranceCheck.currency: rule.currency,
        ToleranceCheck.check_state: UNKNOWN,
        ToleranceCheck.quality_note: "no data",
    }
    if project[ProjectHealth.state] in (*NOT_RUNNING, _COMPLETE):
        note = f"the project is {project[ProjectHealth.state]}"
        return row | {ToleranceCheck.check_state: NOT_WATCHED, ToleranceCheck.quality_note: note}
    # A figure of an earlier month is not one of now.
    this_month = status_date.normalize().replace(day=1)
    if course is None or course.empty or course[MONTH].iloc[-1] != this_month:
        return row
    last = course.iloc[-1]
    row |= {
        ToleranceCheck.quality_note: str(last["quality_note"]),
        ToleranceCheck.figure_evidence: _known(last["figure_evidence"]),
    }
    figures = course["figure"].to_numpy(dtype=float)
    if np.isnan(figures[-1]):
        return row
    row[ToleranceCheck.figure] = float(figures[-1])
    if not rule.is_beyond(figures[-1]):
        return row | {ToleranceCheck.check_state: WITHIN}
    since = _began(course[MONTH], figures, rule)
    return row | {
        ToleranceCheck.check_state: BREACHED,
        ToleranceCheck.breached_since_month: since,
        ToleranceCheck.severity: _severity(figures[-1], rule),
        ToleranceCheck.reason: _reason(figures[-1], since, rule),
    }


def _began(months: pd.Series, figures: np.ndarray, rule: Rule) -> pd.Timestamp:
    """The first month in breach after the last that was known to be within."""
    is_known = ~np.isnan(figures)
    is_beyond = is_known & np.array([rule.is_beyond(figure) for figure in figures])
    within = np.flatnonzero(is_known & ~is_beyond)
    after = within[-1] + 1 if len(within) else 0
    return pd.Timestamp(months.iloc[int(after + np.flatnonzero(is_beyond[after:])[0])])


def _severity(figure: float, rule: Rule) -> str:
    plan = BREACHES[rule.breach].on_plan
    tolerated = abs(rule.threshold - plan)
    return HIGH if tolerated > 0 and abs(figure - plan) >= 2 * tolerated else MEDIUM


def _reason(figure: float, since: pd.Timestamp, rule: Rule) -> str:
    breach = BREACHES[rule.breach]
    money = f" {rule.currency}" if rule.currency else ""
    side = "up to" if breach.side == ABOVE else "down to"
    limit = breach.limit.format(rule.threshold)
    return f"{breach.words.format(figure)}{money}; {side} {limit}{money} is tolerated; since {since:%Y-%m}"


def rows_as_known(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame by column, what is missing as None."""
    return [{str(name): _known(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _known(value: Any) -> Any:
    return None if value is None or pd.isna(value) else value
