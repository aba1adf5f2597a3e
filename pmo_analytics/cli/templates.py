"""Commands of templates: which there are, a new one to fill in, and whether a filled one would load."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import DONE, REJECTED, JsonOption, WorkspaceOption, app, one_of
from pmo_analytics.workspace import SETTINGS_FILE, Workspace

if TYPE_CHECKING:
    from pmo_analytics.contracts.templates import Template
    from pmo_analytics.template_checks import TemplateCheck

_FORMATS = ("xlsx", "csv", "docx", "md")
_FOUND_LENGTH = 80

templates = typer.Typer(
    name="templates",
    help="Templates that read back in as registers: list them, write a new one, check a filled one.",
    no_args_is_help=True,
)
app.add_typer(templates)


@templates.command(name="list")
def list_templates(json: JsonOption = False) -> int:
    """Every template: its kind, version, what it is for, its formats and the registers that it fills."""
    from pmo_analytics.contracts.templates import templates as known
    from pmo_analytics.terminal import print_json, print_table

    found = list(known().values())
    if json:
        print_json([_described(template) for template in found])
        return DONE
    rows: list[tuple[Any, ...]] = [
        (t.name, t.kind, t.version, " ".join(t.formats), t.purpose, ", ".join(t.registers)) for t in found
    ]
    print_table(["template", "kind", "version", "formats", "what it is for", "registers"], rows)
    return DONE


def _described(template: Template) -> dict[str, Any]:
    return {
        "name": template.name, "kind": template.kind, "version": template.version, "title": template.title,
        "purpose": template.purpose, "formats": list(template.formats), "registers": list(template.registers),
        "sections": [section.heading for section in template.sections],
    }  # fmt: skip


@templates.command()
def new(
    name: Annotated[str, typer.Argument(help="The template, as `pmo templates list` names it.")],
    format: Annotated[
        str | None, typer.Option("--format", help="xlsx, csv, docx or md; by default docx for documents, else xlsx.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The new file; by default named as the template.")] = None,
    project: Annotated[
        str | None, typer.Option("--project", help="The project that it is for: what is known of it is filled in.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Write a new file of a template, to be filled in and loaded with `pmo ingest`."""
    from pmo_analytics.exchange.template_files import first_row, template_named, usual_format, write_template
    from pmo_analytics.terminal import print_json, say

    one_of("--format", format, _FORMATS)
    template = template_named(name)
    form = format or (out.suffix[1:].lower() if out and out.suffix[1:].lower() in _FORMATS else usual_format(template))
    path = out or Path(template.name if form == "csv" and len(template.registers) > 1 else f"{template.name}.{form}")
    fill = _prefilled(template, project, workspace) if project else first_row(template, None)
    written = write_template(template, path, fill, form=form)
    if json:
        print_json({"template": template.name, "version": template.version, "files": [str(file) for file in written]})
        return DONE
    for file in written:
        say(f"wrote {file} ({template.name}, version {template.version})")
    say(f"next: fill it in, then pmo templates check {path}, then pmo ingest {path}")
    return DONE


def _prefilled(template: Template, project: str, workspace: Path | None) -> dict[str, Any]:
    """What is known of a project where there is a workspace that something was loaded into; else its identifier."""
    from pmo_analytics.exchange.template_files import first_row
    from pmo_analytics.template_prefill import prefilled
    from pmo_analytics.warehouse import Warehouse

    place = _workspace(workspace)
    if place is None or not place.warehouse.exists():
        return first_row(template, project)
    with Warehouse(place).everything() as view:
        return prefilled(template, project, view)


def _workspace(given: Path | None) -> Workspace | None:
    """The workspace, where there is one; UsageError where one was named that is none, or its settings are wrong."""
    here = Path.cwd()
    is_named = given is not None or "PMO_WORKSPACE" in os.environ
    has_settings = any((folder / SETTINGS_FILE).is_file() for folder in (here, *here.parents))
    return Workspace.find(given) if is_named or has_settings else None


@templates.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Filled templates; folders and patterns of them.")],
    status_date: Annotated[str | None, typer.Option("--status-date", help="Date a register speaks of.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Which template and version each file is, and every problem with its place; nothing is loaded."""
    from dataclasses import asdict

    from pmo_analytics.ingest import IngestOptions
    from pmo_analytics.system import edges
    from pmo_analytics.template_checks import check_templates
    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse.as_of import parse_as_of

    options = IngestOptions(status_date=parse_as_of(status_date) if status_date else None)
    found = list(check_templates(paths, _workspace(workspace), options, edges()))
    if json:
        print_json([asdict(each) for each in found])
    else:
        for each in found:
            _print_check(each)
    return REJECTED if any(each.problems for each in found) else DONE


def _print_check(found: TemplateCheck) -> None:
    from pmo_analytics.terminal import clean, print_table, say

    if found.template is None:
        say(f"{found.file}: of no template that is known here")
    else:
        how = "" if found.is_marked else ", known by its headers"
        latest = "" if found.version == found.latest_version else f" of {found.latest_version}"
        say(f"{found.file}: template {found.template}, version {found.version}{latest}{how}")
    for register, columns in found.lacking.items():
        say(f"  left empty, since {register} gained them later: {', '.join(columns)}")
    for note in found.notes:
        say(f"  {note}")
    rows = ", ".join(f"{count:,} of {register}" for register, count in found.rows.items() if count)
    say(f"  rows that would be loaded: {rows or 'none'}")
    if found.problems:
        table: list[tuple[Any, ...]] = [
            (p.place, p.row, p.column, p.problem, clean(p.found or "")[:_FOUND_LENGTH] or None, p.expected, p.hint)
            for p in found.problems
        ]
        print_table(["place", "row", "column", "problem", "found", "expected", "do"], table)
    say(f"  {len(found.problems):,} problems" if found.problems else "  no problem")
