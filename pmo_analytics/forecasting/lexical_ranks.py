"""How well texts of several fields answer a question's terms: BM25 with weights of fields.

score = Σ over terms of idf · f (k1 + 1) / (f + k1 (1 − b + b · length / mean length))

f is the term's count with each field's times the field's weight; lengths count
all terms of a text, unweighted; idf = ln((n − m + 0.5) / (m + 0.5)) for m of n
texts with the term, and 1e-6 where that is not positive: a term that most texts
have tells nothing. k1 = 1.2, b = 0.75. Source: Robertson and Zaragoza (2009); the
same formula as SQLite's FTS5, which tests hold it against.

Worked example: of three texts, of one field with 2, 2 and 4 terms, the first
alone has the term "gate", once. idf = ln(2.5 / 1.5) = 0.5108, mean length 8/3;
1 · 2.2 / (1 + 1.2 · (0.25 + 0.75 · 0.75)) = 1.1139; the score is 0.5690.

>>> made = LexicalRanks([(["gate", "open"],), (["pier", "shut"],), (["a", "b", "c", "d"],)], (1.0,))
>>> [round(float(score), 4) for score in made.scores(["gate"])]
[0.569, 0.0, 0.0]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats

K1, B, LEAST_RARITY = 1.2, 0.75, 1e-6
# Of fewer texts, half may well be on one matter.
MANY = 200


class LexicalRanks:
    """Texts, each as terms of its fields, ready to be asked; `weights` are those of the fields."""

    def __init__(self, texts: Sequence[tuple[Sequence[str], ...]], weights: Sequence[float]) -> None:
        self._lengths: Floats = np.array([sum(len(field) for field in text) for text in texts], dtype=np.float64)
        self._postings: dict[str, dict[int, float]] = {}
        for place, text in enumerate(texts):
            for field, weight in zip(text, weights, strict=True):
                for term, count in Counter(field).items():
                    found = self._postings.setdefault(term, {})
                    found[place] = found.get(place, 0.0) + weight * count

    def rarity(self, term: str) -> float:
        """The idf of a term, 0 of one that no text has."""
        holding = len(self._postings.get(term, ()))
        if not holding:
            return 0.0
        rarity = math.log((len(self._lengths) - holding + 0.5) / (holding + 0.5))
        return rarity if rarity > 0 else LEAST_RARITY

    def telling(self, asked: Sequence[str]) -> list[str]:
        """The terms asked that are in some text, each once; of 200 texts or more, those alone that are not in most."""
        known = [term for term in dict.fromkeys(asked) if term in self._postings]
        if len(self._lengths) < MANY:
            return known
        return [term for term in known if 2 * len(self._postings[term]) < len(self._lengths)] or known

    def part(self, term: str) -> dict[int, float]:
        """What a term adds to the score of each text that has it, by the text's place."""
        found = self._postings.get(term, {})
        if not found:
            return {}
        rarity, mean = self.rarity(term), float(self._lengths.mean())
        return {
            place: rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * float(self._lengths[place]) / mean))
            for place, count in found.items()
        }

    def scores(self, asked: Sequence[str]) -> Floats:
        """The score of each text, shape (texts,), 0 without a common term; a term that is asked twice counts once."""
        scores = np.zeros(len(self._lengths))
        for term in dict.fromkeys(asked):
            for place, part in self.part(term).items():
                scores[place] += part
        return scores
