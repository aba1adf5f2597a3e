"""Ingestion: a raw export in, every row accounted for.

One file is one transaction: read, recognise, type, check, merge, balance,
commit. Files, the clock and randomness come in from the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from pmo_analytics.contracts.base import REGISTER
from pmo_analytics.contracts.compile import Rule
from pmo_analytics.errors import QuestionError, SourceError
from pmo_analytics.sources.conventions import (
    NUMERIC_DATE,
    SHAPE_STEPS,
    MarkEvidence,
    OrderEvidence,
    date_formats,
    date_order,
    decimal_mark,
)
from pmo_analytics.sources.definition import Definition
from pmo_analytics.sources.delimited import Layout, Record, layout, records, verbatim
from pmo_analytics.sources.parsing import Conventions, Parser, can_fail, literal, parser
from pmo_analytics.sources.recognition import HEADER_SEARCH, Recognised, date_columns, number_texts, recognise
from pmo_analytics.warehouse import archive, evidence, loading, merging, persons, staging
from pmo_analytics.warehouse.connection import Connection, connect
from pmo_analytics.warehouse.lakes import attach, create
from pmo_analytics.workspace import Workspace

_ATTEMPTS = 12


@dataclass(frozen=True)
class IngestOptions:
    """The user's word where a file leaves something open; None where the file shall decide."""

    source: str | None = None
    date_order: str | None = None
    decimal_mark: str | None = None
    status_date: date | None = None
    strict: bool = False
    dry_run: bool = False
    accept_removals: bool = False

    def as_recorded(self) -> dict[str, str]:
        """The options that change how a file is read, as the load remembers them."""
        given = {"source": self.source, "date_order": self.date_order, "decimal_mark": self.decimal_mark}
        found = {name: value for name, value in given.items() if value}
        return found | ({"status_date": self.status_date.isoformat()} if self.status_date else {})


@dataclass(frozen=True)
class Edges:
    """What comes from outside: the present time, new load ids, new person tokens."""

    now: Callable[[], datetime]
    new_load_id: Callable[[], str]
    new_person_token: Callable[[], str]


@dataclass(frozen=True)
class LoadResult:
    """What became of one file.

    `state` is loaded, unchanged (the same file again) or dry_run. `rows` counts
    rows by fate; `totals` holds the control totals by column, currency and fate.
    """

    file: str
    source: str
    title: str
    table: str
    state: str
    version: int | None
    rows_in: int
    rows: dict[str, int]
    rows_removed: int
    totals: list[loading.Total]
    assumptions: list[str]
    rejects: list[staging.Reject]
    scope: str | None = None


@dataclass
class _Staged:
    """One file, staged and checked, before it meets what is stored."""

    path: Path
    how: Layout
    found: Recognised
    columns: list[staging.StagedColumn]
    parsers: list[Parser]
    checks: list[Rule]
    rows_in: int
    blank_lines: list[int]
    assumptions: list[str] = field(default_factory=list)


def export_files(paths: list[Path]) -> list[Path]:
    """The files that `paths` name: a folder stands for the delimited text files in it, by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(f for f in path.iterdir() if f.suffix.lower() in {".csv", ".tsv", ".txt"})
        elif path.is_file():
            found.append(path)
        else:
            raise SourceError("there is no such file or folder", file=path, hint="check the path")
    return found


def ingest_file(workspace: Workspace, path: Path, options: IngestOptions, edges: Edges) -> LoadResult:
    """Load one file into the workspace's warehouse and tell what became of each row.

    Raises SourceError (empty, binary, unknown), QuestionError (ambiguous, or a
    scope that shrinks), BalanceError; then nothing was changed.
    """
    how = layout(path)
    found = _recognise(path, how, options.source)
    connection = connect()
    try:
        attach(connection, workspace)
        create(connection)
        digest = archive.sha256(path)
        earlier = loading.earlier_load(connection, digest, found.definition.name, options.as_recorded())
        if earlier is not None:
            return _unchanged(path, found, earlier)
        staged = _stage(connection, path, how, found, options, workspace=workspace)
        origin = loading.LoadOrigin(
            _shown(path, workspace), digest, path.stat().st_size, found.definition.name, options.as_recorded(),
            edges.now(),
        )  # fmt: skip
        if not options.dry_run:
            archive.keep(path, workspace.warehouse / "archive")
        return _load(connection, staged, origin, options, edges)
    finally:
        connection.close()


def _shown(path: Path, workspace: Workspace) -> str:
    """The file's name as reports show it: within the workspace its path from there, else its bare name."""
    resolved = path.resolve()
    return str(resolved.relative_to(workspace.root)) if resolved.is_relative_to(workspace.root) else path.name


def _recognise(path: Path, how: Layout, source: str | None) -> Recognised:
    return recognise(islice(records(path, how), HEADER_SEARCH), file=path.name, source=source)


