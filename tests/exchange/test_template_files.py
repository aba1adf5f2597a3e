"""Templates as files: each says what it is, explains itself, and holds text as text."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.templates import Template, templates
from pmo_analytics.errors import UsageError
from pmo_analytics.exchange import template
from pmo_analytics.exchange.template_files import template_named, usual_format, write_template
from tests.templates import differences, filled

COMPOSED = [(t.name, form) for t in templates().values() if t.kind != "register" for form in t.formats]

QUICK = [("lesson", "xlsx"), ("lesson", "csv"), ("post_project_review", "docx"), ("business_case", "md")]


def written(folder: Path, name: str, form: str, **fill: list[dict[str, object]]) -> Path:
    path = folder / f"{name}.{form}"
    write_template(template_named(name), path, fill, form=form)
    return path


@pytest.mark.parametrize(("name", "form"), QUICK)
def test_what_is_filled_in_comes_back(name: str, form: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    # Each example loads up to three registers; tests/slow tries every template in every format, and more of each.
    @settings(max_examples=2, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        found = templates()[name]
        assert differences(tmp_path_factory.mktemp("t"), found, form, data.draw(filled(found, form))) == []

    check()


def test_a_workbook_explains_its_headers_and_offers_values(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path, "raid_log", "xlsx"))
    assert book.sheetnames == ["risk", "assumption", "raid_issue", "dependency", "escalation"]
    assert book.properties.keywords == "pmo template: raid_log version 1"
    for sheet in book:
        assert [cell.value for cell in sheet[1]] == template.headers(registers()[sheet.title])
        assert all(cell.comment for cell in sheet[1])
        assert sheet.freeze_panes == "A2"
    offers = book["dependency"].data_validations.dataValidation
    assert [(str(offer.sqref), offer.formula1) for offer in offers] == [("F2:F1048576", '"FS,SS,FF,SF"')]


def test_dates_are_dates_and_formulas_text(tmp_path: Path) -> None:
    path = written(
        tmp_path, "risk", "xlsx", risk=[{"risk_id": "=1+1", "title": "'=x", "status_date": date(2026, 3, 31)}]
    )
    cells = {cell.value: cell for cell in openpyxl.load_workbook(path)["risk"][2] if cell.value is not None}
    assert cells["=1+1"].data_type == "s"
    # Reading takes an apostrophe before a formula away; so this one gets another.
    assert "''=x" in cells
    assert next(cell for cell in cells.values() if cell.is_date).value.date() == date(2026, 3, 31)


def test_csv_says_what_it_is_above_its_headers(tmp_path: Path) -> None:
    path = written(tmp_path, "benefit_link", "csv", benefit_link=[{"benefit_id": "=1", "other_benefit_id": "a\rb"}])
    assert path.read_bytes().decode() == (
        '# pmo template: benefit_link version 1\nbenefit_id,other_benefit_id,status_date\n\'=1,"a\rb",\n'
    )


def test_a_number_of_csv_cannot_be_taken_for_thousands(tmp_path: Path) -> None:
    given = {"risk_id": "R", "cost_low_amount": Decimal("-1.234"), "cost_high_amount": Decimal("2.5"), "probability": 0}
    line = written(tmp_path, "risk", "csv", risk=[given]).read_text().splitlines()[2]
    assert line == "R,,,,,0,-1.2340,,2.5,,,,,,,,,"


def test_csv_of_several_registers_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    paths = write_template(template_named("lessons_log"), folder, {}, form="csv")
    assert paths == [folder / "lesson.csv", folder / "lesson_use.csv"]
    assert {path.read_text().splitlines()[0] for path in paths} == {"# pmo template: lessons_log version 2"}


def test_a_document_shows_its_fields_with_what_they_mean(tmp_path: Path) -> None:
    document = docx.Document(str(written(tmp_path, "status_report", "docx", project_status=[{"rag_status": "red"}])))
    assert [p.text for p in document.paragraphs[:2]] == ["Status report", "pmo template: status_report version 2"]
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert headings == ["Document", "Status", "Milestones", "Achieved", "Next", "Decisions asked for"]
    rows = [[cell.text for cell in row.cells] for row in document.tables[1].rows]
    assert rows[0] == ["Field", "Value", "What it means"]
    assert next(row for row in rows if row[0] == "Rag status")[:2] == ["Rag status", "red"]
    assert next(row for row in rows if row[0] == "Rag status")[2].endswith("One of: red, amber, green.")
    # What stands in the document's own form is not asked for again.
    assert not {"Project id", "Status date"} & {row[0] for row in rows}


def test_markdown_holds_no_tag_and_no_heading_of_its_texts(tmp_path: Path) -> None:
    path = tmp_path / "r.md"
    hostile = "# not a heading\n<script>alert(1)</script>\n| a |"
    write_template(
        template_named("status_report"),
        path,
        {"project_status": [{"comment": hostile}]},
        form="md",
        prose={"Next": hostile},
    )
    text = path.read_text()
    assert text.count("\n\\# not a heading\n\\<script>alert(1)\\</script>\n\\| a |\n") == 1
    assert "| # not a heading<br>\\<script>alert(1)\\</script><br>\\| a \\| |" in text
    assert [line for line in text.splitlines() if line.startswith("#")][-1] == "## Decisions asked for"


@pytest.mark.parametrize(("name", "form"), COMPOSED)
def test_the_same_template_is_the_same_bytes(name: str, form: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        written(tmp_path / folder, name, form)
    first, second = (
        {file.relative_to(place): file.read_bytes() for file in place.rglob("*") if file.is_file()}
        for place in (tmp_path / "a", tmp_path / "b")
    )
    assert first == second
    for content in first.values():
        if form in {"xlsx", "docx"}:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    charter = template_named("charter")
    with pytest.raises(UsageError, match="did you mean 'charter'"):
        template_named("chartr")
    with pytest.raises(UsageError, match="xlsx or csv"):
        write_template(template_named("risk"), tmp_path / "r.docx", {}, form="docx")
    with pytest.raises(UsageError, match="Purpose, Scope") as section:
        write_template(charter, tmp_path / "c.md", {}, form="md", prose={"Aim": "x"})
    assert "no section 'Aim'" in str(section.value)
    with pytest.raises(UsageError) as control:
        write_template(charter, tmp_path / "c.md", {"project": [{"name": "a\x07"}]}, form="md")
    assert (control.value.column, control.value.found) == ("name", "'\\x07'")
    with pytest.raises(UsageError, match="a form holds one row of project"):
        write_template(charter, tmp_path / "c.docx", {"project": [{}, {}]}, form="docx")
    with pytest.raises(UsageError, match="written under its headings"):
        write_template(charter, tmp_path / "c.docx", {"document": [{"text": "x"}]}, form="docx")
    assert list(tmp_path.iterdir()) == []
    path = written(tmp_path, "charter", "docx")
    with pytest.raises(UsageError, match="there is such a file already"):
        write_template(charter, path, {}, form="docx")


def test_documents_are_written_for_word_and_all_else_as_a_workbook() -> None:
    def usual(found: Template) -> str:
        return usual_format(found)

    assert {t.name for t in templates().values() if usual(t) == "docx"} == {
        "charter", "business_case", "status_report", "post_project_review",
    }  # fmt: skip
    assert usual(templates()["risk"]) == "xlsx"
