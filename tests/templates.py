"""Filled templates by chance: rows that a register's contract takes, and what the warehouse is to hold of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.contracts.templates import DOCUMENT, Template, document_text
from pmo_analytics.exchange.template_files import write_template
from pmo_analytics.sources.definition import Field, from_register
from pmo_analytics.vocabulary import COUNT, NUMBER
from tests.exports import Desk

BLANKS = " \t\r\n\u00a0"
DOCUMENT_FORMATS = ("docx", "md")
# Persons go by their keys whatever the capitals.
PERSONS = ["e1", "e2", "ann@example.test"]
HOSTILE = [
    "=1+1", "+49 30", "-2", "@SUM(A1)", "'=1", "''@x", '=HYPERLINK("http://x")', "a|b\\|c", "<script>alert(1)</script>",
    "x<br>y", "# heading", "| a | b |", "a\\", "e\u0301\u0308", "\u202eright to left", "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u0631\u062d\u0628\u0627", "\u6f22\u5b57\U0001f642", "_x0041_", "\"quoted\", 'single'", "a;b\tc",
    "line\nbreak", "007", "1e5", "TRUE", "#N/A", "2026-03-01", "NULL", "## Scope", "a\n## Document", "\\# no", "--",
    "<!-- x -->", "`code` **bold** _it_", "[a](b)", "1.234,5", "a\n\n\nb", "pmo template: risk version 9",
]  # fmt: skip
# A cell holds no NUL, no half of a character, and nothing that is no character.
_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
# A document holds no control characters either, which writing refuses.
_PROSE_LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
_DOCUMENT_LETTERS = _PROSE_LETTERS | st.sampled_from("\t\n")

Pair = tuple[Any, Any]
Texts = st.SearchStrategy[str]


@dataclass(frozen=True)
class Filled:
    """What was filled in by register and header, prose by heading, and the rows that are to come of it by column."""

    fill: dict[str, list[dict[str, Any]]]
    prose: dict[str, str]
    rows: dict[str, list[dict[str, Any]]]


def in_one_sign(told: Filled) -> Filled:
    """The same with line breaks of one sign: LibreOffice makes one of two, and of a carriage return in CSV too."""

    def plain(value: Any) -> Any:
        return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value

    def rows(given: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
        return {n: [{c: plain(v) for c, v in row.items()} for row in found] for n, found in given.items()}

    return Filled(rows(told.fill), {heading: plain(text) for heading, text in told.prose.items()}, rows(told.rows))


def texts(form: str, longest: int = 30) -> Texts:
    """Text as a cell of the format may hold it; blanks around it are no part of any."""
    letters = _DOCUMENT_LETTERS if form in DOCUMENT_FORMATS else _LETTERS
    free = st.text(letters, max_size=longest) | st.sampled_from(HOSTILE)
    return free.map(lambda text: text.strip(BLANKS)).filter(bool)


def long_texts(form: str) -> Texts:
    """Texts of up to 32,000 characters, signs that a spreadsheet counts twice among them."""
    repeated = st.tuples(texts(form, 12), st.integers(1, 32_000)).map(lambda given: given[0] * given[1])
    return repeated.map(lambda text: text[: _most(text)].strip(BLANKS))


def _most(text: str) -> int:
    """How many characters of a text a spreadsheet counts as 32,000: some are two, control characters seven."""
    if not text.isprintable() or "_x" in text:
        return 32_000 // 8
    return 32_000 if text.isascii() else 16_000


def _bounds(table: Table, column: str) -> tuple[int, int]:
    """The least and the most that a number may be; a bound that it must be beyond is kept a whole step from."""
    low, high = -(10**8), 10**8
    if exact := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", table.sql_type(column)):
        high = min(high, 10 ** (int(exact.group(1)) - int(exact.group(2))) - 1)
        low = -high
    for check in table.model.to_schema().columns[column].checks:
        told = check.statistics or {}
        low = told["min_value"] + (check.name == "greater_than") if "min_value" in told else low
        high = told["max_value"] - (check.name == "less_than") if "max_value" in told else high
    return low, high


def _allowed(table: Table, column: str) -> list[str]:
    checks = table.model.to_schema().columns[column].checks
    return [str(value) for check in checks for value in (check.statistics or {}).get("allowed_values", [])]


def _same(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Pair]:
    return strategy.map(lambda value: (value, value))


def values(table: Table, field: Field, text: Texts) -> st.SearchStrategy[Pair]:
    """A value as a file gives it, and as the warehouse holds it."""
    column, sql_type = field.column, table.sql_type(field.column)
    low, high = _bounds(table, column)
    days = st.dates(date(1950, 1, 1), date(2099, 12, 31))
    moments = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31))
    places = int(sql_type.rpartition(",")[2].rstrip(")")) if "," in sql_type else 6
    by_kind: dict[str, st.SearchStrategy[Pair]] = {
        "date": _same(days),
        "month": _same(days.map(lambda day: day.replace(day=1))),
        "instant": _same(moments.map(lambda moment: moment.replace(microsecond=0))),
        "hours": st.decimals(max(low, 0), high // 3600, places=3).map(lambda hours: (hours, hours * 3600)),
        "number": st.decimals(low, high, places=places).map(lambda n: (n, float(n) if sql_type == NUMBER else n)),
        "flag": _same(st.booleans()),
        "person": _same(st.sampled_from(PERSONS)),
    }
    if allowed := _allowed(table, column):
        return _same(st.sampled_from(allowed))
    if column.endswith("currency"):
        return _same(st.sampled_from(["EUR", "USD", "JPY"]))
    if column in {"issue_key", "other_key"}:
        return _same(st.integers(1, 99).map(lambda number: f"BR-{number}"))
    return _same(st.integers(low, high)) if sql_type == COUNT else by_kind.get(field.kind, _same(text))


def _is_telling(table: Table, field: Field) -> bool:
    """Whether a part of a key can tell rows apart by any text or day."""
    is_free = not (_allowed(table, field.column) or field.column.endswith(("currency", "_key")))
    return field.column in table.key and field.kind in {"text", "date"} and is_free


@st.composite
def rows_of(draw: st.DrawFn, name: str, text: Texts, most: int, inherits: Collection[str]) -> list[dict[str, Pair]]:
    """Rows of a register by column, told apart by a part of their key that they do not inherit."""
    table = registers()[name]
    fields = from_register(table).fields
    telling = next((f for f in fields if _is_telling(table, f) and f.column not in inherits), None)
    drawn = []
    for number in range(draw(st.integers(1, most if telling else 1))):
        row: dict[str, Pair] = {}
        for field in fields:
            is_left = table.is_nullable(field.column) and draw(st.booleans())
            row[field.column] = (None, None) if is_left else draw(values(table, field, text))
        if telling is not None:
            given = row[telling.column][0]
            key = f"{given}{number}" if telling.kind == "text" else date(2026, 3, 1 + number)
            row[telling.column] = (key, key)
        drawn.append(row)
    return drawn


@st.composite
def filled(draw: st.DrawFn, template: Template, form: str, *, is_long: bool = False, most: int = 3) -> Filled:
    """A template filled by chance."""
    # Keys stay short: where one is long, others are too, and all that is shown is one.
    text = texts(form) | long_texts(form) if is_long else texts(form)
    parts = {part.register: part for part in template.parts} if form in DOCUMENT_FORMATS else {}
    drawn: dict[str, list[dict[str, Pair]]] = {}
    told: dict[str, Pair] = {}
    for name in template.registers:
        part = parts.get(name)
        inherits = part.inherits if part else ()
        drawn[name] = draw(rows_of(name, text, 1 if part and part.is_form else most, inherits))
        if name == DOCUMENT and part:
            # Rows of a project take its identifier from the document.
            key = draw(text)
            drawn[name][0]["project_id"] = (key, key)
        for row in drawn[name]:
            row.update({column: told[column] for column in inherits})
        told |= drawn[name][0] if part and part.is_form else {}
    prose = {}
    if parts:
        headings = [section.heading for section in template.sections]
        prose = draw(st.dictionaries(st.sampled_from(headings), text, max_size=3))
        written = document_text((heading, prose[heading]) for heading in headings if heading in prose)
        drawn[DOCUMENT][0]["text"] = (None, written or None)
    return Filled(
        {n: [_by_header(n, row, number) for number, row in enumerate(rows)] for n, rows in drawn.items()},
        prose,
        {n: [{column: pair[1] for column, pair in row.items()} for row in rows] for n, rows in drawn.items()},
    )


def _by_header(name: str, row: dict[str, Pair], number: int) -> dict[str, Any]:
    """The row as it is filled in; a register of persons has their names beside."""
    beside = {"name": f"Name {number}"} if name == "person" else {}
    return {field.headers[0]: row[field.column][0] for field in from_register(registers()[name]).fields} | beside


def stored(desk: Desk, names: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """What the warehouse holds of registers, persons by the keys that they came under."""
    found = {}
    with desk.warehouse.everything() as view:
        aliases = view.rows("SELECT person_id, external_key FROM personal_view.given_person_alias")[1]
        keys = {str(token): str(key) for token, key in aliases}
        for name in names:
            table = registers()[name]
            place = f"lake.core.{name}" if table.lake == CORE else f"personal_view.given_{name}"
            columns = ", ".join(f'"{column}"' for column in table.columns)
            found[name] = [
                {c: keys.get(v, v) if c in table.person_columns else v for c, v in zip(table.columns, row, strict=True)}
                for row in view.rows(f"SELECT {columns} FROM {place}")[1]
            ]
    return found


def in_order(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order of their keys."""
    return sorted(rows, key=lambda row: [str(row[column]) for column in registers()[name].key])


def _as_it_is(path: Path) -> Path:
    return path


def differences(
    folder: Path, template: Template, form: str, told: Filled, saved: Callable[[Path], Path] = _as_it_is
) -> list[object]:
    """Write a filled template, read it in as any export: what failed, was rejected, or is stored as something else."""
    path = folder / f"{template.name}.{form}"
    write_template(template, path, told.fill, form=form, prose=told.prose)
    desk = Desk(folder)
    found: list[object] = []
    for result in desk.load_all(saved(path)):
        found += [str(result)] if isinstance(result, Exception) else [(result.table, each) for each in result.rejects]
    kept = stored(desk, template.registers)
    for name in template.registers:
        given, rows = in_order(name, told.rows[name]), in_order(name, kept[name])
        if len(given) != len(rows):
            found.append((name, f"{len(given)} rows were filled in, {len(rows)} are stored"))
            continue
        found += [(name, c, a[c], b[c]) for a, b in zip(given, rows, strict=True) for c in a if a[c] != b[c]]
    return found
