from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.resources.ticket_text import (
    neighbour_weights,
    recency_weights,
    text_model,
    text_similarity,
    ticket_texts,
    visible_leaf_weights,
)


def test_recent_items_weigh_twice_as_much_as_those_one_half_life_back() -> None:
    found = recency_weights(np.array([1, 3]), 4, half_life=1.0)
    assert found.tolist() == [[1.0, 0.0, 0.0, 0.0], [1 / 7, 2 / 7, 4 / 7, 0.0]]
    with pytest.raises(ValueError, match="one past item"):
        recency_weights(np.array([0]), 2)


def test_the_nearest_visible_items_weigh_by_similarity_to_the_power() -> None:
    similarity = np.array([[0.5, 1.0, 0.25, 0.9]])
    found = neighbour_weights(similarity, np.array([3]), neighbours=2, power=2.0)
    # The fourth came later, the third is too far: 0.25 and 1 of 1.25.
    assert found[0] == pytest.approx([0.2, 0.8, 0.0, 0.0])


def test_of_equal_neighbours_the_later_is_taken_and_a_stranger_has_the_recent_ones() -> None:
    alike = neighbour_weights(np.array([[0.5, 0.5, 0.5]]), np.array([3]), neighbours=1)
    assert alike.tolist() == [[0.0, 0.0, 1.0]]
    seen = np.array([2])
    assert np.array_equal(neighbour_weights(np.zeros((1, 3)), seen), recency_weights(seen, 3))


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 99))
def test_weights_sum_to_one_and_never_reach_what_was_not_known(asked: int, past: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    seen = generator.integers(1, past + 1, asked)
    leaves = generator.integers(0, 2, (past, 5))
    leaves[0] = 0
    questions = np.zeros((asked, 5), dtype=np.int64)
    for weights in (
        recency_weights(seen, past),
        neighbour_weights(generator.uniform(size=(asked, past)), seen, neighbours=3),
        visible_leaf_weights(leaves, questions, seen),
    ):
        assert weights.sum(axis=1) == pytest.approx(1.0)
        assert np.all(weights[np.arange(past)[None, :] >= seen[:, None]] == 0)


def test_missing_text_is_empty_and_long_text_is_cut() -> None:
    assert ticket_texts(["Pay", None, float("nan")], [None, "bill", "x" * 9_000]) == ["Pay", "bill", "x" * 5_000]


def test_hostile_and_wordless_texts_make_a_model_all_the_same() -> None:
    outcomes = np.arange(12.0)
    hostile = ["<script>alert(1)</script> '; DROP TABLE x; --", "=cmd|' /C calc'!A0", "\x00\ud800", ""] * 3
    for texts in (hostile, ["1 2 3"] * 12, [chr(97 + i) * 3 for i in range(12)]):
        model = text_model(texts, outcomes, seed=1)
        similarity = text_similarity(model, texts[:2], texts)
        assert similarity.shape == (2, 12)
        assert np.all((similarity >= 0) & (similarity <= 1 + 1e-12))
        again = text_model(texts, outcomes, seed=1)
        features = model.features(texts, np.arange(12))
        assert np.array_equal(model.forest.predict(features), again.forest.predict(features))


def test_texts_with_the_same_rare_word_are_nearer() -> None:
    texts = ["payment gateway broken", "payment page slow", "login page slow", "gateway broken again", "login again"]
    model = text_model(texts, np.ones(5), seed=1)
    similarity = text_similarity(model, ["payment gateway broken"], texts)[0]
    assert similarity[0] == pytest.approx(1.0)
    assert similarity.argsort()[-2] == 3
    assert similarity[4] == 0
