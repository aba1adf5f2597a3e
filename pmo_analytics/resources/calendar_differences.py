"""Hours booked against the calendar's hours, by team: how much was booked above and below what was available.

This project's own comparison. Persons are never named or ranked: their months
are summed by team, a team too small to hide a person is folded with others or
suppressed, as in `resources.utilisation`.

Worked example: of five persons of a team with 160 hours available each, three
booked 160, one 180 and one 130: 790 hours were booked of 800 available, a
difference of −10 in which 20 above and 30 below the calendar hide.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import CalendarReconciliation as Mart
from pmo_analytics.contracts.people import Person
from pmo_analytics.resources.utilisation import NO_TEAM, shown_teams


class CalendarDifference(Contract):
    """One row per team and month up to the status date: Σ booked against Σ available of its persons.

    `above_seconds` sums what persons booked beyond their own available time,
    `below_seconds` what they left of it; the difference is the one less the
    other. `without_calendar_seconds` are booked by persons or in months that no
    calendar knows. Times are missing where the group is too small to be shown,
    which `quality_note` says.
    """

    team: Text = required()
    period_month: Date = required()
    persons: Whole = required()
    duration_seconds: Number = optional()
    available_seconds: Number = optional()
    difference_seconds: Number = optional()
    above_seconds: Number = optional()
    below_seconds: Number = optional()
    without_calendar_seconds: Number = optional()
    quality_note: Text = required()


_SUMS = [
    "persons",
    "duration_seconds",
    "available_seconds",
    "difference_seconds",
    "above_seconds",
    "below_seconds",
    "without_calendar_seconds",
]


def calendar_differences(
    calendar_reconciliation: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = 5,
) -> DataFrame[CalendarDifference]:
    """Booked against available time by team and month up to `status_date`, no group smaller than asked.

    Takes the mart and the register `person`, for the teams.
    """
    mart = calendar_reconciliation[calendar_reconciliation[Mart.period_month] <= status_date]
    is_known = mart[Mart.available_seconds].notna()
    difference = mart[Mart.difference_seconds].fillna(0.0)
    booked = mart[Mart.duration_seconds]
    rows = mart.assign(
        persons=is_known.astype("int64"),
        duration_seconds=booked.where(is_known, 0.0),
        available_seconds=mart[Mart.available_seconds].fillna(0.0),
        difference_seconds=difference,
        above_seconds=difference.clip(lower=0.0),
        below_seconds=-difference.clip(upper=0.0),
        without_calendar_seconds=booked.where(~is_known, 0.0),
    ).merge(shown_teams(person, minimum_group_size), on=Mart.person_id, how="left")
    rows[Person.team] = rows[Person.team].fillna(NO_TEAM)
    grouped = rows.groupby([CalendarDifference.team, CalendarDifference.period_month], as_index=False)[_SUMS].sum()
    is_shown = grouped[CalendarDifference.persons] >= minimum_group_size
    for column in _SUMS[1:]:
        grouped[column] = grouped[column].where(is_shown)
    note = f"fewer than {minimum_group_size} persons: not shown"
    grouped[CalendarDifference.quality_note] = np.where(is_shown, "", note)
    ordered = grouped.reindex(columns=list(CalendarDifference.to_schema().columns))
    return checked(CalendarDifference, ordered)
