"""Who to send to which session, so that as much of what is short is closed for as little money, as early, as can be.

Goals in their order, each kept while the next is improved: hours of gaps closed,
an hour of a nearer month weighing more (n for the first of n months, 1 for the
last; certainty is in the gap already); then cost; then days until people
are ready; then who comes first by name. Where it is stated what an hour costs
elsewhere, what is saved beyond the cost of courses comes before all of them:
a course that closes less than it costs is not chosen. A person closes a gap from the first
month that begins once the session has ended and the lead time of the course has
passed, at the level asked for, with a share of their calendar's time that is not
allocated, half of it by default: a convention, to be set by who knows better. A
path is more than one course of a skill, each leading to the next. Seats,
budget, dates and prerequisites hold. Sources: lexicographic goal programming
(Ignizio 1976); levels after SFIA.

Worked example: from August on 60 hours of SQL at 3 are short each month. Ann
has SQL 2 and could give 80 hours a month, Bo 1. A course from 2 to 3 in
July has one seat and costs 900. Ann goes, and 120 hours of August and September
are closed; Bo lacks the level.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.ordered_goals import GoalProgramme, Terms, ordered_goals
from pmo_analytics.knowledge.skill_gap import SkillGap
from pmo_analytics.knowledge.training_options import HOUR, Offer, TrainingInputs, TrainingOptions, training_options

TIME_SHARE = 0.5
OTHER_SESSION, SEATS_GONE, NO_BUDGET = "in another session of it", "its seats go to others", "the budget is spent"
OVERLAP, NOTHING_MORE = "in another course then", "it would bring nothing more"
_Flows = dict[tuple[str, str, pd.Timestamp], int]


class TrainingChoice(Contract):
    """One row per enrolment chosen, and one per session and reason for which other persons are not.

    Chosen rows come first, by person and start; they have `person_id`,
    `held_level` before the path and `path_position`, 1 for the first course of a
    person's path in a skill. `closed_seconds` is what the course closes of gaps;
    that of a path stands with the course that reaches the level asked for.
    `ready_date` is the first day on which what was learnt counts, `cost_amount`
    the course's for one person. Of the other rows `person_count` is how many the
    reason holds for; 0 where it holds for the session itself. `is_proven` is
    false where the search ran into its limit and a better choice may exist.
    """

    is_chosen: Flag = required()
    person_id: Text = optional()
    session_id: Text = required()
    course_id: Text = optional()
    skill_id: Text = optional()
    held_level: Whole = optional(ge=0, le=7)
    level_to: Whole = optional(ge=0, le=7)
    path_position: Whole = optional(ge=1)
    start_date: Date = optional()
    ready_date: Date = optional()
    closed_seconds: Number = required(ge=0)
    cost_amount: Number = optional(ge=0)
    currency: Text = optional()
    person_count: Whole = required(ge=0)
    is_proven: Flag = required()
    reason: Text = required()


class TrainingAlternative(Contract):
    """One row per skill that is short: what is left if nothing is done, with the training chosen, and hires instead.

    `to_close_seconds` is all that is short, as it stays if nothing is done;
    `closed_seconds` what training closes for `cost_amount`; `left_short_seconds`
    what is short with it. `hire_fte` is how many more persons, with the median
    calendar of the month, would close the worst month without any training.
    """

    skill_id: Text = required()
    first_month: Date = required()
    to_close_seconds: Number = required(ge=0)
    enrolment_count: Whole = required(ge=0)
    closed_seconds: Number = required(ge=0)
    cost_amount: Number = required(ge=0)
    currency: Text = optional()
    left_short_seconds: Number = required(ge=0)
    hire_fte: Number = optional(ge=0)


def training_choice(  # noqa: PLR0917 - registers, marts and analyses are bound by name
    skill_gap: pd.DataFrame,
    skill_matrix: pd.DataFrame,
    person: pd.DataFrame,
    training_course: pd.DataFrame,
    training_session: pd.DataFrame,
    enrolment: pd.DataFrame,
    training_record: pd.DataFrame,
    absence: pd.DataFrame,
    allocation: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    budget_amount: float | None = None,
    currency: str | None = None,
    time_share: float = TIME_SHARE,
    is_travel_allowed: bool = False,
    worth_hourly_amount: float | None = None,
) -> DataFrame[TrainingChoice]:
    """Enrolments to make, and why no others, from frames of the names given.

    Without `currency` it is the one that most courses state; courses in another
    are left out, since nothing is converted. With a budget a course without a
    cost is left out; without one it counts as free. Costs count in whole units.
    `worth_hourly_amount` is what an hour that is closed would cost elsewhere,
    such as a contractor's, in that currency.
    """
    inputs = TrainingInputs(
        skill_gap, skill_matrix, person, training_course, training_session, enrolment, training_record, absence,
        allocation, planned_calendar_by_person_month,
    )  # fmt: skip
    options = training_options(
        inputs, status_date=status_date, time_share=time_share, currency=currency,
        is_cost_needed=budget_amount is not None, is_travel_allowed=is_travel_allowed,
    )  # fmt: skip
    found = _chosen(options, status_date, None if budget_amount is None else int(budget_amount), worth_hourly_amount)
    rows = [*_chosen_rows(options, found), *_other_rows(options, found)]
    return checked(TrainingChoice, pd.DataFrame(rows, columns=list(TrainingChoice.to_schema().columns)))


@dataclass(frozen=True)
class _Found:
    """Places of the pairs that are chosen, hours by person, skill and month, what is left of the budget."""

    chosen: list[tuple[str, int]]
    flows: _Flows
    budget_left: int | None
    is_proven: bool


def _chosen(options: TrainingOptions, status_date: pd.Timestamp, budget: int | None, worth: float | None) -> _Found:
    programme = GoalProgramme(is_scarce=True)
    choice = {pair: programme.choice() for pair in options.pairs}
    flows = _lay_flows(programme, options, choice)
    _lay_rules(programme, options, choice, budget)
    months = sorted({month for _, month in options.gaps})
    weight = {month: len(months) - place for place, month in enumerate(months)}
    cost = {unknown: options.offers[place].cost for (_, place), unknown in choice.items()}
    if worth is not None:
        programme.minimise(dict.fromkeys(flows.values(), -round(worth)) | cost)
    programme.minimise({unknown: -weight[key[2]] for key, unknown in flows.items()})
    programme.minimise(cost)
    programme.minimise(
        {unknown: (options.offers[place].ready - status_date).days for (_, place), unknown in choice.items()}
    )
    programme.minimise({unknown: order for order, unknown in enumerate(choice.values(), start=1)})
    answer = ordered_goals(programme)
    chosen = [pair for pair, unknown in choice.items() if answer.amounts[unknown]]
    spent = sum(options.offers[place].cost for _, place in chosen)
    hours = {key: int(answer.amounts[unknown]) for key, unknown in flows.items() if answer.amounts[unknown]}
    return _Found(chosen, hours, None if budget is None else budget - spent, all(answer.is_proven))


def _lay_flows(
    programme: GoalProgramme, options: TrainingOptions, choice: dict[tuple[str, int], int]
) -> dict[tuple[str, str, pd.Timestamp], int]:
    """Unknown hours of persons for gaps: no more than a gap, a person's time, and nothing without a course."""
    flows: dict[tuple[str, str, pd.Timestamp], int] = {}
    by_gap: dict[tuple[str, pd.Timestamp], Terms] = {}
    by_person: dict[tuple[str, pd.Timestamp], Terms] = {}
    for who in dict.fromkeys(name for name, _ in options.pairs):
        for (skill, month), (short, level) in options.gaps.items():
            most = min(short, options.hours.get((who, month), 0))
            if most <= 0 or options.held.get((who, skill), 0) >= level:
                continue
            able = [choice[pair] for pair in choice if pair[0] == who and _reaches(options, pair[1], skill, month)]
            if able:
                unknown = flows[who, skill, month] = programme.amount(most)
                programme.at_most({unknown: 1} | dict.fromkeys(able, -most), 0)
                by_gap.setdefault((skill, month), {})[unknown] = 1
                by_person.setdefault((who, month), {})[unknown] = 1
    for gap, terms in by_gap.items():
        programme.at_most(terms, options.gaps[gap][0])
    for key, terms in by_person.items():
        programme.at_most(terms, options.hours[key])
    return flows


