"""What a file that was made from a template is, and whether it would load: nothing is stored for it.

Rows are read by the same rules as a load's, in a warehouse that goes away
again, so that what is told here is what `pmo ingest` would tell.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.templates import Mark, Template, templates
from pmo_analytics.errors import PmoError, nearest
from pmo_analytics.exchange.template import headers
from pmo_analytics.ingest import Edges, IngestOptions, LoadResult, export_files, ingest_files
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.ingest.laying_out import laid_out
from pmo_analytics.ingest.recognising import KnownExport, known_exports
from pmo_analytics.ingest.template_tables import mark_of_file
from pmo_analytics.sources.definition import fold
from pmo_analytics.sources.delimited import Layout
from pmo_analytics.sources.laid_out_table import LaidOutTable
from pmo_analytics.sources.mapped import mapped_definitions
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class TemplateProblem:
    """What is wrong in a file: where, what was found and expected, what to do.

    `place` is a sheet, or the heading in a document; `row` a line of the file, a
    row of a sheet, or the n-th paragraph or row of a table.
    """

    file: str
    place: str | None
    row: int | None
    column: str | None
    problem: str
    found: str | None
    expected: str | None
    hint: str | None


@dataclass(frozen=True)
class TemplateCheck:
    """What a file is, and what is wrong in it.

    `template` and `version` are None where it is of none; `lacking` holds the
    columns that its registers have gained since, `rows` by register how many
    would be loaded.
    """

    file: str
    template: str | None
    version: int | None
    latest_version: int | None
    is_marked: bool
    rows: dict[str, int]
    lacking: dict[str, list[str]]
    notes: list[str] = field(default_factory=list)
    problems: list[TemplateProblem] = field(default_factory=list)


def check_templates(
    paths: list[Path], workspace: Workspace | None, options: IngestOptions, edges: Edges
) -> Iterator[TemplateCheck]:
    """A check of every file that `paths` name; `workspace` says how dates and numbers are written, no more."""
    for path in export_files(paths):
        with tempfile.TemporaryDirectory(prefix="pmo-") as folder:
            scratch = Workspace(Path(folder), workspace.settings if workspace else {})
            yield _check(path, scratch, replace(options, dry_run=True), edges)


def _check(path: Path, scratch: Workspace, options: IngestOptions, edges: Edges) -> TemplateCheck:
    try:
        mark = mark_of_file(path)
        exports, skipped = _exports(path, scratch, options)
    except PmoError as problem:
        return TemplateCheck(path.name, None, None, None, False, {}, {}, problems=[_of_error(problem, path.name)])
    template, version = _identity(mark, exports)
    outcomes = list(ingest_files(scratch, [path], options, edges))
    results = [outcome for outcome in outcomes if isinstance(outcome, LoadResult)]
    problems = [_of_error(outcome, path.name) for outcome in outcomes if isinstance(outcome, PmoError)]
    for export in exports:
        problems += _unknown_columns(path.name, export)
    for result in results:
        place = _place(result, exports, path.name)
        problems += [
            TemplateProblem(path.name, place, r.source_line, r.column, r.rule, r.value, r.expected, r.hint)
            for r in result.rejects
        ]
    rows: dict[str, int] = {}
    for result in results:
        rows[result.table] = rows.get(result.table, 0) + result.rows["added"] + result.rows["replacing"]
    notes = [f"sheets without a known header, not read: {', '.join(skipped)}"] if skipped else []
    notes += _left_out(template, version, exports)
    lacking = template.lacking(version) if template and version else {}
    return TemplateCheck(
        path.name, template.name if template else None, version, template.version if template else None,
        mark is not None, rows, lacking, notes, problems,
    )  # fmt: skip


def _exports(path: Path, scratch: Workspace, options: IngestOptions) -> tuple[list[KnownExport], list[str]]:
    own = mapped_definitions(scratch.sources)
    found: list[KnownExport] = []
    skipped: list[str] = []
    with laid_out(NamedFile(path, path.name), scratch.jira, options.encoding, scratch.encoding) as tables:
        for table in tables:
            known = known_exports(
                table, source=None, own=own, encoding=options.encoding, usual_encoding=scratch.encoding
            )
            found += known.exports
            skipped += known.skipped
    return found, skipped


def _identity(mark: Mark | None, exports: list[KnownExport]) -> tuple[Template | None, int | None]:
    """The template that a file says it is of, else the one of the registers that it has the headers of."""
    if mark is not None:
        return templates()[mark.template], mark.version
    names = {export.found.definition.name for export in exports}
    fitting = [t for t in templates().values() if set(t.registers) == names]
    # The plainest: a register alone is one, though a log may consist of it.
    template = max(fitting, key=lambda t: t.kind == "register", default=None)
    if template is None:
        return None, None
    held = {(export.found.definition.name, fold(h)) for export in exports for h in export.found.headers}
    for version in range(template.version, 1, -1):
        before = template.lacking(version - 1)
        after = template.lacking(version)
        gained = [
            (name, column)
            for name, columns in before.items()
            for column in columns
            if column not in after.get(name, [])
        ]
        if all((name, fold(column)) in held for name, column in gained):
            return template, version
    return template, 1


def _unknown_columns(file: str, export: KnownExport) -> list[TemplateProblem]:
    """Headers that the register does not have: what stands below them would not be read."""
    definition = export.found.definition
    if not definition.is_register:
        return []
    known = headers(registers()[definition.name])
    found = []
    for header in export.found.unread:
        close = nearest(header.replace(" ", "_"), known)
        found.append(
            TemplateProblem(
                file,
                _place_of(export, file),
                None,
                header,
                "unknown column",
                header,
                ", ".join(known),
                f"is {close!r} meant?" if close else "it is not read; it stays in the archived file",
            )
        )
    return found


def _left_out(template: Template | None, version: int | None, exports: list[KnownExport]) -> list[str]:
    """Which columns and sheets of the template's own version the file does not have."""
    if template is None or version is None:
        return []
    inherited = {(part.register, column) for part in template.parts for column in part.inherits}
    held = {export.found.definition.name: export.found for export in exports}
    # A file of CSV holds one register, of however many its template has.
    is_one = bool(exports) and all(isinstance(export.how, Layout) for export in exports)
    notes = []
    for name in template.registers:
        if name not in held:
            notes += [] if is_one else [f"nothing is filled in of {name}"]
            continue
        later = template.lacking(version).get(name, [])
        has = {fold(header) for header in held[name].headers}
        asked = any(isinstance(export.how, LaidOutTable) for export in exports)
        # A document that leaves its date blank is asked for it.
        inherited |= {(name, "status_date")} if asked else set()
        columns = [c for c in registers()[name].columns if c not in later and (name, c) not in inherited]
        gone = [c for c in columns if fold(c) not in has and fold(c.removesuffix("_seconds") + "_hours") not in has]
        notes += [f"columns of {name} that the file does not have: {', '.join(gone)}"] if gone else []
    return notes


def _place_of(export: KnownExport, file: str) -> str | None:
    if isinstance(export.how, LaidOutTable):
        return next(
            (p.title for t in templates().values() for p in t.parts if p.register == export.found.definition.name), None
        )
    return export.how.name.removeprefix(f"{file}/") if export.how.name != file else None


def _place(result: LoadResult, exports: list[KnownExport], file: str) -> str | None:
    same = [e for e in exports if e.found.definition.name == result.source and e.how.name == result.file]
    return _place_of(same[0], file) if same else None


def _of_error(problem: PmoError, file: str) -> TemplateProblem:
    def text(value: Any) -> str | None:
        return None if value is None else str(value)

    place = problem.file.removeprefix(f"{file}/") if problem.file and problem.file.startswith(f"{file}/") else None
    return TemplateProblem(
        file, place, problem.row, problem.column, problem.message, text(problem.found), problem.expected, problem.hint
    )
