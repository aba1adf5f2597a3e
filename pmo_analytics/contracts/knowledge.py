"""Contracts of knowledge: documents, lessons and their use, reviews of what was achieved."""

from __future__ import annotations

from pmo_analytics.contracts.base import (
    EVENT,
    REGISTER,
    Contract,
    Date,
    Flag,
    Text,
    optional,
    required,
    table,
)


@table(key=["document_id"], clock=REGISTER, register=True)
class Document(Contract):
    """One row per project document and date the collection speaks of.

    Key: document_id, status_date.
    """

    document_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    title: Text = required()
    artefact_kind: Text = optional()
    dated_on_date: Date = optional()
    text: Text = optional()


@table(key=["lesson_id"], clock=REGISTER, persons=["author_id", "reviewer_id"], register=True)
class Lesson(Contract):
    """One row per lesson and date the register speaks of.

    Key: lesson_id, status_date.
    """

    lesson_id: Text = required()
    status_date: Date = required()
    project_id: Text = optional()
    recorded_on_date: Date = optional()
    category: Text = optional()
    title: Text = required()
    event: Text = optional()
    cause: Text = optional()
    effect: Text = optional()
    recommendation: Text = optional()
    tags: Text = optional()
    state: Text = optional()
    author_id: Text = optional()
    reviewer_id: Text = optional()
    reviewed_on_date: Date = optional()
    duplicate_of_id: Text = optional()


@table(key=["lesson_id", "project_id", "shown_on_date"], clock=EVENT, clock_column="shown_on_date", register=True)
class LessonUse(Contract):
    """One row per lesson, project it was put before and day.

    Key: lesson_id, project_id, shown_on_date.
    """

    lesson_id: Text = required()
    project_id: Text = required()
    shown_on_date: Date = required()
    applied: Flag = optional()
    recurred: Flag = optional()
    outcome_note: Text = optional()


@table(key=["project_id", "review_date"], clock=EVENT, clock_column="review_date", register=True)
class PostProjectReview(Contract):
    """One row per project and day it was looked back on.

    Key: project_id, review_date.
    """

    project_id: Text = required()
    review_date: Date = required()
    scope_outcome: Text = optional()
    time_outcome: Text = optional()
    cost_outcome: Text = optional()
    benefit_outcome: Text = optional()
    summary: Text = optional()
