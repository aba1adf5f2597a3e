from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.reference_classes import class_weights


def marks(*texts: str) -> list[np.ndarray]:
    return [np.array(list(text), dtype=object) for text in texts]


def test_shrinkage_by_hand() -> None:
    # Known: classes a a b b, projects x y x x; the organisation is the last two.
    weights, counts = class_weights(marks("aabb", "xyxx"), marks("ac", "xx"), pseudo_count=2, organisation=2)
    assert counts.tolist() == [[2, 1], [0, 0]]
    # Class a: half on its two items, half on the organisation; its project x: a third on the first item.
    by_class = np.array([0.25, 0.25, 0.25, 0.25])
    assert weights[0] == pytest.approx(np.array([1, 0, 0, 0]) / 3 + by_class * 2 / 3)
    # An unknown class is the organisation.
    assert weights[1].tolist() == [0.0, 0.0, 0.5, 0.5]
    assert weights.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_much_past_is_believed_and_a_large_pseudo_count_is_not_moved() -> None:
    known, asked = marks("a" * 900 + "b" * 100), marks("a")
    assert class_weights(known, asked, pseudo_count=1, organisation=100)[0][0, :900].sum() > 0.99
    assert class_weights(known, asked, pseudo_count=1e6, organisation=100)[0][0, :900].sum() < 0.01


def test_nothing_known_is_refused() -> None:
    with pytest.raises(ValueError, match="takes known items"):
        class_weights(marks(""), marks("a"), pseudo_count=1, organisation=10)
    with pytest.raises(ValueError, match="above 0"):
        class_weights(marks("a"), marks("a"), pseudo_count=0, organisation=10)
