"""What projects' data say teams could be coached in, what was done, and for a coach the persons of their own.

Signs are of teams of five or more, never of persons: the bias of estimates of
the last half year, where its 95 % interval leaves out 0 and it is beyond a tenth
either way; overload, where a quarter of a team or more shows a sign of it in the
last month; status, where a quarter of a team's open projects or more was last
reported over 45 days ago; returned work, where a tenth of finished issues or
more came back from done. Limits are this project's own convention and say
where to ask, not what is wrong. Sources: `forecasting.scoring` for the interval
of a median; otherwise as said.

Worked example: nine items of a team took twice their estimate. The median of
ln(A/E) is 0.69, its interval 0.69 to 0.69 leaves out 0: a need.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.flow_marts import IssueFlow
from pmo_analytics.contracts.marts import EstimateHistory as Item
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.contracts.training import CoachingSession, DevelopmentGoal, MentoringPair
from pmo_analytics.forecasting.scoring import median_interval
from pmo_analytics.knowledge.skill_matrix import SkillMatrix
from pmo_analytics.knowledge.team_estimates import (
    FEWEST_ITEMS,
    FEWEST_PERSONS,
    groups,
    items_of_teams,
    team_of_project,
)

BIAS, OVERLOAD, STATUS_LATE, RETURNED = "estimate bias", "overload", "status overdue", "returned work"
LIMITS = {BIAS: math.log(1.1), OVERLOAD: 0.25, STATUS_LATE: 0.25, RETURNED: 0.1}
RECENT_DAYS, STATUS_DAYS, QUIET_DAYS, SOON_DAYS = 183, 45, 60, 60
_CLOSED = ("complete", "cancelled")
_THIN = "thin: {} {}, 9 are needed"


class CoachingNeed(Contract):
    """One row per team of five or more and sign, by team.

    Key: team, need_sign. `sign_value` is the median of ln(A/E) for the bias of
    estimates, above 0 where work takes longer, else a share from 0 to 1;
    `threshold` is what it is held against, `counted` how many items, persons or
    projects it is of. Missing where too little is known, which `quality_note` says.
    """

    team: Text = required()
    need_sign: Text = required(isin=list(LIMITS))
    sign_value: Number = optional()
    sign_low: Number = optional()
    sign_high: Number = optional()
    threshold: Number = required()
    counted: Whole = required(ge=0)
    is_need: Flag = required()
    quality_note: Text = required()


class CoachingActivity(Contract):
    """One row per month with coaching sessions, of all persons together.

    Key: period_month. Persons, coaches and time are missing in a month in which
    fewer than five persons were coached.
    """

    period_month: Date = required()
    session_count: Whole = required(ge=1)
    person_count: Whole = optional(ge=1)
    coach_count: Whole = optional(ge=1)
    duration_seconds: Number = optional(ge=0)
    quality_note: Text = required()


class OwnMentee(Contract):
    """One row per person whom one coach mentors now or has coached in the last half year.

    Key: person_id. For that coach's own eyes: it is on no page. Sessions are
    those with this coach; `coaching_prompt` says what to take up.
    """

    person_id: Text = required()
    is_mentee: Flag = required()
    session_count: Whole = required(ge=0)
    last_session_date: Date = optional()
    open_goal_count: Whole = required(ge=0)
    next_due_date: Date = optional()
    coaching_prompt: Text = required()


def coaching_need(  # noqa: PLR0917 - marts, registers and an analysis are bound by name
    estimate_history: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    team_overload: pd.DataFrame,
    project_status: pd.DataFrame,
    issue_flow: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = FEWEST_PERSONS,
) -> DataFrame[CoachingNeed]:
    """Signs by team, from marts, registers and an analysis; a project is of the team that does half of it or more."""
    day = status_date.normalize()
    team_of = team_of_project(effort_by_person_month, person)
    items = items_of_teams(estimate_history, team_of, day)
    since = day - pd.Timedelta(days=RECENT_DAYS)
    items = items[items[Item.finished_on_date] > since]
    done = issue_flow[(issue_flow[IssueFlow.state] == "done") & (issue_flow[IssueFlow.finished_on_date] > since)]
    last = project_status.sort_values(ProjectStatus.status_date).drop_duplicates(ProjectStatus.project_id, keep="last")
    running = last[~last[ProjectStatus.state].isin(_CLOSED)]
    rows: list[dict[str, object]] = []
    for team in sorted(groups(person, day, minimum_group_size)):
        own = {project for project, name in team_of.items() if name == team}
        rows.append(_bias(team, items.loc[items["team"] == team, "log_ratio"]))
        rows.append(_overload(team, team_overload, minimum_group_size))
        reports = running.loc[running[ProjectStatus.project_id].isin(own), ProjectStatus.status_date]
        late = (day - reports).dt.days > STATUS_DAYS
        rows.append(_share(team, STATUS_LATE, int(late.sum()), len(reports), "" if len(reports) else "no open project"))
        returned = done.loc[done[IssueFlow.project_id].isin(own), IssueFlow.return_count]
        thin = "" if len(returned) >= FEWEST_ITEMS else _THIN.format(len(returned), "finished issues")
        rows.append(_share(team, RETURNED, int((returned > 0).sum()), len(returned), thin))
    return checked(CoachingNeed, pd.DataFrame(rows, columns=list(CoachingNeed.to_schema().columns)))


def _bias(team: str, logs: pd.Series[float]) -> dict[str, object]:
    row = _share(team, BIAS, 0, len(logs), _THIN.format(len(logs), "items"))
    if len(logs) < FEWEST_ITEMS:
        return row
    low, high = median_interval(logs)
    value = float(logs.median())
    return row | {
        CoachingNeed.sign_value: value,
        CoachingNeed.sign_low: low,
        CoachingNeed.sign_high: high,
        CoachingNeed.is_need: (low > 0 or high < 0) and abs(value) > LIMITS[BIAS],
        CoachingNeed.quality_note: "",
    }


def _overload(team: str, team_overload: pd.DataFrame, fewest: int) -> dict[str, object]:
    own = team_overload[team_overload["team"] == team].sort_values("period_month")
    if own.empty or pd.isna(own["overloaded_count"].iloc[-1]):
        return _share(team, OVERLOAD, 0, 0, "no month with five or more persons is known")
    row = own.iloc[-1]
    persons = int(row["persons"])
    return _share(team, OVERLOAD, int(row["overloaded_count"]), persons, "" if persons >= fewest else "too few persons")


def _share(team: str, sign: str, count: int, of: int, note: str) -> dict[str, object]:
    value = count / of if of and not note else None
    return {
        CoachingNeed.team: team,
        CoachingNeed.need_sign: sign,
        CoachingNeed.sign_value: value,
        CoachingNeed.threshold: LIMITS[sign],
        CoachingNeed.counted: of,
        CoachingNeed.is_need: value is not None and value >= LIMITS[sign],
        CoachingNeed.quality_note: note,
    }


def coaching_activity(
    coaching_session: pd.DataFrame, *, status_date: pd.Timestamp, minimum_group_size: int = FEWEST_PERSONS
) -> DataFrame[CoachingActivity]:
    """Coaching sessions by month up to the reporting date, from the register `coaching_session`."""
    rows = coaching_session[coaching_session[CoachingSession.session_date] <= status_date]
    month = rows[CoachingSession.session_date].dt.to_period("M").dt.start_time.rename(CoachingActivity.period_month)
    found = (
        rows.groupby(month)
        .agg(
            session_count=(CoachingSession.session_id, "count"),
            person_count=(CoachingSession.person_id, "nunique"),
            coach_count=(CoachingSession.coach_id, "nunique"),
            duration_seconds=(CoachingSession.duration_seconds, "sum"),
        )
        .reset_index()
    )
    is_shown = found[CoachingActivity.person_count] >= minimum_group_size
    hidden = [CoachingActivity.person_count, CoachingActivity.coach_count, CoachingActivity.duration_seconds]
    found[hidden] = found[hidden].astype(float).where(is_shown)
    note = f"fewer than {minimum_group_size} persons: not shown"
    found[CoachingActivity.quality_note] = ["" if shown else note for shown in is_shown]
    return checked(CoachingActivity, found.reindex(columns=list(CoachingActivity.to_schema().columns)))


def own_mentee(
    mentoring_pair: pd.DataFrame,
    coaching_session: pd.DataFrame,
    development_goal: pd.DataFrame,
    skill_matrix: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    coach_id: str | None = None,
) -> DataFrame[OwnMentee]:
    """The persons of the coach `coach_id` and what to take up with each; without one, nobody's.

    Nothing of other coaches' sessions is read, and nothing of how a person works.
    """
    day = status_date.normalize()
    pairs = mentoring_pair[
        (mentoring_pair[MentoringPair.mentor_id] == coach_id)
        & (mentoring_pair[MentoringPair.start_date] <= day)
        & ~(mentoring_pair[MentoringPair.end_date] < day)
    ]
    talks = coaching_session[
        (coaching_session[CoachingSession.coach_id] == coach_id)
        & (coaching_session[CoachingSession.session_date] <= day)
        & (coaching_session[CoachingSession.session_date] > day - pd.Timedelta(days=RECENT_DAYS))
    ]
    held = skill_matrix.set_index(["person_id", "skill_id"])[SkillMatrix.level].to_dict()
    mentees = set(pairs[MentoringPair.mentee_id])
    rows = []
    for who in sorted(mentees | set(talks[CoachingSession.person_id])):
        days = talks.loc[talks[CoachingSession.person_id] == who, CoachingSession.session_date]
        goals = development_goal[development_goal[DevelopmentGoal.person_id] == who]
        is_open = [
            held.get((who, skill), 0) < target
            for skill, target in zip(goals[DevelopmentGoal.skill_id], goals[DevelopmentGoal.target_level], strict=True)
        ]
        left = goals[pd.Series(is_open, index=goals.index, dtype=bool)]
        rows.append(
            {
                OwnMentee.person_id: who,
                OwnMentee.is_mentee: who in mentees,
                OwnMentee.session_count: len(days),
                OwnMentee.last_session_date: days.max(),
                OwnMentee.open_goal_count: len(left),
                OwnMentee.next_due_date: left[DevelopmentGoal.due_date].min(),
                OwnMentee.coaching_prompt: _prompt(days.max(), left, day),
            }
        )
    return checked(OwnMentee, pd.DataFrame(rows, columns=list(OwnMentee.to_schema().columns)))


def _prompt(last: Any, goals: pd.DataFrame, today: pd.Timestamp) -> str:
    told = []
    if pd.isna(last):
        told.append("no session in half a year")
    elif (today - last).days > QUIET_DAYS:
        told.append(f"no session for {(today - last).days} days")
    for row in goals.sort_values(DevelopmentGoal.due_date).to_dict("records"):
        due = row[DevelopmentGoal.due_date]
        what = f"{row[DevelopmentGoal.skill_id]} at {row[DevelopmentGoal.target_level]}"
        if pd.notna(due) and due < today:
            told.append(f"{what} was due on {due:%Y-%m-%d}")
        elif pd.notna(due) and (due - today).days <= SOON_DAYS:
            told.append(f"{what} is due on {due:%Y-%m-%d}")
    return "; ".join(told)
