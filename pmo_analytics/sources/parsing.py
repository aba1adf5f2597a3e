"""SQL expressions that turn the text cells of an export into a contract's columns.

Cells are staged as columns `c0 … cn`; expressions name them by position and
hold no text of the file but headers, which are escaped as SQL literals.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from pmo_analytics.sources.conventions import MONTH_WORD, PLAIN_NUMBER
from pmo_analytics.sources.definition import Definition, Field, fold
from pmo_analytics.sources.field_text import (
    cell,
    headers_tried,
    literal,
    number_text,
    positions,
    source_text,
)
from pmo_analytics.sources.line_breaks import broken_again
from pmo_analytics.vocabulary import COUNT, FLAG, NUMBER, PERCENT, TERMS

# What may stand between thousands beside a comma or a point.
_GAPS = " \u00a0\u202f'\u2019"
_NEGATIVE = "^(?:[(](.*)[)]|([^-+(]*[0-9.,])[ \u00a0\u202f]*-)$"
_MANY_COLUMNS = 150
_BLANKS = "' \t\r\n\u00a0'"
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
    "iso_duration": "a duration such as PT7H30M0S",
    "json": "data that are whole, with every bracket closed",
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
    rounding: str | None = None


@dataclass(frozen=True)
class Conventions:
    """How this file writes dates and numbers; `formats` by column, `months` from its own words to English ones."""

    decimal_mark: str
    time_zone: str
    formats: dict[str, list[str]]
    date_order: str = "dmy"
    months: dict[str, str] = dataclass_field(default_factory=dict)


def in_english(text: str, months: dict[str, str]) -> str:
    """A date's `text` with the month that it names in English."""
    if not months:
        return text
    known = ", ".join(f"{literal(word)}: {literal(name)}" for word, name in months.items())
    named = f"map_extract_value(MAP {{{known}}}, lower(regexp_extract({text}, '{MONTH_WORD}', 1)))"
    return f"regexp_replace({text}, '{MONTH_WORD}[.]?', coalesce({named}, '\\0'))"


def _strptime(text: str, formats: list[str]) -> str:
    parsed = f"try_strptime({text}, [{', '.join(literal(f) for f in formats)}])"
    if any("%Y" in f for f in formats) and any("%y" in f for f in formats):
        # A date that does not exist in its own form must not become one of the year 31.
        return f"CASE WHEN year({parsed}) >= 1000 THEN {parsed} END"
    return parsed


def plain_number(text: str, mark: str) -> str:
    """`text` without thousands marks, with a decimal point and a minus in front, or NULL when it is no number.

    Thousands may also be told apart by a blank or an apostrophe. Ledgers write
    a minus behind the number, or put it in brackets.
    """
    signed = f"regexp_replace(replace({text}, '\u2212', '-'), '{_NEGATIVE}', '-\\1\\2')"
    bare = f"regexp_replace({signed}, '^([+-])[ \u00a0\u202f]+', '\\1')"
    decimal, thousands = (",", ".") if mark == "comma" else (".", ",")
    written = rf"^[+-]?(?:[0-9]{{1,3}}(?:[\{thousands}{_GAPS}][0-9]{{3}})+|[0-9]*)(?:\{decimal}[0-9]*)?$"
    normal = f"translate({bare}, {literal(decimal + thousands + _GAPS)}, '.')"
    return (
        f"CASE WHEN regexp_matches({bare}, {literal(written)}) AND regexp_matches({normal}, {literal(PLAIN_NUMBER)}) "
        f"THEN {normal} END"
    )


def _quick(text: str, mark: str, whole: int, places: int) -> tuple[str, str]:
    """SQL that is true for a number as plain as most are, and the number with a decimal point."""
    point = "," if mark == "comma" else "[.]"
    plain = literal(f"^-?[0-9]{{1,{whole}}}(?:{point}[0-9]{{1,{places}}})?$")
    return f"regexp_matches({text}, {plain})", f"replace({text}, ',', '.')" if mark == "comma" else text


