"""The index that lessons are searched in: an SQLite file with FTS5 beside the lakes, and never the truth.

It holds exactly the texts of the collection that is asked about, so that an answer
is the same whether the file was there, was of another day or version, or is made
anew. Only texts whose digest is new are written, and those that are gone removed.
A session reads one state of the file, whatever other processes write meanwhile.
A file that is damaged is made anew; one that cannot be written, or that others keep
changing, is left alone, and the index stands in memory for the session.

What a text's terms are is said by the caller, and so is what is derived of them
beside the words: this module keeps both. Terms are bound, each in quotes: no text of
a person is an expression of FTS5.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse.locks import LESSONS, alone, hold

FILE = "lesson_index.sqlite"
# Whatever changes in what is stored makes the file another one.
_FORM = "1"
_ATTEMPTS = 3
_PATIENCE_SECONDS = 5.0
_NOT_ASCII = "zz0"
_SQLITE_ROWS = 500
_MANY = 200
# What the engine says of a file that is whole, and that this process cannot write now.
_IN_USE = ("database is locked", "attempt to write a readonly", "unable to open", "database or disk is full")

Texts = Callable[[Sequence[str]], Sequence[tuple[Sequence[str], ...]]]


class Derived(Protocol):
    """What is derived of texts beside their words: a model of the collection, and bytes of each text under it."""

    def key(self, digests: Mapping[str, str]) -> str:
        """What the model depends on; empty where the collection has none."""

    def model(self, texts: Sequence[Sequence[str]]) -> bytes:
        """The model of the collection's texts, in its order."""

    def points(self, model: bytes, texts: Sequence[Sequence[str]]) -> list[bytes]:
        """Each text under the model."""


class LessonIndex:
    """One state of the index, for the collection it was opened with."""

    def __init__(self, connection: sqlite3.Connection, *, is_kept: bool, written: int) -> None:
        self._connection = connection
        self.is_kept = is_kept
        self.written = written
        self._names: dict[int, str] = dict(connection.execute("SELECT id, name FROM entry"))

    def matches(self, terms: Sequence[str], most: int) -> list[tuple[str, float]]:
        """The `most` texts that answer these terms best by BM25, names and scores; of equal scores by name."""
        telling = self._telling([_written(term) for term in dict.fromkeys(terms)])
        if not telling:
            return []
        asked = " OR ".join(f'"{term}"' for term in telling)
        wanted = most
        while True:
            # One more than asked for tells whether the last place is shared.
            rows = self._rows(
                "SELECT rowid, rank FROM term WHERE term MATCH ? ORDER BY rank LIMIT ?", (asked, wanted + 1)
            )
            if len(rows) <= wanted or rows[most - 1][1] != rows[-1][1]:
                break
            wanted *= 4
        found = [(self._names[row], -score) for row, score in rows]
        return sorted(found, key=lambda each: (-each[1], each[0]))[:most]

    def _telling(self, terms: Sequence[str]) -> list[str]:
        """The terms that are in some text and, of many texts, not in most, where they weigh nothing and cost much."""
        counts = {
            term: rows[0][0]
            for term in terms
            if (rows := self._rows("SELECT texts FROM rarity WHERE term = ?", (term,)))
        }
        if len(self._names) < _MANY:
            return list(counts)
        return [term for term, count in counts.items() if 2 * count < len(self._names)] or list(counts)

    def model(self) -> bytes:
        """The derived model, empty where there is none."""
        rows = self._rows("SELECT content FROM model")
        return bytes(rows[0][0]) if rows else b""

    def points(self) -> Iterator[tuple[str, bytes]]:
        """Each text's name and what is derived of it, in no order."""
        for row, point in self._rows("SELECT id, point FROM entry WHERE point IS NOT NULL"):
            yield self._names[row], point

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as problem:
            raise WarehouseError(
                "the index of lessons cannot be read", found=str(problem),
                hint=f"remove {FILE} in the warehouse's folder; the next search makes it anew",
            ) from None  # fmt: skip


