"""Working time that each person has in months to come: the calendar's at their share of full time, less leave.

Source: by the usual definition, and as the mart `availability_by_person_month` has it
for the past: employment cuts it, absences take no more of a day than it has.
The calendar's days after the reporting date are its plan. Leave is what the
frame of absences holds: one cut at the reporting date knows none to come.

Worked example: at 50 % of a calendar of 8 hours a day, July 2026 with its 23
working days has 92 hours. A whole day of leave takes 4 of them, and two entries
of 3 hours on one day 4 as well. Who leaves on the 3rd has 12, of three days.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, required
from pmo_analytics.contracts.effort import Absence, WorkingCalendar
from pmo_analytics.contracts.people import Person

MONTHS = 6
_OPEN_END = pd.Timestamp("2200-01-01")


class AvailabilityToCome(Contract):
    """One row per registered person with a calendar and month to come with working time.

    Key: person_id, period_month. A person or month that the calendars do not
    reach has no row: nothing is known of it.
    """

    person_id: Text = required()
    period_month: Date = required()
    calendar_seconds: Number = required(ge=0)
    absence_seconds: Number = required(ge=0)
    available_seconds: Number = required(ge=0)


def months_to_come(status_date: pd.Timestamp, first_month: pd.Timestamp | None, months: int) -> pd.DatetimeIndex:
    """First days of the months planned for: by default from the month of the day after the reporting date on."""
    first = status_date + pd.Timedelta(days=1) if first_month is None else first_month
    return pd.date_range(first.replace(day=1).normalize(), periods=months, freq="MS")


def availability_to_come(
    person: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    first_month: pd.Timestamp | None = None,
    months: int = MONTHS,
) -> DataFrame[AvailabilityToCome]:
    """Working time of each person and month, from the registers of persons, calendars and absences."""
    planned = months_to_come(status_date, first_month, months)
    days = working_days(person, working_calendar, absence, planned[0], planned[-1] + pd.offsets.MonthEnd(0))
    month = days[WorkingCalendar.calendar_date].dt.to_period("M").dt.start_time
    sums = (
        days.assign(**{AvailabilityToCome.period_month: month})
        .groupby([AvailabilityToCome.person_id, AvailabilityToCome.period_month], as_index=False)[_TIMES]
        .sum()
    )
    return checked(AvailabilityToCome, sums[list(AvailabilityToCome.to_schema().columns)])


_TIMES = [
    AvailabilityToCome.calendar_seconds,
    AvailabilityToCome.absence_seconds,
    AvailabilityToCome.available_seconds,
]


def working_days(
    person: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    first: pd.Timestamp,
    last: pd.Timestamp,
) -> pd.DataFrame:
    """A row for each person and working day from `first` to `last`: calendar time, absence and what is left."""
    days = working_calendar[working_calendar[WorkingCalendar.calendar_date].between(first, last)]
    worked = person[[Person.person_id, Person.calendar_id, Person.fte_pct, Person.joined_date, Person.left_date]]
    rows = worked.merge(days, on=WorkingCalendar.calendar_id)
    day = rows[WorkingCalendar.calendar_date]
    rows = rows[(day >= rows[Person.joined_date].fillna(first)) & (day <= rows[Person.left_date].fillna(_OPEN_END))]
    away = absence.groupby([Absence.person_id, Absence.absence_date])[Absence.duration_seconds].sum().reset_index()
    away = away.set_axis([Person.person_id, WorkingCalendar.calendar_date, "away_seconds"], axis=1)
    rows = rows.merge(away, on=[Person.person_id, WorkingCalendar.calendar_date], how="left")
    working = rows[WorkingCalendar.duration_seconds] * rows[Person.fte_pct] / 100
    lost = rows["away_seconds"].fillna(0.0).clip(upper=working)
    found = rows[[Person.person_id, WorkingCalendar.calendar_date]].assign(
        **{
            AvailabilityToCome.calendar_seconds: working,
            AvailabilityToCome.absence_seconds: lost,
            AvailabilityToCome.available_seconds: working - lost,
        }
    )
    return found.reset_index(drop=True)