def _unchanged(path: Path, found: Recognised, version: int) -> LoadResult:
    definition = found.definition
    return LoadResult(
        path.name, definition.name, definition.title, definition.table.name, "unchanged", version, 0,
        dict.fromkeys(merging.FATES, 0), 0, [], [f"the same file was loaded before, as version {version}"], [],
    )  # fmt: skip


def _stage(
    connection: Connection,
    path: Path,
    how: Layout,
    found: Recognised,
    options: IngestOptions,
    *,
    workspace: Workspace,
) -> _Staged:
    definition, headers = found.definition, found.headers
    blank_lines: list[int] = []
    body = islice(records(path, how), found.header_index + 1, None)
    title = islice(records(path, how), 0, found.header_index)
    blank_lines += [record.line for record in title]
    count = staging.stage(connection, len(headers), _rows(body, len(headers), blank_lines))
    conventions, assumptions = _conventions(connection, found, options, workspace, path.name)
    parsers = [p for f in definition.fields if (p := parser(f, definition, headers, conventions)) is not None]
    strict = {f.column for f in definition.fields if can_fail(f)}
    columns = [
        staging.StagedColumn(
            p.column, p.header, p.text, p.value, p.expected, p.column in strict, p.is_personal, p.exact
        )
        for p in parsers
    ]
    generated = _generated(definition)
    if definition.table.clock == REGISTER and "status_date" not in {c.column for c in columns}:
        columns.append(_status_date(options, path.name))
    checks = staging.type_rows(connection, definition.table, columns, generated)
    described = f"{definition.title}; {how.encoding}{', BOM' if how.has_bom else ''}, delimiter {how.delimiter!r}"
    assumptions.insert(0, described)
    if found.unread:
        assumptions.append(f"columns not read, kept in the archived file: {', '.join(found.unread)}")
    return _Staged(path, how, found, columns, parsers, checks, count + len(blank_lines), blank_lines, assumptions)


def _rows(
    body: Iterator[Record], width: int, blank_lines: list[int]
) -> Iterator[tuple[int, int, str | None, list[str]]]:
    for record in body:
        if record.is_blank and not record.is_cut:
            blank_lines.append(record.line)
            continue
        fault = "cut" if record.is_cut else None
        extra = any(cell.strip() for cell in record.cells[width:])
        if fault is None and (len(record.cells) < width or extra):
            fault = "field_count"
        yield record.line, record.last_line, fault, (record.cells + [""] * width)[:width]


def _generated(definition: Definition) -> set[str]:
    """Columns that are made here rather than read: the ids of a source without row ids."""
    return set(definition.table.key) if definition.scope else set()


def _status_date(options: IngestOptions, file: str) -> staging.StagedColumn:
    if options.status_date is None:
        raise QuestionError(
            "which date does this register speak of? It has no status_date column",
            file=file,
            hint="answer with --status-date 2026-06-30, or add the column",
        )
    value = f"DATE {literal(options.status_date.isoformat())}"
    return staging.StagedColumn("status_date", "status_date", "NULL", value, "a date", is_strict=False)


def _conventions(
    connection: Connection, found: Recognised, options: IngestOptions, workspace: Workspace, file: str
) -> tuple[Conventions, list[str]]:
    dates = date_columns(found.definition, found.headers)
    numbers = number_texts(found.definition, found.headers)
    orders = OrderEvidence(*evidence.count_orders(connection, list(dates.values()), NUMERIC_DATE))
    marks = MarkEvidence(*evidence.count_marks(connection, numbers))
    order = date_order(orders, file=file, option=options.date_order, configured=workspace.date_order)
    mark = decimal_mark(marks, file=file, option=options.decimal_mark, configured=workspace.decimal_mark)
    assumptions = []
    if orders.day_first + orders.month_first + orders.undecided:
        proofs = orders.day_first if order == "dmy" else orders.month_first
        why = f"{proofs} dates are only valid so" if proofs else "by option or setting"
        assumptions.append(f"numeric dates are {'day' if order == 'dmy' else 'month'} first ({why})")
    if mark == "comma":
        assumptions.append(f"numbers have a decimal comma ({marks.comma} prove it)")
    formats = {}
    for column, text in dates.items():
        kind = next(f.kind for f in found.definition.fields if f.column == column)
        formats[column] = date_formats(
            evidence.shapes(connection, text, SHAPE_STEPS), order, with_time=kind == "instant", months=kind == "month"
        )
    if any(f.kind == "instant" and f.column in dates for f in found.definition.fields):
        assumptions.append(f"times without a zone are in {workspace.time_zone}")
    return Conventions(mark, workspace.time_zone, formats), assumptions


