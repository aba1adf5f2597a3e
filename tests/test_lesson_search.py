"""A collection large enough for a model of meaning: orders fused, narrowed, the same however the index came about."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.lesson_search import DEPTH, searched
from pmo_analytics.synthetic.lesson_corpus import LessonCorpus, lesson_corpus
from tests.lesson_rows import collection

LATE = pd.Timestamp("2026-06-30")


@pytest.fixture(scope="module")
def corpus() -> LessonCorpus:
    return lesson_corpus(9, lessons=320, questions=20)


def test_an_index_that_grew_answers_as_one_made_anew(corpus: LessonCorpus, tmp_path: Path) -> None:
    answers = []
    for name, days in (("grown", ("2024-12-31", "2025-08-31")), ("new", ())):
        (tmp_path / name).mkdir()
        for day in days:
            with searched(tmp_path / name, collection(corpus, pd.Timestamp(day))) as search:
                assert search.index.written > 0
        with searched(tmp_path / name, collection(corpus, LATE)) as search:
            assert search.note.startswith("BM25 and latent semantics")
            answers.append([search.search(question.text).items for question in corpus.questions])
    for grown, new in zip(*answers, strict=True):
        pd.testing.assert_frame_equal(grown, new)


def test_each_item_says_its_places_and_facets_count_all_that_was_found(corpus: LessonCorpus, tmp_path: Path) -> None:
    with searched(tmp_path, collection(corpus, LATE)) as search:
        question = corpus.questions[0].text
        found = search.search(question, most=5)
        assert found.items["score"].is_monotonic_decreasing
        places = found.items[["lexical_rank", "latent_rank"]].astype(float)
        expected = (1 / (60 + places)).sum(axis=1)
        assert found.items["score"].to_list() == pytest.approx(expected.to_list())
        assert sum(found.facets["year"].values()) == found.count <= 2 * DEPTH
        assert search.search(question, where={"text_kind": "document"}).count == 0
        assert search.search("zzz qqq").count == 0


def test_what_is_retired_or_repeats_is_not_found_beside_what_stands(corpus: LessonCorpus, tmp_path: Path) -> None:
    texts = collection(corpus, LATE)
    with searched(tmp_path, texts) as search:
        question = corpus.questions[1].text
        first, second = search.search(question).items["text_id"].iloc[:2]
    folded = texts.assign(original_id=texts["original_id"].where(texts["text_id"] != first, second))
    with searched(tmp_path, folded) as search:
        found = search.search(question).items["text_id"].to_list()
        assert found[0] == second
        assert first not in found
    retired = texts.assign(state=texts["state"].where(texts["text_id"] != first, "retired"))
    with searched(tmp_path, retired) as search:
        assert first not in search.search(question).items["text_id"].to_list()
        assert search.search(question, where={"state": "Retired"}).items["text_id"].to_list() == [first]
