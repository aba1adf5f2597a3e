"""2,000 lessons of known relevance: what words, meaning, and both together find.

Measured on seeds 101 to 106, which nothing was chosen by; the number of dimensions
was set on seeds 1 to 4. nDCG@10 of BM25 alone 0.76, of meaning alone 0.93, of both
0.87; reciprocal rank of the first lesson fully on the matter 0.94, 0.94 and 0.94: of
six seeds both together are behind BM25 in that on two.
"""

from __future__ import annotations

import statistics
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.lesson_search import searched
from pmo_analytics.synthetic.lesson_corpus import lesson_corpus
from tests.lesson_rows import collection, discounted_gain, reciprocal_rank

SEEDS = (101, 102, 103, 104, 105, 106)
LATE = pd.Timestamp("2026-06-30")


def identifiers(names: list[str]) -> list[str]:
    return [name.removeprefix("lesson ") for name in names]


def measured(root: Path, seed: int) -> dict[str, tuple[float, float]]:
    """nDCG@10 and mean reciprocal rank of each order, over questions asked when all was known."""
    corpus = lesson_corpus(seed)
    found: dict[str, list[tuple[float, float]]] = {"words": [], "meaning": [], "both": []}
    with searched(root, collection(corpus, LATE)) as search:
        for question in corpus.questions:
            on_time = {each.lesson_id for each in corpus.lessons if each.day <= question.day}
            orders = {
                "words": identifiers(search.lexical(question.text)),
                "meaning": identifiers(search.latent(question.text)),
                "both": identifiers(search.search(question.text, most=200).items["text_id"].to_list()),
            }
            for name, order in orders.items():
                kept = [each for each in order if each in on_time]
                found[name].append((discounted_gain(kept, question.worth), reciprocal_rank(kept, question.worth)))
    return {name: tuple(map(statistics.fmean, zip(*rows, strict=True))) for name, rows in found.items()}  # type: ignore[misc]


@pytest.mark.slow
def test_both_orders_together_find_at_least_what_words_alone_find(tmp_path: Path) -> None:
    results = {seed: measured(tmp_path / str(seed), seed) for seed in SEEDS}
    assert all(found["both"][0] > found["words"][0] + 0.05 for found in results.values())
    ranks = {name: statistics.fmean(found[name][1] for found in results.values()) for name in ("words", "both")}
    assert ranks["both"] >= ranks["words"]
    assert ranks["both"] > 0.9


@pytest.mark.slow
def test_no_lesson_dated_after_the_question_is_found(tmp_path: Path) -> None:
    corpus = lesson_corpus(107)
    days = {each.lesson_id: each.day for each in corpus.lessons}
    shown = 0
    # One index, asked as of many days in no order, as a person would.
    for question in corpus.questions[:12]:
        with searched(tmp_path, collection(corpus, pd.Timestamp(question.day))) as search:
            found = identifiers(search.search(question.text, most=200).items["text_id"].to_list())
        assert all(days[each] <= question.day for each in found)
        shown += len(found)
    assert shown > 500


@pytest.mark.slow
def test_an_index_that_grew_answers_as_one_made_anew(tmp_path: Path) -> None:
    corpus = lesson_corpus(108)
    for root, days in ((tmp_path / "grown", ("2023-06-30", "2025-01-31", "2026-06-30")), (tmp_path / "new", ())):
        root.mkdir()
        for day in days:
            with searched(root, collection(corpus, pd.Timestamp(day))):
                pass
    answers = []
    for root in (tmp_path / "grown", tmp_path / "new"):
        with searched(root, collection(corpus, LATE)) as search:
            answers.append([search.search(question.text).items["text_id"].to_list() for question in corpus.questions])
    assert answers[0] == answers[1]
