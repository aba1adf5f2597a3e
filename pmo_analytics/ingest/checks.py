"""Rules between tables at the door: what breaks one is told, or rejected where the organisation says so.

Everything here reads the core lake alone, within the load's own transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.contracts.systems import system_of
from pmo_analytics.ingest.reading import Reading
from pmo_analytics.sources.field_text import literal
from pmo_analytics.warehouse import merging, staging
from pmo_analytics.warehouse.checks import FILLED, OFF, REJECT, severities
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.cross_checks import CrossCheck, checks
from pmo_analytics.warehouse.lakes import relation
from pmo_analytics.warehouse.visible import resolved, visible
from pmo_analytics.workspace import Workspace

_ACCEPTED = "SELECT source_line FROM fate WHERE fate IN ('added', 'replacing')"
_OPEN = "SELECT source_line FROM fate WHERE fate IS NULL"


@dataclass(frozen=True)
class AppliedChecks:
    """The rules that hold for the rows of one table: those that warn, those that reject, those not applied in words."""

    warning: list[CrossCheck]
    rejecting: list[CrossCheck]
    notes: list[str]


def applied_checks(connection: Connection, table: Table, workspace: Workspace) -> AppliedChecks:
    """The rules for `table` by `pmo.toml`, without those whose other tables are empty."""
    chosen = severities(workspace)
    applied = AppliedChecks([], [], [])
    filled = {row[0] for row in connection.execute(FILLED.format(load="lake.meta.load")).fetchall()}
    for check in checks():
        severity = chosen[check.name]
        if check.table != table.name or check.is_personal or severity == OFF:
            continue
        if lacking := [name for name in check.needs if name not in filled]:
            if severity == REJECT:
                applied.notes.append(f"check {check.name}: not applied, no {lacking[0]} is loaded")
        else:
            (applied.rejecting if severity == REJECT else applied.warning).append(check)
    return applied


def reject_broken(connection: Connection, reading: Reading, applied: AppliedChecks) -> list[staging.Reject]:
    """Reject the open rows of `typed` that break a rejecting rule; each is told with the cell that broke it."""
    by_name = {column.column: column for column in reading.columns}
    found: list[staging.Reject] = []
    broken: set[int] = set()
    for check in applied.rejecting:
        failing = connection.execute(check.failing(_staged(reading, check, _OPEN), _in_transaction)).fetchall()
        if not failing:
            continue
        lines = [int(line) for _, line, _, _ in failing]
        staged = by_name.get(check.column)
        texts = staging.cells(connection, staged, lines) if staged and staged.text != "NULL" else {}
        header = staged.header if staged else check.column
        found += [
            staging.Reject(int(line), header, texts.get(int(line), value), check.name, expected, check.hint)
            for _, line, value, expected in failing
        ]
        broken |= set(lines)
    merging.reject_lines(connection, sorted(broken))
    return found


def warnings(connection: Connection, reading: Reading, applied: AppliedChecks, load_id: str | None) -> list[str]:
    """What the accepted rows break, in words; with `load_id` they stand in the lake already, else in `typed`."""
    told = []
    for check in applied.warning:
        rows = _staged(reading, check, _ACCEPTED) if load_id is None else _stored(reading, check, load_id)
        count, first = connection.execute(
            f"SELECT count(*), min(source_line, 3) FROM ({check.failing(rows, _in_transaction)})"  # noqa: S608
        ).fetchone() or (0, [])
        if count:
            places = ", ".join(f"{line}" for line in first)
            told.append(
                f"check {check.name}, {count:,} {'row' if count == 1 else 'rows'}: {check.message}; {check.column} in "
                f"{'line' if count == 1 else 'lines'} {places}{', …' if count > len(first) else ''}"
            )
    return [*applied.notes, *told]


def _staged(reading: Reading, check: CrossCheck, lines: str) -> str:
    rows = f"(SELECT *, CAST(NULL AS VARCHAR) AS load_id FROM typed WHERE source_line IN ({lines}))"  # noqa: S608
    return _resolved(reading, check, rows)


def _stored(reading: Reading, check: CrossCheck, load_id: str) -> str:
    place = relation(reading.found.definition.table)
    return _resolved(reading, check, f"(SELECT * FROM {place} WHERE load_id = {literal(load_id)})")  # noqa: S608


def _resolved(reading: Reading, check: CrossCheck, rows: str) -> str:
    definition = reading.found.definition
    return f"({resolved(definition.table, rows, literal(system_of(definition.name)), check.columns)})"


def _in_transaction(name: str) -> str:
    """A core table as rules look at it: only who a person is has to be resolved in it."""
    table = stored()[name]
    if table.lake != CORE:
        raise ValueError(f"{name} is out of reach of a load's transaction")
    if name == "person":
        return f"({visible(table, relation(table), None, 'UTC')})"
    return relation(table)
