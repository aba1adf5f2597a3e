"""Whether estimates of a team are nearer to what work takes since it was trained or coached: groups only, no cause.

The bias of estimates is told by ln(actual over estimate) of items that were
estimated within half a year before, and within half a year after; only items
finished within 90 days of their estimate count on both sides, so that long work,
still open after, does not flatter. Each class of work of a project is compared
with itself, since classes differ and come at different times of a project; the
change of teams of which fewer than five were, in that time, is taken off where
there are any (`forecasting.before_after` has the method and its sources).
Nothing is shown of fewer than five persons, or nine items on either side. A
change since is no change because of.

Source: `forecasting.before_after`, as said; windows and limits are this
project's own convention.

Worked example: five of a team of five were trained on 1 March. Its project had
ten items that took twice their estimate in February and ten that took what was
estimated in March: the bias went from 0.69 to 0, a change of -0.69.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory as Item
from pmo_analytics.contracts.training import CoachingSession, TrainingCourse, TrainingRecord
from pmo_analytics.forecasting.before_after import change_within_strata
from pmo_analytics.knowledge.team_estimates import (
    FEWEST_ITEMS,
    FEWEST_PERSONS,
    groups,
    items_of_teams,
    team_of_project,
)

WINDOW_DAYS, FOLLOW_DAYS, SPREAD_DAYS, LOOK_BACK_DAYS = 183, 90, 90, 730
TRAINING, COACHING = "training", "coaching"
SEED = 20_261_127


class DevelopmentEffect(Contract):
    """One row per team and what was done to five or more of it: training in a skill, or coaching.

    Key: team, effect_kind, skill_id. `first_date` and `last_date` are of what was
    done. Counts are of items that are used: `items_control` of teams of which fewer
    than five persons were trained or coached in that time. Biases are medians of ln(A/E), 0 where estimates hold, above
    it where work takes longer; `bias_change` is the change of the mean of ln(A/E)
    within projects and classes of work, less the control's, with its 95 % interval and the p-value of
    no change: means tell more of small groups than medians do. Where a
    bias was above 0 a change below it is towards the estimate. Figures are
    missing where too little is known, which `quality_note` says.
    """

    team: Text = required()
    effect_kind: Text = required(isin=[TRAINING, COACHING])
    skill_id: Text = optional()
    person_count: Whole = optional(ge=0)
    first_date: Date = optional()
    last_date: Date = optional()
    items_before: Whole = required(ge=0)
    items_after: Whole = required(ge=0)
    items_control: Whole = required(ge=0)
    bias_before: Number = optional()
    bias_after: Number = optional()
    bias_change: Number = optional()
    bias_change_low: Number = optional()
    bias_change_high: Number = optional()
    p_value: Number = optional(ge=0, le=1)
    quality_note: Text = required()


@dataclass(frozen=True)
class _Event:
    """What was done to persons of a team between two days."""

    team: str
    kind: str
    skill_id: str | None
    persons: int
    first: pd.Timestamp
    last: pd.Timestamp


def training_effect(
    estimate_history: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    training_record: pd.DataFrame,
    training_course: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = FEWEST_PERSONS,
) -> DataFrame[DevelopmentEffect]:
    """Bias of estimates before and after courses of the last two years, by team and skill, from marts and registers.

    Courses of a skill that a team did over more than 90 days have no before and after.
    """
    day = status_date.normalize()
    rows = training_record.merge(training_course[["course_id", "skill_id"]], on=TrainingRecord.course_id)
    rows = rows[rows[TrainingCourse.skill_id].notna()]
    rows = rows.assign(day=rows[TrainingRecord.completed_on_date])
    events = _events(rows, TRAINING, groups(person, day, minimum_group_size), day)
    return _effects(events, estimate_history, effort_by_person_month, person, day, minimum_group_size)


def coaching_effect(
    estimate_history: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    coaching_session: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = FEWEST_PERSONS,
) -> DataFrame[DevelopmentEffect]:
    """Bias of estimates before and after a team's first coaching of the last two years, from marts and registers."""
    day = status_date.normalize()
    rows = coaching_session.assign(day=coaching_session[CoachingSession.session_date], skill_id="")
    events = [
        _Event(each.team, each.kind, None, each.persons, each.first, each.first)
        for each in _events(rows, COACHING, groups(person, day, minimum_group_size), day)
    ]
    return _effects(events, estimate_history, effort_by_person_month, person, day, minimum_group_size)