def exact_number(text: str, mark: str, sql_type: str, factor: str | None = None) -> str:
    """The number that `text` states, times `factor`, as `sql_type`; NULL where the type would have to round it."""
    number = plain_number(text, mark)
    if sql_type in {PERCENT, NUMBER}:
        # A percentage is written with its sign or without; a share of one may be written as a percentage.
        bare = plain_number(f"regexp_replace({text}, '[ \u00a0\u202f]*%$', '')", mark)
        share = bare if sql_type == PERCENT else f"({bare}) || 'e-2'"
        number = f"CASE WHEN ends_with({text}, '%') THEN {share} ELSE {number} END"
    if factor:
        exact = f"(TRY_CAST({number} AS DECIMAL(28,10)) * {factor})"
        return f"CASE WHEN TRY_CAST({exact} AS {sql_type}) = {exact} THEN TRY_CAST({exact} AS {sql_type}) END"
    if sql_type == NUMBER:
        return f"TRY_CAST({number} AS {sql_type})"
    exact = f"TRY_CAST({number} AS {sql_type}) = TRY_CAST({number} AS DECIMAL(38,14))"
    otherwise = f"WHEN {exact} THEN TRY_CAST({number} AS {sql_type}) END"
    if sql_type == COUNT:
        return f"CASE WHEN regexp_matches({text}, '^-?[0-9]{{1,18}}$') THEN CAST({text} AS {sql_type}) {otherwise}"
    is_quick, quick = _quick(text, mark, 14, 3)
    return f"CASE WHEN {is_quick} THEN TRY_CAST(CAST({quick} AS DECIMAL(18,3)) AS {sql_type}) {otherwise}"


def _hours(text: str, mark: str, sql_type: str) -> tuple[str, str]:
    """Seconds from hours, rounded half-even to the millisecond, and what rounding added.

    Hours with at most five decimals are whole milliseconds.
    """
    is_quick, quick = _quick(text, mark, 5, 5)
    hours = f"TRY_CAST({plain_number(text, mark)} AS DECIMAL(28,14))"
    milliseconds = f"({hours} * 3600000)"
    floor = f"floor({milliseconds})"
    rest = f"({milliseconds} - {floor})"
    rounded = f"({floor} + CASE WHEN {rest} > 0.5 OR ({rest} = 0.5 AND {floor} % 2 = 1) THEN 1 ELSE 0 END)"
    seconds = f"CAST(CAST({rounded} AS DECIMAL(20,0)) * 0.001 AS {sql_type})"
    return (
        f"CASE WHEN {is_quick} THEN CAST(CAST({quick} AS DECIMAL(10,5)) * 3600 AS {sql_type}) ELSE {seconds} END",
        f"CASE WHEN {is_quick} THEN 0 ELSE {seconds} - CAST({hours} * 3600 AS DECIMAL(38,14)) END",
    )


def _clock(text: str) -> str:
    pattern = literal("^-?[0-9]{1,6}:[0-5]?[0-9]:[0-5]?[0-9]$")
    part = [f"split_part(ltrim({text}, '-'), ':', {n})::BIGINT" for n in (1, 2, 3)]
    seconds = f"({part[0]} * 3600 + {part[1]} * 60 + {part[2]})"
    sign = f"CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END"
    return f"CASE WHEN regexp_matches({text}, {pattern}) THEN CAST({sign} * {seconds} AS DECIMAL(18,3)) END"


def _iso_duration(text: str) -> str:
    """Seconds of a duration in hours, minutes and seconds by ISO 8601."""
    pattern = literal("^-?PT(?:[0-9]{1,8}H)?(?:[0-9]{1,8}M)?(?:[0-9]{1,8}(?:[.][0-9]{1,3})?S)?$")
    part = "coalesce(TRY_CAST(regexp_extract({}, '([0-9.]+){}', 1) AS DECIMAL(18,3)), 0)"
    seconds = " + ".join(f"{part.format(text, unit)} * {size}" for unit, size in (("H", 3600), ("M", 60), ("S", 1)))
    sign = f"CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END"
    is_told = f"regexp_matches({text}, {pattern}) AND NOT ends_with({text}, 'T')"
    return f"CASE WHEN {is_told} THEN CAST({sign} * ({seconds}) AS DECIMAL(18,3)) END"


def _choice(text: str, choices: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(k.casefold())} THEN {literal(v)}" for k, v in choices.items())
    return f"CASE lower({text}) {cases} END"


def _flag(text: str) -> str:
    true, false = (", ".join(literal(v) for v in values) for values in (_TRUE, _FALSE))
    return f"CASE WHEN lower({text}) IN ({true}) THEN true WHEN lower({text}) IN ({false}) THEN false END"