@contextmanager
def lesson_index(
    root: Path, digests: Mapping[str, str], texts: Texts, derived: Derived, weights: Sequence[float]
) -> Iterator[LessonIndex]:
    """The index of a collection, brought up to date: `digests` are its texts by name, in the collection's order.

    `texts` gives the terms of the fields of texts by name, and is asked for
    those alone that are new; `weights` are those of the fields.
    """
    with _session(root, digests, texts, derived, weights) as index:
        yield index


@contextmanager
def _session(
    root: Path, digests: Mapping[str, str], texts: Texts, derived: Derived, weights: Sequence[float]
) -> Iterator[LessonIndex]:
    for is_last in (False, True):
        share = hold(root, LESSONS) if root.is_dir() else None
        try:
            opened = _kept(root / FILE, digests, texts, derived, weights)
        except (sqlite3.DatabaseError, KeyError) as problem:
            if share is not None:
                share.release()
            if not is_last and not str(problem).startswith(_IN_USE) and _removed(root):
                continue
            opened = None
        if opened is None:
            if share is not None:
                share.release()
            break
        connection, written = opened
        try:
            yield LessonIndex(connection, is_kept=True, written=written)
        finally:
            connection.close()
            if share is not None:
                share.release()
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _lay(connection, weights)
        written = _brought_up(connection, digests, texts, derived)
        yield LessonIndex(connection, is_kept=False, written=written)


