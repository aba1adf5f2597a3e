"""A figure opened: the rows that it counts, where they came from, and what stood there."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from pmo_analytics.contracts import tables
from pmo_analytics.errors import UsageError
from pmo_analytics.figure_evidence import Opening, usual_origin
from pmo_analytics.influences import Influences
from pmo_analytics.ingest.original_cells import original_cells
from pmo_analytics.ingest.originals import LoadedFile
from pmo_analytics.origins import Figure
from pmo_analytics.warehouse import View
from pmo_analytics.warehouse.counted_rows import Evidence

# Whose originals are of the personal lake: their lines are never shown.
_PERSONAL = ("rate",)


@dataclass(frozen=True)
class Explanation:
    """A figure's evidence with what its originals say: by table, load and line, the cells by header."""

    evidence: Evidence
    originals: dict[tuple[str, int, int], dict[str, str]] = field(default_factory=dict)


def explain(view: View, table: str, column: str, given: list[str], *, with_originals: int = 0) -> Explanation:
    """Open `column` of the row of `table` whose key is `given` as `name=value`, a month as `2026-03`.

    Up to `with_originals` lines are read again from the archive. Raises
    UsageError where there is no such figure, WarehouseError where an original
    is missing or altered.
    """
    found = view.explain(table, _key(given), column)
    return Explanation(found, originals(view, found.rows, with_originals) if with_originals else {})


@dataclass(frozen=True)
class AnalysisExplanation:
    """A figure of an analysis: what of marts and registers it depends on, and how each part is opened in turn."""

    analysis: str
    key: dict[str, Any]
    column: str
    influences: Influences
    commands: list[str]


def explain_analysis(view: View, name: str, column: str, given: list[str]) -> AnalysisExplanation:
    """Open `column` of the row of an analysis that has the values `given` as `name=value`.

    Raises UsageError where there is no such figure.
    """
    found = Opening(view).influenced(usual_figure(view, name, column, given))
    return AnalysisExplanation(name, _key(given), column, found, [*_commands(view, found)])


def usual_figure(view: View, name: str, column: str, given: list[str]) -> Figure:
    """The figure of a mart, register or analysis of all that the view holds, by its key as `name=value`."""
    return Figure(usual_origin(name, view.workspace.tolerances), _key(given), column)


def _commands(view: View, found: Influences) -> Iterator[str]:
    """The commands that open what a figure depends on: of each column the first row."""
    for table, rows in found.rows.items():
        parts = [part for part in tables()[table].key if not pd.isna(rows.iloc[0][part])]
        key = " ".join(shlex.quote(f"{part}={_written(rows.iloc[0][part])}") for part in parts)
        for column in found.columns[table]:
            if column not in parts:
                yield f"pmo explain {table} {column} {key} --as-of {view.as_of} --version {view.version}"


def _written(value: Any) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)


def _key(given: list[str]) -> dict[str, Any]:
    key: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise UsageError("a row is named by its key", found=text, expected="name=value, as project_id=A1")
        is_month = name.endswith("_month") and len(value) == len("2026-03")
        key[name.strip()] = f"{value}-01" if is_month else value or None
    return key


def originals(view: View, rows_of: Mapping[str, pd.DataFrame], most: int) -> dict[tuple[str, int, int], dict[str, str]]:
    """The cells of the first `most` rows' lines in the archived files, by table, version and line.

    `rows_of` holds stored rows by table. Columns that name persons, and rates,
    are left out. Raises WarehouseError where an original is missing or altered.
    """
    loads = {load.load_id: load for load in _loads(view)}
    shown: dict[tuple[str, int, int], dict[str, str]] = {}
    for table, rows in rows_of.items():
        if table in _PERSONAL:
            continue
        for load_id, of_load in rows.head(max(0, most - len(shown))).groupby("load_id", sort=False):
            load = loads[str(load_id)]
            for line, cells in original_cells(view.workspace, load, [int(n) for n in of_load["source_line"]]).items():
                shown[table, load.version, line] = cells
    return shown


def _loads(view: View) -> list[LoadedFile]:
    rows = view.rows("SELECT version, load_id, file, sha256, source, options FROM meta.load ORDER BY version")[1]
    return [LoadedFile(int(v), i, f, s, source, json.loads(options)) for v, i, f, s, source, options in rows]


def told(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows for reading: without what stands in none of them, and without ids of loads."""
    return rows.drop(columns="load_id").dropna(axis="columns", how="all")
