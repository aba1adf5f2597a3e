"""Ingestion at the speed of thousands of files: the whole way of a load, over lakes held in memory, taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import pmo_analytics.ingest as ingestion
from pmo_analytics.ingest import IngestOptions, LoadResult
from pmo_analytics.sources import mapped, recognition
from pmo_analytics.sources.definition import definitions
from pmo_analytics.warehouse import loading
from pmo_analytics.warehouse.connection import Connection, connect
from pmo_analytics.warehouse.schema_versions import create
from pmo_analytics.workspace import Workspace
from tests.exports import counted_edges
from tests.mutants.bases import MAPPING

Row = tuple[Any, ...]
_WRITTEN = re.compile(r"; ([\w-]+)(?:, BOM)?, delimiter '(.+)'$")


@dataclass(frozen=True)
class Outcome:
    """What became of a file: the result, the rows to be stored by line (persons by key), and how it was read."""

    result: LoadResult
    rows: list[Row]
    encoding: str
    delimiter: str


class Bench:
    """A workspace whose lakes are in memory; nothing that is loaded stays."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace.create(folder / "workspace")
        settings = self.workspace.root / "pmo.toml"
        settings.write_text(settings.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
        self.workspace = Workspace.find(self.workspace.root)
        self.seen: list[Row] = []

    def load(self, data: bytes) -> Outcome:
        """Load the bytes as a file; PmoError as ingestion raises it."""
        path = self.folder / "export.csv"
        path.write_bytes(data)
        self.seen = []
        options = IngestOptions(dry_run=True, status_date=date(2026, 6, 30))
        result = ingestion.ingest_file(self.workspace, path, options, counted_edges())
        told = _WRITTEN.search(result.assumptions[0])
        assert told, result.assumptions[0]
        return Outcome(result, self.seen, told.group(1), told.group(2).encode().decode("unicode_escape"))

    def keep(self, connection: Connection, draft: loading.LoadDraft, counts: loading.LoadCounts) -> None:
        """Remember the rows that a load would store, and hold their sums to the totals it tells."""
        keys = {token: key for key, token in draft.persons.tokens.items()}
        table = draft.table
        names = [c for c in table.columns if not (draft.by_scope and c in table.key)]
        cells = ", ".join(f'"{c}"' for c in names)
        query = f"SELECT source_line, {cells} FROM typed JOIN fate AS f USING (source_line) WHERE f.fate = 'added'"
        if draft.is_stored:
            query += f" UNION ALL SELECT source_line, {cells} FROM lake.core.{table.name}"
        for _, *row in connection.execute(f"{query} ORDER BY source_line").fetchall():
            named = dict(zip(names, row, strict=True))
            named |= {c: keys.get(named[c], named[c]) for c in table.person_columns}
            if named.get("custom"):
                named["custom"] = tuple(sorted(re.split(r'(?<=\]),(?=")', named["custom"][1:-1])))
            self.seen.append(tuple(named.values()))
        for column in {t.column for t in counts.totals}:
            place = names.index(column)
            whole = sum((row[place] or Decimal(0) for row in self.seen), Decimal(0))
            told = sum((t.total for t in counts.totals if (t.column, t.fate) == (column, "added")), Decimal(0))
            assert whole == told, (column, whole, told)


_COUNT = loading.count


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    """A bench; while it is open, ingestion meets its lakes in memory and no others."""
    lakes = connect()
    lakes.execute("ATTACH ':memory:' AS lake; ATTACH ':memory:' AS personal; SET threads = 1")
    create(lakes)
    known, made = definitions(), Bench(folder)

    def cursor(size: int) -> Connection:
        own = lakes.cursor()
        own.execute("SET TimeZone = 'UTC'; SET python_enable_replacements = false")
        own.execute("SET disabled_optimizers = 'build_side_probe_side'")
        return own

    def count(connection: Connection, draft: loading.LoadDraft) -> loading.LoadCounts:
        counts = _COUNT(connection, draft)
        made.keep(connection, draft, counts)
        return counts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingestion, "connect", cursor)
        patch.setattr(ingestion, "attach", lambda *_: None)
        patch.setattr(ingestion, "create", lambda *_: [])
        patch.setattr(recognition, "definitions", lambda: known)
        patch.setattr(mapped, "definitions", lambda: known)
        patch.setattr(loading, "count", count)
        yield made
    lakes.close()
