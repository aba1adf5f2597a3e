"""Lessons, documents and reviews searched: words and meaning fused, facets counted, repetitions folded."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.latent_semantics import LEAST, LatentModel, fitted_count, latent_model, likeness
from pmo_analytics.forecasting.rank_fusion import fused
from pmo_analytics.forecasting.text_terms import terms
from pmo_analytics.knowledge.lesson_texts import FIELDS, RETIRED, WEIGHTS, lesson_texts
from pmo_analytics.warehouse.stores.lesson_index import LessonIndex, lesson_index

if TYPE_CHECKING:
    from pmo_analytics.warehouse import View

# How deep each order goes before they are fused, and how many terms of a question are asked.
DEPTH, MOST_TERMS = 200, 64
FACETS = ("text_kind", "category", "tag", "portfolio", "project_id", "state", "year")
# The way that texts are made into terms: a change of it makes every digest another.
_FORM = "terms 1"
_COLUMNS = (*FIELDS, "text_kind", "project_id", "portfolio", "category", "state", "known_on_date", "original_id")
_WHERE = ("text_kind", "category", "portfolio", "project_id", "state")


@dataclass(frozen=True)
class Found:
    """What answers a question: `items` the best first, `facets` of all that was found, how it was ranked.

    `items` has the columns of `LessonText` beside `score`, `lexical_rank` and
    `latent_rank`, missing where an order does not hold the item. `count` is how
    many were found, of 200 in each order at most.
    """

    items: pd.DataFrame
    facets: dict[str, dict[str, int]]
    count: int
    note: str


@dataclass
class LessonSearch:
    """A collection ready to be searched, as long as its index is open."""

    texts: pd.DataFrame
    index: LessonIndex
    _rows: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = {str(name): place for place, name in enumerate(self.texts["text_id"])}
        self._columns = {name: self.texts[name].to_numpy(dtype=object) for name in _COLUMNS}

    @cached_property
    def _latent(self) -> tuple[LatentModel, list[str], np.ndarray] | None:
        content = self.index.model()
        if not content:
            return None
        names, points = [], []
        for name, point in sorted(self.index.points()):
            names.append(name)
            points.append(np.frombuffer(point, dtype=np.float32))
        return _model_of(content), names, np.vstack(points)

    @property
    def note(self) -> str:
        """What the orders are made of, in words."""
        if self._latent is not None:
            return "BM25 and latent semantics, fused by reciprocal rank"
        return f"BM25 alone: a model of meaning takes {LEAST} texts or more"

    def lexical(self, question: str, most: int = DEPTH) -> list[str]:
        """Names in order of BM25."""
        return [name for name, _ in self.index.matches(terms(question)[:MOST_TERMS], most)]

    def latent(self, question: str, most: int = DEPTH) -> list[str]:
        """Names in order of likeness, the most alike first; none without a model or a term that it knows."""
        if self._latent is None:
            return []
        model, names, points = self._latent
        asked = model.points([terms(question)[:MOST_TERMS]])[0]
        if not asked.any():
            return []
        alike = likeness(points, asked)
        # Those as near as the last that is wanted, and all of its equals, so that the order is by name among them.
        least = max(np.partition(alike, -most)[-most], 0) if most < len(alike) else 0
        near = np.flatnonzero((alike >= least) & (alike > 0))
        return [names[place] for place in near[np.argsort(-alike[near], kind="stable")][:most]]

    def search(self, question: str, *, where: Mapping[str, str] | None = None, most: int = 10) -> Found:
        """What answers the question best among the items whose columns have the values of `where`, case aside.

        Repetitions count as the lesson that they repeat, at the better place.
        Retired lessons are found where their state is asked for.
        """
        # What is asked of a part of the collection may lie deep in the order of the whole.
        deep = len(self.texts) if where else DEPTH
        found = (self.lexical(question, deep), self.latent(question, deep))
        orders = [self._kept(order, where or {})[:DEPTH] for order in found]
        ranked = fused(orders)
        places = [{name: place for place, name in enumerate(order, start=1)} for order in orders]
        rows = [self._rows[name] for name, _ in ranked]
        items = self.texts.iloc[rows[:most]].reset_index(drop=True)
        items = items.assign(
            score=[score for _, score in ranked[:most]],
            lexical_rank=pd.array([places[0].get(name) for name, _ in ranked[:most]], dtype="Int64"),
            latent_rank=pd.array([places[1].get(name) for name, _ in ranked[:most]], dtype="Int64"),
        )
        return Found(items, self._facets(rows), len(ranked), self.note)

    def _kept(self, order: Sequence[str], where: Mapping[str, str]) -> list[str]:
        kept: dict[str, None] = {}
        for name in order:
            original = str(self._columns["original_id"][self._rows[name]])
            place = self._rows.get(original, self._rows[name])
            if self._columns["state"][place] == RETIRED and "state" not in where:
                continue
            if all(str(self._columns[c][place]).casefold() == v.strip().casefold() for c, v in where.items()):
                kept.setdefault(original)
        return list(kept)

    def _facets(self, rows: Sequence[int]) -> dict[str, dict[str, int]]:
        counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
        for row in rows:
            for name in _WHERE:
                value = self._columns[name][row]
                if isinstance(value, str) and value:
                    counts[name][value] += 1
            counts["year"][str(self._columns["known_on_date"][row].year)] += 1
            for tag in {tag.strip() for tag in str(self._columns["tags"][row]).split(",")} - {""}:
                counts["tag"][tag] += 1
        return {
            name: dict(sorted(found.items(), key=lambda each: (-each[1], each[0]))) for name, found in counts.items()
        }


@contextmanager
def lesson_search(view: View) -> Iterator[LessonSearch]:
    """The collection of a view, searched in the index of its workspace."""
    with searched(view.workspace.warehouse, view.run(lesson_texts)) as search:
        yield search


@contextmanager
def searched(root: Path, texts: pd.DataFrame) -> Iterator[LessonSearch]:
    """A collection of `LessonText`, searched in the index in the folder `root`."""
    fields = dict(zip(texts["text_id"], texts[list(FIELDS)].itertuples(index=False, name=None), strict=True))

    def terms_of(names: Sequence[str]) -> list[tuple[list[str], ...]]:
        return [tuple(terms(text) for text in fields[name]) for name in names]

    digests = {str(name): _digest(texts) for name, texts in fields.items()}
    with lesson_index(root, digests, terms_of, _Latent(), WEIGHTS) as index:
        yield LessonSearch(texts, index)


class _Latent:
    """The model of meaning, as the index keeps it."""

    def key(self, digests: Mapping[str, str]) -> str:
        """The texts that the model is made from; empty where they are too few."""
        count = fitted_count(len(digests))
        if not count:
            return ""
        made_from = hashlib.sha256()
        for place, (name, digest) in enumerate(digests.items()):
            if place == count:
                break
            made_from.update(f"{name}\0{digest}\n".encode())
        return made_from.hexdigest()

    def model(self, texts: Sequence[Sequence[str]]) -> bytes:
        """Names of terms as JSON on the first line, then rarity and directions; empty where there is no model."""
        made = latent_model(texts)
        if made is None:
            return b""
        return json.dumps(made.terms).encode() + b"\n" + made.rarity.tobytes() + made.directions.tobytes()

    def points(self, model: bytes, texts: Sequence[Sequence[str]]) -> list[bytes]:
        """Each text as a point, of single precision."""
        return [point.tobytes() for point in _model_of(model).points(texts)]


def _model_of(content: bytes) -> LatentModel:
    head, _, numbers = content.partition(b"\n")
    names = tuple(json.loads(head))
    values = np.frombuffer(numbers, dtype=np.float32)
    return LatentModel(names, values[: len(names)], values[len(names) :].reshape(len(names), -1))


def _digest(fields: Sequence[object]) -> str:
    return hashlib.sha256("\0".join([_FORM, *map(str, fields)]).encode("utf-8", "surrogatepass")).hexdigest()
