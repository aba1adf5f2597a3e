"""The tables of a page as a workbook that stands beside it: typed cells, one sheet a table, what they are in front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pmo_analytics import __version__
from pmo_analytics.exchange.register_xlsx import Rows, sheet_title, workbook_bytes
from pmo_analytics.exchange.template import column_of
from pmo_analytics.reporting.page_tables import PageTable, cut
from pmo_analytics.vocabulary import DATE, INSTANT, TERMS

ABOUT, COLUMNS = "About", "Columns"
# What tables of key figures say, which no table of the warehouse does.
_OWN = {
    "figure": "Key figure, as the page calls it.",
    "shown": "Its value as the page writes it.",
    "value": "Its value as a number, in the unit beside it; a ratio of 0.5 is 50 %.",
    "change": "Change since the month before.",
    "note": "What the figure is made of.",
}
_FORMATS = (("_amount", "#,##0.00"), ("_hours", "#,##0.00"), ("_index", "0.00"), ("_ratio", "0.00"))


def workbook_path(page: Path) -> Path:
    """Where the workbook of a page stands."""
    return page.with_suffix(".xlsx")


@dataclass(frozen=True)
class AboutPage:
    """What a workbook says of its page: its file, title, date and version, the command that makes it again."""

    page: Path
    title: str
    as_of: date
    version: int
    command: str


def page_workbook(tables: Sequence[PageTable], about: AboutPage) -> bytes:
    """The workbook of a page's tables: a sheet that says what they are, a sheet each, a sheet on their columns."""
    names = _sheet_names(tables)
    sheets: list[tuple[str, Sequence[str], Rows]] = [
        (ABOUT, ("what", "value"), _about(tables, names, about)),
        *((name, table.columns, table.rows) for name, table in zip(names, tables, strict=True)),
        (COLUMNS, ("sheet", "column", "unit", "meaning"), list(_columns(tables, names))),
    ]
    return workbook_bytes(sheets, file=workbook_path(about.page), number_format=_number_format)


def _sheet_names(tables: Sequence[PageTable]) -> list[str]:
    taken = {ABOUT.casefold(), COLUMNS.casefold()}
    return [sheet_title(table.title, taken) for table in tables]


def _about(tables: Sequence[PageTable], names: Sequence[str], about: AboutPage) -> list[tuple[object, object]]:
    """What the workbook is, then each sheet by its name: the whole title of its table, its rows, its note."""
    rows: list[tuple[object, object]] = [
        ("page", cut(about.title)),
        ("file", about.page.name),
        ("as_of", about.as_of),
        ("version", about.version),
        ("program", f"pmo-analytics {__version__}"),
        ("made again by", cut(about.command)),
        ("durations", "hours"),
        ("persons", "tokens; groups of fewer than five are folded or withheld, as on the page"),
    ]
    for name, table in zip(names, tables, strict=True):
        left = f"; {table.left_out:,} more are left out" if table.left_out else ""
        note = f". {table.note}" if table.note else ""
        count = f"{len(table.rows):,} row{'' if len(table.rows) == 1 else 's'}"
        rows.append((f"sheet {name}", f"{table.title}: {count}{left}{note}"))
    return rows


def _columns(tables: Sequence[PageTable], names: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    for name, table in zip(names, tables, strict=True):
        for column in table.columns:
            word = column_of(column)
            term = TERMS[word] if word else None
            is_timed = term is not None and term.sql_type in {DATE, INSTANT}
            unit = "hours" if column.endswith("_hours") else term.unit if term and not is_timed else ""
            if meaning := term.definition if term else _OWN.get(column, ""):
                yield name, column, unit, meaning


def _number_format(header: str) -> str | None:
    return next((shown for ending, shown in _FORMATS if header.endswith(ending)), None)
