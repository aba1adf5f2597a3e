"""Past items most like a piece of work: its class, its project, its size, and the words it is described by.

Likeness is the mean of what the question states, each from 0 to 1: the same
class, the same project, the smaller over the larger estimate, and the cosine of
the words weighted by how rare they are (TF-IDF). Sources: Salton and Buckley
(1988) for the weights; the mean is this project's own.

Worked example: work of 8 hours in class A is asked about. A past item of class
A estimated at 4 hours has a likeness of (1 + 4/8) / 2 = 0.75; one of class B
estimated at 8 hours (0 + 1) / 2 = 0.5.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.past_items import Question

MOST = 10
_WORD = re.compile(r"\w\w+")


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text.casefold()))


def text_similarity(texts: Sequence[str], asked: str) -> Floats:
    """Cosine of the words of each text with those asked, shape (n,): 0 without a common word, 1 for the same words.

    Weights are counts times ln((1 + n) / (1 + texts with the word)) + 1.
    """
    counted = [_words(text) for text in texts]
    holding = Counter(word for words in counted for word in words)
    rarity = {word: math.log((1 + len(texts)) / (1 + count)) + 1 for word, count in holding.items()}
    question = {word: count * rarity[word] for word, count in _words(asked).items() if word in rarity}
    found = np.zeros(len(texts))
    for place, words in enumerate(counted):
        product = sum(count * rarity[word] * question.get(word, 0.0) for word, count in words.items())
        if product:
            length = math.hypot(*(count * rarity[word] for word, count in words.items()))
            found[place] = product / (length * math.hypot(*question.values()))
    return found


def similar_items(
    items: pd.DataFrame, question: Question, texts: Mapping[str, str] | None = None, *, most: int = MOST
) -> pd.DataFrame:
    """The `most` of `finished_items` most like the question, most alike first, the last finished first of equals.

    Adds `text` (by item, from `texts`), `ratio` (A/E, NaN without an estimate)
    and `likeness`, 0 to 1; without anything to compare the last finished are given.
    """
    described = [str((texts or {}).get(item, "")) for item in items[EstimateHistory.item_id]]
    seconds = items[EstimateHistory.estimate_seconds].to_numpy(dtype=float)
    parts: list[Floats] = []
    for column, wanted in (
        (EstimateHistory.work_class, question.work_class),
        (EstimateHistory.project_id, question.project_id),
    ):
        if wanted is not None:
            parts.append(np.asarray(items[column] == wanted, dtype=np.float64))
    if question.estimate_seconds is not None:
        wanted_seconds = question.estimate_seconds
        parts.append(np.minimum(seconds, wanted_seconds) / np.maximum(seconds, wanted_seconds))
    if question.text and any(described):
        parts.append(text_similarity(described, question.text))
    likeness = np.mean(parts, axis=0) if parts else np.zeros(len(items))
    actual = items[EstimateHistory.actual_seconds].to_numpy(dtype=float)
    ratio = np.divide(actual, seconds, out=np.full(len(items), np.nan), where=seconds > 0)
    rows = items.assign(text=described, ratio=ratio, likeness=likeness)
    return rows.sort_values(
        ["likeness", EstimateHistory.finished_on_date, EstimateHistory.item_id],
        ascending=[False, False, True],
        ignore_index=True,
    ).head(most)