def _reaches(options: TrainingOptions, place: int, skill: str, month: pd.Timestamp) -> bool:
    """Whether who comes from a session can work on a gap from its month's first day on."""
    offer = options.offers[place]
    return offer.skill_id == skill and offer.ready <= month and offer.level_to >= options.gaps[skill, month][1]


def _lay_rules(
    programme: GoalProgramme, options: TrainingOptions, choice: dict[tuple[str, int], int], budget: int | None
) -> None:
    """Seats, money, one session of a course, one place at a time, and the level a course starts from."""
    by_offer: dict[int, Terms] = {}
    by_person: dict[str, list[int]] = {}
    for (who, place), unknown in choice.items():
        by_offer.setdefault(place, {})[unknown] = 1
        by_person.setdefault(who, []).append(place)
    for place, terms in by_offer.items():
        programme.at_most(terms, options.offers[place].seats)
    if budget is not None:
        programme.at_most({unknown: options.offers[place].cost for (_, place), unknown in choice.items()}, budget)
    for who, places in by_person.items():
        for order, one in enumerate(places):
            offer = options.offers[one]
            for other in places[order + 1 :]:
                if offer.course_id == options.offers[other].course_id or offer.overlaps(options.offers[other]):
                    programme.at_most({choice[who, one]: 1, choice[who, other]: 1}, 1)
            if offer.level_from > options.held.get((who, offer.skill_id), 0):
                before = {choice[who, p]: -1 for p in places if options.offers[p].leads_to(offer)}
                programme.at_most({choice[who, one]: 1} | before, 0)


