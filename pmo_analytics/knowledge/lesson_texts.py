"""What of the knowledge registers is searched, and by when it was known.

A lesson is known from the day it was written down, else from the day its register
speaks of; a document from the day it bears, a review from its day. Nothing dated
after the status date is in a collection. A lesson that repeats another counts as
that other one. Source: this project's own.

Worked example: lesson L1 was written down on 2026-03-01. On 2026-02-28 the
collection is empty, on 2026-03-01 it holds L1.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Text, checked, optional, required
from pmo_analytics.contracts.knowledge import Document, Lesson, PostProjectReview
from pmo_analytics.contracts.portfolio import Project

LESSON, DOCUMENT, REVIEW = "lesson", "document", "review"
KINDS = (LESSON, DOCUMENT, REVIEW)
DRAFT, IN_REVIEW, PUBLISHED, RETIRED = "draft", "in_review", "published", "retired"
STATES = (DRAFT, IN_REVIEW, PUBLISHED, RETIRED)
# Weights of the fields `title`, `tags`, `recommendation` and `text` in a search, stated and not tuned.
FIELDS = ("title", "tags", "recommendation", "text")
WEIGHTS = (3.0, 2.0, 1.5, 1.0)


class LessonText(Contract):
    """One row per lesson, project document and post-project review known on the status date, in order of its day.

    `text_id` is its identifier after `text_kind`, lesson, document or review;
    `known_on_date` the day it is of. `tags` holds category and tags, `text` what
    is left beside title and recommendation. `original_id` is the lesson that it
    repeats, itself where it repeats none that is known.
    """

    text_id: Text = required(unique=True)
    text_kind: Text = required(isin=list(KINDS))
    known_on_date: Date = required()
    project_id: Text = optional()
    portfolio: Text = optional()
    category: Text = optional()
    state: Text = optional()
    title: Text = required()
    tags: Text = required()
    recommendation: Text = required()
    text: Text = required()
    original_id: Text = required()


def plain_state(states: pd.Series) -> pd.Series:
    """States of lessons as the workflow spells them: `In review` is in_review; a missing one is a draft."""
    plain: pd.Series = states.fillna(DRAFT).astype(str).str.strip().str.lower().str.replace(r"[\s_-]+", "_", regex=True)
    return plain


def known_lessons(lesson: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The last row of each lesson known on the status date, with `known_on_date` and its plain `state`."""
    rows = lesson.assign(known_on_date=lesson[Lesson.recorded_on_date].fillna(lesson[Lesson.status_date]))
    rows = rows[(rows["known_on_date"] <= status_date) & (rows[Lesson.status_date] <= status_date)]
    rows = rows.sort_values([Lesson.lesson_id, Lesson.status_date], kind="stable").groupby(Lesson.lesson_id).tail(1)
    return rows.assign(**{Lesson.state: plain_state(rows[Lesson.state])}).reset_index(drop=True)


def lesson_texts(
    lesson: pd.DataFrame,
    document: pd.DataFrame,
    post_project_review: pd.DataFrame,
    project: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[LessonText]:
    """The collection of lessons, documents and reviews known on `status_date`, with their portfolios.

    Takes the registers of these names. Texts are as they were written, and may
    hold anything: whoever shows them escapes them.
    """
    known = known_lessons(lesson, status_date)
    papers = document.assign(known_on_date=document[Document.dated_on_date].fillna(document[Document.status_date]))
    papers = papers[(papers["known_on_date"] <= status_date) & (papers[Document.status_date] <= status_date)]
    papers = papers.sort_values([Document.document_id, Document.status_date]).groupby(Document.document_id).tail(1)
    reviews = post_project_review[post_project_review[PostProjectReview.review_date] <= status_date]
    rows = pd.concat([_of_lessons(known), _of_documents(papers), _of_reviews(reviews)], ignore_index=True)
    portfolios = project.drop_duplicates(Project.project_id).set_index(Project.project_id)[Project.portfolio]
    rows["portfolio"] = rows["project_id"].map(portfolios)
    rows = rows.sort_values(["known_on_date", "text_id"], ignore_index=True)
    return checked(LessonText, rows[list(LessonText.to_schema().columns)])


def lessons_as_texts(lesson: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The lessons known on the status date as rows of `LessonText`, with `lesson_id` and without `portfolio`."""
    known = known_lessons(lesson, status_date)
    return _of_lessons(known).assign(lesson_id=known[Lesson.lesson_id])


def _joined(rows: pd.DataFrame, columns: list[str], between: str = "\n") -> pd.Series:
    joined = pd.Series("", index=rows.index, dtype=str)
    for column in columns:
        part = rows[column].fillna("").astype(str)
        joined = joined + part.where(part == "", part + between)
    return joined.str.removesuffix(between)


def _of_lessons(known: pd.DataFrame) -> pd.DataFrame:
    repeated = dict(zip(known[Lesson.lesson_id], known[Lesson.duplicate_of_id], strict=True))
    return pd.DataFrame(
        {
            "text_id": LESSON + " " + known[Lesson.lesson_id].astype(str),
            "text_kind": LESSON,
            "known_on_date": known["known_on_date"],
            "project_id": known[Lesson.project_id],
            "category": known[Lesson.category],
            "state": known[Lesson.state],
            "title": known[Lesson.title],
            "tags": _joined(known, [Lesson.category, Lesson.tags], ", "),
            "recommendation": known[Lesson.recommendation].fillna(""),
            "text": _joined(known, [Lesson.event, Lesson.cause, Lesson.effect]),
            "original_id": [f"{LESSON} {_original(str(name), repeated)}" for name in known[Lesson.lesson_id]],
        }
    )


def _original(name: str, repeated: dict[str, object]) -> str:
    """The lesson at the end of what a lesson repeats; in a circle, the first of it by name."""
    seen = [name]
    while True:
        further = repeated.get(seen[-1])
        if not isinstance(further, str) or further not in repeated:
            return seen[-1]
        if further in seen:
            return min(seen[seen.index(further) :])
        seen.append(further)


def _of_documents(papers: pd.DataFrame) -> pd.DataFrame:
    names = DOCUMENT + " " + papers[Document.document_id].astype(str)
    return pd.DataFrame(
        {
            "text_id": names,
            "text_kind": DOCUMENT,
            "known_on_date": papers["known_on_date"],
            "project_id": papers[Document.project_id],
            "category": papers[Document.artefact_kind],
            "state": None,
            "title": papers[Document.title],
            "tags": papers[Document.artefact_kind].fillna(""),
            "recommendation": "",
            "text": papers[Document.text].fillna(""),
            "original_id": names,
        }
    )


def _of_reviews(reviews: pd.DataFrame) -> pd.DataFrame:
    days = reviews[PostProjectReview.review_date]
    names = REVIEW + " " + reviews[PostProjectReview.project_id].astype(str) + " " + days.dt.strftime("%Y-%m-%d")
    outcomes = [
        PostProjectReview.summary, PostProjectReview.scope_outcome, PostProjectReview.time_outcome,
        PostProjectReview.cost_outcome, PostProjectReview.benefit_outcome,
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "text_id": names,
            "text_kind": REVIEW,
            "known_on_date": days,
            "project_id": reviews[PostProjectReview.project_id],
            "category": None,
            "state": None,
            "title": "Review of " + reviews[PostProjectReview.project_id].astype(str),
            "tags": "",
            "recommendation": "",
            "text": _joined(reviews, outcomes),
            "original_id": names,
        }
    )
