"""A published page opened as a user does: listed, opened, its evidence written beside it, made again, held against."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pmo_analytics.cli import app
from pmo_analytics.reporting.cited_figures import cited_page
from pmo_analytics.reporting.pipeline import run_report
from tests.exports import Desk, toggl_row
from tests.warehouse.conftest import PERSON, STATUS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUN = CliRunner()
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One project, named by somebody hostile, with a plan, progress and three entries at one rate."""
    desk = Desk(tmp_path_factory.mktemp("page"))
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["A", HOSTILE, "North", 900, "EUR", "2026-01-01"],
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
        ["A", "1", "2026-01", "2025-12-15", 900, "EUR"],
    )
    desk.register("project_status", STATUS, ["A", "2026-01-31", "active", "green", 50, "2026-03-31"])
    desk.register(
        "person",
        PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Dev", "Build", "main", 100, "2020-01-01", "", "2026-01-01"],
    )
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Dev", "2025-01-01", 77, "EUR"])
    desk.toggl(
        toggl_row("ann", "A", "2026-01-05", "02:00:00", HOSTILE), toggl_row("ann", "A", "2026-01-06", "25:00:00")
    )
    return desk


@pytest.fixture(scope="module")
def page(desk: Desk) -> Path:
    """Its portfolio review, published."""
    return run_report("portfolio_review", {}, workspace=desk.workspace, as_of="2026-01").path


def pmo(desk: Desk, *arguments: str) -> tuple[int, str]:
    done = RUN.invoke(app, [*arguments, "--workspace", str(desk.workspace.root)], catch_exceptions=True)
    return done.exit_code, done.output if done.exception is None or done.exit_code == 0 else str(done.exception)


def test_a_page_is_listed_and_a_figure_opened_to_its_lines(desk: Desk, page: Path) -> None:
    code, text = pmo(desk, "explain", str(page))
    assert code == 0, text
    assert "project-A-cpi" in text
    code, text = pmo(desk, "explain", f"{page}#project-A-cpi", "--json")
    data = json.loads(text)
    assert data["value"] == pytest.approx(450 / 154)
    assert (data["published"], data["agrees"]) == ("2.92", True)
    assert [row["source_line"] for row in data["rows"]["timesheet_entry"]] == [2]
    code, text = pmo(desk, "explain", f"{page}#project-A-cip")
    assert code != 0
    assert "did you mean 'project-A-cpi'" in text


def test_an_altered_figure_is_told(desk: Desk, page: Path, tmp_path: Path) -> None:
    altered = tmp_path / "altered.html"
    altered.write_text(page.read_text().replace('id="project-A-cpi">2.92<', 'id="project-A-cpi">0.50<'))
    code, text = pmo(desk, "explain", f"{altered}#project-A-cpi")
    assert code == 0, text
    assert "the page says 0.50, here 2.92 is reckoned" in text


