"""Staging of one file: text cells in, typed and checked rows out, nothing dropped.

`raw` holds every record of the file as text; typed rows are the same records
under the contract's column names, each with the list of rules it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa

from pmo_analytics.contracts.base import Table
from pmo_analytics.contracts.compile import Rule, failed_rules, rules
from pmo_analytics.vocabulary import TERMS
from pmo_analytics.warehouse.connection import Connection


@dataclass(frozen=True)
class Fault:
    """What can be wrong with a record as a whole: found, expected, what to do."""

    found: str
    expected: str
    hint: str


# What stands behind it is what was found.
ERROR = "error: "
FAULTS = {
    "cut": Fault("the file ends inside a quoted cell", "a closing quote", "export the file again; it was cut off"),
    "field_count": Fault(
        "another number of cells than the header has",
        "as many cells as the header",
        "a delimiter or quote is missing or too many",
    ),
    "beside": Fault(
        "a cell beside the columns of the header",
        "cells below a header alone",
        "give the column a header, or clear the cell",
    ),
    "error": Fault(
        "an error instead of a value", "a value in every cell", "correct the cell in the workbook, and save it"
    ),
}
_WHOLE_RECORD = "whole record"


@dataclass(frozen=True)
class StagedColumn:
    """How one column is made from staged cells: SQL for its text and its typed value.

    A filled text without a value is a fault where `is_strict`. `rounding` is the
    value less the exact one, where rounding is allowed. A personal text is never
    repeated in the core lake.
    """

    column: str
    header: str
    text: str
    value: str
    expected: str
    is_strict: bool
    is_personal: bool = False
    rounding: str | None = None


@dataclass(frozen=True)
class Reject:
    """One broken rule of one row."""

    source_line: int
    column: str
    value: str | None
    rule: str
    expected: str
    hint: str


@dataclass(frozen=True)
class TypedRows:
    """SQL for records under the contract's names, and the rules that they are held to.

    `sound` is true for a row that keeps every rule.
    """

    selected: str
    joined: str
    sound: str
    checks: list[Rule]

    def sql(self, rows: str = "raw") -> str:
        """The rows made of the records in `rows`."""
        return f"SELECT {self.selected} FROM {rows} {self.joined}"

    def fill(self, connection: Connection) -> None:
        """Make `typed`: each row with `failed`, the positions of the rules that it breaks."""
        connection.execute("DROP TABLE IF EXISTS typed")
        failed = failed_rules([check.fails for check in self.checks])
        connection.execute(f"CREATE TEMP TABLE typed AS SELECT *, {failed} AS failed FROM ({self.sql()})")


def typed_rows(table: Table, columns: list[StagedColumn], generated: set[str]) -> TypedRows:
    """How `raw` becomes rows of `table`.

    `generated` columns are NULL and no rule looks at them; a person column
    holds the token that `put_tokens` gave its key.
    """
    by_name = {column.column: column for column in columns}
    values, texts, joins, checks = [], [], [], list(_fault_rules())
    for name in table.columns:
        staged = by_name.get(name)
        value = staged.value if staged else "NULL"
        if staged and staged.is_personal:
            joins.append(f'LEFT JOIN token AS "token_{name}" ON "token_{name}".k = lower({value})')
            value = f'"token_{name}".token'
        values.append(f'CAST({value} AS {TERMS[name].sql_type}) AS "{name}"')
        if staged and staged.is_strict:
            texts.append(f'({staged.text}) IS NOT NULL AS "filled_{name}"')
            checks.append(Rule(name, "format", f'"filled_{name}" AND "{name}" IS NULL', staged.expected))
    strict = {column.column for column in columns if column.is_strict}
    for rule in rules(table):
        if rule.column in generated:
            continue
        unparsed = f'AND NOT "filled_{rule.column}"' if rule.name == "required" and rule.column in strict else ""
        checks.append(Rule(rule.column, rule.name, f"fault IS NULL AND {rule.fails} {unparsed}", rule.expected))
    rounded = [f'{c.rounding} AS "rounding_{c.column}"' for c in columns if c.rounding]
    parsed = ", ".join(["source_line", "last_line", "fault", *values, *texts, *rounded])
    broken = " OR ".join(f"({check.fails})" for check in checks)
    return TypedRows(parsed, " ".join(joins), f"fault IS NULL AND ({broken}) IS NOT TRUE", checks)


def _fault_rules() -> Iterator[Rule]:
    for name, fault in FAULTS.items():
        fails = f"starts_with(fault, '{ERROR}')" if ERROR.startswith(name) else f"fault = '{name}'"
        yield Rule(_WHOLE_RECORD, name, fails, fault.expected)


def rejects(connection: Connection, checks: list[Rule], columns: list[StagedColumn]) -> list[Reject]:
    """Every broken rule with the cell that broke it; a faulty record is told once, without its cells."""
    by_name = {column.column: column for column in columns}
    broken = connection.execute(
        "SELECT rule, source_line FROM (SELECT unnest(failed) AS rule, source_line, fault FROM typed) "
        f"WHERE fault IS NULL OR rule < {len(FAULTS)} ORDER BY rule, source_line"
    ).fetchall()
    if not broken:
        return []
    lines_of: dict[int, list[int]] = {}
    for rule, line in broken:
        lines_of.setdefault(int(rule), []).append(int(line))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE broken AS SELECT * FROM raw "
        "WHERE source_line IN (SELECT source_line FROM typed WHERE len(failed) > 0)"
    )
    found: list[Reject] = []
    for position, lines in lines_of.items():
        rule = checks[position]
        staged = by_name.get(rule.column)
        fault = FAULTS.get(rule.name)
        texts: dict[int, str | None] = dict.fromkeys(lines, fault.found if fault else None)
        if rule.name == "error":
            texts |= _errors(connection)
        if staged and staged.text != "NULL":
            texts = cells(connection, staged, lines, rows="broken")
        header = staged.header if staged else rule.column
        hint = _hint(rule, header)
        found += [Reject(line, header, texts.get(line), rule.name, rule.expected, hint) for line in lines]
    return sorted(found, key=lambda reject: (reject.source_line, reject.column))


def _errors(connection: Connection) -> dict[int, str]:
    rows = connection.execute(
        f"SELECT source_line, substr(fault, {len(ERROR) + 1}) FROM broken WHERE starts_with(fault, '{ERROR}')"
    ).fetchall()
    return {int(line): str(found) for line, found in rows}


def cells(
    connection: Connection, column: StagedColumn, lines: list[int], *, rows: str = "raw"
) -> dict[int, str | None]:
    """What stands in a column's cells of the records at `lines`, as text; never what is personal."""
    found = connection.execute(
        f"SELECT source_line, {column.text} FROM {rows} WHERE source_line IN (SELECT unnest(?))", [lines]
    ).fetchall()
    return {int(line): "(hidden: personal)" if column.is_personal and text else text for line, text in found}