def custom(definition: Definition, headers: Sequence[str]) -> str | None:
    """A JSON object of the columns that no field reads and that hold nothing personal, each a list."""
    skipped = definition.known_headers()
    patterns = [f.pattern for f in definition.fields if f.kind in {"number", "header", "links"} and f.pattern]
    places: dict[str, list[int]] = {}
    for i, header in enumerate(headers):
        name = header.strip()
        if name and fold(name) not in skipped and not any(re.match(p, name) for p in patterns):
            places.setdefault(name, []).append(i)
    if not places:
        return None
    if sum(map(len, places.values())) > _MANY_COLUMNS:
        return f"'{{' || nullif({_members(places)}, '') || '}}'"
    entries = ", ".join(_entry(name, [cell(i) for i in at]) for name, at in places.items())
    return f"'{{' || nullif(concat_ws(',', {entries}), '') || '}}'"


def _members(places: dict[str, list[int]]) -> str:
    """The members of a JSON object, as one expression over lists: slower, but planned at once for thousands of them."""
    names = ", ".join(literal(json.dumps(name, ensure_ascii=False) + ":[") for name in places)
    cells = ", ".join(f"[{', '.join(f'c{i}' for i in at)}]" for at in places.values())
    filled = f"list_filter(list_transform(z[2], lambda c: nullif(trim(c, {_BLANKS}), '')), lambda c: c IS NOT NULL)"
    texts = f"array_to_string(list_transform({filled}, lambda c: CAST(to_json(c) AS VARCHAR)), ',')"
    members = f"list_transform(list_zip([{names}], [{cells}]), lambda z: z[1] || nullif({texts}, '') || ']')"
    return f"array_to_string(list_filter({members}, lambda m: m IS NOT NULL), ',')"


def _entry(name: str, cells: list[str]) -> str:
    """One member of a JSON object, NULL where every cell is blank."""
    member = literal(json.dumps(name, ensure_ascii=False) + ":[")
    texts = [f"CAST(to_json({text}) AS VARCHAR)" for text in cells]
    if len(texts) == 1:
        return f"({member} || {texts[0]} || ']')"
    return f"({member} || nullif(concat_ws(',', {', '.join(texts)}), '') || ']')"


def parser(field: Field, definition: Definition, headers: Sequence[str], how: Conventions) -> Parser | None:
    """How `field` is read from a file with these headers; None when the file has no column for it."""
    column, kind = field.column, field.kind
    if kind == "custom":
        expression = custom(definition, headers)
        return Parser(column, "", "NULL", expression, "") if expression else None
    if kind == "constant":
        return Parser(column, "", "NULL", literal(field.pattern or ""), "")
    if kind == "header":
        groups = [re.match(field.pattern or "", h.strip()) for h in headers]
        value = next((g.group(1) for g in groups if g), None)
        return Parser(column, "", "NULL", literal(value), "") if value else None
    if kind in {"links", "sprints"}:
        stated = _links(field, headers) if kind == "links" else _sprints(field, headers)
        return Parser(column, "", "NULL", stated, "") if stated else None
    text = source_text(field, headers)
    if text is None:
        return None
    rounding = None
    expected = _EXPECTED.get(kind, "text")
    if kind in {"date", "month", "instant", "clock_duration"}:
        value = _time(field, text, how)
    elif kind == "hours":
        sql_type = TERMS[column].sql_type
        if fold(_header(field, headers)).endswith(" seconds"):
            value = exact_number(text, how.decimal_mark, sql_type)
        else:
            value, rounding = _hours(text, how.decimal_mark, sql_type)
    elif kind in {"number", "seconds"}:
        sql_type = TERMS[column].sql_type
        value = _signed(
            exact_number(number_text(field, headers) or text, how.decimal_mark, sql_type, field.factor), field, headers
        )
        expected = _number_expected(sql_type)
    elif kind in {"code", "iso_duration", "json"}:
        value, stated = _coded(field, text)
        expected = stated or expected
    else:
        value = _text_value(field, text, is_register=definition.is_register)
        value = broken_again(value) if definition.is_one_line and kind == "text" else value
    return Parser(
        column, _header(field, headers), text, value, expected, is_personal=kind == "person", rounding=rounding
    )


def _number_expected(sql_type: str) -> str:
    if sql_type == COUNT:
        return "a whole number"
    if exact := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", sql_type):
        digits, decimals = int(exact.group(1)), int(exact.group(2))
        return f"a number with at most {digits - decimals} digits before and {decimals} after the decimal mark"
    return "a number"


