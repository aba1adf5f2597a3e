"""The repository of lessons: how many stand in which state, what waits or is wrong, what use was made of them.

A lesson goes from draft to in review to published to retired. From in review it may
go back to draft, from retired back into review; a retired draft needs no review. Source: this project's own convention,
after the lessons log and report of PRINCE2.

Worked example: a lesson written down on 1 May in review is on 30 June 60 days in
review: overdue, since more than 30. One published without a reviewer lacks one; of
one shown twice, applied once and once not known, 2 are shown and 1 applied.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.knowledge import Lesson, LessonUse
from pmo_analytics.knowledge.lesson_texts import (
    DRAFT,
    IN_REVIEW,
    PUBLISHED,
    RETIRED,
    STATES,
    known_lessons,
    plain_state,
)

REVIEW_DAYS = 30
NO_CATEGORY = "no category"
WAITING, OVERDUE = "waits for its review", "overdue in review"
UNKNOWN_STATE, NO_REVIEWER, NO_REVIEW_DAY = "state not known", "published without a reviewer", (
    "published without a day of review"
)  # fmt: skip
EARLY_REVIEW, NO_ADVICE, LOST_ORIGINAL = "reviewed before it was written down", "recommends nothing", (
    "repeats a lesson that is not known"
)  # fmt: skip
WRONG_STEP = "went from {} to {}"
_STEPS = {
    DRAFT: {IN_REVIEW, RETIRED},
    IN_REVIEW: {DRAFT, PUBLISHED, RETIRED},
    PUBLISHED: {RETIRED, IN_REVIEW},
    RETIRED: {IN_REVIEW},
}


class LessonRepository(Contract):
    """One row per category and state, with the lessons in it; lessons that repeat others are counted too."""

    category: Text = required()
    state: Text = required()
    lesson_count: Whole = required(ge=1)


class LessonFinding(Contract):
    """One row per lesson and what it waits for or what is wrong with it, the longest in review first.

    `in_review_days` are calendar days since a lesson that is in review was
    written down, an upper bound where it came into review later.
    """

    lesson_id: Text = required()
    finding: Text = required()
    title: Text = required()
    project_id: Text = optional()
    category: Text = optional()
    state: Text = required()
    known_on_date: Date = required()
    in_review_days: Number = optional(ge=0)


class LessonUses(Contract):
    """One row per lesson, the most often shown first; lessons never shown are there with zeros.

    A showing of which nobody said whether it was applied, or whether it
    happened again, is in `shown_count` alone.
    """

    lesson_id: Text = required(unique=True)
    title: Text = required()
    category: Text = optional()
    state: Text = required()
    shown_count: Whole = required(ge=0)
    applied_count: Whole = required(ge=0)
    not_applied_count: Whole = required(ge=0)
    recurred_count: Whole = required(ge=0)
    last_shown_on_date: Date = optional()


def lesson_repository(lesson: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[LessonRepository]:
    """Lessons of the register `lesson` known on `status_date`, counted by category and state of the workflow."""
    known = known_lessons(lesson, status_date)
    named = known.assign(category=known[Lesson.category].fillna(NO_CATEGORY))
    counts = named.groupby(["category", Lesson.state]).size().rename("lesson_count").reset_index()
    order = {state: place for place, state in enumerate(STATES)}
    counts = counts.sort_values(
        ["category", Lesson.state],
        key=lambda column: column.map(lambda v: order.get(v, len(order))) if column.name == Lesson.state else column,
        ignore_index=True,
    )
    return checked(LessonRepository, counts)


def lesson_findings(
    lesson: pd.DataFrame, *, status_date: pd.Timestamp, review_days: int = REVIEW_DAYS
) -> DataFrame[LessonFinding]:
    """What waits for review, and what the workflow finds wrong, in the register `lesson`.

    A wrong step between states is found where the frame holds a lesson's earlier
    rows, as that of `Warehouse.everything` does; a view has the last alone.
    Reviews are overdue after `review_days` calendar days.
    """
    known = known_lessons(lesson, status_date)
    steps = _wrong_steps(lesson[lesson[Lesson.status_date] <= status_date])
    names = set(known[Lesson.lesson_id])
    rows: list[dict[Any, Any]] = []
    for row in known.to_dict("records"):
        days = float((status_date - row["known_on_date"]).days)
        found = [*_found(row, days, review_days, names), *steps.get(row[Lesson.lesson_id], [])]
        rows += [
            row | {"finding": finding, "in_review_days": days if finding in {WAITING, OVERDUE} else None}
            for finding in found
        ]
    columns = list(LessonFinding.to_schema().columns)
    frame = pd.DataFrame(rows, columns=columns).astype({"in_review_days": float})
    frame = frame.sort_values(["in_review_days", Lesson.lesson_id, "finding"], ascending=[False, True, True])
    return checked(LessonFinding, frame.reset_index(drop=True))


def _found(row: dict[Any, Any], days: float, review_days: int, names: set[str]) -> list[str]:
    state = row[Lesson.state]
    is_published = state == PUBLISHED
    reviewed, repeated = row[Lesson.reviewed_on_date], row[Lesson.duplicate_of_id]
    told = {
        OVERDUE: state == IN_REVIEW and days > review_days,
        WAITING: state == IN_REVIEW and days <= review_days,
        UNKNOWN_STATE: state not in STATES,
        NO_REVIEWER: is_published and pd.isna(row[Lesson.reviewer_id]),
        NO_REVIEW_DAY: is_published and pd.isna(reviewed),
        EARLY_REVIEW: pd.notna(reviewed) and reviewed < row["known_on_date"],
        NO_ADVICE: is_published and pd.isna(row[Lesson.recommendation]),
        LOST_ORIGINAL: pd.notna(repeated) and repeated not in names,
    }
    return [finding for finding, holds in told.items() if holds]


def _wrong_steps(rows: pd.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    ordered = rows.assign(state=plain_state(rows[Lesson.state])).sort_values([Lesson.lesson_id, Lesson.status_date])
    for name, own in ordered.groupby(Lesson.lesson_id, sort=True):
        states = own[Lesson.state].to_list()
        for before, after in pairwise(states):
            if before in _STEPS and after in _STEPS and after != before and after not in _STEPS[before]:
                found.setdefault(str(name), []).append(WRONG_STEP.format(_spoken(before), _spoken(after)))
    return {name: list(dict.fromkeys(steps)) for name, steps in found.items()}


def _spoken(state: str) -> str:
    return state.replace("_", " ")


def lesson_uses(lesson: pd.DataFrame, lesson_use: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[LessonUses]:
    """How often each lesson was shown to a project, applied, and what it is about happened again.

    Takes the registers `lesson` and `lesson_use` up to `status_date`. Counts
    say nothing of what a lesson brought about; `lesson_effect` compares.
    """
    known = known_lessons(lesson, status_date)
    uses = lesson_use[lesson_use[LessonUse.shown_on_date] <= status_date]
    applied, recurred = uses[LessonUse.applied], uses[LessonUse.recurred]
    counted = uses.assign(
        shown_count=1,
        applied_count=applied.fillna(False).astype(int),
        not_applied_count=(~applied).fillna(False).astype(int),
        recurred_count=recurred.fillna(False).astype(int),
    ).groupby(LessonUse.lesson_id)
    counts = ["shown_count", "applied_count", "not_applied_count", "recurred_count"]
    sums = counted[counts].sum().join(counted[LessonUse.shown_on_date].max().rename("last_shown_on_date"))
    rows = known.join(sums, on=Lesson.lesson_id)
    rows[counts] = rows[counts].fillna(0).astype("Int64")
    rows = rows.sort_values(["shown_count", Lesson.lesson_id], ascending=[False, True], ignore_index=True)
    return checked(LessonUses, rows[list(LessonUses.to_schema().columns)])
