"""What in the registers of people keeps a plan from being carried out, or from being reckoned.

Each is a rule of this project's own, of the kind that resource plans are
checked by (GAO-16-89G, best practice 3): allocations beyond the working time
that a person has, entries of leave that overlap, hours after somebody left or
before they joined, skills that no register knows or that nobody has at the level
asked for, persons whom no register or calendar knows. Findings stop nothing:
what they are about counts as `reason` says.

Worked example: Ann is allocated 200 hours of July, which has 184 for her: she is
allocated 109 % of them, and nobody is assigned more than 184.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.effort import Absence, WorkingCalendar
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Allocation, Demand, Person, PersonSkill, Skill, planned_demand_of
from pmo_analytics.errors import nearest
from pmo_analytics.resources.assignment_reasons import hours, month_name
from pmo_analytics.resources.availability import MONTHS, AvailabilityToCome, availability_to_come, months_to_come
from pmo_analytics.resources.staffing import MINUTE, held_levels

OVER_FULL_TIME, OVERLAPPING = "over 100 % of FTE", "overlapping absences"
AFTER_LEAVING, BEFORE_JOINING = "hours after leaving", "hours before joining"
UNKNOWN_SKILL, NOBODY_HAS, NOBODY_AT_LEVEL = "unknown skill", "a skill nobody has", "a level nobody has"
UNKNOWN_PERSON, NO_CALENDAR, CALENDAR_ENDS = "unknown person", "no working calendar", "a calendar that ends"
FINDINGS = [
    OVER_FULL_TIME, OVERLAPPING, AFTER_LEAVING, BEFORE_JOINING, UNKNOWN_SKILL, NOBODY_HAS, NOBODY_AT_LEVEL,
    UNKNOWN_PERSON, NO_CALENDAR, CALENDAR_ENDS,
]  # fmt: skip
_DAY_SLACK = 1.0
Rows = Iterator[dict[str, Any]]


class PlanFinding(Contract):
    """One row per finding, in the order of the rules, then by person, skill and month.

    Persons are tokens. `found_seconds` is the time that the finding is about,
    missing where it is about none.
    """

    finding: Text = required(isin=FINDINGS)
    person_id: Text = optional()
    skill_id: Text = optional()
    period_month: Date = optional()
    found_seconds: Number = optional(ge=0)
    reason: Text = required()
    remedy: Text = required()


def plan_findings(  # noqa: PLR0917 - marts and registers are bound by name
    demand: pd.DataFrame,
    person: pd.DataFrame,
    person_skill: pd.DataFrame,
    skill: pd.DataFrame,
    working_calendar: pd.DataFrame,
    absence: pd.DataFrame,
    allocation: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    first_month: pd.Timestamp | None = None,
    months: int = MONTHS,
) -> DataFrame[PlanFinding]:
    """What is wrong with demand, allocations, leave and skills of the months planned for, and hours after leaving.

    Skills are known by the register `skill`, or where it is empty by who has them.
    """
    planned = months_to_come(status_date, first_month, months)
    available = availability_to_come(
        person, working_calendar, absence, status_date=status_date, first_month=first_month, months=months
    )
    promised = allocation[allocation[Allocation.period_month].isin(planned)]
    demand = planned_demand_of(demand)
    asked = demand[demand[Demand.period_month].isin(planned) & (demand[Demand.demand_seconds] > 0)]
    rows = [
        *_over_full_time(promised, available),
        *_overlapping(absence, person, working_calendar, planned),
        *_outside_employment(promised, effort_by_person_month, person),
        *_skills(asked, person_skill, skill, held_levels(person_skill, status_date)),
        *_persons(promised, person_skill, person, working_calendar, planned),
    ]
    frame = pd.DataFrame(rows, columns=list(PlanFinding.to_schema().columns))
    rank = frame[PlanFinding.finding].map(FINDINGS.index)
    order = [PlanFinding.person_id, PlanFinding.skill_id, PlanFinding.period_month]
    ordered = frame.assign(rank=rank).sort_values(["rank", *order], ignore_index=True)
    return checked(PlanFinding, ordered.drop(columns="rank").astype({PlanFinding.period_month: "datetime64[ns]"}))


def _over_full_time(promised: pd.DataFrame, available: pd.DataFrame) -> Rows:
    key = [Allocation.person_id, Allocation.period_month]
    sums = promised.groupby(key)[Allocation.allocated_seconds].sum().reset_index()
    rows = sums.merge(available[[*key, AvailabilityToCome.available_seconds]], on=key)
    for who, month, given, there in rows.itertuples(index=False, name=None):
        if given > there + _DAY_SLACK:
            share = f", {100 * given / there:,.0f} % of them" if there else ""
            yield {
                PlanFinding.finding: OVER_FULL_TIME,
                PlanFinding.person_id: who,
                PlanFinding.period_month: month,
                PlanFinding.found_seconds: given - there,
                PlanFinding.reason: f"{who} is allocated {hours(given / MINUTE)} in {month_name(month)} and has "
                f"{hours(there / MINUTE)}{share}; no more than there is counts",
                PlanFinding.remedy: "lower the allocations, or correct fte_pct, leave or the calendar",
            }


def _overlapping(
    absence: pd.DataFrame, person: pd.DataFrame, working_calendar: pd.DataFrame, planned: pd.DatetimeIndex
) -> Rows:
    last = planned[-1] + pd.offsets.MonthEnd(0)
    rows = absence[absence[Absence.absence_date].between(planned[0], last)]
    key = [Absence.person_id, Absence.absence_date]
    days = rows.groupby(key)[Absence.duration_seconds].agg(["sum", "size"]).reset_index()
    days = days.merge(person[[Person.person_id, Person.calendar_id, Person.fte_pct]], on=Person.person_id)
    worked = working_calendar.rename(columns={WorkingCalendar.calendar_date: Absence.absence_date})
    days = days.merge(worked, on=[Person.calendar_id, Absence.absence_date])
    whole, own = days[WorkingCalendar.duration_seconds], days[Person.fte_pct] / 100
    # A whole day away is often entered as the calendar's day, whatever the person's share of full time is.
    is_over = (days["sum"] > whole + _DAY_SLACK) | ((days["size"] > 1) & (days["sum"] > whole * own + _DAY_SLACK))
    for who, day, away, there in (
        days.assign(there=whole * own).loc[is_over, [*key, "sum", "there"]].itertuples(index=False, name=None)
    ):
        yield {
            PlanFinding.finding: OVERLAPPING,
            PlanFinding.person_id: who,
            PlanFinding.period_month: day.replace(day=1),
            PlanFinding.found_seconds: away - there,
            PlanFinding.reason: f"{who} is away for {hours(away / MINUTE)} on {day:%Y-%m-%d}, a day of "
            f"{hours(there / MINUTE)}: entries overlap; the day counts once",
            PlanFinding.remedy: "correct the entries of the day in registers/absence.csv",
        }


def _outside_employment(promised: pd.DataFrame, effort: pd.DataFrame, person: pd.DataFrame) -> Rows:
    people = person[[Person.person_id, Person.joined_date, Person.left_date]]
    for frame, column, word in (
        (promised, Allocation.allocated_seconds, "allocated"),
        (effort, Effort.duration_seconds, "booked"),
    ):
        key = [Allocation.person_id, Allocation.period_month]
        rows = frame.groupby(key)[column].sum().reset_index().merge(people, on=Person.person_id)
        ends = rows[Allocation.period_month] + pd.offsets.MonthEnd(0)
        late = rows[rows[Allocation.period_month] > rows[Person.left_date]]
        early = rows[ends < rows[Person.joined_date]]
        for finding, found, day, when in (
            (AFTER_LEAVING, late, Person.left_date, "left on"),
            (BEFORE_JOINING, early, Person.joined_date, "joined on"),
        ):
            columns = [Allocation.person_id, Allocation.period_month, column, day]
            for who, month, seconds, date in found[columns].itertuples(index=False, name=None):
                if seconds > 0:
                    yield {
                        PlanFinding.finding: finding,
                        PlanFinding.person_id: who,
                        PlanFinding.period_month: month,
                        PlanFinding.found_seconds: seconds,
                        PlanFinding.reason: f"{who} {when} {date:%Y-%m-%d} and has {hours(seconds / MINUTE)} {word} in "
                        f"{month_name(month)}; they count for nothing here",
                        PlanFinding.remedy: "correct the hours, or the day in registers/person.csv",
                    }


def _skills(
    asked: pd.DataFrame, person_skill: pd.DataFrame, skill: pd.DataFrame, levels: dict[str, dict[str, int]]
) -> Rows:
    best: dict[str, int] = {}
    for held in levels.values():
        for name, level in held.items():
            best[name] = max(level, best.get(name, level))
    registered = {str(name) for name in skill[Skill.skill_id]}
    sums = asked.groupby(Demand.skill_id)[Demand.demand_seconds].sum()
    wanted = asked.groupby(Demand.skill_id)[Demand.level].max().fillna(0)
    named = sorted({*sums.index.astype(str), *person_skill[PersonSkill.skill_id].astype(str)})
    for name in named:
        seconds = float(sums.get(name, 0.0))
        known = registered or {*best}
        if registered and name not in registered:
            close = nearest(name, registered)
            where = "demand asks for it" if seconds else "persons have it"
            yield _skill_row(
                UNKNOWN_SKILL, name, seconds, f"{name!r} is no skill of the register; {where}",
                f"is {close!r} meant? Correct it, or add it to registers/skill.csv" if close
                else "correct it, or add it to registers/skill.csv",
            )  # fmt: skip
        if seconds and name not in best:
            close = nearest(name, known - {name})
            yield _skill_row(
                NOBODY_HAS, name, seconds, f"{hours(seconds / MINUTE)} of {name} are asked for and nobody has it",
                "hire, train or buy it, or correct the demand" + (f"; is {close!r} meant?" if close else ""),
            )  # fmt: skip
        elif seconds and wanted[name] > best[name]:
            yield _skill_row(
                NOBODY_AT_LEVEL, name, float(asked.loc[
                    (asked[Demand.skill_id] == name) & (asked[Demand.level].fillna(0) > best[name]),
                    Demand.demand_seconds].sum()),
                f"{name} is asked for at {wanted[name]:.0f}, and {best[name]} is the highest anybody has",
                "train for it, or ask for less in registers/demand.csv",
            )  # fmt: skip


def _skill_row(finding: str, skill_id: str, seconds: float, reason: str, remedy: str) -> dict[str, Any]:
    return {
        PlanFinding.finding: finding,
        PlanFinding.skill_id: skill_id,
        PlanFinding.found_seconds: seconds,
        PlanFinding.reason: reason,
        PlanFinding.remedy: remedy,
    }


def _persons(
    promised: pd.DataFrame,
    person_skill: pd.DataFrame,
    person: pd.DataFrame,
    working_calendar: pd.DataFrame,
    planned: pd.DatetimeIndex,
) -> Rows:
    known = set(person[Person.person_id])
    named = {*promised[Allocation.person_id], *person_skill[PersonSkill.person_id]}
    for who in sorted(named - known):
        seconds = promised.loc[promised[Allocation.person_id] == who, Allocation.allocated_seconds].sum()
        yield _person_row(
            UNKNOWN_PERSON, who, float(seconds), f"{who} is in no register of persons: no time of theirs is known",
            "add the person to registers/person.csv, or run `pmo map`",
        )  # fmt: skip
    is_here = person[Person.left_date].isna() | (person[Person.left_date] >= planned[0])
    last = working_calendar.groupby(WorkingCalendar.calendar_id)[WorkingCalendar.calendar_date].max()
    for who, calendar in person.loc[is_here, [Person.person_id, Person.calendar_id]].itertuples(index=False, name=None):
        if calendar not in last.index:
            told = f"the calendar {calendar!r} has no days" if isinstance(calendar, str) else "no calendar is named"
            yield _person_row(
                NO_CALENDAR, who, None, f"{who} counts for nothing: {told}",
                "name a calendar in registers/person.csv that registers/working_calendar.csv has days of",
            )  # fmt: skip
    used = person.loc[is_here, Person.calendar_id]
    for calendar, day in last.items():
        if day < planned[-1] and (count := int((used == calendar).sum())):
            who = "1 person of it has" if count == 1 else f"{count} persons of it have"
            yield {
                PlanFinding.finding: CALENDAR_ENDS,
                PlanFinding.period_month: day.replace(day=1),
                PlanFinding.reason: f"the calendar {calendar!r} ends on {day:%Y-%m-%d}: {who} no time known after it",
                PlanFinding.remedy: "add days to registers/working_calendar.csv, or plan for fewer months",
            }


def _person_row(finding: str, who: str, seconds: float | None, reason: str, remedy: str) -> dict[str, Any]:
    return {
        PlanFinding.finding: finding,
        PlanFinding.person_id: who,
        PlanFinding.found_seconds: seconds,
        PlanFinding.reason: reason,
        PlanFinding.remedy: remedy,
    }
