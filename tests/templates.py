"""Filled templates by chance: rows that a register's contract takes, and what the warehouse is to hold of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.contracts.templates import DOCUMENT, DOCUMENT_KIND, Template, document_text
from pmo_analytics.exchange.template_files import write_template
from pmo_analytics.sources.definition import Field, from_register
from pmo_analytics.vocabulary import COUNT, NUMBER
from tests.exports import Desk

BLANKS = " \t\r\n\u00a0"
# Persons go by their keys whatever the capitals.
PERSONS = ["e1", "e2", "ann@example.test"]
HOSTILE = [
    "=1+1", "+49 30", "-2", "@SUM(A1)", "'=1", "''@x", "=HYPERLINK(\"http://x\")", "a|b\\|c", "<script>alert(1)</script>",
    "x<br>y", "# heading", "| a | b |", "a\\", "e\u0301\u0308", "\u202eright to left", "שלום עולם", "مرحبا", "漢字🙂", "_x0041_",
    "\"quoted\", 'single'", "a;b\tc", "line\nbreak", "007", "1e5", "TRUE", "#N/A", "2026-03-01", "NULL", "## Scope", "a\n## Document",
    "\\# no", "--", "<!-- x -->", "`code` **bold** _it_", "[a](b)",
]  # fmt: skip
# A cell holds no NUL, a text file no half of a character; what is above the basic plane counts twice in a cell.
_LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff")
_DOCUMENT_LETTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff") | st.sampled_from("\t\n")


@dataclass(frozen=True)
class Filled:
    """What was filled in by register and header, prose by heading, and the rows that are to come of it by column."""

    fill: dict[str, list[dict[str, Any]]]
    prose: dict[str, str]
    rows: dict[str, list[dict[str, Any]]]


def texts(form: str, longest: int = 30) -> st.SearchStrategy[str]:
    """Text as a cell of the format may hold it; blanks around it are no part of any."""
    letters = _DOCUMENT_LETTERS if form in {"docx", "md"} else _LETTERS
    free = st.text(letters, max_size=longest) | st.sampled_from(HOSTILE)
    return free.map(lambda text: text.strip(BLANKS)).filter(bool)


def long_texts(form: str) -> st.SearchStrategy[str]:
    """Texts of up to 32,000 characters, as spreadsheets count them."""
    return st.tuples(texts(form, 12), st.integers(1, 32_000)).map(lambda t: (t[0] * t[1])[:16_000].strip(BLANKS)).filter(bool)


def _bounds(table: Table, column: str) -> tuple[int, int]:
    checks = [check.statistics or {} for check in table.model.to_schema().columns[column].checks]
    low = next((s["min_value"] for s in checks if "min_value" in s), -(10**9))
    high = next((s["max_value"] for s in checks if "max_value" in s), 10**9)
    return low, high


def _places(sql_type: str) -> int:
    return int(sql_type.rpartition(",")[2].rstrip(")")) if "," in sql_type else 6


def values(table: Table, field: Field, form: str, text: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[Any, Any]]:
    """As a file gives a value, as the warehouse holds it."""
    column, sql_type = field.column, table.sql_type(field.column)
    allowed = [
        str(v) for c in table.model.to_schema().columns[column].checks for v in (c.statistics or {}).get("allowed_values", [])
    ]  # fmt: skip
    if allowed:
        return st.sampled_from(allowed).map(lambda v: (v, v))
    if column.endswith("currency"):
        return st.sampled_from(["EUR", "USD", "JPY"]).map(lambda v: (v, v))
    if column in {"issue_key", "other_key"}:
        return st.integers(1, 99).map(lambda n: (f"BR-{n}", f"BR-{n}"))
    low, high = _bounds(table, column)
    if field.kind == "date":
        return st.dates(date(1950, 1, 1), date(2099, 12, 31)).map(lambda d: (d, d))
    if field.kind == "month":
        return st.dates(date(1950, 1, 1), date(2099, 12, 31)).map(lambda d: (d.replace(day=1), d.replace(day=1)))
    if field.kind == "instant":
        moments = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)).map(lambda m: m.replace(microsecond=0))
        return moments.map(lambda m: (m, m))
    if field.kind == "hours":
        hours = st.decimals(max(low, 0), 9999, places=3)
        return hours.map(lambda h: (h, h * 3600))
    if field.kind == "number" and sql_type == COUNT:
        return st.integers(low, high).map(lambda n: (n, n))
    if field.kind == "number":
        numbers = st.decimals(low, high, places=_places(sql_type))
        return numbers.map(lambda n: (n, float(n) if sql_type == NUMBER else n))
    if field.kind == "flag":
        return st.booleans().map(lambda b: (b, b))
    if field.kind == "person":
        return st.sampled_from(PERSONS).map(lambda p: (p, p))
    return text.map(lambda t: (t, t))


@st.composite
def rows_of(draw: st.DrawFn, name: str, form: str, text: st.SearchStrategy[str], most: int) -> list[dict[str, tuple[Any, Any]]]:
    """Rows of a register by column, told apart by a part of their key."""
    table = registers()[name]
    fields = from_register(table).fields
    told_apart = next(
        (f for f in fields if f.column in table.key and f.kind in {"text", "date"} and f.column not in {"issue_key", "other_key"}
         and not f.column.endswith("currency")), None,
    )  # fmt: skip
    drawn = []
    for number in range(draw(st.integers(1, most if told_apart else 1))):
        row = {}
        for field in fields:
            strategy = values(table, field, form, text)
            is_left = table.is_nullable(field.column) and draw(st.booleans())
            row[field.column] = (None, None) if is_left else draw(strategy)
        if told_apart is not None and told_apart.kind == "text":
            key = f"{row[told_apart.column][0]}{number}"
            row[told_apart.column] = (key, key)
        elif told_apart is not None:
            day = date(2026, 3, 1 + number)
            row[told_apart.column] = (day, day)
        drawn.append(row)
    return drawn


def _header(field: Field) -> str:
    return field.headers[0]


@st.composite
def filled(draw: st.DrawFn, template: Template, form: str, *, longest: bool = False, most: int = 3) -> Filled:
    """A template filled by chance."""
    text = texts(form) | long_texts(form) if longest else texts(form)
    is_document = form in {"docx", "md"}
    parts = {part.register: part for part in template.parts} if is_document else {}
    drawn: dict[str, list[dict[str, tuple[Any, Any]]]] = {}
    told: dict[str, tuple[Any, Any]] = {}
    for name in template.registers:
        part = parts.get(name)
        drawn[name] = draw(rows_of(name, form, text, 1 if part and part.is_form else most))
        for row in drawn[name]:
            row.update({column: told[column] for column in (part.inherits if part else ()) if column in row})
        if part and part.is_form:
            told |= drawn[name][0]
    prose = {}
    if is_document:
        headings = [section.heading for section in template.sections]
        prose = draw(st.dictionaries(st.sampled_from(headings), text, max_size=3))
        written = document_text((h, prose[h]) for h in headings if h in prose) or None
        drawn[DOCUMENT][0]["text"] = (None, written)
        if drawn[DOCUMENT][0].get("project_id", ("",))[0] is None:
            drawn[DOCUMENT][0]["project_id"] = ("P1", "P1")
            for name in template.registers:
                for row in drawn[name]:
                    row.update({"project_id": ("P1", "P1")} if "project_id" in row else {})
    fill = {
        name: [{_header(f): row[f.column][0] for f in from_register(registers()[name]).fields} for row in rows]
        for name, rows in drawn.items()
    }
    if "person" in fill:
        for number, row in enumerate(fill["person"]):
            row |= {"name": f"Name {number}", "email": None}
    return Filled(fill, prose, {n: [{c: v[1] for c, v in row.items()} for row in rows] for n, rows in drawn.items()})


def distinct(rows: list[dict[str, Any]], table: Table) -> list[dict[str, Any]]:
    """The rows without repeats of a key."""
    return list({tuple(str(row[c]).casefold() for c in table.key): row for row in rows}.values())


def stored(desk: Desk, names: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """What the warehouse holds of registers, persons by the keys that they came under."""
    found = {}
    with desk.warehouse.everything() as view:
        aliases = view.rows("SELECT person_id, external_key FROM personal_view.given_person_alias")[1]
        keys = {str(token): str(key) for token, key in aliases}
        for name in names:
            table = registers()[name]
            place = f"lake.core.{name}" if table.lake == CORE else f"personal_view.given_{name}"
            columns = ", ".join(f'"{column}"' for column in table.columns)
            rows = view.rows(f"SELECT {columns} FROM {place}")[1]
            found[name] = [
                {c: keys.get(v, v) if c in table.person_columns else v for c, v in zip(table.columns, row, strict=True)}
                for row in rows
            ]
    return found


def ordered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in an order of their own, numbers as they compare."""
    plain = [{c: v.normalize() if isinstance(v, Decimal) else v for c, v in row.items()} for row in rows]
    return sorted(plain, key=lambda row: sorted((c, str(v)) for c, v in row.items()))


def comes_back(folder: Path, template: Template, form: str, told: Filled, saved: Any = lambda path: path) -> None:
    """Write a filled template, read it in as any export, and hold what is stored against what was filled in."""
    path = folder / f"{template.name}.{form}"
    write_template(template, path, told.fill, form=form, prose=told.prose)
    desk = Desk(folder)
    results = desk.load_all(saved(path))
    problems = [result for result in results if isinstance(result, Exception)]
    assert not problems, problems[0]
    rejects = [(result.table, reject) for result in results for reject in result.rejects]
    assert not rejects
    assert {result.table for result in results} == {name for name, rows in told.rows.items() if rows}
    found = stored(desk, template.registers)
    for name in template.registers:
        given, kept = ordered(told.rows[name]), ordered(found[name])
        differing = [(c, a[c], b[c]) for a, b in zip(given, kept, strict=True) for c in a if a[c] != b[c]]
        assert not differing, (name, differing)


def is_document(template: Template) -> bool:
    """Whether a template has prose."""
    return template.kind == DOCUMENT_KIND


EVERY: Mapping[str, Any] = {}
