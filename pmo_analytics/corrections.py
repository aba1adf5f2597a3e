"""Rejected rows as a workbook, to be corrected there and loaded again.

The rows are read anew from the archived originals, so they hold what the
exports hold, persons' names included. They are text, whatever they look like.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from pmo_analytics.errors import PmoError, UsageError, WarehouseError
from pmo_analytics.exchange import register_xlsx
from pmo_analytics.exchange.register_xlsx import Marked
from pmo_analytics.ingest import Edges, IngestOptions
from pmo_analytics.ingest.correcting import FRONT, REGISTER_COLUMNS, REGISTER_SHEET
from pmo_analytics.ingest.decimals import DecimalCells
from pmo_analytics.ingest.originals import LoadedFile, opened, unlike
from pmo_analytics.ingest.reading import read
from pmo_analytics.ingest.results import Intake
from pmo_analytics.sources.recognition import number_positions
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.workspace import Workspace

_REJECTS = """
SELECT l.version, l.load_id, l.file, l.sha256, l.source, l.options, r.source_line, r.column_name, r.rule, r.expected
FROM meta.reject AS r JOIN meta.load AS l USING (load_id) ORDER BY l.version, r.source_line, r.column_name, r.rule
"""


@dataclass(frozen=True)
class Corrections:
    """The rejected rows of one load as a sheet: its title, the load's file, its columns and rows, and what names it."""

    title: str
    file: str
    columns: list[str]
    rows: list[list[str]]
    named: list[str]


@dataclass(frozen=True)
class WrittenCorrections:
    """The sheets of a workbook of corrections, and why rows of other loads could not be read anew, in words."""

    sheets: list[Corrections]
    left_out: list[str]


@dataclass(frozen=True)
class _Rejected:
    """One load, and by line what broke: column, rule, expectation."""

    load: LoadedFile
    lines: dict[int, list[tuple[str, str, str]]]


def write_corrections(
    workspace: Workspace, path: Path, edges: Edges, *, version: int | None = None
) -> WrittenCorrections:
    """Write the rejected rows of a load, by default of every one, to a new workbook, a sheet for each load.

    Personal data: write it where the exports themselves may lie. Raises
    UsageError where there is such a file already or nothing was rejected, and
    WarehouseError where no original can be read as it was.
    """
    if path.exists():
        raise UsageError("there is such a file already", file=path, hint="name a new one, so that no work is lost")
    with Warehouse(workspace).everything() as view:
        rows = [row for row in view.rows(_REJECTS)[1] if version in {None, row[0]}]
    if not rows:
        raise UsageError("no row was rejected" + (f" in version {version}" if version else ""), hint="`pmo loads`")
    sheets, left_out = [], []
    for rejected in _by_load(rows):
        try:
            sheets.append(_sheet(workspace, rejected, edges))
        except PmoError as problem:
            left_out.append(f"version {rejected.load.version}, {problem}")
    if not sheets:
        raise WarehouseError("no rejected row can be read anew", found="\n".join(left_out))
    named = (REGISTER_SHEET, REGISTER_COLUMNS, [sheet.named for sheet in sheets])
    register_xlsx.write_workbook(path, [*((s.title, s.columns, s.rows) for s in sheets), named])
    return WrittenCorrections(sheets, left_out)


def _by_load(rows: Iterable[tuple[Any, ...]]) -> list[_Rejected]:
    found: dict[str, _Rejected] = {}
    for version, load_id, file, digest, source, options, line, column, rule, expected in rows:
        load = LoadedFile(int(version), load_id, file, digest, source, json.loads(options))
        found.setdefault(load_id, _Rejected(load, {})).lines.setdefault(int(line), []).append((column, rule, expected))
    return list(found.values())


def _sheet(workspace: Workspace, rejected: _Rejected, edges: Edges) -> Corrections:
    load, lines = rejected.load, rejected.lines
    given = load.options
    day = given.get("status_date")
    options = IngestOptions(
        given.get("source"),
        given.get("date_order"),
        given.get("decimal_mark"),
        date.fromisoformat(day) if day else None,
        month_language=given.get("month_language"),
    )
    with opened(workspace, load) as export:
        with connect() as connection:
            reading = read(connection, export.how, export.found, Intake(workspace, options, edges), whole=True)
        how = reading.conventions
        headers = [header.strip() for header in export.found.headers]
        body = islice(export.how.records(), export.found.header_index + 1, None)
        numbers = DecimalCells(number_positions(export.found.definition, export.found.headers))
        rows = [
            [str(record.line), *_marked(record.cells, headers, lines[record.line])]
            for record in numbers.marked((r for r in body if r.line in lines), how.decimal_mark)
        ]
    if len(rows) < len(lines):
        raise unlike(load)
    title = f"version {load.version}"
    width = max(len(row) for row in rows)
    named = [title, given.get("corrects", load.load_id), load.source, how.date_order, how.decimal_mark, day or ""]
    columns = [*FRONT, *headers]
    columns += [""] * (width - len(columns))
    return Corrections(title, load.file, columns, [row + [""] * (len(columns) - len(row)) for row in rows], named)


def _marked(cells: list[str], headers: list[str], broken: list[tuple[str, str, str]]) -> list[str]:
    """What is wrong in words, then the cells, those that broke a rule marked."""
    wrong = "; ".join(f"{column}: {rule}, expected {expected}" for column, rule, expected in broken)
    columns = {column.strip() for column, _, _ in broken}
    padded = cells + [""] * (len(headers) - len(cells))
    marked = [Marked(c) if at < len(headers) and headers[at] in columns else c for at, c in enumerate(padded)]
    return [wrong, *marked]