def test_a_page_whose_parameters_are_code_is_refused(desk: Desk, page: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.html"
    hostile.write_text(page.read_text().replace("&#34;as_of&#34;:", "&#34;x=open(1)&#34;: 1, &#34;as_of&#34;:", 1))
    code, text = pmo(desk, "explain", f"{hostile}#project-A-cpi")
    assert code != 0
    assert "takes no parameter" in text


def test_evidence_stands_beside_the_page_and_the_page_is_made_again_byte_for_byte(desk: Desk, page: Path) -> None:
    names = set(cited_page(page).figures)
    code, text = pmo(desk, "explain", str(page), "--html-all")
    assert code == 0, text
    folder = page.with_name("portfolio_review.evidence")
    assert {file.stem for file in folder.iterdir()} == names
    linked = set(re.findall(r'href="portfolio_review\.evidence/([^"]+)\.html"', page.read_text()))
    assert linked == names
    code, text = pmo(desk, "reproduce", str(page))
    assert code == 0, text
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert pmo(desk, "explain", str(page), "--html-all")[0] == 0
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [each.name for each in page.parent.iterdir() if each.name.startswith(".")] == []


def test_evidence_stays_while_the_page_is_the_same_and_goes_with_it(desk: Desk, page: Path) -> None:
    assert pmo(desk, "explain", str(page), "--html-all")[0] == 0
    folder, linked = page.with_name("portfolio_review.evidence"), page.read_bytes()
    run_report("portfolio_review", {}, workspace=desk.workspace, as_of="2026-01")
    assert page.read_bytes() == linked
    assert folder.is_dir()
    page.write_bytes(linked + b"another page")
    run_report("portfolio_review", {}, workspace=desk.workspace, as_of="2026-01")
    assert b"portfolio_review.evidence" not in page.read_bytes()
    assert not folder.exists()


def test_an_evidence_page_names_lines_reasons_and_no_person_or_rate(desk: Desk, page: Path, tmp_path: Path) -> None:
    out = tmp_path / "cpi.html"
    assert pmo(desk, "explain", f"{page}#project-A-cpi", "--html", str(out))[0] == 0
    text = out.read_text()
    assert "toggl.csv:2" in text
    assert "toggl.csv:3</code></th><td>rejected: Duration" in text
    assert "EV / AC; below 1 is over cost." in text
    assert "Duration: 02:00:00" in text
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert "<img" not in text
    assert not any(hidden in text for hidden in ("Ann Berg", "example.test", "77.0", ">77<"))
    code, told = pmo(desk, "explain", f"{page}#project-A-cpi", "--html", str(out))
    assert code != 0
    assert "there is such a file already" in told


def test_a_total_that_is_the_figure_is_said_to_be(desk: Desk, tmp_path: Path) -> None:
    token = desk.query("SELECT DISTINCT person_id FROM core.timesheet_entry")[0][0]
    out = tmp_path / "hours.html"
    key = (f"person_id={token}", "project_id=A", "period_month=2026-01")
    code, text = pmo(
        desk, "explain", "effort_by_person_month", "duration_seconds", *key, "--as-of", "2026-01", "--html", str(out)
    )
    assert code == 0, text
    assert "The total of duration, h equals the figure." in out.read_text()


@pytest.mark.browser
@pytest.mark.parametrize("look", [("light", 1280), ("dark", 390)])
def test_an_evidence_page_in_chromium(
    browser: Browser, desk: Desk, page: Path, tmp_path: Path, look: tuple[str, int]
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    (scheme, width), out = look, tmp_path / "cpi.html"
    pmo(desk, "explain", f"{page}#project-A-cpi", "--html", str(out))
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, offline=True)  # type: ignore[arg-type]
    shown = context.new_page()
    messages: list[str] = []
    shown.on("console", lambda message: messages.append(message.text))
    shown.goto(out.as_uri())
    assert messages == []
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    violations = Axe().run(shown).response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations] == []
    context.close()


def test_what_is_another_now_is_told_with_its_cause(desk: Desk, page: Path) -> None:
    code, text = pmo(desk, "changes", str(page))
    assert code == 0, text
    assert text.startswith("0 of ")
    desk.toggl(toggl_row("bo", "A", "2026-01-07", "01:00:00"), name="late.csv")
    desk.register("project_status", STATUS, ["A", "2026-01-31", "active", "green", 25, "2026-03-31"])
    code, text = pmo(desk, "changes", str(page), "--json")
    assert code == 0, text
    found = {each["name"]: each for each in json.loads(text)["changes"]}
    assert (found["project-A-cpi"]["published"], found["project-A-cpi"]["now"]) == ("2.92", "1.46")
    assert found["project-A-cpi"]["cause"] == "register"
    for wrong in (("changes",), ("changes", str(page), "--since", "1"), ("changes", str(page.with_name("no.html")))):
        assert pmo(desk, *wrong)[0] != 0