def _chosen_rows(options: TrainingOptions, found: _Found) -> list[dict[str, object]]:
    closed: dict[tuple[str, int], int] = {}
    for (who, skill, month), hours in found.flows.items():
        able = [pair for pair in found.chosen if pair[0] == who and _reaches(options, pair[1], skill, month)]
        first = min(able, key=lambda pair: options.offers[pair[1]].ready)
        closed[first] = closed.get(first, 0) + hours
    rows: list[dict[str, object]] = []
    position: dict[tuple[str, str], int] = {}
    for pair in sorted(found.chosen, key=lambda pair: (pair[0], options.offers[pair[1]].start, pair[1])):
        who, offer = pair[0], options.offers[pair[1]]
        place = position[who, offer.skill_id] = position.get((who, offer.skill_id), 0) + 1
        rows.append(
            _shared(offer, options)
            | {
                TrainingChoice.is_chosen: True,
                TrainingChoice.person_id: who,
                TrainingChoice.held_level: options.held.get((who, offer.skill_id), 0),
                TrainingChoice.path_position: place,
                TrainingChoice.closed_seconds: closed.get(pair, 0) * HOUR,
                TrainingChoice.person_count: 1,
                TrainingChoice.is_proven: found.is_proven,
                TrainingChoice.reason: "closes a gap" if pair in closed else "leads to the next course",
            }
        )
    return rows


def _shared(offer: Offer, options: TrainingOptions) -> dict[str, object]:
    return {
        TrainingChoice.session_id: offer.session_id,
        TrainingChoice.course_id: offer.course_id,
        TrainingChoice.skill_id: offer.skill_id,
        TrainingChoice.level_to: offer.level_to,
        TrainingChoice.start_date: offer.start,
        TrainingChoice.ready_date: offer.ready,
        TrainingChoice.cost_amount: float(offer.cost),
        TrainingChoice.currency: options.currency,
    }


def _other_rows(options: TrainingOptions, found: _Found) -> list[dict[str, object]]:
    """Sessions by reason for which persons are not chosen, as many as it holds for."""
    chosen = set(found.chosen)
    reasons = options.refused.copy()
    for pair in options.pairs:
        if pair not in chosen:
            reasons[options.offers[pair[1]].session_id, _passed_over(options, found, pair)] += 1
    offers = {offer.session_id: offer for offer in options.offers}
    return [
        (_shared(offers[session], options) if session in offers else {TrainingChoice.session_id: session})
        | {
            TrainingChoice.is_chosen: False,
            TrainingChoice.closed_seconds: 0.0,
            TrainingChoice.person_count: count,
            TrainingChoice.is_proven: found.is_proven,
            TrainingChoice.reason: reason,
        }
        for (session, reason), count in sorted(reasons.items())
    ]


def _passed_over(options: TrainingOptions, found: _Found, pair: tuple[str, int]) -> str:
    """Why a person who could go is not sent."""
    who, offer = pair[0], options.offers[pair[1]]
    own = [options.offers[place] for name, place in found.chosen if name == who]
    if any(other.course_id == offer.course_id for other in own):
        return OTHER_SESSION
    if any(other.overlaps(offer) for other in own):
        return OVERLAP
    if sum(place == pair[1] for _, place in found.chosen) >= offer.seats:
        return SEATS_GONE
    if found.budget_left is not None and offer.cost > found.budget_left:
        return NO_BUDGET
    return NOTHING_MORE


def training_alternative(
    skill_gap: pd.DataFrame, training_choice: pd.DataFrame, planned_calendar_by_person_month: pd.DataFrame
) -> DataFrame[TrainingAlternative]:
    """What each skill stays short by without and with the training chosen, and how many hires would do instead."""
    short = skill_gap[skill_gap[SkillGap.to_close_seconds] >= HOUR]
    chosen = training_choice[training_choice[TrainingChoice.is_chosen].astype(bool)]
    calendar = planned_calendar_by_person_month.groupby("period_month")["calendar_seconds"].median()
    rows = []
    for name, gap in short.groupby(SkillGap.skill_id):
        own = chosen[chosen[TrainingChoice.skill_id] == name]
        months = gap.set_index(SkillGap.period_month)[SkillGap.to_close_seconds]
        persons = (months / calendar.reindex(months.index)).max()
        total, closed = float(months.sum()), float(own[TrainingChoice.closed_seconds].sum())
        rows.append(
            {
                TrainingAlternative.skill_id: name,
                TrainingAlternative.first_month: months.index.min(),
                TrainingAlternative.to_close_seconds: total,
                TrainingAlternative.enrolment_count: len(own),
                TrainingAlternative.closed_seconds: closed,
                TrainingAlternative.cost_amount: float(own[TrainingChoice.cost_amount].sum()),
                TrainingAlternative.currency: own[TrainingChoice.currency].iloc[0] if len(own) else None,
                TrainingAlternative.left_short_seconds: max(0.0, total - closed),
                TrainingAlternative.hire_fte: persons,
            }
        )
    frame = pd.DataFrame(rows, columns=list(TrainingAlternative.to_schema().columns))
    return checked(TrainingAlternative, frame)