def _kept(
    path: Path, digests: Mapping[str, str], texts: Texts, derived: Derived, weights: Sequence[float]
) -> tuple[sqlite3.Connection, int] | None:
    """A connection that reads the file in the state wanted, and how many texts were written; None where others win."""
    connection = sqlite3.connect(path, timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        _lay(connection, weights)
        written = 0
        for _ in range(_ATTEMPTS):
            connection.execute("BEGIN")
            if _stands(connection, digests, derived):
                return connection, written
            connection.execute("ROLLBACK")
            connection.execute("BEGIN IMMEDIATE")
            written += _brought_up(connection, digests, texts, derived)
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def _lay(connection: sqlite3.Connection, weights: Sequence[float]) -> None:
    """The tables, laid anew where they are of another form of the index."""
    form = f"{_FORM}: {', '.join(f'{weight:g}' for weight in weights)}"
    known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'form'").fetchone()[0]
    if known and connection.execute("SELECT form FROM form").fetchall() == [(form,)]:
        return
    fields = [f"field_{place}" for place in range(len(weights))]
    connection.execute("BEGIN IMMEDIATE")
    for name in ("form", "entry", "model", "rarity", "term"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute("CREATE TABLE form (form TEXT)")
    connection.execute("INSERT INTO form VALUES (?)", (form,))
    connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, name TEXT UNIQUE, digest TEXT, point BLOB)")
    connection.execute("CREATE TABLE model (key TEXT, content BLOB)")
    connection.execute("CREATE TABLE rarity (term TEXT PRIMARY KEY, texts INTEGER) WITHOUT ROWID")
    connection.execute(f"CREATE VIRTUAL TABLE term USING fts5({', '.join(fields)}, tokenize = 'ascii')")
    ranked = f"bm25({', '.join(f'{weight:g}' for weight in weights)})"
    connection.execute("INSERT INTO term (term, rank) VALUES ('rank', ?)", (ranked,))
    connection.execute("COMMIT")


def _stands(connection: sqlite3.Connection, digests: Mapping[str, str], derived: Derived) -> bool:
    """Whether the file holds exactly this collection."""
    entries = dict(connection.execute("SELECT name, digest FROM entry"))
    keys = [row[0] for row in connection.execute("SELECT key FROM model")]
    count = connection.execute("SELECT count(*) FROM term").fetchone()[0]
    return entries == dict(digests) and keys == [derived.key(digests)] and count == len(entries)


def _brought_up(connection: sqlite3.Connection, digests: Mapping[str, str], texts: Texts, derived: Derived) -> int:
    """Write what is new, remove what is gone, derive what depends on it; how many texts were written."""
    entries = {name: (row, digest) for row, name, digest in connection.execute("SELECT id, name, digest FROM entry")}
    gone = [name for name, (_, digest) in entries.items() if digests.get(name) != digest]
    counts: Counter[str] = Counter()
    for _, text in _stored(connection, gone):
        counts.subtract(set(map(_written, text)))
    connection.executemany("DELETE FROM term WHERE rowid = ?", [(entries[name][0],) for name in gone])
    connection.executemany("DELETE FROM entry WHERE id = ?", [(entries[name][0],) for name in gone])
    new = [name for name, digest in digests.items() if name not in entries or entries[name][1] != digest]
    for name, fields in zip(new, texts(new), strict=True):
        row = connection.execute("INSERT INTO entry (name, digest) VALUES (?, ?)", (name, digests[name])).lastrowid
        written = [" ".join(map(_written, field)) for field in fields]
        marks = ", ".join("?" * len(written))
        names = ", ".join(f"field_{place}" for place in range(len(written)))
        connection.execute(f"INSERT INTO term (rowid, {names}) VALUES (?, {marks})", (row, *written))
        counts.update(set(" ".join(written).split()))
    connection.executemany(
        "INSERT INTO rarity VALUES (?, ?) ON CONFLICT (term) DO UPDATE SET texts = texts + excluded.texts",
        sorted(counts.items()),
    )
    connection.execute("DELETE FROM rarity WHERE texts <= 0")
    _derive(connection, digests, derived)
    return len(new)


def _derive(connection: sqlite3.Connection, digests: Mapping[str, str], derived: Derived) -> None:
    key = derived.key(digests)
    kept = connection.execute("SELECT key, content FROM model").fetchone()
    if kept is None or kept[0] != key:
        model = derived.model([text for _, text in _stored(connection, list(digests))]) if key else b""
        connection.execute("DELETE FROM model")
        connection.execute("INSERT INTO model VALUES (?, ?)", (key, model))
        connection.execute("UPDATE entry SET point = NULL")
    else:
        model = bytes(kept[1])
    if not model:
        return
    lacking = [name for (name,) in connection.execute("SELECT name FROM entry WHERE point IS NULL")]
    for first in range(0, len(lacking), 5_000):
        found = list(_stored(connection, lacking[first : first + 5_000]))
        points = derived.points(model, [text for _, text in found])
        connection.executemany(
            "UPDATE entry SET point = ? WHERE name = ?",
            [(point, name) for point, (name, _) in zip(points, found, strict=True)],
        )


def _stored(connection: sqlite3.Connection, names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Texts as all their terms, in the order of the names."""
    for first in range(0, len(names), _SQLITE_ROWS):
        some = names[first : first + _SQLITE_ROWS]
        rows = connection.execute(
            f"SELECT e.name, t.* FROM entry AS e JOIN term AS t ON t.rowid = e.id "
            f"WHERE e.name IN ({', '.join('?' * len(some))})",
            some,
        )
        found = {name: [_read(term) for field in fields for term in field.split()] for name, *fields in rows}
        for name in some:
            yield name, found[name]


def _written(term: str) -> str:
    """A term as the index holds it: letters and digits that its tokeniser leaves alone."""
    return term if term.isascii() else f"{_NOT_ASCII}{term.encode().hex()}"


def _read(term: str) -> str:
    return bytes.fromhex(term.removeprefix(_NOT_ASCII)).decode() if term.startswith(_NOT_ASCII) else term


def _removed(root: Path) -> bool:
    """Remove a damaged file, unless somebody else has it open."""
    try:
        with alone(root, LESSONS, patience_seconds=0.0):
            for end in ("", "-wal", "-shm", "-journal"):
                (root / f"{FILE}{end}").unlink(missing_ok=True)
    except (WarehouseError, OSError):
        return False
    return True