def _events(rows: pd.DataFrame, kind: str, teams: dict[str, set[str]], today: pd.Timestamp) -> list[_Event]:
    recent = rows[(rows["day"] <= today) & (rows["day"] > today - pd.Timedelta(days=LOOK_BACK_DAYS))]
    found = []
    for team, members in sorted(teams.items()):
        own = recent[recent["person_id"].isin(members)]
        for skill, done in own.groupby("skill_id"):
            found.append(
                _Event(team, kind, str(skill), done["person_id"].nunique(), done["day"].min(), done["day"].max())
            )
    return found


def _effects(  # noqa: PLR0917
    events: list[_Event],
    history: pd.DataFrame,
    effort: pd.DataFrame,
    person: pd.DataFrame,
    today: pd.Timestamp,
    fewest: int,
) -> DataFrame[DevelopmentEffect]:
    items = items_of_teams(history, team_of_project(effort, person), today)
    took = (items[Item.finished_on_date] - items[Item.estimated_on_date]).dt.days
    # Of what was estimated lately only the quick items are finished.
    whole = items[Item.estimated_on_date] <= today - pd.Timedelta(days=FOLLOW_DAYS)
    items = items[(took <= FOLLOW_DAYS) & whole]
    classes = items[Item.work_class].fillna("")
    items = items.assign(stratum=items[Item.project_id].str.cat(classes, sep="\n"))
    rows = [_effect(event, events, items, fewest) for event in events]
    frame = pd.DataFrame(rows, columns=list(DevelopmentEffect.to_schema().columns))
    return checked(DevelopmentEffect, frame)


def _effect(event: _Event, events: list[_Event], items: pd.DataFrame, fewest: int) -> dict[str, object]:
    row: dict[str, object] = {
        DevelopmentEffect.team: event.team, DevelopmentEffect.effect_kind: event.kind,
        DevelopmentEffect.skill_id: event.skill_id, DevelopmentEffect.items_before: 0,
        DevelopmentEffect.items_after: 0, DevelopmentEffect.items_control: 0,
    }  # fmt: skip
    if event.persons < fewest:
        return row | {DevelopmentEffect.quality_note: f"fewer than {fewest} persons: not shown"}
    row |= {
        DevelopmentEffect.person_count: event.persons,
        DevelopmentEffect.first_date: event.first,
        DevelopmentEffect.last_date: event.last,
    }
    if (event.last - event.first).days > SPREAD_DAYS:
        return row | {DevelopmentEffect.quality_note: f"over more than {SPREAD_DAYS} days: no before and after"}
    window = pd.Timedelta(days=WINDOW_DAYS)
    touched = {
        each.team
        for each in events
        if each.persons >= fewest and each.first <= event.last + window and each.last >= event.first - window
    }
    day = items[Item.estimated_on_date]
    is_after = (day > event.last) & (day <= event.last + window)
    is_before = (day < event.first) & (day >= event.first - window)
    is_control = ~items["team"].isin(touched)
    used = items[(is_before | is_after) & ((items["team"] == event.team) | is_control)]
    found = change_within_strata(
        used["log_ratio"], is_after[used.index], used["stratum"], np.random.default_rng(SEED),
        is_control=is_control[used.index],
    )  # fmt: skip
    row |= {
        DevelopmentEffect.items_before: found.before,
        DevelopmentEffect.items_after: found.after,
        DevelopmentEffect.items_control: found.control,
    }
    if min(found.before, found.after) < FEWEST_ITEMS:
        told = f"thin: {found.before} items before and {found.after} after in work with both, 9 are needed of each"
        return row | {DevelopmentEffect.quality_note: told}
    own = used[used["team"] == event.team]
    return row | {
        DevelopmentEffect.bias_before: float(own.loc[is_before[own.index], "log_ratio"].median()),
        DevelopmentEffect.bias_after: float(own.loc[is_after[own.index], "log_ratio"].median()),
        DevelopmentEffect.bias_change: found.effect,
        DevelopmentEffect.bias_change_low: found.low,
        DevelopmentEffect.bias_change_high: found.high,
        DevelopmentEffect.p_value: found.p_value,
        DevelopmentEffect.quality_note: "" if found.control else "no other team to compare with",
    }
