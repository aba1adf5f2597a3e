"""Whether a warehouse still holds what was loaded into it: catalogs, data files, rows, totals, originals.

Nothing is taken from a catalog's own counts: data files are read whole, rows and
totals of every load are summed from them as of the load's own version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pmo_analytics.contracts import stored
from pmo_analytics.contracts.base import CORE
from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse import archive, catalogs
from pmo_analytics.warehouse.catalogs import RESTORE
from pmo_analytics.warehouse.connection import Connection, EngineError, connect, quoted_alone
from pmo_analytics.warehouse.lakes import SCHEMA_VERSION, NewerSchemaError, attach, held, relation, schema_version
from pmo_analytics.warehouse.load_totals import CommittedLoad, committed_loads, departures
from pmo_analytics.warehouse.locks import LEDGER, LOADING, READING, alone, hold
from pmo_analytics.warehouse.orphans import orphans, remove_orphans
from pmo_analytics.warehouse.stores import decision_ledger
from pmo_analytics.warehouse.stores.alerts import ALERTS
from pmo_analytics.warehouse.stores.chained_tables import chain_faults, history_faults, row_counts
from pmo_analytics.warehouse.stores.findings import FINDINGS
from pmo_analytics.warehouse.stores.month_close import CLOSES
from pmo_analytics.workspace import Workspace

_MEND = "run `pmo warehouse check --remove-orphans`"


@dataclass(frozen=True)
class IntegrityFinding:
    """One thing that does not hold, where, and what to do; a note is no damage."""

    subject: str
    finding: str
    remedy: str
    is_note: bool = False


@dataclass(frozen=True)
class Inspection:
    """What was looked at, what was removed and what was found."""

    loads: int
    data_files: int
    originals: int
    removed: list[str]
    findings: list[IntegrityFinding]

    @property
    def is_clean(self) -> bool:
        """Whether nothing but notes was found."""
        return all(finding.is_note for finding in self.findings)


def inspect_warehouse(
    workspace: Workspace, *, removes_orphans: bool = False, step: Callable[[str], None] = lambda _: None
) -> Inspection:
    """Look at everything that a workspace's warehouse holds; nothing is changed but orphans, where that is asked.

    Raises WarehouseError where nothing was loaded, where a newer program made
    the warehouse, and where orphans are to be removed during a load.
    """
    root = workspace.warehouse
    if not any(catalogs.catalog_path(root, lake).exists() for lake in catalogs.LAKES):
        raise WarehouseError(
            f"nothing has been loaded into {workspace.root} yet", hint="load exports with `pmo ingest PATH…`"
        )
    # Held, so that no compaction takes a file away between the catalog and its turn.
    with hold(root, READING):
        return _inspected(workspace, removes_orphans, step)


def _inspected(workspace: Workspace, removes_orphans: bool, step: Callable[[str], None]) -> Inspection:
    root = workspace.warehouse
    step("reading the catalogs")
    named, findings = _catalogs(root)
    removed: list[Path] = []
    are_open = not findings
    if are_open:
        _refuse_newer(workspace)
        if removes_orphans:
            removed = remove_orphans(root)
        else:
            findings += _orphan_findings(workspace)
    step(f"reading {len(named):,} data files")
    size = sum(file.size for _, file in named)
    with connect(size) as connection:
        findings += _data_files(connection, workspace, named)
    loads: list[CommittedLoad] = []
    if are_open:
        try:
            loads, broken = _loads(workspace, size, step)
            findings += broken
            step("following the decision ledger, the alerts and the findings")
            findings += _stores(workspace)
        except (WarehouseError, EngineError) as problem:
            findings.append(IntegrityFinding(_shown(root, workspace), _first_line(problem), RESTORE))
    step("unpacking the originals")
    originals = set(archive.originals(root / "archive")) | {load.sha256 for load in loads}
    findings += _originals(workspace, sorted(originals))
    return Inspection(len(loads), len(named), len(originals), [_shown(path, workspace) for path in removed], findings)


def _refuse_newer(workspace: Workspace) -> None:
    """Raise NewerSchemaError before anything is removed; whatever else is wrong is told in its turn."""
    try:
        with connect() as connection:
            attach(connection, workspace, read_only=True)
    except NewerSchemaError:
        raise
    except WarehouseError:
        return


def _catalogs(root: Path) -> tuple[list[tuple[str, catalogs.DataFile]], list[IntegrityFinding]]:
    """Every file that the catalogs name, with its lake, and what is wrong with the catalogs."""
    named: list[tuple[str, catalogs.DataFile]] = []
    findings = []
    for lake in catalogs.LAKES:
        path = catalogs.catalog_path(root, lake)
        try:
            with catalogs.opened(path) as catalog:
                if broken := catalogs.faults(catalog):
                    raise WarehouseError("the catalog is damaged", file=path, found=broken[0])
                named += [(lake, file) for file in catalogs.named_files(catalog, root / lake)]
        except WarehouseError as problem:
            found = f": {problem.found}" if problem.found else ""
            findings.append(IntegrityFinding(f"warehouse/{path.name}", f"{problem.message}{found}", RESTORE))
    return named, findings


def _orphan_findings(workspace: Workspace) -> list[IntegrityFinding]:
    try:
        with alone(workspace.warehouse, LOADING):
            found = orphans(workspace.warehouse)
    except WarehouseError as problem:
        why = f"files that no catalog names were not looked for: {problem.found}"
        return [IntegrityFinding("warehouse", why, "check again when the load has ended", is_note=True)]
    told = "no catalog names this file; a load that was killed left it"
    return [IntegrityFinding(_shown(path, workspace), told, _MEND) for path in found]


def _data_files(
    connection: Connection, workspace: Workspace, named: list[tuple[str, catalogs.DataFile]]
) -> list[IntegrityFinding]:
    findings = []
    for lake, file in named:
        problem = _fault(connection, file, workspace.warehouse / lake)
        if problem:
            findings.append(IntegrityFinding(_shown(file.path, workspace), problem, RESTORE))
    return findings


def _fault(connection: Connection, file: catalogs.DataFile, folder: Path) -> str | None:
    """What is wrong with a data file, None where it can be read to its end and holds the rows it should."""
    if not catalogs.is_within(file.path, folder):
        return "the catalog names a data file outside the warehouse; it was not read"
    if not file.path.is_file():
        return "the data file is missing"
    size = file.path.stat().st_size
    if size != file.size:
        return f"the data file has {size:,} bytes, and {file.size:,} were written"
    try:
        # Hashing takes every value of every column: a count would come from the file's footer.
        row = connection.execute(
            f"SELECT bit_xor(hash(t)), count(hash(t)) FROM read_parquet({quoted_alone(file.path)}) AS t"
        ).fetchone() or (None, 0)
    except EngineError as problem:
        return f"the data file cannot be read: {_first_line(problem)}"
    return None if row[1] == file.rows else f"the data file holds {row[1]:,} rows, and {file.rows:,} were written"


def _loads(
    workspace: Workspace, size: int, step: Callable[[str], None]
) -> tuple[list[CommittedLoad], list[IntegrityFinding]]:
    """The committed loads, and what is not as their own version had it; `size` are the bytes to read."""
    with connect(size) as connection:
        attach(connection, workspace, read_only=True)
        # The personal lake first: a load that commits meanwhile is then no stray one.
        stray = _loads_in_personal(connection)
        loads = committed_loads(connection)
        findings = []
        if (schema := schema_version(connection)) < SCHEMA_VERSION:
            told = f"schema version {schema}; this program's is {SCHEMA_VERSION}"
            findings.append(IntegrityFinding("warehouse", told, "`pmo warehouse upgrade`", is_note=True))
        for load in loads:
            step(f"summing version {load.version} of {loads[-1].version}")
            subject = f"version {load.version}, {load.file}"
            findings += [IntegrityFinding(subject, text, RESTORE) for text in departures(connection, load)]
    visible = {load.load_id for load in loads}
    hidden = sum(rows for load_id, rows in stray.items() if load_id not in visible)
    number = len(set(stray) - visible)
    if hidden:
        told = f"{hidden:,} rows of {number} loads that were never committed: no view shows them"
        findings.append(
            IntegrityFinding("personal lake", told, "nothing: the same file loads as if they were not", is_note=True)
        )
    return loads, findings


def _stores(workspace: Workspace) -> list[IntegrityFinding]:
    """Where the decision ledger, the alerts or the findings are not what was appended to them."""
    findings = []
    # Between the catalog and its rows nobody adds to them.
    with hold(workspace.warehouse, LEDGER), connect() as connection:
        attach(connection, workspace, read_only=True)
        for store in (decision_ledger.STORE, ALERTS.store, FINDINGS.store, CLOSES.store):
            told = chain_faults(connection, store)
            told += history_faults(workspace.warehouse, store, row_counts(connection, store))
            remedy = f"what is appended is never changed: {RESTORE}"
            findings += [IntegrityFinding(f"{store.title}, {place}", text, remedy) for place, text in told]
    return findings


def _loads_in_personal(connection: Connection) -> dict[str, int]:
    """Rows in the personal lake by the load that brought them."""
    places = {relation(table) for table in stored().values() if table.lake != CORE} | {"personal.main.reject_line"}
    found: dict[str, int] = {}
    for place in sorted(places & set(held(connection))):
        rows = connection.execute(f"SELECT load_id, count(load_id) FROM {place} GROUP BY load_id").fetchall()
        for load_id, number in rows:
            found[str(load_id)] = found.get(str(load_id), 0) + int(number)
    return found


def _originals(workspace: Workspace, digests: list[str]) -> list[IntegrityFinding]:
    findings = []
    for digest in digests:
        if wrong := archive.fault(digest, workspace.warehouse / "archive"):
            place, problem = wrong
            findings.append(IntegrityFinding(_shown(place, workspace), problem, RESTORE))
    return findings


def _shown(path: Path, workspace: Workspace) -> str:
    return str(path.relative_to(workspace.root)) if path.is_relative_to(workspace.root) else str(path)


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0]
