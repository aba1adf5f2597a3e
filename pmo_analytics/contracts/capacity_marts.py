"""Contracts of roll-ups that capacity planning reads."""

from __future__ import annotations

from pmo_analytics.contracts.base import MARTS, Contract, Date, Number, Text, required, table


@table(key=["person_id", "period_month"], lake=MARTS)
class PlannedCalendarByPersonMonth(Contract):
    """One row per registered person and whole month after the reporting date with working time.

    Key: person_id, period_month. `calendar_seconds` is at the person's share of
    full time; absences to come are not known and are not taken off.
    """

    person_id: Text = required()
    period_month: Date = required()
    calendar_seconds: Number = required(ge=0)
