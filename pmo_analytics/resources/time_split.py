"""What a team's calendar time went into: projects, run, time on no known project, leave, and what was not booked.

Run are projects of the categories that are named; without a name all known
projects count as projects. The parts sum to the calendar's time: what was booked
beyond it stands as a negative rest. Source: by the usual split of working time
in portfolio offices; teams under five are folded or withheld as in
`resources.utilisation`.

Worked example: five persons had 160 hours each in May, 800 together. They booked
500 on projects, 120 on operations, 20 on a code nobody knows, and were away for
80: 80 hours are not booked.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import AvailabilityByPersonMonth as Available
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Person
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.resources.utilisation import NO_TEAM, shown_teams

_PARTS = ["project_seconds", "run_seconds", "unmapped_seconds"]


class TimeSplit(Contract):
    """One row per team and month up to the status date: the parts of its persons' calendar time.

    Key: team, period_month. Projects, run, unmapped, leave and not booked sum to
    `calendar_seconds`. `persons` have a calendar; what others booked is
    `hours_left_out_seconds`. Times are missing where the group is too small to
    be shown, which `quality_note` says.
    """

    team: Text = required()
    period_month: Date = required()
    persons: Whole = required(ge=0)
    calendar_seconds: Number = optional(ge=0)
    project_seconds: Number = optional()
    run_seconds: Number = optional()
    unmapped_seconds: Number = optional()
    absence_seconds: Number = optional(ge=0)
    unbooked_seconds: Number = optional()
    hours_left_out_seconds: Number = optional()
    quality_note: Text = required()


def time_split(
    effort_by_person_month: pd.DataFrame,
    availability_by_person_month: pd.DataFrame,
    project: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    run_categories: Sequence[str] = (),
    minimum_group_size: int = 5,
) -> DataFrame[TimeSplit]:
    """The split by team and month, from the marts of effort and availability and two registers.

    `run_categories` are categories of the register `project`, whatever their
    capitals.
    """
    run = {name.casefold() for name in run_categories}
    category = project[Project.category].fillna("").astype(str).str.casefold()
    of_run = set(project[Project.project_id][category.isin(run)])
    booked = effort_by_person_month
    kind = np.select(
        [booked[Effort.project_id].isna(), booked[Effort.project_id].isin(of_run)], ["unmapped_seconds", "run_seconds"],
        "project_seconds",
    )  # fmt: skip
    key = [Effort.person_id, Effort.period_month]
    parts = booked.assign(kind=kind).pivot_table(
        index=key, columns="kind", values=Effort.duration_seconds, aggfunc="sum"
    )
    parts = parts.reindex(columns=_PARTS).fillna(0.0).reset_index()
    rows = parts.merge(availability_by_person_month, on=key, how="outer")
    rows = rows[rows[Available.period_month] <= status_date].reset_index(drop=True)
    is_known = rows[Available.calendar_seconds].fillna(0) > 0
    total = rows[_PARTS].fillna(0.0).sum(axis=1)
    rows[TimeSplit.hours_left_out_seconds] = total.where(~is_known, 0.0)
    values = [*_PARTS, Available.calendar_seconds, Available.absence_seconds]
    rows[values] = rows[values].fillna(0.0).where(is_known, 0.0)
    rows[TimeSplit.unbooked_seconds] = (
        rows[Available.calendar_seconds] - rows[Available.absence_seconds] - rows[_PARTS].sum(axis=1)
    )
    rows["persons"] = is_known.astype("int64")
    rows = rows.merge(shown_teams(person, minimum_group_size), on=Person.person_id, how="left")
    rows[Person.team] = rows[Person.team].fillna(NO_TEAM)
    sums = ["persons", *values, TimeSplit.unbooked_seconds, TimeSplit.hours_left_out_seconds]
    found = rows.groupby([TimeSplit.team, TimeSplit.period_month], as_index=False)[sums].sum()
    is_shown = found[TimeSplit.persons] >= minimum_group_size
    found[sums[1:]] = found[sums[1:]].where(is_shown)
    found[TimeSplit.quality_note] = np.where(is_shown, "", f"fewer than {minimum_group_size} persons: not shown")
    return checked(TimeSplit, found[list(TimeSplit.to_schema().columns)])