@retry(
    retry=retry_if_exception_type(loading.LoadConflictError),
    stop=stop_after_attempt(_ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.1, max=5),
    reraise=True,
)
def _load(
    connection: Connection, staged: _Staged, origin: loading.LoadOrigin, options: IngestOptions, edges: Edges
) -> LoadResult:
    definition = staged.found.definition
    base_version = loading.current_version(connection)
    staging_rejects = staging.rejects(connection, staged.checks, staged.columns)
    merging.open_fates(connection, definition.unfilled)
    resolution = _resolve_persons(connection, staged, edges)
    scope: str | None = None
    removed = 0
    rejects = list(staging_rejects)
    if definition.scope and definition.period:
        merging.identify(connection, definition.table, definition.name)
        shrinkage, scope = merging.merge_by_scope(
            connection, definition.table, definition.name, definition.scope, definition.period
        )
        removed = shrinkage.rows
        if shrinkage.is_large and not options.accept_removals:
            raise QuestionError(
                "the file holds much less than was loaded before for the same scope",
                file=staged.path.name,
                found=f"{shrinkage.rows} rows fewer; {shrinkage.lost}",
                expected="at most 5 % less",
                hint="if they were deleted at the source, load it with --accept-removals",
            )
    else:
        conflicting = merging.merge_by_key(connection, definition.table, definition.newest_by)
        rejects += [_conflict(line, definition) for line in conflicting]
    unfilled = merging.lines_with_fate(connection, merging.SET_ASIDE)
    rejects = sorted((r for r in rejects if r.source_line not in unfilled), key=lambda r: (r.source_line, r.column))
    if options.strict and rejects:
        first = rejects[0]
        raise SourceError(
            f"{len({r.source_line for r in rejects})} rows break a rule, and --strict loads all or nothing",
            file=staged.path.name, row=first.source_line, column=first.column, found=first.value,
            expected=first.expected, hint=first.hint,
        )  # fmt: skip
    rounding = staging.rounding(connection, staged.columns)
    draft = loading.LoadDraft(
        definition.table, origin, edges.new_load_id(), base_version, staged.rows_in, staged.blank_lines, rejects,
        _verbatim(connection, staged, rejects), resolution, [*staged.assumptions, *resolution.assumptions],
        removed, scope, rounding,
    )  # fmt: skip
    counts = loading.count(connection, draft)
    version = None if options.dry_run else loading.commit(connection, draft, counts)
    state = "dry_run" if options.dry_run else "loaded"
    return LoadResult(
        staged.path.name, definition.name, definition.title, definition.table.name, state, version,
        staged.rows_in, counts.rows, removed, counts.totals, draft.assumptions, rejects, scope,
    )  # fmt: skip


def _conflict(line: int, definition: Definition) -> staging.Reject:
    key = ", ".join(definition.table.key)
    return staging.Reject(
        line, key, None, "repeated_key", f"one row per {key}", "two rows of the file contradict each other: keep one"
    )


def _verbatim(connection: Connection, staged: _Staged, rejects: list[staging.Reject]) -> dict[int, str]:
    lines = sorted({reject.source_line for reject in rejects})
    return verbatim(staged.path, staged.how, staging.last_lines(connection, lines)) if lines else {}


def _resolve_persons(connection: Connection, staged: _Staged, edges: Edges) -> persons.Resolution:
    """Replace the keys in the person columns of `typed` by tokens; tell what was learnt of persons."""
    definition = staged.found.definition
    keyed = [p for p in staged.parsers if p.is_personal]
    if not keyed:
        return persons.Resolution()
    names = {p.column: _names(p, staged) for p in keyed}
    found = staging.person_keys(connection, {p.column: (p.text, *names[p.column]) for p in keyed})
    keys = [persons.PersonKey(key, name, email) for key, name, email in found]
    resolution = persons.resolve(connection, definition.person_source, keys, edges.new_person_token)
    staging.put_tokens(connection, [p.column for p in keyed], resolution.tokens)
    return resolution


def _names(parsed: Parser, staged: _Staged) -> tuple[str, str]:
    """SQL for the name and the e-mail address that stand beside a person's key."""
    definition, headers = staged.found.definition, staged.found.headers
    spec = next(f for f in definition.fields if f.column == parsed.column)
    if definition.person_name and definition.person_email:
        beside = [replace(spec, headers=(h,), kind="text") for h in (definition.person_name, definition.person_email)]
    else:
        beside = [replace(spec, headers=(spec.headers[-1],), kind="text")]
    texts = [
        p.text if (p := parser(f, definition, headers, Conventions("point", "UTC", {}))) else "NULL" for f in beside
    ]
    is_address = f"CASE WHEN {parsed.text} LIKE '%_@_%' THEN {parsed.text} END"
    return texts[0], texts[1] if len(texts) > 1 else is_address
