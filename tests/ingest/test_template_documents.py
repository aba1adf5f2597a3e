"""Documents made from templates: what is written in them becomes rows, whatever is done to them but nothing unsafe."""

from __future__ import annotations

import json
import shutil
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import pytest

from pmo_analytics.errors import PmoError, QuestionError, SourceError
from pmo_analytics.exchange.template_files import template_named, write_template
from pmo_analytics.ingest import IngestOptions, LoadResult
from pmo_analytics.ingest.containers import export_files
from pmo_analytics.ingest.original_cells import original_cells
from pmo_analytics.ingest.originals import LoadedFile
from tests.exports import Desk

DAY = date(2026, 3, 31)
FRONT: dict[str, Any] = {
    "document_id": "PA-01-charter", "title": "Charter of the bridge", "project_id": "PA-01", "artefact_kind": "charter",
    "status_date": DAY,
}  # fmt: skip
FILL: dict[str, list[dict[str, Any]]] = {
    "document": [FRONT],
    "project": [{"name": "Bridge", "size_band": "small", "budget_at_completion_amount": 100, "currency": "EUR"}],
    "contribution": [{"objective_id": "O1", "share_pct": Decimal("62.500")}, {"objective_id": "O2"}],
}
PROSE = {"Scope": "A deck.\nTwo piers.", "Purpose": "To cross the river."}
TEXT = "## Purpose\n\nTo cross the river.\n\n## Scope\n\nA deck.\nTwo piers."


def charter(folder: Path, form: str, **fill: list[dict[str, Any]]) -> Path:
    path = folder / f"charter.{form}"
    write_template(template_named("charter"), path, FILL | fill, form=form, prose=PROSE)
    return path


def loaded(desk: Desk, path: Path) -> dict[str, LoadResult]:
    results = desk.load_all(path)
    for result in results:
        assert isinstance(result, LoadResult), result
        assert not result.rejects
    return {result.table: result for result in results if isinstance(result, LoadResult)}


def failure(desk: Desk, path: Path) -> PmoError:
    (problem,) = desk.load_all(path)
    assert isinstance(problem, SourceError | QuestionError)
    return problem


def rows(desk: Desk, query: str) -> list[tuple[Any, ...]]:
    with desk.warehouse.everything() as view:
        return view.rows(query)[1]


