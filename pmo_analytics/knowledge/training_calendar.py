"""What stands in the training calendar, and which certificates run out where their skill is still asked for.

Of each session: seats taken, free and waited for, more taken than there are,
seats of who has left or is away on its days, and whether anything is short of
its skill after it ends. Of certificates: those that have run out, or do so
within some months; the last of a person, course and certificate counts, so that
who has renewed is in nothing. Source: this project's own checks.

Worked example: a session of two seats has three enrolments that hold one and
one that waits; one of the three has left. Three are taken, -1 free, it is
overbooked, and a seat of who has left can be given to who waits.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.contracts.effort import Absence
from pmo_analytics.contracts.people import Demand, Person, planned_demand_of
from pmo_analytics.contracts.training import Enrolment, TrainingCourse, TrainingRecord, TrainingSession
from pmo_analytics.knowledge.skill_gap import SkillGap
from pmo_analytics.knowledge.training_options import FAILED, WAITING, seats_taken

MONTHS = 6
EXPIRED, EXPIRING = "expired", "expiring"


class TrainingCalendar(Contract):
    """One row per session that has not ended by the reporting date, or has no dates; the first to begin comes first.

    Key: session_id. `free_count` is below 0 where more seats are taken than there
    are, and missing where no number of seats is stated. `left_count` and
    `away_count` are of those that hold a seat. `is_needed` where the skill is
    short in a month after the session ends. `quality_note` says what to do.
    """

    session_id: Text = required()
    course_id: Text = required()
    name: Text = optional()
    skill_id: Text = optional()
    start_date: Date = optional()
    end_date: Date = optional()
    location: Text = optional()
    seats: Whole = optional(ge=0)
    taken_count: Whole = required(ge=0)
    free_count: Whole = optional()
    waitlist_count: Whole = required(ge=0)
    left_count: Whole = required(ge=0)
    away_count: Whole = required(ge=0)
    is_needed: Flag = required()
    quality_note: Text = required()


class ExpiringCertificate(Contract):
    """One row per person and certificate that has run out or does so soon, the first to run out first.

    Key: person_id, course_id, certificate. `is_demanded` where plans ask for the
    course's skill in a month that ends after the certificate does. Who has left
    is in nothing.
    """

    person_id: Text = required()
    course_id: Text = required()
    certificate: Text = required()
    skill_id: Text = optional()
    completed_on_date: Date = required()
    expires_on_date: Date = required()
    certificate_state: Text = required(isin=[EXPIRED, EXPIRING])
    is_demanded: Flag = required()


def training_calendar(  # noqa: PLR0917 - registers and an analysis are bound by name
    training_session: pd.DataFrame,
    training_course: pd.DataFrame,
    enrolment: pd.DataFrame,
    person: pd.DataFrame,
    absence: pd.DataFrame,
    skill_gap: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[TrainingCalendar]:
    """Sessions to come with their seats, from registers and a `SkillGap` frame; planned absences are those known."""
    day = status_date.normalize()
    rows = training_session[~(training_session[TrainingSession.end_date] <= day)]
    about = training_course[[TrainingCourse.course_id, TrainingCourse.name, TrainingCourse.skill_id]]
    rows = rows.merge(about, on=TrainingSession.course_id, how="left")
    taken = seats_taken(enrolment)
    state = enrolment[Enrolment.state].fillna("").str.strip().str.lower()
    waiting = enrolment[state.isin(WAITING)][Enrolment.session_id].value_counts()
    left = person.set_index(Person.person_id)[Person.left_date]
    away = absence.groupby(Absence.person_id)[Absence.absence_date].apply(list).to_dict()
    short = skill_gap[skill_gap[SkillGap.to_close_seconds] > 0].groupby(SkillGap.skill_id)[SkillGap.period_month].max()
    made = []
    for row in rows.to_dict("records"):
        who = taken.loc[taken[Enrolment.session_id] == row["session_id"], Enrolment.person_id]
        begin, end = row["start_date"], row["end_date"]
        found = row | {
            TrainingCalendar.taken_count: len(who),
            TrainingCalendar.free_count: None if pd.isna(row["seats"]) else int(row["seats"]) - len(who),
            TrainingCalendar.waitlist_count: int(waiting.get(row["session_id"], 0)),
            TrainingCalendar.left_count: sum(pd.notna(left.get(one)) and not left[one] >= end for one in who),
            TrainingCalendar.away_count: sum(any(begin <= d <= end for d in away.get(one, [])) for one in who),
            TrainingCalendar.is_needed: bool(pd.notna(end) and short.get(row["skill_id"], pd.Timestamp.min) > end),
        }
        made.append(found | {TrainingCalendar.quality_note: _note(found)})
    frame = pd.DataFrame(made, columns=list(TrainingCalendar.to_schema().columns))
    order = [TrainingCalendar.start_date, TrainingCalendar.session_id]
    return checked(TrainingCalendar, frame.sort_values(order, na_position="last", ignore_index=True))


def _note(row: dict[Any, Any]) -> str:
    free, waiting, left = (row[name] for name in ("free_count", "waitlist_count", "left_count"))
    told = []
    if pd.isna(row["start_date"]) or pd.isna(row["end_date"]):
        told.append("no dates")
    if isinstance(free, int) and free < 0:
        told.append(f"overbooked by {-free}")
    if left:
        told.append(f"{left} of the seats are of who will have left")
    if row["away_count"]:
        told.append(f"{row['away_count']} of the seats are of who is away then")
    if isinstance(free, int) and free > 0 and waiting:
        told.append(f"{min(free, waiting)} who wait can have a seat")
    if not row["is_needed"]:
        told.append("nothing is short of its skill after it")
    return "; ".join(told)


def expiring_certificate(
    training_record: pd.DataFrame,
    training_course: pd.DataFrame,
    person: pd.DataFrame,
    demand: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
) -> DataFrame[ExpiringCertificate]:
    """Certificates that have run out, or do so within `months` of the reporting date, from registers so named."""
    day = status_date.normalize()
    outcome = training_record[TrainingRecord.outcome].fillna("").str.strip().str.lower()
    rows = training_record[
        training_record[TrainingRecord.certificate].notna()
        & (training_record[TrainingRecord.completed_on_date] <= day)
        & ~outcome.isin(FAILED)
    ]
    key = [TrainingRecord.person_id, TrainingRecord.course_id, TrainingRecord.certificate]
    # Of two of one day the one that holds longer counts; one that never runs out last of all.
    last = rows.sort_values([TrainingRecord.completed_on_date, TrainingRecord.expires_on_date], na_position="last")
    last = last.drop_duplicates(key, keep="last")
    gone = person.loc[person[Person.left_date] < day, Person.person_id]
    last = last[
        (last[TrainingRecord.expires_on_date] <= day + pd.DateOffset(months=months))
        & ~last[TrainingRecord.person_id].isin(gone)
    ]
    last = last.merge(training_course[["course_id", "skill_id"]], on="course_id", how="left")
    planned = planned_demand_of(demand)
    until = planned[planned[Demand.demand_seconds] > 0].groupby(Demand.skill_id)[Demand.period_month].max()
    ends = pd.to_datetime(pd.Series([until.get(name, pd.NaT) for name in last["skill_id"]], index=last.index))
    ends = ends + pd.offsets.MonthEnd(0)
    expires = last[TrainingRecord.expires_on_date]
    last[ExpiringCertificate.certificate_state] = (expires < day).map({True: EXPIRED, False: EXPIRING})
    last[ExpiringCertificate.is_demanded] = (ends >= expires) & (ends > day)
    last = last.sort_values([TrainingRecord.expires_on_date, *key], ignore_index=True)
    return checked(ExpiringCertificate, last.reindex(columns=list(ExpiringCertificate.to_schema().columns)))
