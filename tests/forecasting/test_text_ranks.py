"""Texts are ranked by their words as SQLite's FTS5 ranks them, by meaning with a fixed model, and fused by place."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.forecasting.latent_semantics import LEAST, fitted_count, latent_model, likeness
from pmo_analytics.forecasting.lexical_ranks import LexicalRanks
from pmo_analytics.forecasting.rank_fusion import fused
from pmo_analytics.forecasting.text_terms import stem, terms

WORDS = st.sampled_from(["gate", "pier", "crew", "dock", "fuel", "radio"])
FIELDS = st.tuples(st.lists(WORDS, max_size=4), st.lists(WORDS, max_size=8))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("delays", "delayed"), ("testing", "tests"), ("planning", "plans"), ("supply", "supplies"),
        ("integrated", "integrating"), ("Café", "CAFE\u0301"), ("ﬁles", "file"), ("Überprüfung", "uberprufung"),
        ("filing", "filed"),
    ],
)  # fmt: skip
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(("one", "other"), [("status", "stat"), ("organise", "organ"), ("basis", "bas")])
def test_words_of_different_meaning_stay_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@given(st.text(max_size=200))
def test_any_text_has_terms_of_letters_and_digits_alone(text: str) -> None:
    assert all(term and not term.isspace() and '"' not in term for term in terms(text))


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True))
def test_a_stem_is_never_empty(word: str) -> None:
    assert stem(word)


@given(st.lists(FIELDS, min_size=1, max_size=12), st.lists(WORDS, min_size=1, max_size=4, unique=True))
def test_scores_are_those_of_fts5(texts: list[tuple[list[str], list[str]]], asked: list[str]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize = 'ascii')")
    for place, fields in enumerate(texts):
        connection.execute("INSERT INTO t (rowid, title, body) VALUES (?, ?, ?)", (place, *map(" ".join, fields)))
    query = " OR ".join(f'"{term}"' for term in asked)
    found = dict(connection.execute("SELECT rowid, -bm25(t, 3.0, 1.0) FROM t WHERE t MATCH ?", (query,)))
    connection.close()
    scores = LexicalRanks(texts, (3.0, 1.0)).scores(asked)
    assert {place for place, score in enumerate(scores) if score > 0} == set(found)
    assert all(scores[place] == pytest.approx(score, rel=1e-9) for place, score in found.items())


def test_a_term_that_most_texts_have_tells_nothing() -> None:
    texts = [(["gate", "crew"],), (["gate"],), (["gate", "dock"],)]
    few, many = LexicalRanks(texts, (1.0,)), LexicalRanks([*texts, *[(["gate"],)] * 197], (1.0,))
    assert few.telling(["gate", "crew", "unknown"]) == ["gate", "crew"]
    assert many.telling(["gate", "crew", "unknown"]) == ["crew"]
    # Where nothing else is asked it has to do.
    assert many.telling(["gate"]) == ["gate"]


def texts_on_two_matters(count: int) -> list[list[str]]:
    """Half speak of boats, half of trains, each with two names of the matter's four and words of any matter."""
    boats, trains = ["ferry", "vessel", "quay", "harbour"], ["train", "coach", "track", "station"]
    chosen = np.random.default_rng(4)
    return [
        [
            *map(str, chosen.choice(boats if place % 2 else trains, 2, replace=False)),
            *(f"w{word}" for word in chosen.integers(80, size=4)),
        ]
        for place in range(count)
    ]


def test_texts_on_one_matter_are_alike_without_a_common_word() -> None:
    texts = texts_on_two_matters(LEAST)
    model = latent_model(texts)
    assert model is not None
    ferry, quay, train = model.points([["ferry"], ["quay"], ["train"]])
    assert likeness(ferry[None, :], quay)[0] > 0.15 + likeness(ferry[None, :], train)[0]


def test_a_small_collection_has_no_model_and_a_text_of_unknown_words_no_place() -> None:
    assert latent_model(texts_on_two_matters(LEAST - 1)) is None
    model = latent_model(texts_on_two_matters(LEAST))
    assert model is not None
    assert not model.points([["nowhere"], []]).any()


def test_later_texts_are_folded_in_and_change_no_model_until_a_quarter_more_are_there() -> None:
    texts = texts_on_two_matters(260)
    models = {count: latent_model(texts[:count]) for count in (250, 260)}
    assert fitted_count(249) == 200
    assert fitted_count(260) == 250
    assert all(m is not None for m in models.values())
    assert np.array_equal(models[250].directions, models[260].directions)  # type: ignore[union-attr]


def test_fusing_by_hand() -> None:
    found = dict(fused([["a", "b"], ["b", "c"]]))
    assert found["b"] == pytest.approx(1 / 62 + 1 / 61)
    assert found["a"] == pytest.approx(1 / 61)
    assert found["c"] == pytest.approx(1 / 62)


@given(st.lists(st.permutations("abcdef"), min_size=1, max_size=3))
def test_what_is_first_in_every_order_stays_first(orders: list[list[str]]) -> None:
    assert fused([["z", *order] for order in orders])[0][0] == "z"
