"""Which mentor for which person: by skill, seats, place and whom not to pair, the best of all ways to pair them.

A mentor fits a goal who has its skill at the level aimed at or above, and above
the person's own; is neither the person, nor who leads their team, nor excluded
with them in whichever order; and has a seat left. Pairs that have begun and not
ended are kept and take their seats. Goals in their order, each kept while the
next is improved: as many persons matched as can be; fit, for each pair 4 where
both are in one place, 3 where the mentor is one or two levels above the aim, not
further away from it, and 2 where the goal is due within half a year; loads as
even as can be (sum of squares); then who comes first by name. Who has several
goals gets a mentor for one. Sources: the assignment problem (Kuhn 1955) with
several seats; the marks of fit are this project's own convention.

Worked example: Ann aims at SQL 3, Bo at SQL 4. Cy, at 5, has one seat, Di, at
3, has two. Di can mentor Ann alone: Cy gets Bo and Di gets Ann, though Cy would
fit Ann better.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.contracts.people import Person, Team
from pmo_analytics.contracts.training import DevelopmentGoal, Mentor, MentoringExclusion, MentoringPair
from pmo_analytics.forecasting.ordered_goals import GoalProgramme, Terms, ordered_goals

SAME_PLACE, NEAR_LEVEL, DUE_SOON = 4, 3, 2
SOON_DAYS = 183
KEPT, PROPOSED, UNMATCHED = "kept", "proposed", "unmatched"


class MentorMatch(Contract):
    """One row per person with an open goal or a mentor, and goal in which they are matched.

    Key: mentee_id, mentor_id. `match_state` is kept for a pair that has begun,
    proposed for a new one, unmatched where nobody can be found; then
    `mentor_id` is empty and `reason` says why. Levels are those of the skill;
    `mentor_load` is how many the mentor has with all pairs of this answer.
    Unmatched rows are of the person's goal that is due first. `is_proven` is
    false where the search ran into its limit.
    """

    mentee_id: Text = required()
    mentor_id: Text = optional()
    match_state: Text = required(isin=[KEPT, PROPOSED, UNMATCHED])
    skill_id: Text = optional()
    target_level: Whole = optional(ge=1, le=7)
    held_level: Whole = optional(ge=0, le=7)
    mentor_level: Whole = optional(ge=0, le=7)
    due_date: Date = optional()
    mentor_load: Whole = optional(ge=1)
    fit_marks: Whole = required(ge=0)
    is_proven: Flag = required()
    reason: Text = required()


@dataclass(frozen=True)
class _Goal:
    person_id: str
    skill_id: str
    target: int
    held: int
    due: Any


@dataclass(frozen=True)
class _Staff:
    """What matching knows: levels, places, leads, exclusions, seats and loads."""

    level: dict[tuple[str, str], int]
    place: dict[str, Any]
    lead: dict[str, Any]
    excluded: set[frozenset[str]]
    seats: dict[str, int]
    load: dict[str, int]
    today: pd.Timestamp

    def misfit(self, mentor: str, goal: _Goal) -> str:
        """Why a mentor cannot be this person's; empty where they can. Seats apart."""
        if mentor == goal.person_id or self.level.get((mentor, goal.skill_id), 0) < max(goal.target, goal.held + 1):
            return "level"
        if self.lead.get(goal.person_id) == mentor:
            return "lead"
        return "excluded" if frozenset((mentor, goal.person_id)) in self.excluded else ""

    def marks(self, mentor: str, goal: _Goal) -> int:
        """The fit of a pair."""
        places = (self.place.get(mentor), self.place.get(goal.person_id))
        is_near = 1 <= self.level[mentor, goal.skill_id] - goal.target <= 2
        is_soon = pd.notna(goal.due) and goal.due <= self.today + pd.Timedelta(days=SOON_DAYS)
        is_together = pd.notna(places[0]) and places[0] == places[1]
        return SAME_PLACE * is_together + NEAR_LEVEL * is_near + DUE_SOON * bool(is_soon)

    def free(self, mentor: str) -> int:
        """Seats that no pair of today takes."""
        return max(0, self.seats[mentor] - self.load.get(mentor, 0))


