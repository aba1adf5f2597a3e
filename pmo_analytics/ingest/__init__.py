"""Ingestion: a raw export in, every row accounted for.

One file is one transaction: read, recognise, type, check, merge, balance,
commit. Files, the clock and randomness come in from the caller.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pmo_analytics.errors import PmoError
from pmo_analytics.ingest.containers import NamedFile, Original, export_files, unpacked
from pmo_analytics.ingest.jira_tables import DELIMITER, laid_out
from pmo_analytics.ingest.load import ConventionsError, load
from pmo_analytics.ingest.reading import Reading, read
from pmo_analytics.ingest.results import Edges, IngestOptions, Intake, LoadResult
from pmo_analytics.sources.delimited import Layout, layout, records
from pmo_analytics.sources.mapped import mapped_definitions
from pmo_analytics.sources.recognition import HEADER_SEARCH, Recognised, recognise
from pmo_analytics.warehouse import archive, loading, merging
from pmo_analytics.warehouse.connection import Connection, connect
from pmo_analytics.warehouse.lakes import attach, create
from pmo_analytics.workspace import Workspace

__all__ = ["Edges", "IngestOptions", "LoadResult", "export_files", "ingest_file", "ingest_files"]

_ATTEMPTS = 12


def ingest_files(
    workspace: Workspace, paths: list[Path], options: IngestOptions, edges: Edges
) -> Iterator[LoadResult | PmoError]:
    """Load every file that `paths` name, and tell of each what became of it or why it could not be loaded.

    Each file is a load of its own; one that fails leaves the others alone.
    """
    for path in export_files(paths):
        try:
            with unpacked(path) as files:
                for file in files:
                    yield from _tables(workspace, file, path, options, edges)
        except PmoError as problem:
            yield problem


def _tables(
    workspace: Workspace, file: NamedFile, origin: Path, options: IngestOptions, edges: Edges
) -> Iterator[LoadResult | PmoError]:
    """Load the file, or the tables that it is laid out as; each is a load of its own."""
    try:
        with laid_out(file, workspace.jira) as tables:
            for table in tables:
                yield _attempt(workspace, table, None if file.path == origin else file.name, options, edges)
    except PmoError as problem:
        yield problem


def _attempt(
    workspace: Workspace, table: NamedFile, name: str | None, options: IngestOptions, edges: Edges
) -> LoadResult | PmoError:
    try:
        return ingest_file(workspace, table.path, options, edges, name=name, table=table)
    except PmoError as problem:
        return problem


def ingest_file(
    workspace: Workspace,
    path: Path,
    options: IngestOptions,
    edges: Edges,
    *,
    name: str | None = None,
    table: NamedFile | None = None,
) -> LoadResult:
    """Load one file into the workspace's warehouse and tell what became of each row.

    `name` is what it is called where it was unpacked from something else; `table` says
    what it was laid out from.

    Raises SourceError (empty, binary, unknown), QuestionError (ambiguous, or a
    scope that shrinks), BalanceError; then nothing was changed.
    """
    original = table.original if table else None
    how = layout(path, name or (table.name if table else None))
    # A table that was written here leaves nothing to find out, whatever its texts look like.
    how = replace(how, delimiter=DELIMITER) if original else how
    own = mapped_definitions(workspace.sources)
    found = recognise(islice(records(path, how), HEADER_SEARCH), file=how.name, source=options.source, own=own)
    intake = Intake(workspace, options, edges)
    recorded = options.as_recorded()
    if found.definition.name in own:
        # A corrected mapping reads the same file anew.
        recorded["mapping"] = json.dumps(workspace.sources[found.definition.name], sort_keys=True, default=str)
    if original and workspace.jira:
        recorded["jira"] = json.dumps(workspace.jira, sort_keys=True)
    kept = original or Original(path, how.sha256, how.size)
    connection = connect()
    try:
        attach(connection, workspace)
        create(connection)
        earlier = loading.earlier_load(connection, kept.sha256, found.definition.name, recorded)
        if earlier is not None:
            return _unchanged(how, found, earlier)
        origin = loading.LoadOrigin(
            name or _shown(kept.path, workspace),
            kept.sha256,
            kept.size,
            found.definition.name,
            recorded,
            edges.now(),
        )
        if not options.dry_run:
            archive.keep(kept.path, workspace.warehouse / "archive", kept.sha256)
        notes = table.notes if table else ()
        try:
            return _load(connection, read(connection, how, found, intake, notes, whole=False), origin, intake)
        except ConventionsError:
            # A later row does not fit what the first ones said: let every row speak.
            return _load(connection, read(connection, how, found, intake, notes, whole=True), origin, intake)
    finally:
        connection.close()


@retry(
    retry=retry_if_exception_type(loading.LoadConflictError),
    stop=stop_after_attempt(_ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.1, max=5),
    reraise=True,
)
def _load(connection: Connection, reading: Reading, origin: loading.LoadOrigin, intake: Intake) -> LoadResult:
    return load(connection, reading, origin, intake)


def _shown(path: Path, workspace: Workspace) -> str:
    """The file's name as reports show it: within the workspace its path from there, else its bare name."""
    resolved = path.resolve()
    return str(resolved.relative_to(workspace.root)) if resolved.is_relative_to(workspace.root) else path.name


def _unchanged(how: Layout, found: Recognised, version: int) -> LoadResult:
    definition = found.definition
    return LoadResult(
        how.name, definition.name, definition.title, definition.table.name, "unchanged", version, 0,
        dict.fromkeys(merging.FATES, 0), 0, [], [f"the same file was loaded before, as version {version}"], [],
    )  # fmt: skip
