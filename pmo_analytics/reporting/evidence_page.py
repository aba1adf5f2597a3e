"""One figure's evidence as a page: what it is, what it depends on, the rows it counts with their lines, what is not."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.analyses import analyses
from pmo_analytics.contracts import rolled_up, tables
from pmo_analytics.errors import UsageError
from pmo_analytics.figure_evidence import OpenedFigure
from pmo_analytics.reporting.evidence_tables import exact, part_table, stored_table, unit_of
from pmo_analytics.reporting.fragments import fragment
from pmo_analytics.reporting.page import page_style
from pmo_analytics.reporting.provenance import code_digest
from pmo_analytics.reporting.references import Reference
from pmo_analytics.vocabulary import TERMS
from pmo_analytics.warehouse import View
from pmo_analytics.warehouse.roll_ups import mart_sql

Originals = Mapping[tuple[str, int, int], dict[str, str]]
_MOST_PROJECTS, _MOST_LEFT = 12, 40


@dataclass(frozen=True)
class About:
    """Where an opened figure stands: the page's name and the figure's place in it, its text, how it is opened again.

    `published` is empty, and `back` too, where the figure is of no page.
    """

    page: str
    place: str
    published: str
    command: str
    back: str = ""


def evidence_html(
    about: About, opened: OpenedFigure, view: View, originals: Originals, *, lines: int, left: Mapping[str, Any]
) -> str:
    """The evidence page of a figure, self-contained and without script; `lines` rows of each table stand in it.

    `left` is what `left_out_rows` found of the files, by load.
    """
    figure, value = opened.figure, opened.value
    term = TERMS.get(figure.column)
    stored = opened.stored_rows()
    now = shown_now(figure, value)
    unit = unit_of(opened)
    count = sum(len(rows) for rows in stored.values())
    loads = sorted({str(load) for rows in stored.values() for load in rows["load_id"]})
    files = {
        str(load): str(file)
        for rows in stored.values()
        for load, file in zip(rows["load_id"], rows["file"], strict=True)
    }
    missed = [row | {"place": f"{files[load]}:{row['line']}"} for load in loads for row in left.get(load, ())]
    return fragment(
        "evidence",
        style=page_style(), page=about.page, back=about.back, place=about.place, as_of=view.as_of, version=view.version,
        unit=unit, published=about.published, exact=f"{exact(value, figure.column)}{unit and ' '}{unit}",
        symbol=term.symbol if term else "",
        column=figure.column, agrees=not about.published or now in ("", about.published), now=now,
        definition=_definition(opened), source=_source(opened), method=_method(figure.made.name),
        key=", ".join(f"{name} {text or 'none'}" for name, text in figure.key.items()), scope=_scope(opened),
        summary=_summary(opened, count, len(files)),
        parts=[part_table(part, lines) for part in opened.parts],
        rows_title="The stored rows it counts" if count else "It counts no stored row",
        tables=[stored_table(table, rows, opened, lines) for table, rows in stored.items()],
        originals=_originals(originals, stored, view), left=missed[:_MOST_LEFT],
        left_title=_left_title(len(missed)),
        sql=[(part.table, mart_sql(part.table).strip()) for part in opened.parts if part.table in rolled_up()],
        facts=[("Figure", about.command.split()[-1]), ("Reckoned by", figure.made.name),
               ("Options", _options(opened)), ("Code", f"sha256 {code_digest()[:12]}")],
        command=about.command, zip=zip,
    ).html  # fmt: skip


def shown_now(figure: Any, value: Any) -> str:
    """The value as its page would show it; empty where nothing says how."""
    if not isinstance(figure, Reference) or value is None or pd.isna(value):
        return ""
    try:
        return figure.shown.text(value)
    except UsageError:
        return ""


def left_out_rows(view: View) -> dict[str, list[dict[str, Any]]]:
    """The rows of every load that were rejected or set aside, by load, with line, reason and what to do; no values."""
    found: dict[str, list[dict[str, Any]]] = {}
    rejected = view.rows(
        "SELECT load_id, source_line, column_name, rule, expected, hint FROM meta.reject ORDER BY load_id, source_line"
    )[1]
    for load, line, column, rule, expected, hint in rejected:
        why = f"rejected: {column}, {str(rule).replace('_', ' ')}; expected {expected}"
        found.setdefault(str(load), []).append({"line": line, "why": why, "hint": hint or ""})
    aside = view.rows("SELECT load_id, source_line, reason FROM meta.set_aside ORDER BY load_id, source_line")[1]
    for load, line, reason in aside:
        why = f"set aside: {str(reason).replace('_', ' ')}"
        found.setdefault(str(load), []).append({"line": line, "why": why, "hint": "nothing"})
    return found


def _definition(opened: OpenedFigure) -> str:
    term = TERMS.get(opened.figure.column)
    name = opened.figure.column.removesuffix("_seconds").replace("_", " ").capitalize()
    return f"{name}: {term.definition}" if term else f"{name}."


def _source(opened: OpenedFigure) -> str:
    term = TERMS.get(opened.figure.column)
    return f"{term.standard}." if term and term.standard else ""


def _method(name: str) -> str:
    """What an analysis does and whose method it is, in its own words; of a table what its row stands for."""
    if name not in analyses():
        return tables()[name].grain
    function = analyses()[name]
    first = inspect.cleandoc(function.__doc__ or "").partition("\n\n")[0]
    module = inspect.cleandoc(inspect.getmodule(function).__doc__ or "").partition("Worked example")[0]
    return " ".join(f"{first} {module}".replace("`", "").split())


def _scope(opened: OpenedFigure) -> str:
    chosen = [part.projects for part in opened.figure.made.parts() if part.projects is not None]
    if not chosen:
        return ""
    fewest = sorted(chosen, key=len)[0]
    named = ", ".join(fewest[:_MOST_PROJECTS]) + (" and others" if len(fewest) > _MOST_PROJECTS else "")
    return f"Of {len(fewest):,} projects alone: {named}."


def _options(opened: OpenedFigure) -> str:
    options = {name: value for part in opened.figure.made.parts() for name, value in part.options.items()}
    return ", ".join(f"{name} = {value}" for name, value in sorted(options.items())) or "as usual"


def _summary(opened: OpenedFigure, count: int, files: int) -> str:
    if not count:
        return "No stored row stands behind this figure: what it is made of is not there."
    rows = "1 stored row stands" if count == 1 else f"{count:,} stored rows stand"
    of = "1 file" if files == 1 else f"{files:,} files"
    through = " and ".join(dict.fromkeys(part.table.replace("_", " ") for part in opened.parts))
    return f"{rows} behind this figure, of {of}, by way of {through}. Each names its file and line."


def _left_title(count: int) -> str:
    if not count:
        return "Nothing was left out of these files"
    shown = f"; the first {_MOST_LEFT} are shown" if count > _MOST_LEFT else ""
    return f"{count:,} {'row' if count == 1 else 'rows'} that no figure counts, and why{shown}"


def _originals(originals: Originals, stored: Mapping[str, pd.DataFrame], view: View) -> list[dict[str, Any]]:
    loads = view.loads().set_index("version")
    return [
        {
            "file": loads.loc[version, "file"], "sha256": str(loads.loc[version, "sha256"])[:12], "version": version,
            "line": line, "cells": list(cells.items()),
        }
        for (table, version, line), cells in originals.items()
        if table in stored
    ]  # fmt: skip