def mentor_matching(  # noqa: PLR0917 - registers and an analysis are bound by name
    development_goal: pd.DataFrame,
    mentor: pd.DataFrame,
    mentoring_exclusion: pd.DataFrame,
    mentoring_pair: pd.DataFrame,
    skill_matrix: pd.DataFrame,
    person: pd.DataFrame,
    team: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[MentorMatch]:
    """Pairs kept and proposed, and who is left without a mentor, from registers and a `SkillMatrix` frame.

    A goal that is reached asks for no mentor. Of a person whom the register
    `person` does not know no team and no place are known. Reading and exclusions
    say nothing of how anybody works.
    """
    day = status_date.normalize()
    kept = mentoring_pair[
        (mentoring_pair[MentoringPair.start_date] <= day) & ~(mentoring_pair[MentoringPair.end_date] < day)
    ]
    people = person[~(person[Person.left_date] < day)]
    leads = team.set_index(Team.team)[Team.lead_id]
    staff = _Staff(
        {(a, b): int(c) for a, b, c in skill_matrix[["person_id", "skill_id", "level"]].itertuples(index=False)},
        dict(zip(people[Person.person_id], people[Person.location], strict=True)),
        dict(zip(people[Person.person_id], people[Person.team].map(leads), strict=True)),
        {frozenset(pair) for pair in mentoring_exclusion[[*_PAIR]].itertuples(index=False)},
        {a: int(b) for a, b in mentor[[Mentor.person_id, Mentor.seats]].itertuples(index=False)},
        dict(Counter(kept[MentoringPair.mentor_id])),
        day,
    )
    gone = set(person[Person.person_id]) - set(people[Person.person_id])
    goals = _goals(development_goal, staff, gone | set(kept[MentoringPair.mentee_id]))
    mentors = sorted(set(staff.seats) - gone)
    pairs, is_proven = _matched(goals, mentors, staff)
    rows = [*_kept_rows(kept, development_goal, staff), *_new_rows(goals, pairs, mentors, staff)]
    frame = pd.DataFrame(rows, columns=[name for name in MentorMatch.to_schema().columns if name not in _LATER])
    loads = frame[MentorMatch.mentor_id].value_counts()
    frame[MentorMatch.mentor_load] = frame[MentorMatch.mentor_id].map(loads)
    frame[MentorMatch.is_proven] = is_proven
    frame = frame.sort_values([MentorMatch.mentee_id, MentorMatch.mentor_id], ignore_index=True)
    return checked(MentorMatch, frame[list(MentorMatch.to_schema().columns)])


_LATER = {MentorMatch.mentor_load, MentorMatch.is_proven}
_PAIR = (MentoringExclusion.person_id, MentoringExclusion.other_person_id)


def _goals(development_goal: pd.DataFrame, staff: _Staff, without: set[str]) -> list[_Goal]:
    """Goals that are not reached, of persons who are here and have no mentor, the first due first."""
    order = [DevelopmentGoal.due_date, DevelopmentGoal.person_id, DevelopmentGoal.skill_id]
    found = []
    for row in development_goal.sort_values(order, na_position="last").to_dict("records"):
        held = staff.level.get((row["person_id"], row["skill_id"]), 0)
        if row["person_id"] not in without and held < row["target_level"]:
            found.append(_Goal(row["person_id"], row["skill_id"], int(row["target_level"]), held, row["due_date"]))
    return found


def _matched(goals: list[_Goal], mentors: list[str], staff: _Staff) -> tuple[dict[str, tuple[str, _Goal]], bool]:
    """Mentor and goal by person, and whether no better way exists."""
    programme = GoalProgramme(is_scarce=True)
    able = [(who, goal) for goal in goals for who in mentors if staff.free(who) > 0 and not staff.misfit(who, goal)]
    choice = {pair: programme.choice() for pair in able}
    by_mentee: dict[str, Terms] = {}
    by_mentor: dict[str, Terms] = {}
    for (who, goal), unknown in choice.items():
        by_mentee.setdefault(goal.person_id, {})[unknown] = 1
        by_mentor.setdefault(who, {})[unknown] = 1
    for terms in by_mentee.values():
        programme.at_most(terms, 1)
    squares: Terms = {}
    for who, terms in by_mentor.items():
        # A mentor's next seat costs what it adds to the square of the load: 1, 3, 5, … beyond the pairs there are.
        seats = {programme.amount(1): 2 * (staff.load.get(who, 0) + n) + 1 for n in range(staff.free(who))}
        squares |= seats
        programme.at_most(terms | dict.fromkeys(seats, -1), 0)
    order = sorted(able, key=lambda pair: (pair[1].person_id, pair[1].skill_id, pair[0]))
    programme.minimise(dict.fromkeys(choice.values(), -1))
    programme.minimise({unknown: -staff.marks(*pair) for pair, unknown in choice.items()})
    programme.minimise(squares)
    programme.minimise({choice[pair]: place for place, pair in enumerate(order, start=1)})
    answer = ordered_goals(programme)
    found = {pair[1].person_id: pair for pair, unknown in choice.items() if answer.amounts[unknown]}
    return found, all(answer.is_proven)


def _kept_rows(kept: pd.DataFrame, development_goal: pd.DataFrame, staff: _Staff) -> list[dict[str, object]]:
    goal = development_goal.set_index(["person_id", "skill_id"])
    rows = []
    for row in kept.drop_duplicates([MentoringPair.mentor_id, MentoringPair.mentee_id], keep="last").to_dict("records"):
        key = (row["mentee_id"], row["skill_id"])
        aim = goal.loc[key] if key in goal.index else None
        rows.append(
            {
                MentorMatch.mentee_id: row["mentee_id"],
                MentorMatch.mentor_id: row["mentor_id"],
                MentorMatch.match_state: KEPT,
                MentorMatch.skill_id: row["skill_id"],
                MentorMatch.target_level: None if aim is None else int(aim[DevelopmentGoal.target_level]),
                MentorMatch.held_level: staff.level.get(key),
                MentorMatch.mentor_level: staff.level.get((row["mentor_id"], row["skill_id"])),
                MentorMatch.due_date: pd.NaT if aim is None else aim[DevelopmentGoal.due_date],
                MentorMatch.fit_marks: 0,
                MentorMatch.reason: f"a pair since {row['start_date']:%Y-%m-%d}",
            }
        )
    return rows


def _new_rows(
    goals: list[_Goal], pairs: dict[str, tuple[str, _Goal]], mentors: list[str], staff: _Staff
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for person_id in dict.fromkeys(goal.person_id for goal in goals):
        own = [goal for goal in goals if goal.person_id == person_id]
        who, goal = pairs.get(person_id, (None, own[0]))
        rows.append(
            {
                MentorMatch.mentee_id: person_id,
                MentorMatch.mentor_id: who,
                MentorMatch.match_state: UNMATCHED if who is None else PROPOSED,
                MentorMatch.skill_id: goal.skill_id,
                MentorMatch.target_level: goal.target,
                MentorMatch.held_level: goal.held,
                MentorMatch.mentor_level: None if who is None else staff.level[who, goal.skill_id],
                MentorMatch.due_date: goal.due,
                MentorMatch.fit_marks: 0 if who is None else staff.marks(who, goal),
                MentorMatch.reason: _why_none(own, mentors, staff) if who is None else _why(who, goal, staff),
            }
        )
    return rows


def _why(who: str, goal: _Goal, staff: _Staff) -> str:
    told = [f"{goal.skill_id} at {staff.level[who, goal.skill_id]}, {goal.target} aimed at"]
    if pd.notna(staff.place.get(who)) and staff.place.get(who) == staff.place.get(goal.person_id):
        told.append("in one place")
    return ", ".join(told)


def _why_none(own: list[_Goal], mentors: list[str], staff: _Staff) -> str:
    """The first thing that would have to change for any of a person's goals."""
    misfits = {(who, goal): staff.misfit(who, goal) for goal in own for who in mentors}
    if all(misfit == "level" for misfit in misfits.values()):
        return "no mentor has the skill at the level aimed at"
    fits = {who for (who, _), misfit in misfits.items() if not misfit}
    if not fits:
        return "every mentor of the level leads the team or is excluded"
    if not any(staff.free(who) for who in fits):
        return "every mentor who fits has all seats taken already"
    return "every seat that would fit goes to somebody else"
