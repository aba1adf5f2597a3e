"""What a question to 50,000 lessons takes, against BM25 of a bare FTS5 table over the same texts.

The bare table holds the texts as they are, with FTS5's own tokeniser, and gives
the best ten by its rank. The search gives the words' and the meaning's order
fused, with facets of all found. Both are warm, in one process. The index is made,
opened again with 50 lessons more, and opened as it is. `PMO_BENCH_LESSONS` sets
the number of lessons.
"""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from pmo_analytics.forecasting.text_terms import words
from pmo_analytics.lesson_search import searched
from pmo_analytics.synthetic.lesson_corpus import lesson_corpus
from tests.lesson_rows import collection

LESSONS = int(os.environ.get("PMO_BENCH_LESSONS", "50000"))
MOST_SECONDS, NEW = 0.050, 50


def median(questions: list[str], ask: Callable[[str], object]) -> float:
    taken = []
    for question in questions:
        start = time.perf_counter()
        ask(question)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def test_a_question_to_many_lessons(tmp_path: Path) -> None:
    corpus = lesson_corpus(5, lessons=LESSONS, questions=100)
    texts = collection(corpus, pd.Timestamp("2026-06-30"))
    questions = [each.text for each in corpus.questions]
    bare = sqlite3.connect(":memory:")
    bare.execute("CREATE VIRTUAL TABLE t USING fts5(title, tags, advice, body)")
    bare.executemany(
        "INSERT INTO t VALUES (?, ?, ?, ?)", texts[["title", "tags", "recommendation", "text"]].to_numpy().tolist()
    )
    opened = {}
    for name, rows in (("made", texts.iloc[:-NEW].reset_index(drop=True)), ("50 more", texts), ("as it is", texts)):
        start = time.perf_counter()
        with searched(tmp_path, rows) as search:
            opened[name] = (time.perf_counter() - start, search.index.written)
            search.search("warm")
            taken = median(questions, search.search)
    plain = median(
        questions,
        lambda text: bare.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10",
            (" OR ".join(f'"{word}"' for word in words(text)),),
        ).fetchall(),
    )
    bare.close()
    told = ", ".join(f"{name} {seconds:.2f} s ({written} written)" for name, (seconds, written) in opened.items())
    print(f"\n{LESSONS:,} lessons: index {told}; a question {1000 * taken:.1f} ms, bare FTS5 {1000 * plain:.1f} ms, "
          f"ratio {taken / plain:.2f}")  # fmt: skip
    assert [written for _, written in opened.values()] == [LESSONS - NEW, NEW, 0]
    assert opened["50 more"][0] < opened["made"][0] / 4
    assert taken < MOST_SECONDS
