"""Who could go to which session of a course, and why others cannot: what the choice of training chooses from.

A pair of a person and a session stands where the course teaches a skill that is
short to a level the person does not have, the person has the level it starts
from or can reach it in an earlier session, is employed and not away on its days,
in its place or it is online, and neither sits in it nor has done the course.
Source: by the usual definition of prerequisites; the words are this project's own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmo_analytics.contracts.effort import Absence
from pmo_analytics.contracts.people import Allocation, Person
from pmo_analytics.contracts.training import Enrolment, TrainingCourse, TrainingRecord, TrainingSession
from pmo_analytics.knowledge.skill_gap import SkillGap
from pmo_analytics.knowledge.skill_matrix import SkillMatrix

HOUR = 3600.0
ONLINE = frozenset({"online", "remote", "virtual"})
# States of an enrolment that hold no seat.
WAITING = frozenset({"waiting", "waitlist", "waitlisted", "waiting list"})
GIVEN_UP = frozenset({"cancelled", "canceled", "declined", "withdrawn", "no show", "no-show"})
FAILED = frozenset({"failed", "not passed", "absent", "no show", "no-show", "withdrawn"})
NOT_SHORT, BEGUN, UNDATED, FULL = "nothing is short of its skill", "it has begun", "it has no dates", "no seat is free"
NO_LEVELS, OTHER_MONEY, NO_COST = "its course states no level", "its cost is in another currency", "no cost is stated"
TOO_LATE = "it ends too late for any gap"
HAS_LEVEL, TOO_LOW, ELSEWHERE = "has its level", "lacks the level it starts from", "in another place"
GONE, AWAY, ENROLLED, DONE = "not employed then", "away on its days", "enrolled in the course", "has done the course"
BUSY, NO_TIME = "in another session then", "no time to use it"


@dataclass(frozen=True)
class Offer:
    """A session that may be chosen: what it teaches, when, for how much, and how many seats are left."""

    session_id: str
    course_id: str
    skill_id: str
    level_from: int
    level_to: int
    start: pd.Timestamp
    end: pd.Timestamp
    ready: pd.Timestamp
    cost: int
    seats: int
    location: str | None

    def overlaps(self, other: Offer) -> bool:
        """Whether nobody can be in both."""
        return self.start <= other.end and other.start <= self.end

    def leads_to(self, other: Offer) -> bool:
        """Whether who comes from this one may go to the other, which begins after it."""
        return self.skill_id == other.skill_id and self.level_to >= other.level_from and self.end < other.start


@dataclass
class TrainingOptions:
    """What may be chosen: `pairs` of persons and places of offers; `refused` counts persons by session and reason.

    `gaps` are whole hours to close by skill and month with the level that closes
    them, `hours` what a person could give a skill in a month, `held` levels by
    person and skill, `currency` that of all costs.
    """

    offers: list[Offer] = field(default_factory=list)
    pairs: list[tuple[str, int]] = field(default_factory=list)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    gaps: dict[tuple[str, pd.Timestamp], tuple[int, int]] = field(default_factory=dict)
    hours: dict[tuple[str, pd.Timestamp], int] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    currency: str | None = None


@dataclass(frozen=True)
class TrainingInputs:
    """The frames that training is chosen from, each named after its register, mart or analysis."""

    skill_gap: pd.DataFrame
    skill_matrix: pd.DataFrame
    person: pd.DataFrame
    training_course: pd.DataFrame
    training_session: pd.DataFrame
    enrolment: pd.DataFrame
    training_record: pd.DataFrame
    absence: pd.DataFrame
    allocation: pd.DataFrame
    planned_calendar_by_person_month: pd.DataFrame


def seats_taken(enrolment: pd.DataFrame) -> pd.DataFrame:
    """Enrolments that hold a seat: neither waiting nor given up."""
    state = enrolment[Enrolment.state].fillna("").str.strip().str.lower()
    return enrolment[~state.isin(WAITING | GIVEN_UP)]


def training_options(
    inputs: TrainingInputs,
    *,
    status_date: pd.Timestamp,
    time_share: float,
    currency: str | None,
    is_cost_needed: bool,
    is_travel_allowed: bool,
) -> TrainingOptions:
    """Pairs that may be chosen, with whole hours of gaps and of persons."""
    options = TrainingOptions()
    options.gaps = _gaps(inputs.skill_gap)
    options.hours = _hours(inputs, time_share)
    matrix = inputs.skill_matrix
    keys = zip(matrix[SkillMatrix.person_id], matrix[SkillMatrix.skill_id], strict=True)
    options.held = dict(zip(keys, (int(level) for level in matrix[SkillMatrix.level]), strict=True))
    options.currency = currency or _commonest(inputs.training_course)
    _offers(options, inputs, status_date, is_cost_needed)
    people = inputs.person.set_index(Person.person_id)
    history = _History(inputs, is_travel_allowed)
    for who in sorted(people.index):
        _pairs(options, str(who), people.loc[who], history)
    return options


def _gaps(skill_gap: pd.DataFrame) -> dict[tuple[str, pd.Timestamp], tuple[int, int]]:
    binding = skill_gap[skill_gap[SkillGap.is_binding] & (skill_gap[SkillGap.to_close_seconds] >= HOUR)]
    return {
        (str(row[SkillGap.skill_id]), row[SkillGap.period_month]): (
            int(row[SkillGap.to_close_seconds] // HOUR), max(1, int(row[SkillGap.asked_level])),
        )
        for row in binding.to_dict("records")
    }  # fmt: skip


def _hours(inputs: TrainingInputs, time_share: float) -> dict[tuple[str, pd.Timestamp], int]:
    """A share of the calendar's time, and never more than what is not allocated."""
    key = ["person_id", "period_month"]
    taken = inputs.allocation.groupby(key)[Allocation.allocated_seconds].sum().to_dict()
    found = {}
    for row in inputs.planned_calendar_by_person_month.to_dict("records"):
        place = (row["person_id"], row["period_month"])
        free = min(time_share * row["calendar_seconds"], row["calendar_seconds"] - taken.get(place, 0.0))
        if free >= HOUR:
            found[place] = int(free // HOUR)
    return found


def _commonest(training_course: pd.DataFrame) -> str | None:
    counts = training_course[TrainingCourse.currency].dropna().value_counts()
    return str(min(counts[counts == counts.max()].index)) if len(counts) else None


def _offers(options: TrainingOptions, inputs: TrainingInputs, status_date: pd.Timestamp, is_cost_needed: bool) -> None:
    """Sessions that may be chosen; why the others may not stands in `refused`, of nobody in particular."""
    last = {skill: max(month for name, month in options.gaps if name == skill) for skill, _ in options.gaps}
    taken = seats_taken(inputs.enrolment).groupby(Enrolment.session_id).size().to_dict()
    rows = inputs.training_session.merge(
        inputs.training_course.drop(columns="status_date"), on=TrainingSession.course_id, how="left"
    )
    for row in rows.sort_values([TrainingSession.start_date, TrainingSession.session_id]).to_dict("records"):
        seats = 10**6 if pd.isna(row["seats"]) else int(row["seats"]) - taken.get(row["session_id"], 0)
        reason = _closed(row, options, last, seats, status_date, is_cost_needed)
        if reason:
            options.refused[str(row["session_id"]), reason] += 0
            continue
        options.offers.append(_offer(row, seats))


def _ready(row: dict[Any, Any]) -> pd.Timestamp:
    lead = 0.0 if pd.isna(row["lead_time_days"]) else float(row["lead_time_days"])
    ready: pd.Timestamp = row["end_date"] + pd.Timedelta(days=1 + int(-(-lead // 1)))
    return ready


def _closed(  # noqa: PLR0911, PLR0917 - one reason a line
    row: dict[Any, Any],
    options: TrainingOptions,
    last: dict[str, pd.Timestamp],
    seats: int,
    status_date: pd.Timestamp,
    is_cost_needed: bool,
) -> str:
    """Why a session is nobody's; empty where it may be chosen."""
    if row["skill_id"] not in last:
        return NOT_SHORT
    if pd.isna(row["level_to"]):
        return NO_LEVELS
    if pd.isna(row["start_date"]) or pd.isna(row["end_date"]):
        return UNDATED
    if row["start_date"] <= status_date:
        return BEGUN
    if row["end_date"] >= last[row["skill_id"]]:
        return TOO_LATE
    if seats <= 0:
        return FULL
    return _cost_problem(row, options.currency, is_cost_needed)


def _cost_problem(row: dict[Any, Any], currency: str | None, is_cost_needed: bool) -> str:
    if pd.isna(row["cost_amount"]):
        return NO_COST if is_cost_needed else ""
    return OTHER_MONEY if pd.notna(row["currency"]) and row["currency"] != currency else ""


def _offer(row: dict[Any, Any], seats: int) -> Offer:
    cost = 0 if pd.isna(row["cost_amount"]) else int(-(-float(row["cost_amount"]) // 1))
    level_from = 0 if pd.isna(row["level_from"]) else int(row["level_from"])
    place = None if pd.isna(row["location"]) else str(row["location"])
    return Offer(
        str(row["session_id"]), str(row["course_id"]), str(row["skill_id"]), level_from, int(row["level_to"]),
        row["start_date"], row["end_date"], _ready(row), cost, seats, place,
    )  # fmt: skip


class _History:
    """What is known of persons beside their levels: seats they have, courses they did, days they are away."""

    def __init__(self, inputs: TrainingInputs, is_travel_allowed: bool) -> None:
        self.is_travel_allowed = is_travel_allowed
        held = seats_taken(inputs.enrolment).merge(
            inputs.training_session.drop(columns="status_date"), on=TrainingSession.session_id
        )
        rows = held.to_dict("records")
        self.enrolled = {(row["person_id"], row["course_id"]) for row in rows}
        self.sessions: dict[str, list[tuple[pd.Timestamp, pd.Timestamp]]] = {}
        for row in rows:
            if pd.notna(row["start_date"]) and pd.notna(row["end_date"]):
                self.sessions.setdefault(row["person_id"], []).append((row["start_date"], row["end_date"]))
        record = inputs.training_record
        outcome = record[TrainingRecord.outcome].fillna("").str.strip().str.lower()
        done = record[~outcome.isin(FAILED)]
        self.done = set(zip(done["person_id"], done["course_id"], strict=True))
        self.away = inputs.absence.groupby(Absence.person_id)[Absence.absence_date].apply(list).to_dict()


def _pairs(options: TrainingOptions, who: str, person: Any, history: _History) -> None:
    """The sessions that a person may be sent to, in the order they begin; a path's later ones need the earlier."""
    fits: list[int] = []
    has_time = any(name == who for name, _ in options.hours)
    for place, offer in enumerate(options.offers):
        held = options.held.get((who, offer.skill_id), 0)
        reason = _unfit(who, offer, held, person, history) or ("" if has_time else NO_TIME)
        if not reason and offer.level_from > held and not any(options.offers[p].leads_to(offer) for p in fits):
            reason = TOO_LOW
        if reason:
            options.refused[offer.session_id, reason] += 1
        else:
            fits.append(place)
            options.pairs.append((who, place))


def _unfit(  # noqa: PLR0911 - one reason a line
    who: str, offer: Offer, held: int, person: Any, history: _History
) -> str:
    """Why a person may not be sent to a session, their level apart; empty where nothing stands against it."""
    if person[Person.left_date] < offer.ready or person[Person.joined_date] > offer.start:
        return GONE
    if held >= offer.level_to:
        return HAS_LEVEL
    if (who, offer.course_id) in history.done:
        return DONE
    if (who, offer.course_id) in history.enrolled:
        return ENROLLED
    places = (offer.location, person[Person.location])
    is_here = any(pd.isna(place) for place in places) or str(places[0]).lower() in ONLINE or places[0] == places[1]
    if not is_here and not history.is_travel_allowed:
        return ELSEWHERE
    if any(offer.start <= end and begin <= offer.end for begin, end in history.sessions.get(who, [])):
        return BUSY
    return AWAY if any(offer.start <= day <= offer.end for day in history.away.get(who, [])) else ""
