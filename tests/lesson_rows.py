"""Lessons of the simulated collection as frames, and what an order of them is worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from pmo_analytics.knowledge.lesson_texts import lesson_texts
from pmo_analytics.synthetic.lesson_corpus import LessonCorpus
from tests.frames import contract_frame


def collection(corpus: LessonCorpus, known_by: pd.Timestamp) -> pd.DataFrame:
    """The `LessonText` of a simulated collection, of what is known by a day."""
    rows = [
        {
            "lesson_id": each.lesson_id, "status_date": pd.Timestamp(each.day),
            "recorded_on_date": pd.Timestamp(each.day), "title": each.title, "event": each.event,
            "recommendation": each.recommendation, "state": "published",
        }
        for each in corpus.lessons
    ]  # fmt: skip
    lesson = contract_frame("lesson", rows)
    nothing = [contract_frame(name, []) for name in ("document", "post_project_review", "project")]
    return lesson_texts(lesson, *nothing, status_date=known_by)


def discounted_gain(order: Sequence[str], worth: Mapping[str, int], places: int = 10) -> float:
    """nDCG of the first places, with gains of 2 to the worth less 1 (Burges and others 2005)."""

    def gain(values: Sequence[int]) -> float:
        return sum((2**value - 1) / math.log2(place + 2) for place, value in enumerate(values[:places]))

    return gain([worth.get(name, 0) for name in order]) / gain(sorted(worth.values(), reverse=True))


def reciprocal_rank(order: Sequence[str], worth: Mapping[str, int]) -> float:
    """1 over the place of the first that is fully on the matter, worth 2; 0 where none is found."""
    return next((1 / place for place, name in enumerate(order, start=1) if worth.get(name) == 2), 0.0)
