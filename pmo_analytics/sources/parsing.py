"""SQL expressions that turn the text cells of an export into a contract's columns.

Cells are staged as columns `c0 … cn`; expressions name them by position and
hold no text of the file but headers, which are escaped as SQL literals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pmo_analytics.sources.conventions import PLAIN_NUMBER
from pmo_analytics.sources.definition import Definition, Field, fold
from pmo_analytics.vocabulary import COUNT, FLAG, NUMBER, TERMS

_TRUE = ("yes", "true", "1", "y", "x")
_FALSE = ("no", "false", "0", "n")
_EXPECTED = {
    "date": "a date such as 2026-06-30",
    "month": "a month such as 2026-06",
    "instant": "a date and time such as 2026-06-30 14:05",
    "clock_duration": "a duration such as 01:30:00",
    "seconds": "a number of seconds",
    "hours": "a number of hours such as 7.5",
    "flag": "yes or no",
}


@dataclass(frozen=True)
class Parser:
    """How one column is read: its text, its typed value, and what a cell should have held."""

    column: str
    header: str
    text: str
    value: str
    expected: str
    is_personal: bool = False
    exact: str | None = None


@dataclass(frozen=True)
class Conventions:
    """How this file writes dates and numbers; `formats` by column."""

    decimal_mark: str
    time_zone: str
    formats: dict[str, list[str]]


def literal(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def cell(position: int) -> str:
    """The trimmed text of a staged cell, NULL when blank."""
    return f"nullif(trim(c{position}, ' \t\r\n\u00a0'), '')"


def positions(headers: Sequence[str], name: str) -> list[int]:
    """Every position of the header `name`, repeats included."""
    return [i for i, header in enumerate(headers) if fold(header) == fold(name)]


def source_text(field: Field, headers: Sequence[str]) -> str | None:
    """The text a field is read from, or None when the file has no such column."""
    if field.kind == "number" and field.pattern:
        matching = [i for i, h in enumerate(headers) if re.match(field.pattern, h.strip())]
        return cell(matching[0]) if matching else None
    found = [positions(headers, name) for name in field.headers]
    present = [p for p in found if p]
    if not present:
        return None
    if field.kind == "list":
        return f"nullif(concat_ws(', ', {', '.join(cell(i) for p in present for i in p)}), '')"
    if field.kind == "instant" and len(field.headers) == 2:
        if len(present) < 2:
            return None
        return f"({cell(present[0][0])} || ' ' || {cell(present[1][0])})"
    cells = [cell(i) for p in present for i in p]
    return cells[0] if len(cells) == 1 else f"coalesce({', '.join(cells)})"


def _strptime(text: str, formats: list[str]) -> str:
    return f"try_strptime({text}, [{', '.join(literal(f) for f in formats)}])"


def plain_number(text: str, mark: str) -> str:
    """`text` without blanks and thousands marks, with a decimal point, or NULL when it is no number."""
    bare = f"regexp_replace({text}, '[ \t\u00a0\u202f'']', '', 'g')"
    decimal, thousands = (",", ".") if mark == "comma" else (".", ",")
    written = rf"^[+-]?(?:[0-9]{{1,3}}(?:\{thousands}[0-9]{{3}})+|[0-9]*)(?:\{decimal}[0-9]*)?$"
    normal = f"replace(replace({bare}, '{thousands}', ''), '{decimal}', '.')"
    return (
        f"CASE WHEN regexp_matches({bare}, {literal(written)}) AND regexp_matches({normal}, {literal(PLAIN_NUMBER)}) "
        f"THEN {normal} END"
    )


def _exact(number: str, sql_type: str) -> str:
    """The number as `sql_type`, NULL where the type would have to round it."""
    if sql_type == NUMBER:
        return f"TRY_CAST({number} AS {sql_type})"
    return (
        f"CASE WHEN TRY_CAST({number} AS {sql_type}) = TRY_CAST({number} AS DECIMAL(38,14)) "
        f"THEN TRY_CAST({number} AS {sql_type}) END"
    )


def _hours(field: Field, headers: Sequence[str], mark: str) -> tuple[str, str]:
    """Seconds from hours, rounded half-even to the millisecond, and the unrounded value."""
    hours_header, seconds_header = field.headers
    at = positions(headers, hours_header)
    if not at:
        number = plain_number(cell(positions(headers, seconds_header)[0]), mark)
        return _exact(number, TERMS[field.column].sql_type), f"TRY_CAST({number} AS DECIMAL(38,14))"
    hours = f"TRY_CAST({plain_number(cell(at[0]), mark)} AS DECIMAL(28,14))"
    milliseconds = f"({hours} * 3600000)"
    floor = f"floor({milliseconds})"
    rest = f"({milliseconds} - {floor})"
    rounded = f"({floor} + CASE WHEN {rest} > 0.5 OR ({rest} = 0.5 AND {floor} % 2 = 1) THEN 1 ELSE 0 END)"
    return (
        f"CAST(CAST({rounded} AS DECIMAL(20,0)) * 0.001 AS {TERMS[field.column].sql_type})",
        f"CAST({hours} * 3600 AS DECIMAL(38,14))",
    )


def _clock(text: str) -> str:
    pattern = literal("^-?[0-9]{1,6}:[0-5]?[0-9]:[0-5]?[0-9]$")
    part = [f"split_part(ltrim({text}, '-'), ':', {n})::BIGINT" for n in (1, 2, 3)]
    seconds = f"({part[0]} * 3600 + {part[1]} * 60 + {part[2]})"
    sign = f"CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END"
    return f"CASE WHEN regexp_matches({text}, {pattern}) THEN CAST({sign} * {seconds} AS DECIMAL(18,3)) END"


def _choice(text: str, choices: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(k.casefold())} THEN {literal(v)}" for k, v in choices.items())
    return f"CASE lower({text}) {cases} END"


def _flag(text: str) -> str:
    true, false = (", ".join(literal(v) for v in values) for values in (_TRUE, _FALSE))
    return f"CASE WHEN lower({text}) IN ({true}) THEN true WHEN lower({text}) IN ({false}) THEN false END"


def custom(definition: Definition, headers: Sequence[str]) -> str | None:
    """A JSON object of the columns that no field reads and that hold nothing personal, each a list."""
    skipped = definition.known_headers()
    patterns = [f.pattern for f in definition.fields if f.kind in {"number", "header"} and f.pattern]
    places: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        name = header.strip()
        if name and fold(name) not in skipped and not any(re.match(p, name) for p in patterns):
            places.setdefault(name, []).append(i)
    if not places:
        return None
    entries = ", ".join(
        f"{{k: {literal(name)}, v: list_filter([{', '.join(cell(i) for i in at)}], lambda x: x IS NOT NULL)}}"
        for name, at in places.items()
    )
    kept = f"list_filter([{entries}], lambda e: len(e.v) > 0)"
    return f"CASE WHEN len({kept}) > 0 THEN CAST(to_json(map_from_entries({kept})) AS VARCHAR) END"


def parser(field: Field, definition: Definition, headers: Sequence[str], how: Conventions) -> Parser | None:
    """How `field` is read from a file with these headers; None when the file has no column for it."""
    column, kind = field.column, field.kind
    if kind == "custom":
        expression = custom(definition, headers)
        return Parser(column, "", "NULL", expression, "") if expression else None
    if kind == "header":
        groups = [re.match(field.pattern or "", h.strip()) for h in headers]
        value = next((g.group(1) for g in groups if g), None)
        return Parser(column, "", "NULL", literal(value), "") if value else None
    text = source_text(field, headers)
    if text is None:
        return None
    exact = None
    expected = _EXPECTED.get(kind, "text")
    if kind in {"date", "month", "instant", "clock_duration"}:
        value = _time(field, text, how)
    elif kind == "hours":
        value, exact = _hours(field, headers, how.decimal_mark)
    elif kind in {"number", "seconds"}:
        sql_type = TERMS[column].sql_type
        value = _exact(plain_number(text, how.decimal_mark), sql_type)
        places = re.search(r",(\d+)\)", sql_type)
        expected = f"a number with at most {places.group(1)} decimals" if places else "a number"
        expected = "a whole number" if sql_type == COUNT else expected
    else:
        value = _text_value(field, text, is_register=definition.is_register)
    return Parser(column, _header(field, headers), text, value, expected, is_personal=kind == "person", exact=exact)


def _header(field: Field, headers: Sequence[str]) -> str:
    """The header that a field is read under, as the file writes it."""
    wanted = {fold(name) for name in field.headers}
    named = (h for h in headers if fold(h) in wanted)
    matching = (h for h in headers if field.kind == "number" and field.pattern and re.match(field.pattern, h.strip()))
    return next(named, None) or next(matching, field.column)


def _time(field: Field, text: str, how: Conventions) -> str:
    if field.kind == "clock_duration":
        return _clock(text)
    local = _strptime(text, how.formats[field.column])
    if field.kind == "date":
        return f"CAST({local} AS DATE)"
    if field.kind == "month":
        return f"CAST(date_trunc('month', {local}) AS DATE)"
    zoned = f"timezone('UTC', timezone({literal(how.time_zone)}, {local}))"
    return f"CASE WHEN {text} LIKE '%Z' THEN {local} ELSE {zoned} END"


def _text_value(field: Field, text: str, *, is_register: bool) -> str:
    if field.kind == "flag" and TERMS[field.column].sql_type == FLAG:
        return _flag(text)
    if field.kind == "choice":
        return _choice(text, field.choices)
    if field.kind == "search":
        return f"nullif(upper(regexp_extract({text}, {literal(field.pattern or '')}, 1)), '')"
    return unguarded(text) if is_register else text


def unguarded(text: str) -> str:
    """`text` without the apostrophe that register files put before what a spreadsheet takes for a formula."""
    return f"CASE WHEN regexp_matches({text}, '^''[=+@-]') THEN substr({text}, 2) ELSE {text} END"


def can_fail(field: Field) -> bool:
    """Whether a filled cell without a value is a fault: a search or a choice may find nothing."""
    return field.kind not in {"search", "choice", "custom", "header", "text", "person", "list"}
