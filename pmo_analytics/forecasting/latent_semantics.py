"""Texts as points in few dimensions, so that texts on one matter lie close though they share no word.

TF-IDF with 1 + ln(count), reduced by singular values; likeness is the cosine.
The model is made from the first texts of a collection alone, `fitted_count` says
how many: the largest step of a fixed ladder, each a quarter above the one before.
Later texts are folded in, so that a collection may grow without a new model, and
yet the model is what the collection says, whenever it is made. Seeded, with signs
fixed by the largest loading: the same texts give the same points. Sources: Deerwester
and others (1990); Halko, Martinsson and Tropp (2011) for the decomposition.

Worked example: of 300 texts in their order the first 250 make the model, since the
ladder goes 200, 250, 312; with the 312th text it is made anew, and below 200 there
is none: a cosine over few texts tells of their words, not of what they mean.

>>> fitted_count(300), fitted_count(312), fitted_count(199)
(250, 312, 0)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST, GROWTH = 200, 1.25
DIMENSIONS, TERMS, LEAST_TEXTS = 200, 20_000, 2
# With more dimensions than this share of the texts, they are told apart by their words again.
_TEXTS_A_DIMENSION = 10
_SEED = 20_260_630
# Singular vectors of a sample are those of all, as far as neighbours go; the rest is folded in.
MOST_FITTED = 20_000

Points = NDArray[np.float32]


def fitted_count(count: int) -> int:
    """How many of the first texts of a collection make its model; 0 where it has none."""
    step = LEAST
    if count < step:
        return 0
    while int(step * GROWTH) <= min(count, MOST_FITTED):
        step = int(step * GROWTH)
    return step


@dataclass(frozen=True)
class LatentModel:
    """Terms in order of name with their rarity (n,), and the directions (n, dimensions) they load on."""

    terms: tuple[str, ...]
    rarity: Points
    directions: Points

    def points(self, texts: Sequence[Sequence[str]]) -> Points:
        """Texts as unit vectors, shape (texts, dimensions); zeros for one that shares no term with the model."""
        product = np.asarray(self._matrix(texts) @ self.directions, dtype=np.float64)
        lengths = np.linalg.norm(product, axis=1, keepdims=True)
        found: Points = np.divide(product, lengths, out=np.zeros_like(product), where=lengths > 0).astype(np.float32)
        return found

    def _matrix(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        return _weighted(texts, {term: place for place, term in enumerate(self.terms)}, self.rarity)


def _weighted(texts: Sequence[Sequence[str]], places: dict[str, int], rarity: Points) -> csr_matrix:
    from scipy.sparse import csr_matrix

    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for text in texts:
        for term, count in sorted(Counter(text).items()):
            place = places.get(term)
            if place is not None:
                columns.append(place)
                values.append((1 + math.log(count)) * float(rarity[place]))
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(texts), len(places)), dtype=np.float64)


def latent_model(texts: Sequence[Sequence[str]]) -> LatentModel | None:
    """The model of a whole collection, given as terms in the collection's order; None where it is too small for one."""
    chosen = texts[: fitted_count(len(texts))]
    holding = Counter(term for text in chosen for term in set(text))
    kept = sorted((t for t, n in holding.items() if n >= LEAST_TEXTS), key=lambda t: (-holding[t], t))[:TERMS]
    names = tuple(sorted(kept))
    if len(names) <= LEAST_TEXTS:
        return None
    rarity = np.array([math.log((1 + len(chosen)) / (1 + holding[t])) + 1 for t in names], dtype=np.float32)
    matrix = _weighted(chosen, {term: place for place, term in enumerate(names)}, rarity)
    from sklearn.utils.extmath import randomized_svd  # type: ignore[import-untyped]

    dimensions = min(DIMENSIONS, len(names) - 1, len(chosen) // _TEXTS_A_DIMENSION)
    unit = _of_length_one(matrix)
    _, _, rows = randomized_svd(unit, dimensions, random_state=_SEED, n_iter=4)
    largest = np.argmax(np.abs(rows), axis=1)
    signed = rows * np.sign(rows[np.arange(dimensions), largest])[:, None]
    return LatentModel(names, rarity, np.ascontiguousarray(signed.T, dtype=np.float32))


def _of_length_one(matrix: Any) -> Any:
    from sklearn.preprocessing import normalize  # type: ignore[import-untyped]

    return normalize(matrix)


def likeness(points: Points, asked: Points) -> Points:
    """Cosine of each point with one that is asked, shape (texts,), to six digits: beyond them machines differ."""
    found: Points = np.round(points @ asked, 6)
    return found
