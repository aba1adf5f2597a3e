"""Pairs of lessons that say nearly the same, and which of the two to keep.

Likeness is Jaccard's over the terms of title, recommendation and text: what two
lessons share over what they hold together. Kept is the published one, else the one
shown more often, else the one written down first. A pair that is marked already, one
as a repetition of the other or both of the same lesson, is not told again. Words
alone count: two lessons that say the same in other words are not found. Source:
Jaccard (1912), and Chaudhuri, Ganti and Kaushik (2006) for finding the pairs.

Worked example: "Agree delivery dates early with suppliers" and "Agree delivery dates
with suppliers" hold 5 and 4 terms, the second's among the first's: 4 of 5, 0.8.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, checked, optional, required
from pmo_analytics.contracts.knowledge import Lesson, LessonUse
from pmo_analytics.forecasting.similar_sets import similar_pairs
from pmo_analytics.forecasting.text_terms import terms
from pmo_analytics.knowledge.lesson_texts import PUBLISHED, RETIRED, lessons_as_texts

LEAST_SIMILARITY = 0.6
# Fewer terms are a heading, and headings are alike.
_LEAST_TERMS = 4


class LessonDuplicate(Contract):
    """One row per pair of lessons that say nearly the same, the most alike first.

    `kept_id` is the one to keep, `folded_id` the one to mark as its
    repetition in `duplicate_of_id`. `similarity` is from 0 to 1, 1 for the same terms.
    """

    kept_id: Text = required()
    folded_id: Text = required()
    similarity: Number = required(ge=0, le=1)
    title: Text = required()
    folded_title: Text = required()
    project_id: Text = optional()
    folded_project_id: Text = optional()
    reason: Text = required()


def lesson_duplicates(
    lesson: pd.DataFrame,
    lesson_use: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    least_similarity: float = LEAST_SIMILARITY,
) -> DataFrame[LessonDuplicate]:
    """Pairs of lessons known on `status_date`, retired ones aside, sharing `least_similarity` of their terms or more.

    Takes the registers `lesson` and `lesson_use`. Lessons of fewer than four
    terms are not compared.
    """
    known = lessons_as_texts(lesson, status_date)
    known = known[known["state"] != RETIRED].sort_values(Lesson.lesson_id, ignore_index=True)
    uses = lesson_use[lesson_use[LessonUse.shown_on_date] <= status_date]
    shown = Counter(uses[LessonUse.lesson_id].astype(str))
    whole = known["title"] + "\n" + known["recommendation"] + "\n" + known["text"]
    sets = [frozenset(terms(str(text))) for text in whole]
    sets = [each if len(each) >= _LEAST_TERMS else frozenset() for each in sets]
    rows = []
    for one, other, likeness in similar_pairs(sets, least=least_similarity):
        pair = known.iloc[[one, other]]
        if pair["original_id"].iloc[0] == pair["original_id"].iloc[1]:
            continue
        kept, reason = _kept(pair, shown)
        folded = pair[pair[Lesson.lesson_id] != kept[Lesson.lesson_id]].iloc[0]
        rows.append(
            {
                "kept_id": kept[Lesson.lesson_id],
                "folded_id": folded[Lesson.lesson_id],
                "similarity": likeness,
                "title": kept["title"],
                "folded_title": folded["title"],
                "project_id": kept["project_id"],
                "folded_project_id": folded["project_id"],
                "reason": reason,
            }
        )
    frame = pd.DataFrame(rows, columns=list(LessonDuplicate.to_schema().columns)).astype({"similarity": float})
    frame = frame.sort_values(["similarity", "kept_id", "folded_id"], ascending=[False, True, True], ignore_index=True)
    return checked(LessonDuplicate, frame)


def _kept(pair: pd.DataFrame, shown: Counter[str]) -> tuple[pd.Series, str]:
    """The lesson of a pair to keep, and why."""
    one, other = pair.iloc[0], pair.iloc[1]
    published = [row for row in (one, other) if row["state"] == PUBLISHED]
    if len(published) == 1:
        return published[0], "it is published"
    counts = [shown[row[Lesson.lesson_id]] for row in (one, other)]
    if counts[0] != counts[1]:
        return (one if counts[0] > counts[1] else other), "it was shown more often"
    if one["known_on_date"] != other["known_on_date"]:
        return (one if one["known_on_date"] < other["known_on_date"] else other), "it was written down first"
    return one, "its identifier comes first"
