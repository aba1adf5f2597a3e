"""Contracts of roll-ups that capacity planning reads."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Number, Text, Whole, required, table


@table(key=["person_id", "period_month"], lake=MARTS)
class PlannedCalendarByPersonMonth(Contract):
    """One row per registered person and whole month after the reporting date with working time.

    Key: person_id, period_month. `calendar_seconds` is at the person's share of
    full time; absences to come are not known and are not taken off.
    """

    person_id: Text = required()
    period_month: Date = required()
    calendar_seconds: Number = required(ge=0)


@table(key=["person_id", "period_month"], lake=MARTS)
class WorkPatternByPersonMonth(Contract):
    """One row per registered person and month up to the reporting date with working time.

    Key: person_id, period_month. `overtime_seconds` are booked beyond a day's own
    working time, `free_day_seconds` the part of them on days without any;
    `project_count` are known projects with time booked. Behaviour of persons: it
    leaves the analyst's desk by groups of five or more.
    """

    person_id: Text = required()
    period_month: Date = required()
    worked_day_count: Whole = required(ge=0)
    free_day_seconds: Number = required(ge=0)
    overtime_seconds: Number = required(ge=0)
    project_count: Whole = required(ge=0)
