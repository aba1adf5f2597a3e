"""Hours that a month's timesheets lack, by team: what its people had available and did not book.

A month whose hours are not all in understates cost. Somebody's surplus fills
nobody else's gap, so that gaps are made person by person and then summed.
Source: this project's own check before a month is closed; the size below which
a group is not shown is that of `utilisation`.

Worked example: five persons of a team have 160 hours available each. Three
booked all, one 170, one nothing: 160 hours are missing, of one person, although
the team's surplus is 10; with 98 % asked for, 640 of 800 hours, which is 80 %,
are too few.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.people import Person
from pmo_analytics.resources.utilisation import NO_TEAM, Utilisation, shown_teams


class TimesheetGap(Contract):
    """One row per team with available time in the month of the reporting date. Key: team.

    `received_pct` is the available time that was booked, a person's surplus not
    counted. Times and counts are missing where the group is too small to be shown.
    """

    team: Text = required()
    period_month: Date = required()
    person_count: Whole = required(ge=0)
    available_seconds: Number = optional(ge=0)
    missing_seconds: Number = optional(ge=0)
    persons_missing_count: Number = optional(ge=0)
    received_pct: Number = optional(ge=0, le=100)
    is_short: Flag = required()


def timesheet_gaps(
    utilisation: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    received_least_pct: float = 98.0,
    minimum_group_size: int = 5,
) -> DataFrame[TimesheetGap]:
    """Missing hours of the month by team, from `Utilisation` and the register of persons.

    Teams of fewer persons than `minimum_group_size` are one row; where even that
    is too small, its figures are missing. A team is short where less than
    `received_least_pct` of its available time is booked.
    """
    month = status_date.normalize().replace(day=1)
    rows = utilisation[utilisation[Utilisation.period_month] == month]
    rows = rows[rows[Utilisation.available_seconds].fillna(0) > 0]
    rows = rows.merge(shown_teams(person, minimum_group_size), on=Utilisation.person_id, how="left")
    available = rows[Utilisation.available_seconds]
    gap = (available - rows[Utilisation.duration_seconds]).clip(lower=0.0)
    sums = (
        pd.DataFrame(
            {
                TimesheetGap.team: rows[Person.team].fillna(NO_TEAM).astype(str),
                TimesheetGap.person_count: np.ones(len(rows), dtype="int64"),
                TimesheetGap.available_seconds: available.astype(float),
                TimesheetGap.missing_seconds: gap.astype(float),
                TimesheetGap.persons_missing_count: (gap > 0).astype(float),
            }
        )
        .groupby(TimesheetGap.team, as_index=False)
        .sum()
    )
    is_shown = sums[TimesheetGap.person_count] >= minimum_group_size
    share = 100.0 * (1.0 - sums[TimesheetGap.missing_seconds] / sums[TimesheetGap.available_seconds])
    sums[TimesheetGap.received_pct] = share
    sums[TimesheetGap.is_short] = share < received_least_pct
    for column in (
        TimesheetGap.available_seconds, TimesheetGap.missing_seconds, TimesheetGap.persons_missing_count,
        TimesheetGap.received_pct,
    ):  # fmt: skip
        sums[column] = sums[column].where(is_shown)
    sums[TimesheetGap.period_month] = month
    ordered = sums.sort_values(TimesheetGap.team, ignore_index=True)
    return checked(TimesheetGap, ordered.reindex(columns=list(TimesheetGap.to_schema().columns)))
