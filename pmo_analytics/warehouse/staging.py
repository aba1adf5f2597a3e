"""Staging of one file: text cells in, typed and checked rows out, nothing dropped.

`raw` holds every record of the file as text; `typed` the same records under
the contract's column names, each with the list of rules it breaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

import pyarrow as pa

from pmo_analytics.contracts.base import Table
from pmo_analytics.contracts.compile import Rule, failed_rules, rules
from pmo_analytics.vocabulary import TERMS
from pmo_analytics.warehouse.connection import Connection

_BATCH = 50_000


@dataclass(frozen=True)
class Fault:
    """What can be wrong with a record as a whole: found, expected, what to do."""

    found: str
    expected: str
    hint: str


FAULTS = {
    "cut": Fault("the file ends inside a quoted cell", "a closing quote", "export the file again; it was cut off"),
    "field_count": Fault(
        "another number of cells than the header has",
        "as many cells as the header",
        "a delimiter or quote is missing or too many",
    ),
}
_WHOLE_RECORD = "whole record"


@dataclass(frozen=True)
class StagedColumn:
    """How one column is made from staged cells: SQL for its text and its typed value.

    A filled text without a value is a fault where `is_strict`. `exact` is the
    value before rounding, where rounding is allowed. A personal text is never
    repeated in the core lake.
    """

    column: str
    header: str
    text: str
    value: str
    expected: str
    is_strict: bool
    is_personal: bool = False
    exact: str | None = None


@dataclass(frozen=True)
class Reject:
    """One broken rule of one row."""

    source_line: int
    column: str
    value: str | None
    rule: str
    expected: str
    hint: str


def stage(connection: Connection, width: int, records: Iterable[tuple[int, int, str | None, list[str]]]) -> int:
    """Fill `raw` with (line, last line, fault, cells); return the number of records."""
    names = ["source_line", "last_line", "fault", *(f"c{i}" for i in range(width))]
    types = [pa.int64(), pa.int64(), pa.string(), *([pa.string()] * width)]
    schema = pa.schema(list(zip(names, types, strict=True)))
    connection.execute("DROP TABLE IF EXISTS raw")
    columns = ", ".join(f"{n} {'BIGINT' if t == pa.int64() else 'VARCHAR'}" for n, t in zip(names, types, strict=True))
    connection.execute(f"CREATE TEMP TABLE raw ({columns})")
    count = 0
    for batch in _batches(iter(records)):
        lines, lasts, faults, cells = zip(*batch, strict=True)
        arrays: list[Any] = [pa.array(lines, pa.int64()), pa.array(lasts, pa.int64()), pa.array(faults, pa.string())]
        arrays += [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        connection.register("staged_batch", pa.Table.from_arrays(arrays, schema=schema))
        connection.execute("INSERT INTO raw SELECT * FROM staged_batch")
        connection.unregister("staged_batch")
        count += len(batch)
    return count


def _batches(records: Iterator[Any]) -> Iterator[list[Any]]:
    while batch := list(islice(records, _BATCH)):
        yield batch


def type_rows(connection: Connection, table: Table, columns: list[StagedColumn], generated: set[str]) -> list[Rule]:
    """Fill `typed` from `raw`; return the rules that its `failed` lists point into.

    `generated` columns get their value later: they are NULL here and no rule
    looks at them.
    """
    by_name = {column.column: column for column in columns}
    values, texts, checks = [], [], list(_fault_rules())
    for name in table.columns:
        staged = by_name.get(name)
        # A person column holds the source's own key until persons are resolved.
        sql_type = TERMS[name].sql_type
        values.append(f'CAST({staged.value if staged else "NULL"} AS {sql_type}) AS "{name}"')
        if staged and staged.is_strict:
            texts.append(f'({staged.text}) IS NOT NULL AS "filled_{name}"')
            checks.append(Rule(name, "format", f'"filled_{name}" AND "{name}" IS NULL', staged.expected))
    strict = {column.column for column in columns if column.is_strict}
    for rule in rules(table):
        if rule.column in generated:
            continue
        unparsed = f'AND NOT "filled_{rule.column}"' if rule.name == "required" and rule.column in strict else ""
        checks.append(Rule(rule.column, rule.name, f"fault IS NULL AND {rule.fails} {unparsed}", rule.expected))
    exact = [f'{c.exact} AS "exact_{c.column}"' for c in columns if c.exact]
    parsed = ", ".join(["source_line", "last_line", "fault", *values, *texts, *exact])
    connection.execute("DROP TABLE IF EXISTS typed")
    connection.execute(
        f"CREATE TEMP TABLE typed AS SELECT *, {failed_rules([c.fails for c in checks])} AS failed "
        f"FROM (SELECT {parsed} FROM raw)"
    )
    return checks


def _fault_rules() -> Iterator[Rule]:
    for name, fault in FAULTS.items():
        yield Rule(_WHOLE_RECORD, name, f"fault = '{name}'", fault.expected)


def rejects(connection: Connection, checks: list[Rule], columns: list[StagedColumn]) -> list[Reject]:
    """Every broken rule with the cell that broke it; a faulty record is told once, without its cells."""
    found: list[Reject] = []
    by_name = {column.column: column for column in columns}
    broken = connection.execute(
        "SELECT rule, source_line FROM (SELECT unnest(failed) AS rule, source_line, fault FROM typed) "
        f"WHERE fault IS NULL OR rule < {len(FAULTS)} ORDER BY rule, source_line"
    ).fetchall()
    lines_of: dict[int, list[int]] = {}
    for rule, line in broken:
        lines_of.setdefault(int(rule), []).append(int(line))
    for position, lines in lines_of.items():
        rule = checks[position]
        staged = by_name.get(rule.column)
        fault = FAULTS.get(rule.name)
        texts: dict[int, str | None] = dict.fromkeys(lines, fault.found if fault else None)
        if staged and staged.text != "NULL":
            rows = connection.execute(
                f"SELECT source_line, {staged.text} FROM raw WHERE source_line IN (SELECT unnest(?))", [lines]
            ).fetchall()
            texts = {int(line): "(hidden: personal)" if staged.is_personal and text else text for line, text in rows}
        for line in lines:
            header = staged.header if staged else rule.column
            found.append(Reject(line, header, texts.get(line), rule.name, rule.expected, _hint(rule, header)))
    return sorted(found, key=lambda reject: (reject.source_line, reject.column))


def _hint(rule: Rule, header: str) -> str:
    if rule.name in FAULTS:
        return FAULTS[rule.name].hint
    if rule.name == "required":
        return f"fill {header!r} in the source system and export again"
    return f"correct {header!r} in the source system and export again"


def rounding(connection: Connection, columns: list[StagedColumn]) -> dict[str, Decimal]:
    """Stored less exact total of each column that was rounded, over the rows that are kept."""
    found = {}
    for column in columns:
        if column.exact:
            row = connection.execute(
                f"SELECT coalesce(sum(t.{column.column}), 0) - coalesce(sum(t.exact_{column.column}), 0) "
                "FROM typed AS t JOIN fate AS f USING (source_line) WHERE f.fate <> 'rejected'"
            ).fetchone()
            found[column.column] = Decimal(row[0]) if row else Decimal(0)
    return found


def last_lines(connection: Connection, lines: list[int]) -> dict[int, int]:
    """The line each record ends on, by the line it begins on."""
    rows = connection.execute(
        "SELECT source_line, last_line FROM raw WHERE source_line IN (SELECT unnest(?)) ORDER BY source_line", [lines]
    ).fetchall()
    return {int(first): int(last) for first, last in rows}


def person_keys(
    connection: Connection, columns: dict[str, tuple[str, str, str]]
) -> list[tuple[str, str | None, str | None]]:
    """The distinct persons of the rows that are kept: folded key, name, e-mail address."""
    parts = " UNION ".join(
        f"SELECT lower({key}) AS k, {name} AS n, {email} AS e FROM raw JOIN fate USING (source_line) "
        "WHERE fate.fate IS NULL"
        for key, name, email in columns.values()
    )
    rows = connection.execute(
        f"SELECT k, min(n), min(e) FROM ({parts}) WHERE k IS NOT NULL GROUP BY k ORDER BY k"
    ).fetchall()
    return [(str(key), name, email) for key, name, email in rows]


def put_tokens(connection: Connection, columns: list[str], tokens: dict[str, str]) -> None:
    """Replace the keys in `columns` of `typed` by person tokens; rows that are not kept lose theirs."""
    connection.register(
        "token_pairs",
        pa.table({"k": pa.array(list(tokens), pa.string()), "token": pa.array(list(tokens.values()), pa.string())}),
    )
    connection.execute("CREATE OR REPLACE TEMP TABLE token AS SELECT * FROM token_pairs")
    connection.unregister("token_pairs")
    for column in columns:
        connection.execute(
            f'UPDATE typed SET "{column}" = (SELECT t.token FROM token AS t WHERE t.k = lower(typed."{column}"))'
        )
