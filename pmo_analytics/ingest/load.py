"""From checked rows to a committed load: persons, fates, balance, one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from pmo_analytics.contracts.base import CORE
from pmo_analytics.errors import QuestionError, SourceError
from pmo_analytics.ingest.checks import AppliedChecks, applied_checks, reject_broken, warnings
from pmo_analytics.ingest.reading import Reading, column_readings, numbered, still_fits
from pmo_analytics.ingest.results import IngestOptions, Intake, LoadResult
from pmo_analytics.sources.definition import Definition
from pmo_analytics.sources.delimited import Layout, records_at
from pmo_analytics.warehouse import loading, merging, persons, raw_rows, staging
from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.warehouse.lakes import relation
from pmo_analytics.warehouse.subtotals import check_subtotals


class ConventionsError(Exception):
    """Rows behind the first ones are written in another way than these; read the file again, all rows speaking."""


@dataclass(frozen=True)
class _Merged:
    """What became of the rows: rejects, the scope in words, stored rows that left it, whether sound ones stand."""

    rejects: list[staging.Reject]
    scope: str | None = None
    removed: int = 0
    is_stored: bool = False
    notes: tuple[str, ...] = ()


def load(connection: Connection, reading: Reading, origin: loading.LoadOrigin, intake: Intake) -> LoadResult:
    """Merge the rows of `reading` with what is stored and commit; ConventionsError asks to read the file again."""
    definition, name = reading.found.definition, reading.how.name
    options, edges = intake.options, intake.edges
    edges.step(f"{name}: checking and storing {reading.rows_in:,} rows")
    base_version, load_id = loading.current_version(connection), edges.new_load_id()
    keys = [persons.PersonKey(key, name, email) for key, name, email in reading.survey.persons]
    resolution = persons.resolve(connection, definition.person_source, keys, edges.new_person_token)
    staging.put_tokens(connection, resolution.tokens)
    merging.set_out_personal(connection, definition.table)
    columns = column_readings(connection, reading) if options.dry_run else []
    with loading.transaction(connection, origin.file, is_kept=not options.dry_run):
        rules = applied_checks(connection, definition.table, intake.workspace)
        # What a rule between tables may reject is decided before anything is stored.
        merged = None if rules.rejecting else _store_new(connection, reading, load_id)
        merged = merged or _merge(connection, reading, origin, options, rules)
        is_doubtful = reading.is_sampled and any(reject.rule == "format" for reject in merged.rejects)
        if is_doubtful and not still_fits(connection, reading, intake):
            raise ConventionsError
        if options.strict and merged.rejects:
            raise _refusal(merged.rejects, name)
        broken = warnings(connection, reading, rules, load_id if merged.is_stored else None)
        draft = loading.LoadDraft(
            definition.table, origin, load_id, base_version, reading.rows_in, reading.title_lines, merged.rejects,
            _verbatim(connection, reading, merged.rejects), resolution,
            [*reading.assumptions, *merged.notes, *resolution.assumptions, *broken],
            reading.survey.totals, reading.survey.rounding, merged.is_stored, bool(definition.scope),
            merged.removed, merged.scope,
        )  # fmt: skip
        counts = loading.count(connection, draft)
        version = None if options.dry_run else loading.write(connection, draft, counts)
    return LoadResult(
        name, definition.name, definition.title, definition.table.name,
        "dry_run" if options.dry_run else "loaded", version, reading.rows_in, counts.rows, merged.removed,
        counts.totals, draft.assumptions[: len(draft.assumptions) - len(broken)], merged.rejects, merged.scope, columns,
        broken,
    )  # fmt: skip


def _store_new(connection: Connection, reading: Reading, load_id: str) -> _Merged | None:
    """Write sound rows straight from the file where they can meet nothing stored; None where that does not do.

    What was not written is left in `typed` and `fate`.
    """
    definition, file = reading.found.definition, reading.file
    table, by_scope = definition.table, bool(definition.scope)
    if file is None or not isinstance(reading.how, Layout) or table.lake != CORE or definition.unfilled:
        return None
    if not merging.is_first(connection, table, definition.name, by_scope=by_scope):
        return None
    stored = loading.write_sound(connection, table, reading.typed, load_id, is_generated=by_scope)
    if not by_scope and merging.has_repeats(connection, table, load_id):
        merging.take_back(connection, table, load_id)
        return None
    if stored == reading.survey.records:
        raw_rows.stage(connection, file.width, [])
    elif file.has_broken_cells:
        raw_rows.keep_unstored(connection, relation(table), load_id)
    else:
        lines = raw_rows.lines_not_in(connection, relation(table), load_id, first=file.skip + 1, last=file.lines)
        raw_rows.stage(connection, file.width, numbered(records_at(file.path, reading.how, lines), reading.found))
    reading.typed.fill(connection)
    merging.open_fates(connection, None)
    scope = None
    if definition.scope and definition.period:
        first, last = merging.span(connection, table, load_id, definition.period)
        scope = merging.in_words(definition.name, first, last, definition.scope)
    return _Merged(staging.rejects(connection, reading.typed.checks, reading.columns), scope, is_stored=True)


def _merge(
    connection: Connection,
    reading: Reading,
    origin: loading.LoadOrigin,
    options: IngestOptions,
    rules: AppliedChecks,
) -> _Merged:
    """Decide the fate of every row by what is stored; nothing is written yet."""
    definition = reading.found.definition
    reading.typed.fill(connection)
    merging.open_fates(connection, definition.unfilled)
    rejects = staging.rejects(connection, reading.typed.checks, reading.columns)
    rejects += reject_broken(connection, reading, rules)
    notes = [] if reading.file else check_subtotals(connection, merging.additive(definition.table))
    removed, scope = 0, None
    corrected = origin.options.get("corrects")
    if corrected is not None:
        _check_corrected(connection, reading, corrected)
    if corrected is not None and definition.scope and definition.period:
        covering = merging.merge_corrections(connection, definition.table, corrected, definition.period)
        if covering is not None:
            raise _superseded(reading.how.name, covering)
    elif definition.scope and definition.period:
        shrinkage, scope = merging.merge_by_scope(
            connection, definition.table, definition.name, definition.scope, definition.period
        )
        removed = shrinkage.rows
        if shrinkage.is_large and not options.accept_removals:
            raise QuestionError(
                "the file holds much less than was loaded before for the same scope",
                file=reading.how.name,
                found=f"{shrinkage.rows} rows fewer; {shrinkage.lost}",
                expected="at most 5 % less",
                hint="if they were deleted at the source, load it with --accept-removals",
            )
    else:
        conflicting = merging.merge_by_key(connection, definition.table, definition.newest_by)
        rejects += [_conflict(line, definition) for line in conflicting]
    unfilled = merging.lines_with_fate(connection, merging.SET_ASIDE) if rejects else set()
    rejects = sorted((r for r in rejects if r.source_line not in unfilled), key=lambda r: (r.source_line, r.column))
    return _Merged(rejects, scope, removed, notes=tuple(notes))


def _check_corrected(connection: Connection, reading: Reading, corrected: str) -> None:
    """Raise SourceError where the load is not of this warehouse, or a row is none that it rejected."""
    foreign = merging.lines_not_rejected(connection, corrected)
    if foreign:
        raise SourceError(
            "a row corrects none that was rejected here",
            file=reading.how.name,
            row=foreign[0],
            expected="rows that this workspace rejected",
            hint="write the workbook anew with `pmo rejects --xlsx`",
        )


def _superseded(file: str, version: int) -> QuestionError:
    return QuestionError(
        "a later export of the same days was loaded, which may hold the corrected rows",
        file=file,
        found=f"version {version}",
        expected="corrections of the latest export of their days",
        hint="correct the rows in the source system and export again, or write the rejects of that version",
    )


def _refusal(rejects: list[staging.Reject], file: str) -> SourceError:
    first = rejects[0]
    return SourceError(
        f"{len({r.source_line for r in rejects})} rows break a rule, and --strict loads all or nothing",
        file=file, row=first.source_line, column=first.column, found=first.value,
        expected=first.expected, hint=first.hint,
    )  # fmt: skip


def _conflict(line: int, definition: Definition) -> staging.Reject:
    key = ", ".join(definition.table.key)
    return staging.Reject(
        line, key, None, "repeated_key", f"one row per {key}", "two rows of the file contradict each other: keep one"
    )


def _verbatim(connection: Connection, reading: Reading, rejects: list[staging.Reject]) -> dict[int, str]:
    lines = sorted({reject.source_line for reject in rejects})
    return reading.how.verbatim(staging.last_lines(connection, lines)) if lines else {}
