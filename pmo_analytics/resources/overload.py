"""Where people work too much for too long, by team: overtime, work on free days, no leave, too many projects at once.

A person is overloaded in a month when booked time exceeds the time available by
a tenth in it and the two months before, or when time was booked on free days in
all three, or when no leave was taken in the last six months with working time.
The limits are options. What is shown are counts of a team's persons, never who,
and of groups of five or more: smaller teams are folded together, and a month in
which fewer are known is withheld. Sources: the usual signs of overload in the
literature of burnout at work (Maslach and Leiter 2016), as rules; the project's
own limits, which are no diagnosis.

Worked example: of five persons of a team one booked 180 hours of 160 available
in April, May and June, one worked on Saturdays in these months, one took no
leave since December. Three of five show a sign in June; each is counted once.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.capacity_marts import WorkPatternByPersonMonth as Pattern
from pmo_analytics.contracts.marts import AvailabilityByPersonMonth as Available
from pmo_analytics.contracts.people import Person
from pmo_analytics.resources.utilisation import NO_TEAM, Utilisation, shown_teams

SUSTAINED, WITHOUT_LEAVE = 3, 6
OVER_RATIO, MANY_PROJECTS = 1.1, 4
_KEY = ["person_id", "period_month"]
_COUNTS = ("long_hours_count", "free_days_count", "no_leave_count", "overloaded_count", "spread_count")


class TeamOverload(Contract):
    """One row per team and month: how many of its persons show a sign of sustained overload.

    Key: team, period_month. `persons` have a calendar and are employed in the
    month; `overloaded_count` show one sign or more. `spread_count` booked on more
    known projects than asked for, and is no sign of overload by itself. Times
    are of all of them. Counts and times are missing where the group is too small
    to be shown, which `quality_note` says.
    """

    team: Text = required()
    period_month: Date = required()
    persons: Whole = required(ge=0)
    overloaded_count: Whole = optional(ge=0)
    long_hours_count: Whole = optional(ge=0)
    free_days_count: Whole = optional(ge=0)
    no_leave_count: Whole = optional(ge=0)
    spread_count: Whole = optional(ge=0)
    overtime_seconds: Number = optional(ge=0)
    free_day_seconds: Number = optional(ge=0)
    available_seconds: Number = optional(ge=0)
    quality_note: Text = required()


def team_overload(
    utilisation: pd.DataFrame,
    work_pattern_by_person_month: pd.DataFrame,
    availability_by_person_month: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = 5,
    over_ratio: float = OVER_RATIO,
    many_projects: int = MANY_PROJECTS,
) -> DataFrame[TeamOverload]:
    """Signs of overload by team and whole month, from a `Utilisation` frame, two marts and the register `person`.

    The month of `status_date` counts where it is whole.
    """
    rows = availability_by_person_month[[*_KEY, Available.absence_seconds, Available.available_seconds]]
    rows = rows.merge(work_pattern_by_person_month, on=_KEY, how="left")
    rows = rows.merge(utilisation[[*_KEY, Utilisation.utilisation_ratio]], on=_KEY, how="left").sort_values(_KEY)
    whole = rows[Available.period_month] + pd.offsets.MonthBegin(1) <= status_date + pd.Timedelta(days=1)
    rows = rows[whole].reset_index(drop=True)
    signs = {
        "long_hours_count": _run(rows, rows[Utilisation.utilisation_ratio] >= over_ratio, SUSTAINED),
        "free_days_count": _run(rows, rows[Pattern.free_day_seconds] > 0, SUSTAINED),
        "no_leave_count": _run(
            rows, (rows[Available.absence_seconds] <= 0) & (rows[Available.available_seconds] > 0), WITHOUT_LEAVE
        ),
        "spread_count": rows[Pattern.project_count] >= many_projects,
    }
    rows = rows.assign(**{name: flag.astype("int64") for name, flag in signs.items()}, persons=1)
    overload = signs["long_hours_count"] | signs["free_days_count"] | signs["no_leave_count"]
    rows[TeamOverload.overloaded_count] = overload.astype("int64")
    rows = rows.merge(shown_teams(person, minimum_group_size), on=Person.person_id, how="left")
    rows[Person.team] = rows[Person.team].fillna(NO_TEAM)
    sums = ["persons", *_COUNTS, Pattern.overtime_seconds, Pattern.free_day_seconds, Available.available_seconds]
    found = rows.groupby([TeamOverload.team, TeamOverload.period_month], as_index=False)[sums].sum()
    is_shown = found[TeamOverload.persons] >= minimum_group_size
    found[sums[1:]] = found[sums[1:]].where(is_shown)
    found[TeamOverload.quality_note] = np.where(is_shown, "", f"fewer than {minimum_group_size} persons: not shown")
    return checked(TeamOverload, found[list(TeamOverload.to_schema().columns)])


def _run(rows: pd.DataFrame, flag: pd.Series[bool], months: int) -> pd.Series[bool]:
    """Whether the flag holds in this and the `months` - 1 calendar months before, all of them known of the person."""
    held = flag.fillna(value=False).astype("int64").groupby(rows[Available.person_id]).rolling(months).sum()
    first = rows.groupby(Available.person_id)[Available.period_month].shift(months - 1)
    expected = rows[Available.period_month] - pd.DateOffset(months=months - 1)
    in_order = held.reset_index(level=0, drop=True).reindex(rows.index)
    return (in_order == months) & (first == expected)
