"""Tables of lessons: those for a project, what waits, what repeats, how they are used, reviews beside outcomes."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.knowledge.lesson_duplicates import LessonDuplicate
from pmo_analytics.knowledge.lesson_effect import LessonEffect
from pmo_analytics.knowledge.lesson_workflow import REVIEW_DAYS, LessonFinding, LessonUses
from pmo_analytics.knowledge.lessons_for_project import LessonForProject
from pmo_analytics.knowledge.review_outcomes import NO_REVIEW, ReviewOutcome
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 40
_ALL = "the page's workbook has all."
_COUNT, _DAY, _SIGNED, _PERCENT = Shown("number"), Shown("day"), Shown("signed"), Shown("number", (1,))
_RATIO = Shown("number", (2,))
_REMEDY = "Fill registers/lesson.csv (`pmo init --register lesson`) and load it with `pmo ingest`."


def _text(value: object) -> str:
    return numerals.MISSING if is_missing(value) else str(value)


def _rows(frame: pd.DataFrame, cells: Callable[[Row], list[Cell]]) -> list[list[Cell]]:
    return [cells(row) for row in frame.head(_MOST).to_dict("records")]


def _count(number: int, one: str, more: str) -> str:
    return f"{numerals.number(number)} {one if number == 1 else more}"


def project_lessons(pushed: pd.DataFrame, lesson: pd.DataFrame) -> Fragment:
    """The lessons that a project should see, from its `LessonForProject`; `lesson` is the register."""
    figures = TableFigures("lesson", pushed, (LessonForProject.project_id, LessonForProject.lesson_id))
    rows = _rows(
        pushed,
        lambda row: [
            Cell(_text(row[LessonForProject.title]), id=str(row[LessonForProject.lesson_id])),
            Cell(_text(row[LessonForProject.recommendation])),
            Cell(_text(row[LessonForProject.reason])),
            figures.cell(row, LessonForProject.known_on_date, _DAY),
        ],
    )
    title = f"{_count(len(rows), 'lesson', 'lessons')} of other projects for this one" if rows else "Lessons"
    return figure_table(
        "lessons", title,
        [Column("Lesson"), Column("Advice", is_remark=True), Column("Why", is_remark=True),
         Column("Since", is_number=True)],
        rows, figures=figures, data=pushed,
        note="Published lessons, by the words that they share with the project's profile and its five foremost open "
        "risks, which are named. `pmo lessons use` records what came of one." if rows else "",
        absent="No published lesson shares the words of this project or of its open risks."
        if len(lesson) else "No lessons are loaded.",
        remedy="" if len(lesson) else _REMEDY,
    )  # fmt: skip


def finding_table(findings: pd.DataFrame, lesson: pd.DataFrame) -> Fragment:
    """What waits for review and what is wrong, from `LessonFinding`."""
    figures = TableFigures("waiting", findings, (LessonFinding.lesson_id, LessonFinding.finding))
    rows = _rows(
        findings,
        lambda row: [
            Cell(_text(row[LessonFinding.title]), id=str(row[LessonFinding.lesson_id])),
            Cell(_text(row[LessonFinding.finding])),
            Cell(_text(row[LessonFinding.state]).replace("_", " ")),
            Cell(_text(row[LessonFinding.project_id])),
            figures.cell(
                row, LessonFinding.in_review_days, _COUNT, is_off=bool(row[LessonFinding.in_review_days] > REVIEW_DAYS)
            ),
        ],
    )
    return figure_table(
        "waiting", f"{_count(len(findings), 'entry needs', 'entries need')} something" if rows else "What waits",
        [Column("Lesson"), Column("Finding"), Column("State"), Column("Project"), Column("Days", is_number=True)],
        rows, figures=figures, data=findings,
        note=f"Days since a lesson in review was written down; over {REVIEW_DAYS} it is overdue." if rows else "",
        left_out=max(0, len(findings) - _MOST), all_of=_ALL,
        absent="No lesson waits, and none lacks anything." if len(lesson) else "No lessons are loaded.",
        remedy="" if len(lesson) else _REMEDY,
    )  # fmt: skip


def duplicate_table(pairs: pd.DataFrame) -> Fragment:
    """Pairs of lessons that say nearly the same, from `LessonDuplicate`."""
    figures = TableFigures("duplicate", pairs, (LessonDuplicate.kept_id, LessonDuplicate.folded_id))
    rows = _rows(
        pairs,
        lambda row: [
            Cell(_text(row[LessonDuplicate.title]), id=str(row[LessonDuplicate.kept_id])),
            Cell(_text(row[LessonDuplicate.folded_title]), id=str(row[LessonDuplicate.folded_id])),
            figures.cell(row, LessonDuplicate.similarity, _RATIO),
            Cell(_text(row[LessonDuplicate.reason])),
        ],
    )
    return figure_table(
        "duplicates", f"{_count(len(pairs), 'pair says', 'pairs say')} nearly the same" if rows else "Repetitions",
        [Column("Keep"), Column("Fold"), Column("Alike", is_number=True), Column("Keep it since")],
        rows, figures=figures, data=pairs,
        note="Alike: terms that both have over those of either, 1 for the same. To fold one, state the kept one as its "
        "duplicate_of_id." if rows else "",
        left_out=max(0, len(pairs) - _MOST), all_of=_ALL, absent="No two lessons say nearly the same.",
    )  # fmt: skip


def use_table(uses: pd.DataFrame) -> Fragment:
    """Lessons that were shown, the most often first, from `LessonUses`."""
    shown = uses[uses[LessonUses.shown_count] > 0].reset_index(drop=True)
    figures = TableFigures("use", shown, (LessonUses.lesson_id,))
    counts = (LessonUses.shown_count, LessonUses.applied_count, LessonUses.not_applied_count, LessonUses.recurred_count)
    rows = _rows(
        shown,
        lambda row: [
            Cell(_text(row[LessonUses.title]), id=str(row[LessonUses.lesson_id])),
            Cell(_text(row[LessonUses.category])),
            *(figures.cell(row, name, _COUNT) for name in counts),
            figures.cell(row, LessonUses.last_shown_on_date, _DAY),
        ],
    )
    title = f"{numerals.number(len(shown))} of {_count(len(uses), 'lesson was', 'lessons were')} put before a project"
    return figure_table(
        "uses", title if rows else "Use of lessons",
        [Column("Lesson"), Column("Category"),
         *(Column(name, is_number=True) for name in ("Shown", "Applied", "Not applied", "Recurred", "Last shown"))],
        rows, figures=figures, data=shown,
        note="Of a showing that nobody told the outcome of, only the showing counts." if rows else "",
        left_out=max(0, len(shown) - _MOST), all_of=_ALL, absent="No showing of a lesson is recorded.",
        remedy="`pmo lessons use` and `pmo lessons for PROJECT --record` record it.",
    )  # fmt: skip


def effect_table(effect: pd.DataFrame) -> Fragment:
    """What goes with applying lessons, or why it cannot be told, from `LessonEffect`."""
    figures = TableFigures("effect", effect, (LessonEffect.effect_measure,))
    counts = (LessonEffect.applied_project_count, LessonEffect.other_project_count)
    values = (
        LessonEffect.applied_mean, LessonEffect.other_mean, LessonEffect.mean_difference,
        LessonEffect.mean_difference_low, LessonEffect.mean_difference_high, LessonEffect.chance_probability,
    )  # fmt: skip
    rows = _rows(
        effect,
        lambda row: [
            Cell(_text(row[LessonEffect.effect_measure]), sub=_text(row[LessonEffect.difference_unit])),
            *(figures.cell(row, name, _COUNT) for name in counts),
            *(figures.cell(row, name, _RATIO) for name in values),
            Cell(_text(row[LessonEffect.quality_note])),
        ],
    )
    is_told = bool(effect[LessonEffect.mean_difference].notna().any()) if len(effect) else False
    return figure_table(
        "effect",
        "What is associated with applying lessons"
        if is_told
        else "Too few projects to compare those that apply lessons",
        [Column("Measure"),
         *(Column(name, is_number=True) for name in ("Applied", "Others", "Mean, applied", "Mean, others", "Difference",
                                                     "From", "To", "By chance")),
         Column("Why not", is_remark=True)],
        rows, figures=figures, data=effect,
        note="Projects that acted on at least half of the lessons they were shown, against others of the same size, "
        "methodology, portfolio and year of start; 95 % interval, exact test. Associated with, not caused by: projects "
        "chose for themselves whether to apply." if rows else "",
        absent="No project is in the register.",
    )  # fmt: skip


def outcome_table(outcomes: pd.DataFrame) -> Fragment:
    """Finished and reviewed projects with what they came to, beside what reviews say, from `ReviewOutcome`."""
    figures = TableFigures("outcome", outcomes, (ReviewOutcome.project_id,))
    rows = _rows(
        outcomes,
        lambda row: [
            Cell(_text(row[ReviewOutcome.name]), id=str(row[ReviewOutcome.project_id]), sub=_text(row["state"])),
            figures.cell(row, ReviewOutcome.finished_on_date, _DAY),
            figures.cell(row, ReviewOutcome.finish_after_plan_days, _SIGNED),
            figures.cell(row, ReviewOutcome.cost_over_budget_pct, _PERCENT),
            figures.cell(row, ReviewOutcome.effort_ratio, _RATIO),
            figures.cell(row, ReviewOutcome.benefit_realised_pct, _PERCENT),
            figures.cell(row, ReviewOutcome.review_date, _DAY),
            Cell(_text(row[ReviewOutcome.reason] or row[ReviewOutcome.summary])),
            Cell(_text(row[ReviewOutcome.quality_note]), is_off=row[ReviewOutcome.quality_note] == NO_REVIEW),
        ],
    )
    lacking = int((outcomes[ReviewOutcome.quality_note] == NO_REVIEW).sum())
    title = "Every finished project has its review" if not lacking else (
        f"{numerals.number(lacking)} finished {'project lacks' if lacking == 1 else 'projects lack'} a review"
    )  # fmt: skip
    return figure_table(
        "outcomes", title if rows else "Reviews and outcomes",
        [Column("Project"),
         *(Column(name, is_number=True) for name in ("Finished", "After plan, days", "Cost over, %", "Effort A/E",
                                                     "Benefits, %", "Review")),
         Column("Where its words differ, or its summary", is_remark=True), Column("Note", is_remark=True)],
        rows, figures=figures, data=outcomes,
        note="From the warehouse: finish against the register's plan, cost against the budget at completion, actual "
        "over estimated effort, benefits realised of those planned for the same months." if rows else "",
        left_out=max(0, len(outcomes) - _MOST), all_of=_ALL, absent="No project is reported finished.",
    )  # fmt: skip
