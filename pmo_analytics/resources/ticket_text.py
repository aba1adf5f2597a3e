"""Weights of past tickets by their text: neighbours, forest leaves, and recency.

Each function gives a matrix of weights of 0 or more, shape (asked, past), whose
rows sum to 1 over the past items that a question may see; `weighted_quantiles`
makes a forecast of it. Sources: Salton and Buckley (1988) for TF-IDF;
Deerwester and others (1990) for its reduction by singular values; Meinshausen
(2006) for leaf weights; Brown (1959) for exponential weights. The numbers below
are stated, not tuned on what is scored: `tests/real_data/test_ticket_estimation.py`
says how they came about. A model is made from the past alone, and the same seed
gives the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.tree_quantiles import leaf_weights

NEIGHBOURS, POWER = 100, 3.0
TREES, LEAF, DIMENSIONS = 100, 5, 30
HALF_LIFE = 20.0
TERMS = 20_000
# Two letters or more, of any script; numbers and codes tell one ticket from another, not what it takes.
WORD = r"(?u)\b[^\W\d_]{2,}\b"
# A ticket's text beyond this says nothing about its effort: it is a log or a dump.
LONGEST_TEXT = 5_000

Seen = NDArray[np.int64]


def _visible(seen: Seen, past: int) -> NDArray[np.bool_]:
    return np.arange(past)[None, :] < seen[:, None]


def recency_weights(seen: Seen, past: int, *, half_life: float = HALF_LIFE) -> Floats:
    """Weights that halve every `half_life` items back, shape (asked, past).

    `seen` says how many of the first past items each question may see, 1 or
    more. ValueError where one may see none.
    """
    if np.any(seen < 1):
        raise ValueError("a question must see one past item or more")
    back = seen[:, None] - 1 - np.arange(past)[None, :]
    weights = np.where(back >= 0, 0.5 ** (np.maximum(back, 0) / half_life), 0.0)
    normalised: Floats = weights / weights.sum(axis=1, keepdims=True)
    return normalised


def neighbour_weights(similarity: Floats, seen: Seen, *, neighbours: int = NEIGHBOURS, power: float = POWER) -> Floats:
    """Weights by similarity, 0 to 1, to the power, of each question's nearest visible items, shape (asked, past).

    Of equal similarity the later item is nearer. A question that is like nothing
    it may see has the weights of `recency_weights`.
    """
    past = similarity.shape[1]
    near = np.where(_visible(seen, past), np.clip(similarity, 0.0, 1.0), 0.0)
    weights = np.zeros_like(near)
    # Ascending and stable: the last of a row are the nearest, and of equals the latest.
    nearest = np.argsort(near, axis=1, kind="stable")[:, -neighbours:]
    np.put_along_axis(weights, nearest, np.take_along_axis(near, nearest, axis=1) ** power, axis=1)
    total = weights.sum(axis=1, keepdims=True)
    is_like_none = total[:, 0] <= 0
    normalised: Floats = weights / np.where(total > 0, total, 1.0)
    normalised[is_like_none] = recency_weights(seen[is_like_none], past)
    return normalised


def visible_leaf_weights(trained: NDArray[np.int64], asked: NDArray[np.int64], seen: Seen) -> Floats:
    """Leaf weights of the items each question may see, shapes (past, trees) and (asked, trees): (asked, past)."""
    weights = np.zeros((len(asked), len(trained)))
    for count in np.unique(seen):
        rows = seen == count
        weights[rows, :count] = leaf_weights(trained[:count], asked[rows])
    return weights


def ticket_texts(titles: Sequence[object], descriptions: Sequence[object]) -> list[str]:
    """Title and description as one text, cut at 5,000 characters; what is missing counts as empty."""
    texts = []
    for title, description in zip(titles, descriptions, strict=True):
        parts = [part for part in (title, description) if isinstance(part, str)]
        texts.append(" ".join(parts)[:LONGEST_TEXT])
    return texts


@dataclass(frozen=True)
class TextModel:
    """Vocabulary, singular vectors and forest made from past tickets; `reduced` is None where texts share no words."""

    vectoriser: Any
    reduction: Any
    forest: Any

    def features(self, texts: Sequence[str], positions: NDArray[np.int64]) -> Floats:
        """What the forest sees, shape (n, features): place in the order, length in logarithms, singular values."""
        columns = [positions.astype(float)[:, None], np.log1p([len(text) for text in texts])[:, None]]
        if self.reduction is not None:
            columns.append(self.reduction.transform(self.vectoriser.transform(texts)))
        stacked: Floats = np.hstack(columns)
        return stacked


def text_model(texts: Sequence[str], outcomes: Floats, *, seed: int) -> TextModel:
    """A model of past tickets in their order; texts without two words in common leave length and order alone."""
    from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]
    from sklearn.ensemble import RandomForestRegressor  # type: ignore[import-untyped]
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

    vectoriser: Any = TfidfVectorizer(
        sublinear_tf=True, min_df=2, max_features=TERMS, stop_words="english", token_pattern=WORD
    )
    reduction: Any = None
    try:
        matrix = vectoriser.fit_transform(texts)
    except ValueError:
        # No word is in two texts.
        vectoriser = None
    else:
        dimensions = min(DIMENSIONS, matrix.shape[1] - 1, matrix.shape[0] - 1)
        if dimensions >= 1:
            reduction = TruncatedSVD(dimensions, random_state=seed).fit(matrix)
    forest = RandomForestRegressor(TREES, min_samples_leaf=LEAF, max_features=0.33, random_state=seed, n_jobs=1)
    model = TextModel(vectoriser, reduction, forest)
    forest.fit(model.features(texts, np.arange(len(texts))), outcomes)
    return model


def text_similarity(model: TextModel, asked: Sequence[str], past: Sequence[str]) -> Floats:
    """Cosine of the TF-IDF vectors, 0 to 1, shape (asked, past); 0 everywhere where texts share no words."""
    if model.vectoriser is None:
        return np.zeros((len(asked), len(past)))
    product = model.vectoriser.transform(asked) @ model.vectoriser.transform(past).T
    similarity: Floats = product.toarray()
    return similarity
