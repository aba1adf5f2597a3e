"""The schema of the lakes, counted: a warehouse of an earlier one is brought to this program's step by step.

Steps lead forward only and only add: what is stored, and every version of it,
stays as it is. A step is one transaction in each lake, the personal one first;
the core lake's counts it, so one that was cut off is done again, and adds what
it had not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE, PERSONAL, Table
from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse.connection import Connection, connect, roll_back
from pmo_analytics.warehouse.lakes import (
    ALERTS,
    CLOSES,
    FINDINGS,
    LEDGER,
    META,
    SCHEMA_VERSION,
    attach,
    held,
    relation,
    schema_version,
    stored_before,
)
from pmo_analytics.warehouse.locks import LOADING, hold
from pmo_analytics.workspace import Workspace

_ATTEMPTS = 12


@dataclass(frozen=True)
class SchemaStep:
    """What leads from one schema version to the next, in words and as a function.

    It is called for each lake with the lake's name and the columns that stand in
    either by their table's place: within its transaction it must not ask for
    the other lake.
    """

    title: str
    apply: Callable[[Connection, str, dict[str, set[str]]], None]


@dataclass(frozen=True)
class Upgrade:
    """From which schema version a warehouse was brought to which, and by what."""

    before: int
    after: int
    steps: list[str]


class _BusyError(WarehouseError):
    """Another process commits to the same lake; the step is to be tried again."""


_SIGNS_OF_OTHERS = ("onflict", "Failed to commit", "database is locked", "already exists")


def add_what_came_uncounted(connection: Connection, lake: str, existing: dict[str, set[str]]) -> None:
    """From 1 to 2: the tables and columns that came while warehouses still called themselves of version 1."""
    if lake == CORE:
        connection.execute("CREATE SCHEMA IF NOT EXISTS lake.core")
        connection.execute("CREATE SCHEMA IF NOT EXISTS lake.meta")
        for name, columns in META.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS lake.meta.{name} ({columns})")
    else:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS personal.main.reject_line (load_id VARCHAR, source_line BIGINT, line VARCHAR)"
        )
    add_what_contracts_have(connection, lake, existing)


def add_what_contracts_have(connection: Connection, lake: str, existing: dict[str, set[str]]) -> None:
    """The tables and columns of the contracts that the lake lacks; `existing` knows them from then on."""
    for table in (t for t in stored().values() if t.lake == lake):
        place = relation(table)
        if place not in existing:
            connection.execute(f"CREATE TABLE {place} ({_columns(table)})")
        for column in (c for c in table.columns if c not in existing.get(place, table.columns)):
            before = stored_before(table, column)
            stated = "" if before == "NULL" else f" DEFAULT {before}"
            connection.execute(f'ALTER TABLE {place} ADD COLUMN "{column}" {table.sql_type(column)}{stated}')
        existing[place] = existing.get(place, set()) | set(table.columns)


def add_decision_ledger(connection: Connection, lake: str, _: dict[str, set[str]]) -> None:
    """From 2 to 3: predictions and their scores."""
    if lake == CORE:
        for name, columns in LEDGER.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS lake.meta.{name} ({columns})")


def add_alerts(connection: Connection, lake: str, _: dict[str, set[str]]) -> None:
    """From 3 to 4: the events of alerts."""
    if lake == CORE:
        for name, columns in ALERTS.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS lake.meta.{name} ({columns})")


def add_assurance(connection: Connection, lake: str, existing: dict[str, set[str]]) -> None:
    """From 5 to 6: versions of methods, rules and findings of the audit, mentors and goals."""
    add_what_contracts_have(connection, lake, existing)
    if lake == CORE:
        for name, columns in FINDINGS.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS lake.meta.{name} ({columns})")


def add_closes(connection: Connection, lake: str, existing: dict[str, set[str]]) -> None:
    """From 6 to 7: managers' commentary and the events of each month's close."""
    add_what_contracts_have(connection, lake, existing)
    if lake == CORE:
        for name, columns in CLOSES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS lake.meta.{name} ({columns})")


def _add_all(connection: Connection, lake: str, existing: dict[str, set[str]]) -> None:
    for version in sorted(STEPS):
        STEPS[version].apply(connection, lake, existing)


# By the version that each starts from.
STEPS: dict[int, SchemaStep] = {
    1: SchemaStep("tables and columns that came before steps were counted", add_what_came_uncounted),
    2: SchemaStep("the decision ledger", add_decision_ledger),
    3: SchemaStep(
        "calendars of schedules; float, constraints and lags as schedules state them", add_what_contracts_have
    ),
    4: SchemaStep("alerts", add_alerts),
    5: SchemaStep("versions of methods, the audit's rules and findings, mentors and goals", add_assurance),
    6: SchemaStep("managers' commentary and the months' closes", add_closes),
}


def create(connection: Connection) -> list[str]:
    """Bring the attached lakes to this program's schema, new ones at once; return the steps that were taken.

    Loads do so by themselves: a step takes part of a second and loses nothing,
    and a load that stopped for it would only be asked for again.
    """
    taken = []
    while (version := schema_version(connection)) < SCHEMA_VERSION:
        if version == 0:
            _take(connection, SchemaStep("a new warehouse", _add_all), 0, SCHEMA_VERSION)
            continue
        step = STEPS[version]
        _take(connection, step, version, version + 1)
        taken.append(f"schema version {version} to {version + 1}: {step.title}")
    return taken


def upgrade(workspace: Workspace) -> Upgrade:
    """Bring the warehouse of a workspace to this program's schema.

    Raises WarehouseError where nothing was loaded, and where a newer program
    made the warehouse; then nothing was changed.
    """
    with connect() as connection:
        attach(connection, workspace, read_only=True)
        before = schema_version(connection)
    with hold(workspace.warehouse, LOADING), connect() as connection:
        attach(connection, workspace)
        taken = create(connection)
        return Upgrade(before, schema_version(connection), taken)


@retry(
    retry=retry_if_exception_type(_BusyError),
    stop=stop_after_attempt(_ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.1, max=5),
    reraise=True,
)
def _take(connection: Connection, step: SchemaStep, start: int, end: int) -> None:
    """Take one step, unless another process has taken it meanwhile."""
    for lake in (PERSONAL, CORE):
        if schema_version(connection) != start:
            return
        existing = held(connection)
        connection.execute("BEGIN")
        try:
            step.apply(connection, lake, existing)
            if lake == CORE and start == 0:
                connection.execute("INSERT INTO lake.meta.counter VALUES (?, 0)", [end])
            elif lake == CORE:
                connection.execute("UPDATE lake.meta.counter SET schema_version = ?", [end])
            connection.execute("COMMIT")
        except duckdb.Error as problem:
            roll_back(connection)
            text = str(problem)
            if any(sign in text for sign in _SIGNS_OF_OTHERS):
                raise _BusyError("another process is writing to the warehouse", found=text.splitlines()[0]) from None
            raise WarehouseError(
                f"the step from schema version {start} to {end} failed, and was taken back",
                found=text.splitlines()[0],
                hint="make room where the disk is full, then run `pmo warehouse upgrade`",
            ) from None
        except BaseException:
            roll_back(connection)
            raise


def _columns(table: Table) -> str:
    columns = [f'"{name}" {table.sql_type(name)}' for name in table.columns]
    return ", ".join([*columns, "load_id VARCHAR", "source_line BIGINT"])