def _hint(rule: Rule, header: str) -> str:
    if rule.name in FAULTS:
        return FAULTS[rule.name].hint
    if rule.name == "required":
        return f"fill {header!r} in the source system and export again"
    return f"correct {header!r} in the source system and export again"


def last_lines(connection: Connection, lines: list[int]) -> dict[int, int]:
    """The line each record of `typed` ends on, by the line it begins on."""
    rows = connection.execute(
        "SELECT source_line, last_line FROM typed WHERE source_line IN (SELECT unnest(?)) ORDER BY source_line", [lines]
    ).fetchall()
    return {int(first): int(last) for first, last in rows}


@dataclass(frozen=True)
class Survey:
    """What one reading of a whole file tells before any row is stored.

    `persons` holds folded key, name and e-mail address; `totals` and `rounding`
    are sums over all rows that can be read, by column; `counted` answers the
    questions that were asked beside.
    """

    records: int
    persons: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=dict)
    rounding: dict[str, Decimal] = field(default_factory=dict)
    counted: list[int] = field(default_factory=list)


def survey(
    connection: Connection,
    relation: str,
    columns: list[StagedColumn],
    *,
    summed: list[str],
    named: dict[str, list[str]],
    questions: list[str],
) -> Survey:
    """Read `relation` once: its records, its persons, and the sums of the columns in `summed`.

    `named` gives, by person column, SQL for key, name and e-mail address;
    `questions` are whole numbers in SQL, to be summed over the records.
    """
    by_name = {column.column: column for column in columns}
    totals = [name for name in summed if name in by_name]
    rounded = [column for column in columns if column.rounding]
    sums = ["count(*)", *(f"CAST(sum({question}) AS BIGINT)" for question in questions)]
    sums += [f"sum(CAST({by_name[name].value} AS {TERMS[name].sql_type}))" for name in totals]
    sums += [f"sum({column.rounding})" for column in rounded]
    # Each person column by itself: their combinations are many more than their persons.
    seen = [
        f"coalesce(list(DISTINCT {{'k': lower({key}), 'n': {name}, 'e': {email}}}), [])"
        for key, name, email in named.values()
    ]
    wanted = [*(f"coalesce({total}, 0)" for total in sums), *seen]
    row = connection.execute(f"SELECT {', '.join(wanted)} FROM {relation}").fetchone() or ()
    records, *values = row[: len(sums)]
    behind = len(questions)
    decimals = [Decimal(value) for value in values[behind:]]
    return Survey(
        int(records),
        _persons(row[len(sums) :]),
        dict(zip(totals, decimals[: len(totals)], strict=True)),
        dict(zip([c.column for c in rounded], decimals[len(totals) :], strict=True)),
        [int(value) for value in values[:behind]],
    )


def _persons(columns: Iterable[list[dict[str, str | None]]]) -> list[tuple[str, str | None, str | None]]:
    """Each key once, with the first of the names and of the addresses that stand beside it."""
    names: dict[str, list[str | None]] = {}
    addresses: dict[str, list[str | None]] = {}
    for person in (person for column in columns for person in column):
        if (key := person["k"]) is not None:
            names.setdefault(key, []).append(person["n"])
            addresses.setdefault(key, []).append(person["e"])
    return [(key, _first(names[key]), _first(addresses[key])) for key in sorted(names)]


def _first(texts: list[str | None]) -> str | None:
    return min((text for text in texts if text is not None), default=None)


def put_tokens(connection: Connection, tokens: dict[str, str]) -> None:
    """Make `token`: the person token of each folded key."""
    connection.register(
        "token_pairs",
        pa.table({"k": pa.array(list(tokens), pa.string()), "token": pa.array(list(tokens.values()), pa.string())}),
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE token AS SELECT * FROM token_pairs")
    connection.unregister("token_pairs")
