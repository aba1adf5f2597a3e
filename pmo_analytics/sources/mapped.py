"""Sources of an organisation's own: an export mapped to a table by a few lines of `pmo.toml`.

    [source.house_ledger]
    table = "ledger_entry"

    [source.house_ledger.fields]
    posting_date = "Booked On"
    amount = "Amount"
    currency = { value = "EUR" }

A field is a header, a list of headers that mean the same, or a table with
`headers`, `kind`, `names` (of a person), `credit`, `factor`, `sign` or `value`;
`withheld = ["Exempt", "Not provided"]` says how cells begin that keep their value
back: they are read as empty, counted and named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, REGISTER, Table
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.sources.definition import KINDS, Definition, Field, definitions, kind_of

_SETTINGS = {"table", "title", "detect", "scope", "newest_by", "personal", "subtotals", "fields"}
_FIELD = {"headers", "kind", "names", "credit", "factor", "sign", "value", "choices", "pattern", "withheld"}
_NOT_OFFERED = {"header", "custom", "constant", "links", "sprints"}


def mapped_definitions(settings: Mapping[str, Any]) -> dict[str, Definition]:
    """The definitions in the `source` section of `pmo.toml`, by name; UsageError names what is wrong in it."""
    known = definitions()
    found = {}
    for name, raw in settings.items():
        if name in known:
            raise _wrong(name, "there is a source of this name already", found=name)
        if not isinstance(raw, dict):
            raise _wrong(name, "a source is a section of its own", found=repr(raw), expected=f"[source.{name}]")
        found[name] = _definition(name, raw)
    return found


def _wrong(name: str, message: str, **told: Any) -> UsageError:
    return UsageError(f"source {name!r} in pmo.toml: {message}", **told)


def _one_of(name: str, what: str, given: str, known: set[str]) -> None:
    if given not in known:
        close = nearest(given, known)
        hint = f"did you mean {close!r}?" if close else None
        raise _wrong(name, f"unknown {what}", found=given, expected=", ".join(sorted(known)), hint=hint)


def _definition(name: str, raw: dict[str, Any]) -> Definition:
    for setting in raw:
        _one_of(name, "setting", setting, _SETTINGS)
    offered = {t for t, table in stored().items() if table.lake == CORE}
    _one_of(name, "table", str(raw.get("table")), offered)
    table = stored()[str(raw["table"])]
    fields = [_field(name, table, column, spec) for column, spec in raw.get("fields", {}).items()]
    columns = {field.column for field in fields}
    is_placed = table.is_bulk and not columns & set(table.key)
    made = set(table.key) if is_placed else {"status_date"} if table.clock == REGISTER else set()
    if lacking := [c for c in table.columns if not table.is_nullable(c) and c not in columns | made]:
        raise _wrong(name, "columns that every row needs are not mapped", found=", ".join(lacking))
    if "custom" in table.columns and "custom" not in columns:
        fields.append(Field("custom", (), "custom"))
    headers = [field.headers for field in fields if field.headers]
    return Definition(
        name=name,
        title=str(raw.get("title", f"{name.replace('_', ' ')}, mapped in pmo.toml")),
        table=table,
        fields=tuple(fields),
        detect=tuple((h,) for h in raw["detect"]) if "detect" in raw else tuple(headers),
        personal=tuple(raw.get("personal", ())),
        newest_by=raw.get("newest_by"),
        scope=tuple(raw.get("scope", _scope(table, columns))) if is_placed else (),
        period=table.clock_column if is_placed else None,
        has_subtotals=bool(raw.get("subtotals", False)),
        is_register=not table.is_bulk,
    )


def _scope(table: Table, columns: set[str]) -> list[str]:
    """What delimits a file without row ids, unless said otherwise: whom and what the rows are of."""
    return [c for c in (*table.person_columns[:1], "project_key", "account") if c in columns][:2] or ["project_key"]


def _field(name: str, table: Table, column: str, given: Any) -> Field:
    _one_of(name, "column", column, set(table.columns))
    spec = given if isinstance(given, dict) else {"headers": given}
    for setting in spec:
        _one_of(name, f"setting of {column}", setting, _FIELD)
    if "value" in spec:
        return Field(column, (), "constant", str(spec["value"]))
    headers = spec.get("headers", ())
    kind = str(spec.get("kind", kind_of(table, column)))
    _one_of(name, f"kind of {column}", kind, KINDS - _NOT_OFFERED)
    pattern = spec.get("pattern")
    if kind == "search":
        _check_pattern(name, column, pattern)
    return Field(
        column,
        _texts(headers),
        kind,
        pattern,
        dict(spec.get("choices", {})),
        names=_texts(spec.get("names", ())),
        credit=_texts(spec.get("credit", ())),
        factor=_factor(name, column, kind, spec.get("factor")),
        sign=str(spec["sign"]) if "sign" in spec else None,
        withheld=_texts(spec.get("withheld", ())),
    )


def _check_pattern(name: str, column: str, pattern: Any) -> None:
    """Of a `search` the groups are what is found."""
    try:
        groups = re.compile(pattern).groups if isinstance(pattern, str) else 0
    except re.error:
        groups = 0
    if not groups:
        raise _wrong(
            name,
            f"{column} has no pattern to search with",
            found=repr(pattern),
            expected=r"a regular expression with groups, such as '^(P\d+)-T(\d+)$': several are joined by hyphens",
        )


def _texts(given: Any) -> tuple[str, ...]:
    """One text or several, as several."""
    return (given,) if isinstance(given, str) else tuple(given)


def _factor(name: str, column: str, kind: str, given: Any) -> str | None:
    if given is None:
        return None
    number = Decimal(str(given)) if isinstance(given, int | float) and not isinstance(given, bool) else Decimal(0)
    if number <= 0 or kind not in {"number", "seconds"}:
        raise _wrong(
            name,
            f"{column} cannot have this factor",
            found=repr(given),
            expected='a positive number, on a field of kind "number" or "seconds"',
        )
    return format(number, "f")