def _signed(number: str, field: Field, headers: Sequence[str]) -> str:
    """`number`, negative where the row's indicator says that it is a credit."""
    at = [i for name in field.credit for i in positions(headers, name)]
    if not at:
        return number
    return f"CASE WHEN upper({cell(at[0])}) IN ('H', 'C', 'HABEN', 'CREDIT') THEN -abs({number}) ELSE {number} END"


def _header(field: Field, headers: Sequence[str]) -> str:
    """The header that a field is read under, as the file writes it."""
    named = (headers[at[0]] for name in headers_tried(field, headers) if (at := positions(headers, name)))
    matching = (h for h in headers if field.kind == "number" and field.pattern and re.match(field.pattern, h.strip()))
    return next(named, None) or next(matching, field.column)


def _time(field: Field, text: str, how: Conventions) -> str:
    if field.kind == "clock_duration":
        return _clock(text)
    local = _strptime(in_english(text, how.months), how.formats[field.column])
    if field.kind == "date":
        return f"CAST({local} AS DATE)"
    if field.kind == "month":
        return f"CAST(date_trunc('month', {local}) AS DATE)"
    zoned = f"timezone('UTC', timezone({literal(how.time_zone)}, {local}))"
    return f"CASE WHEN {text} LIKE '%Z' THEN {local} ELSE {zoned} END"


def _coded(field: Field, text: str) -> tuple[str, str | None]:
    """The value of a cell that a program wrote for programs, and what it may be where the field says so."""
    if field.kind == "code":
        return _choice(text, field.choices), "one of " + ", ".join(field.choices)
    if field.kind == "json":
        return f"CASE WHEN json_valid({text}) THEN {text} END", None
    return _iso_duration(text), None


def _text_value(field: Field, text: str, *, is_register: bool) -> str:
    if field.kind == "flag" and TERMS[field.column].sql_type == FLAG:
        return _flag(text)
    if field.kind == "choice":
        return _choice(text, field.choices)
    if field.kind == "search":
        return _found(text, field.pattern or "")
    return unguarded(text) if is_register else text


def _found(text: str, pattern: str) -> str:
    """What the groups of a pattern find in `text`, in capitals, with hyphens between several; NULL for nothing."""
    groups = max(1, re.compile(pattern).groups)
    parts = [f"regexp_extract({text}, {literal(pattern)}, {number})" for number in range(1, groups + 1)]
    joined = " || '-' || ".join(parts)
    whole = f"regexp_matches({text}, {literal(pattern)})"
    return f"CASE WHEN {whole} THEN nullif(upper({joined}), '') END"


def unguarded(text: str) -> str:
    """`text` without the apostrophe that register files put before what a spreadsheet takes for a formula.

    A text that begins with apostrophes before such a sign is written with one more.
    """
    return f"CASE WHEN regexp_matches({text}, '^''+[=+@-]') THEN substr({text}, 2) ELSE {text} END"


def _json_list(elements: list[str]) -> str:
    """SQL for a JSON list of the elements that are not NULL; NULL where all are."""
    return f"'[' || nullif(concat_ws(', ', {', '.join(elements)}), '') || ']'"


def _links(field: Field, headers: Sequence[str]) -> str | None:
    """The linked issues by direction and type, which stand in the headers; `pattern` has a group for either."""
    elements = []
    for i, header in enumerate(headers):
        if found := re.match(field.pattern or "", header.strip()):
            stated = json.dumps({"type": found[2], "direction": found[1].lower()}, ensure_ascii=False)
            rest = literal(f", {stated[1:]}")
            elements.append(f"""({literal('{"key": ')} || CAST(to_json({cell(i)}) AS VARCHAR) || {rest})""")
    return _json_list(elements) if elements else None


def _sprints(field: Field, headers: Sequence[str]) -> str | None:
    """The names of sprints, which stand in repeated columns."""
    at = [i for name in field.headers for i in positions(headers, name)]
    begin = literal('{"name": ')
    return _json_list([f"({begin} || CAST(to_json({cell(i)}) AS VARCHAR) || '}}')" for i in at]) if at else None


def can_fail(field: Field) -> bool:
    """Whether a filled cell without a value is a fault: a search or a choice may find nothing."""
    return field.kind not in {
        "search", "choice", "custom", "header", "constant", "text", "person", "list", "links", "sprints",
    }  # fmt: skip
