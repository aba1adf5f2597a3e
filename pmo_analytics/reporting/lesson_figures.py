"""Headline and key figures of the page on lessons."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.knowledge.lesson_texts import PUBLISHED
from pmo_analytics.knowledge.lesson_workflow import OVERDUE, WAITING, LessonFinding, LessonRepository, LessonUses
from pmo_analytics.knowledge.review_outcomes import NO_REVIEW, ReviewOutcome
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_COUNT, _DAYS = Shown("number"), Shown("number", behind="\u00a0days")


def headline(repository: pd.DataFrame, findings: pd.DataFrame, outcomes: pd.DataFrame) -> str:
    """What there is to know of lessons, from `LessonRepository`, `LessonFinding` and `ReviewOutcome`."""
    if repository.empty and outcomes.empty:
        return "No lessons are loaded: this page names what is missing."
    total = int(repository[LessonRepository.lesson_count].sum())
    is_published = repository[LessonRepository.state] == PUBLISHED
    ready = int(repository.loc[is_published, LessonRepository.lesson_count].sum())
    parts = [f"{numerals.number(ready)} of {numerals.number(total)} lessons are published"]
    overdue = int((findings[LessonFinding.finding] == OVERDUE).sum())
    if overdue:
        parts.append(f"{numerals.number(overdue)} {'is' if overdue == 1 else 'are'} overdue in review")
    lacking = int((outcomes[ReviewOutcome.quality_note] == NO_REVIEW).sum())
    if lacking:
        parts.append(
            f"{numerals.number(lacking)} finished {'project lacks' if lacking == 1 else 'projects lack'} a review"
        )
    return f"{'; '.join(parts)}."


def shown_figure(uses: pd.DataFrame) -> KeyFigure | None:
    """The lesson shown most often, with how often it was applied."""
    if uses.empty or not uses[LessonUses.shown_count].iloc[0]:
        return None
    row = uses.iloc[0]
    key = {LessonUses.lesson_id: row[LessonUses.lesson_id]}
    return KeyFigure(
        "Shown most often", _COUNT.text(row[LessonUses.shown_count]),
        f"times, {row[LessonUses.title]}; applied {numerals.number(row[LessonUses.applied_count])}",
        reference=refer(uses, key, LessonUses.shown_count, _COUNT),
        exact=float(row[LessonUses.shown_count]), unit="showings", form=_COUNT,
    )  # fmt: skip


def review_figure(findings: pd.DataFrame) -> KeyFigure | None:
    """The lesson that has been in review longest."""
    waiting = findings[findings[LessonFinding.finding].isin([WAITING, OVERDUE])]
    if waiting.empty:
        return None
    row = waiting.iloc[0]
    key = {name: row[name] for name in (LessonFinding.lesson_id, LessonFinding.finding)}
    return KeyFigure(
        "Longest in review", _DAYS.text(row[LessonFinding.in_review_days]),
        f"{row[LessonFinding.title]}; {numerals.number(len(waiting))} wait",
        reference=refer(findings, key, LessonFinding.in_review_days, _DAYS),
        exact=float(row[LessonFinding.in_review_days]), unit="days", form=_DAYS,
    )  # fmt: skip


def published_figure(repository: pd.DataFrame) -> KeyFigure | None:
    """Published lessons of the category that has most of them."""
    rows = repository[repository[LessonRepository.state] == PUBLISHED]
    if rows.empty:
        return None
    row = rows.iloc[int(rows[LessonRepository.lesson_count].to_numpy(dtype=float).argmax())]
    key = {name: row[name] for name in (LessonRepository.category, LessonRepository.state)}
    return KeyFigure(
        "Largest category", _COUNT.text(row[LessonRepository.lesson_count]),
        f"published lessons on {row[LessonRepository.category]}",
        reference=refer(repository, key, LessonRepository.lesson_count, _COUNT),
        exact=float(row[LessonRepository.lesson_count]), unit="lessons", form=_COUNT,
    )  # fmt: skip