@pytest.mark.parametrize("form", ["docx", "md"])
def test_a_charter_fills_its_registers_and_what_it_says_once_counts_for_all(form: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert {table: r.rows["added"] for table, r in loaded(desk, charter(tmp_path, form)).items()} == {
        "document": 1, "project": 1, "contribution": 2,
    }  # fmt: skip
    assert rows(desk, "SELECT document_id, project_id, title, artefact_kind, text, status_date FROM core.document") == [
        ("PA-01-charter", "PA-01", "Charter of the bridge", "charter", TEXT, DAY)
    ]
    columns = "project_id, name, size_band, budget_at_completion_amount, status_date"
    assert rows(desk, f"SELECT {columns} FROM core.project") == [("PA-01", "Bridge", "small", Decimal(100), DAY)]
    assert rows(desk, "SELECT project_id, objective_id, share_pct FROM core.contribution ORDER BY 2") == [
        ("PA-01", "O1", Decimal("62.5")), ("PA-01", "O2", None),
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["docx", "md"])
def test_the_document_itself_is_archived_and_loads_once(form: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    path = charter(tmp_path, form)
    loaded(desk, path)
    assert {result.state for result in loaded(desk, path).values()} == {"unchanged"}
    assert len(rows(desk, "SELECT DISTINCT sha256 FROM meta.load")) == 1


@pytest.mark.parametrize("form", ["docx", "md"])
def test_its_rows_are_read_again_from_the_archive(form: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    loaded(desk, charter(tmp_path, form))
    found = "version, load_id, file, sha256, source, options"
    version, load_id, file, sha256, source, options = rows(
        desk, f"SELECT {found} FROM meta.load WHERE source = 'contribution'"
    )[0]
    load = LoadedFile(version, load_id, file, sha256, source, json.loads(options))
    lines = [line for (line,) in rows(desk, "SELECT source_line FROM core.contribution ORDER BY objective_id")]
    cells = original_cells(desk.workspace, load, lines)
    assert [cells[line]["Objective id"] for line in lines] == ["O1", "O2"]
    assert cells[lines[0]]["project_id"] == "PA-01"


def test_a_form_whose_header_was_taken_out_loses_nothing(tmp_path: Path) -> None:
    path = charter(tmp_path, "docx")
    document = docx.Document(str(path))
    for table in document.tables[:2]:
        table._tbl.remove(table.rows[0]._tr)
    document.save(str(path))
    desk = Desk(tmp_path)
    loaded(desk, path)
    assert rows(desk, "SELECT document_id, project_id FROM core.document") == [("PA-01-charter", "PA-01")]
    assert rows(desk, "SELECT name FROM core.project") == [("Bridge",)]


def test_a_row_that_breaks_a_rule_is_told_with_its_place(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    results = desk.load_all(charter(tmp_path, "md", project=[{"name": "x", "size_band": "huge"}]))
    project = next(r for r in results if isinstance(r, LoadResult) and r.table == "project")
    (reject,) = project.rejects
    lines = (tmp_path / "charter.md").read_text().splitlines()
    assert (reject.column, reject.value, reject.expected) == ("Size band", "huge", "one of small, medium, large")
    # A form is told by its first line.
    assert lines[reject.source_line - 1].startswith("| Name | x |")


def test_what_stands_under_headings_of_ones_own_is_kept(tmp_path: Path) -> None:
    path = charter(tmp_path, "docx")
    document = docx.Document(str(path))
    document.add_heading("Our own heading", 1)
    document.add_paragraph("one")
    document.add_heading("deeper", 3)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "a", "b"
    document.save(str(path))
    desk = Desk(tmp_path)
    loaded(desk, path)
    ((text,),) = rows(desk, "SELECT text FROM core.document")
    assert text == f"{TEXT}\n\n## Our own heading\n\none\n### deeper\na | b"


def test_lines_may_be_added_to_a_table_and_columns_moved(tmp_path: Path) -> None:
    path = tmp_path / "charter.md"
    text = charter(tmp_path, "md").read_text()
    before = "| Objective id | Share pct |\n| --- | --- |\n| O1 | 62.5000 |\n| O2 |  |\n"
    assert before in text.replace("62.500 |", "62.5000 |")
    moved = "|SHARE PCT|objective_id|my note|\n|:-|-:|---|\n|50|O3|x\\|y|\n|50|O4||\n\n|||\n"
    path.write_text(text.replace("62.500 |", "62.5000 |").replace(before, moved))
    desk = Desk(tmp_path)
    result = loaded(desk, path)["contribution"]
    assert "my note" in " ".join(result.assumptions)
    assert rows(desk, "SELECT objective_id, share_pct FROM core.contribution ORDER BY 1") == [("O3", 50), ("O4", 50)]


def test_tracked_changes_and_content_controls_are_read_as_they_show(tmp_path: Path) -> None:
    path = charter(tmp_path, "docx")
    parts = members(path)
    body = parts["word/document.xml"].decode()
    changed = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> and new</w:t></w:r></w:ins></w:p></w:sdtContent></w:sdt><w:sectPr"
    )
    parts["word/document.xml"] = body.replace("<w:sectPr", changed, 1).encode()
    packed(path, parts)
    desk = Desk(tmp_path)
    result = loaded(desk, path)["document"]
    assert "tracked changes are read as accepted" in result.assumptions
    ((text,),) = rows(desk, "SELECT text FROM core.document")
    assert text.endswith("kept and new")
    assert "gone" not in text


def test_a_date_left_blank_is_asked_for_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    path = charter(tmp_path, "docx", document=[FRONT | {"status_date": None}])
    problem = failure(desk, path)
    assert isinstance(problem, QuestionError)
    assert "which date does this document speak of?" in str(problem)
    assert "--status-date" in str(problem)
    found = list(_with_date(desk, path))
    assert {result.table for result in found} == {"document", "project", "contribution"}
    assert rows(desk, "SELECT status_date FROM core.project") == [(DAY,)]


def _with_date(desk: Desk, path: Path) -> list[LoadResult]:
    from pmo_analytics.ingest import ingest_files

    found = list(ingest_files(desk.workspace, [path], IngestOptions(status_date=DAY), desk.edges))
    assert all(isinstance(result, LoadResult) for result in found), found
    return [result for result in found if isinstance(result, LoadResult)]


def test_an_earlier_version_is_taken_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    """Version 1 had neither the kind of a document nor the version of a method."""
    path = charter(tmp_path, "md", project=[{"name": "Bridge", "methodology_version": "3"}])
    lines = path.read_text().replace("charter version 2", "charter version 1").splitlines()
    path.write_text("\n".join(ln for ln in lines if not ln.startswith(("| Artefact kind", "| Methodology version"))))
    desk = Desk(tmp_path)
    found = loaded(desk, path)
    told = "template charter, version 1 of 2: columns that came later are left empty where the file has none: "
    assert f"{told}methodology_version" in found["project"].assumptions
    assert f"{told}artefact_kind" in found["document"].assumptions
    assert rows(desk, "SELECT name, methodology_version FROM core.project") == [("Bridge", None)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_gate_of_the_first_version_is_of_the_first_version_of_its_method(form: str, tmp_path: Path) -> None:
    from pmo_analytics.exchange import register_csv, register_xlsx

    columns = ["methodology_id", "gate_id", "position", "name", "status_date"]
    row = ["hybrid", "G1", 1, "Start", DAY]
    mark, path = "pmo template: stage_gate version 1", tmp_path / f"gates.{form}"
    if form == "csv":
        register_csv.write(path, columns, [row], title=mark)
    else:
        path.write_bytes(register_xlsx.workbook_bytes([("stage_gate", columns, [row])], file=path, keywords=mark))
    desk = Desk(tmp_path)
    told = " ".join(loaded(desk, path)["stage_gate"].assumptions)
    assert "left empty where the file has none: version, stage" in told
    assert "version is '1' in every row" in told
    assert rows(desk, "SELECT gate_id, version, stage FROM core.stage_gate") == [("G1", "1", None)]


@pytest.mark.parametrize("form", ["docx", "md", "xlsx", "csv"])
def test_a_later_version_than_this_program_knows_is_refused(form: str, tmp_path: Path) -> None:
    path = tmp_path / f"lesson.{form}"
    if form in {"docx", "md"}:
        path = charter(tmp_path, form)
    else:
        write_template(template_named("lesson"), path, {}, form=form)
    if form in {"docx", "xlsx"}:
        parts = {name: text.replace(b" version 2", b" version 7") for name, text in members(path).items()}
        packed(path, parts)
    else:
        path.write_text(path.read_text().replace(" version 2", " version 7"))
    problem = failure(Desk(tmp_path), path)
    assert "a later version of its template" in str(problem)
    assert (problem.file, problem.expected) == (path.name, "version 2 or earlier")
    assert str(problem.found).endswith("version 7")


def test_a_document_of_no_template_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "notes.md").write_text("# Notes\n\nsee pmo template: charter version 1\n")
    assert "not made from a template" in str(failure(desk, tmp_path / "notes.md"))
    (tmp_path / "x.md").write_text("<!-- pmo template: chartr version 1 -->\n")
    assert "is 'charter' meant?" in str(failure(desk, tmp_path / "x.md"))
    (tmp_path / "r.md").write_text("pmo template: risk version 1\n")
    assert "the template is none of a document" in str(failure(desk, tmp_path / "r.md"))
    (tmp_path / "e.md").write_text("pmo template: charter version 1\n")
    assert "the document is not filled in" in str(failure(desk, tmp_path / "e.md"))


def test_of_the_documents_in_a_folder_those_of_templates_are_exports(tmp_path: Path) -> None:
    ours = [charter(tmp_path, "docx"), charter(tmp_path, "md")]
    (tmp_path / "README.md").write_text("# Read me\n")
    docx.Document().save(str(tmp_path / "letter.docx"))
    shutil.copy(ours[0], tmp_path / "~$charter.docx")
    assert export_files([tmp_path]) == sorted(ours)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_a_document_that_would_fill_memory_is_not_opened(tmp_path: Path) -> None:
    path = charter(tmp_path, "docx")
    packed(path, members(path) | {"word/media/bomb.xml": b" " * (70 << 20)})
    problem = failure(Desk(tmp_path), path)
    assert "grows beyond what documents do" in str(problem)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_and_nothing_is_fetched(encoding: str, tmp_path: Path) -> None:
    path = charter(tmp_path, "docx")
    declared = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'
    )
    packed(path, members(path) | {"word/footnotes.xml": declared.encode(encoding)})
    problem = failure(Desk(tmp_path), path)
    assert "declares a document type or entities" in str(problem)
    assert problem.found == "word/footnotes.xml"


@pytest.mark.parametrize("part", ["word/document.xml", "[Content_Types].xml", "word/styles.xml", "_rels/.rels"])
def test_a_damaged_document_is_told_as_one(part: str, tmp_path: Path) -> None:
    path = charter(tmp_path, "docx")
    parts = members(path)
    packed(path, parts | {part: parts[part][: len(parts[part]) // 2]})
    problem = failure(Desk(tmp_path), path)
    assert "the document is damaged" in str(problem)
    assert str(problem.hint).startswith("open it")
