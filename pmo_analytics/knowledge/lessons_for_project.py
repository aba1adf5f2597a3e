"""Which published lessons a project should see: sought by its profile and its top risks.

The question is the project's name, programme, category and methodology, and title,
category and response of its five foremost open risks. Lessons are ranked by BM25 over title, tags,
recommendation and text; words alone, since each lesson then says which words brought
it, and a page rests on nothing but its rows. A lesson needs a word of a risk, or two
of the profile. Not shown are lessons not yet published, retired, dated after the
status date, repeating another, or written down by the project itself. Source:
Robertson and Zaragoza (2009); the question and its limits are this project's own.

Worked example: a project "Dock scheduling" has the open risk "Supplier delivers
late". Of three published lessons of other projects, "Agree dates with the supplier"
shares a word with the risk and is shown, by "supplier"; "Test radio masts" and
"Name one owner" share none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.knowledge import Lesson
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.forecasting.lexical_ranks import LexicalRanks
from pmo_analytics.forecasting.text_terms import stem, words
from pmo_analytics.knowledge.lesson_texts import FIELDS, PUBLISHED, WEIGHTS, lessons_as_texts

MOST_LESSONS, MOST_RISKS = 5, 5
_PROFILE = (Project.name, Project.programme, Project.category, Project.methodology)
_OF_RISK = (Risk.title, Risk.category, Risk.response)
_MOST_WORDS = 8


class LessonForProject(Contract):
    """One row per project and lesson it should see, the best first, five at most.

    `reason` says in words which of the project's open risks and words of its
    profile brought the lesson, `matched_terms` the words. `lesson_score` orders
    the lessons of one project and compares to nothing else.
    """

    project_id: Text = required()
    lesson_place: Whole = required(ge=1)
    lesson_id: Text = required()
    title: Text = required()
    recommendation: Text = optional()
    category: Text = optional()
    known_on_date: Date = required()
    matched_terms: Text = required()
    reason: Text = required()
    lesson_score: Number = required(gt=0)


def lessons_for_project(
    lesson: pd.DataFrame,
    project: pd.DataFrame,
    open_risks: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[LessonForProject]:
    """The lessons that each project of the register `project` should see on `status_date`.

    Takes the register `lesson` and the analysis `open_risks`, foremost first. A
    project whose words no lesson shares has no row.
    """
    rows: list[dict[str, Any]] = []
    known = lessons_as_texts(lesson, status_date)
    known = known[(known["state"] == PUBLISHED) & (known["original_id"] == known["text_id"])].reset_index(drop=True)
    if len(known):
        ranks = LexicalRanks(
            [tuple([stem(word) for word in words(text)] for text in row) for row in _texts(known)], WEIGHTS
        )
        for _, each in project.iterrows():
            own = open_risks[open_risks[Risk.project_id] == each[Project.project_id]].head(MOST_RISKS)
            rows += _of_project(each, own, known, ranks)
    columns = list(LessonForProject.to_schema().columns)
    return checked(LessonForProject, pd.DataFrame(rows, columns=columns))


def _texts(known: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in known[list(FIELDS)].itertuples(index=False, name=None)]


def _sources(project: pd.Series, risks: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Words by the term that they are asked as, of the profile (named by an empty text) and of each risk."""

    def asked(row: pd.Series, columns: tuple[str, ...]) -> dict[str, str]:
        text = " ".join(str(row[column]) for column in columns if column in row and pd.notna(row[column]))
        return {stem(word): word for word in reversed(words(text))}

    found = {"": asked(project, _PROFILE)}
    for _, risk in risks.iterrows():
        found[str(risk[Risk.risk_id])] = asked(risk, _OF_RISK)
    return found


def _of_project(
    project: pd.Series, risks: pd.DataFrame, known: pd.DataFrame, ranks: LexicalRanks
) -> list[dict[str, Any]]:
    sources = _sources(project, risks)
    spelled = {term: word for asked in reversed(sources.values()) for term, word in asked.items()}
    parts = {term: ranks.part(term) for term in ranks.telling(sorted(spelled))}
    of_risks = {term for name, asked in sources.items() if name for term in asked}
    scores = np.zeros(len(known))
    matched: dict[int, list[str]] = {}
    for term, part in parts.items():
        for place, score in part.items():
            scores[place] += score
            matched.setdefault(place, []).append(term)
    is_own = known["project_id"] == project[Project.project_id]
    asked_for = [
        place for place, found in matched.items() if not is_own.iloc[place] and (len(found) > 1 or found[0] in of_risks)
    ]
    best = sorted(asked_for, key=lambda place: (-round(float(scores[place]), 9), known["text_id"].iloc[place]))
    rows = []
    for at, place in enumerate(best[:MOST_LESSONS], start=1):
        row = known.iloc[place]
        telling = sorted(matched[place], key=lambda term: (-parts[term][place], term))[:_MOST_WORDS]
        rows.append(
            {
                LessonForProject.project_id: project[Project.project_id],
                LessonForProject.lesson_place: at,
                LessonForProject.lesson_id: row[Lesson.lesson_id],
                LessonForProject.title: row[Lesson.title],
                LessonForProject.recommendation: row[Lesson.recommendation] or None,
                LessonForProject.category: row[Lesson.category],
                LessonForProject.known_on_date: row["known_on_date"],
                LessonForProject.matched_terms: ", ".join(spelled[term] for term in telling),
                LessonForProject.reason: _reason(sources, set(matched[place]), parts, place),
                LessonForProject.lesson_score: float(scores[place]),
            }
        )
    return rows


def _reason(
    sources: dict[str, dict[str, str]], matched: set[str], parts: dict[str, dict[int, float]], place: int
) -> str:
    """Risks and profile with the words of each that the lesson shares, the most telling source first."""
    told = []
    for at, (name, asked) in enumerate(sources.items()):
        shared = sorted((term for term in asked if term in matched), key=lambda term: (-parts[term][place], term))
        if shared:
            weight = sum(parts[term][place] for term in shared)
            what = f"risk {name}" if name else "profile"
            told.append((-round(weight, 9), at, f"{what}: {', '.join(asked[term] for term in shared[:_MOST_WORDS])}"))
    return "; ".join(text for *_, text in sorted(told))
