"""Ingestion: a raw export in, every row accounted for.

One file is one transaction: read, recognise, type, check, merge, balance,
commit. Files, the clock and randomness come in from the caller.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pmo_analytics.errors import PmoError, QuestionError, SourceError
from pmo_analytics.ingest.containers import Kept, NamedFile, export_files, unpacked
from pmo_analytics.ingest.laying_out import laid_out
from pmo_analytics.ingest.load import ConventionsError, load
from pmo_analytics.ingest.reading import Reading, read
from pmo_analytics.ingest.recognising import KnownExport, KnownExports, known_exports
from pmo_analytics.ingest.results import Edges, IngestOptions, Intake, LoadResult
from pmo_analytics.sources.export import Export
from pmo_analytics.sources.mapped import mapped_definitions
from pmo_analytics.sources.recognition import Recognised
from pmo_analytics.warehouse import archive, loading, merging
from pmo_analytics.warehouse.connection import Connection, connect, told_in_words
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.warehouse.locks import LOADING, hold
from pmo_analytics.warehouse.schema_versions import create
from pmo_analytics.workspace import Workspace

__all__ = ["Edges", "IngestOptions", "LoadResult", "export_files", "ingest_file", "ingest_files"]

_ATTEMPTS = 12


def ingest_files(
    workspace: Workspace, paths: list[Path], options: IngestOptions, edges: Edges
) -> Iterator[LoadResult | PmoError]:
    """Load every file that `paths` name, and tell of each what became of it or why it could not be loaded.

    Each file, and each sheet of a workbook, is a load of its own; one that fails leaves the others alone.
    """
    intake = Intake(workspace, options, edges)
    for path in export_files(paths):
        try:
            with unpacked(path) as files:
                for file in files:
                    yield from _attempts(intake, file, None if file.path == path else file.name)
        except PmoError as problem:
            yield problem


def ingest_file(
    workspace: Workspace, path: Path, options: IngestOptions, edges: Edges, *, name: str | None = None
) -> LoadResult:
    """Load the one export that a file holds into the workspace's warehouse and tell what became of each row.

    `name` is what it is called where it was unpacked from something else.

    Raises SourceError (empty, binary, unknown, several tables to load),
    QuestionError (ambiguous, or a scope that shrinks), BalanceError; then
    nothing was changed.
    """
    intake = Intake(workspace, options, edges)
    with _tables(intake, NamedFile(path, name or path.name)) as tables:
        known = [_known(intake, table) for table in tables]
        exports = [export for found in known for export in found.exports]
        if len(exports) > 1:
            raise SourceError(
                "the file holds several tables to load",
                file=name or path.name,
                found=", ".join(str(export.sheet or export.found.definition.title) for export in exports),
                hint="load it with `ingest_files`, which tells of each",
            )
        return _ingest(intake, exports[0], known[0].skipped, name)


def _tables(intake: Intake, file: NamedFile) -> AbstractContextManager[list[NamedFile]]:
    workspace = intake.workspace
    return laid_out(file, workspace.jira, intake.options.encoding, workspace.encoding)


def _attempts(intake: Intake, file: NamedFile, name: str | None) -> Iterator[LoadResult | PmoError]:
    """What became of each export of a file: its sheets, or the tables that it is laid out as."""
    try:
        with _tables(intake, file) as tables:
            asked: set[str] = set()
            for table in tables:
                for outcome in _attempts_of_table(intake, table, name):
                    # What a document leaves open is asked once, not for each of its tables.
                    if not isinstance(outcome, QuestionError) or str(outcome) not in asked:
                        yield outcome
                    asked.add(str(outcome))
    except PmoError as problem:
        yield problem


def _attempts_of_table(intake: Intake, table: NamedFile, name: str | None) -> Iterator[LoadResult | PmoError]:
    try:
        found = _known(intake, table)
    except PmoError as problem:
        yield problem
        return
    for export in found.exports:
        try:
            yield _ingest(intake, export, found.skipped, name)
        except PmoError as problem:
            yield problem


def _known(intake: Intake, table: NamedFile) -> KnownExports:
    intake.edges.step(f"{table.name}: looking at the file")
    workspace, options = intake.workspace, intake.options
    return known_exports(
        table, source=options.source, own=mapped_definitions(workspace.sources),
        encoding=options.encoding, usual_encoding=workspace.encoding,
    )  # fmt: skip


def _ingest(intake: Intake, export: KnownExport, skipped: list[str], name: str | None) -> LoadResult:
    workspace, how, found = intake.workspace, export.how, export.found
    if export.correction is not None:
        intake = replace(intake, options=export.correction.options(intake.options))
    options = intake.options
    recorded = options.as_recorded()
    if found.definition.name in workspace.sources:
        # A corrected mapping reads the same file anew.
        recorded["mapping"] = json.dumps(workspace.sources[found.definition.name], sort_keys=True, default=str)
    if export.original and workspace.jira:
        recorded["jira"] = json.dumps(workspace.jira, sort_keys=True)
    kept = export.original or Kept(how.path, how.sha256, how.size)
    shown = name or _shown(kept.path, workspace)
    if export.sheet is not None:
        recorded["sheet"] = export.sheet
        shown = f"{shown}/{export.sheet}"
    if export.correction is not None:
        recorded["corrects"] = export.correction.load_id
    notes = [f"sheets without a known header, not read: {', '.join(skipped)}"] if skipped else []
    notes += export.notes
    # Held from before the first file is written, so that none of them is taken for one that was left behind.
    root = workspace.warehouse
    root.mkdir(parents=True, exist_ok=True)
    with hold(root, LOADING), told_in_words(root), closing(connect(how.size)) as connection:
        attach(connection, workspace)
        notes += [f"the warehouse was upgraded, {step}" for step in create(connection)]
        earlier = loading.earlier_load(connection, kept.sha256, found.definition.name, recorded)
        if earlier is not None:
            return _unchanged(how, found, earlier)
        origin = loading.LoadOrigin(shown, kept.sha256, kept.size, found.definition.name, recorded, intake.edges.now())
        if not options.dry_run:
            intake.edges.step(f"{how.name}: keeping the original")
            archive.keep(kept.path, root / "archive", kept.sha256)
        intake.edges.step(f"{how.name}: reading it as {found.definition.title}")
        try:
            reading = read(connection, how, found, intake, whole=False)
            return _load(connection, reading.noting(notes), origin, intake)
        except ConventionsError:
            # A later row does not fit what the first ones said: let every row speak.
            reading = read(connection, how, found, intake, whole=True)
            return _load(connection, reading.noting(notes), origin, intake)


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


def _unchanged(how: Export, found: Recognised, version: int) -> LoadResult:
    definition = found.definition
    return LoadResult(
        how.name, definition.name, definition.title, definition.table.name, "unchanged", version, 0,
        dict.fromkeys(merging.FATES, 0), 0, [], [f"the same file was loaded before, as version {version}"], [],
    )  # fmt: skip
