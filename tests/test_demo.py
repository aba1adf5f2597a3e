"""The main job, end to end, through the command line: raw exports in, pages out, and pages read in Chromium."""

from __future__ import annotations

import csv
import html
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
from tests.readers import TWO_LOOKS, Reading, opened

PAGE = "reports/monthly/2026-06-30/portfolio_review.html"


@dataclass(frozen=True)
class Demo:
    """A finished demonstration: its workspace and what the command printed."""

    workspace: Path
    output: str

    @property
    def page(self) -> Path:
        """The page of the whole organisation."""
        return self.workspace / PAGE


def pmo(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "pmo_analytics.cli", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    done = pmo("--workspace", "w", "demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return Demo(folder / "w", done.stdout)


def test_the_demo_ends_with_the_paths_of_its_pages(demo: Demo) -> None:
    projects = [f"FL-0{n}" for n in range(1, 8)] + [f"PA-0{n}" for n in range(1, 7)]
    expected = [
        "Portfolio review",
        "Portfolio review, Fleet",
        "Portfolio review, Passengers",
        *(f"Project health, {project}" for project in projects),
        "Strategy",
        "Audit",
        "Benefits",
        "Budgets",
        "Budgets, Fleet",
        "Budgets, Passengers",
        "Capacity",
        "Dependencies",
        "Dependencies, Fleet",
        "Dependencies, Passengers",
        "Estimates",
        "Flow of work",
        "Flow of work, Fleet",
        "Flow of work, Passengers",
        "Lessons",
        "Methods and gates",
        "Month's close",
        "Developing people",
        "Priorities",
        "Reconciliation",
        "Risk",
        "Risk, Fleet",
        "Risk, Passengers",
        "Selection",
        "Working time",
        "Index of 2026-06-30",
    ]
    last = demo.output.splitlines()[-len(expected) :]
    assert [line.split(":")[0] for line in last] == expected
    assert last[0] == f"Portfolio review: {demo.page}"
    assert all(Path(line.split(": ", 1)[1]).is_file() for line in last)


def test_every_row_of_the_sample_is_accounted_for(demo: Demo) -> None:
    with Warehouse(Workspace.find(demo.workspace)).everything() as view:
        loads = view.loads()
        fates = ["rows_added", "rows_replacing", "rows_unchanged", "rows_rejected", "rows_set_aside"]
        assert (loads["rows_in"] == loads[fates].sum(axis="columns")).all()
        # The planted faults: a timer of 25 hours, a day that does not exist, 140 per cent.
        assert loads["rows_rejected"].sum() == 3
        assert view.sql("SELECT count(*) AS n FROM core.timesheet_entry WHERE project_id IS NULL")["n"].iloc[0] == 10


def test_a_moved_workspace_gives_the_same_bytes_and_a_second_demo_loads_nothing(demo: Demo, tmp_path: Path) -> None:
    before = demo.page.read_bytes()
    moved = tmp_path / "elsewhere" / "w"
    shutil.copytree(demo.workspace, moved)
    (moved / PAGE).unlink()
    again = pmo(
        "report", "portfolio_review", "--as-of", "2026-06", "--version", "59", "--workspace", str(moved), cwd=tmp_path
    )
    assert again.returncode == 0, again.stderr
    assert (moved / "reports/single/2026-06-30/portfolio_review.html").read_bytes() == before
    command = re.search(rb"<code>(pmo report [^<]+)</code></p>\n</div>", before)
    assert command
    assert command[1].decode() == "pmo report portfolio_review --as-of 2026-06-30 --version 59"


def test_the_page_holds_no_trace_of_where_and_when_it_was_made(demo: Demo) -> None:
    text = demo.page.read_text(encoding="utf-8")
    assert str(demo.workspace) not in text
    assert "/tmp" not in text.split("<script>")[0]
    assert "@ferries.example" not in text
    assert "Quentin Moreau" not in text


def test_every_key_figure_and_number_of_the_projects_has_one_name_in_the_page(demo: Demo) -> None:
    text = demo.page.read_text(encoding="utf-8").split('<h2 id="missing"')[0]
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert re.findall(r'<p class="value">(?!<a class="figure" id=)', text) == []
    cells = re.findall(r'<td class="num[^"]*" data-label="[^"]*">([^<]|<a class="figure" id=)', text)
    # A cell holds a figure with its name, or the sign of what is missing.
    assert set(cells) == {"–", '<a class="figure" id='}
    assert len(re.findall(r'<a class="figure" id="project-', text)) > 50
    for path in demo.page.parent.glob("*.html"):
        if path.name != "index.html":
            assert re.findall(r'<p class="value">(?!<a class="figure" id=)', path.read_text(encoding="utf-8")) == []


def test_hostile_text_of_the_exports_is_shown_as_text(demo: Demo) -> None:
    text = demo.page.read_text(encoding="utf-8")
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "<img" not in text.split("<script>")[0]


def test_earlier_months_and_wrong_questions(demo: Demo) -> None:
    wrong = pmo("run", "monthly", "--as-of", "2026-13", "--workspace", str(demo.workspace), cwd=demo.workspace)
    assert wrong.returncode == 2
    assert "no such reporting date" in wrong.stderr
    unknown = pmo(
        "report", "portfolio_review", "-p", "portfolio=Fleeet", "--workspace", str(demo.workspace), cwd=demo.workspace
    )
    assert unknown.returncode == 2
    assert "did you mean 'Fleet'?" in unknown.stderr
    assert "Traceback" not in wrong.stderr + unknown.stderr


def read(browser: Browser, path: Path, *, scheme: str = "light", width: int = 1280) -> Reading:
    reading = opened(browser, path, scheme=scheme, width=width)
    reading.wait_until_drawn()
    return reading


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), TWO_LOOKS)
def test_the_page_in_chromium(browser: Browser, demo: Demo, scheme: str, width: int) -> None:
    reading = read(browser, demo.page, scheme=scheme, width=width)
    drawn = reading.page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('svg path, svg text, svg line').length)"
    )
    assert len(drawn) == 7
    assert min(drawn) > 10
    assert reading.requests == [demo.page.as_uri()]
    assert reading.faults(demo.page) == []
    reading.close()


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize(
    "name", ["reconciliation", "flow", "benefits", "alignment", "audit", "prioritisation", "selection"]
)
def test_other_pages_in_chromium(browser: Browser, demo: Demo, name: str, scheme: str, width: int) -> None:
    path = demo.page.with_name(f"{name}.html")
    reading = read(browser, path, scheme=scheme, width=width)
    assert reading.faults(path) == []
    reading.close()


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), TWO_LOOKS)
def test_the_page_on_risk_in_chromium(browser: Browser, demo: Demo, scheme: str, width: int) -> None:
    path = demo.page.with_name("risk.html")
    reading = read(browser, path, scheme=scheme, width=width)
    drawn = reading.page.evaluate(
        "[...document.querySelectorAll('.chart')].map(c => c.querySelectorAll('svg path, svg text, svg line').length)"
    )
    assert len(drawn) == 5
    assert min(drawn) > 10
    assert reading.faults(path) == []
    reading.close()


def test_the_flow_page_has_cycle_times_flags_and_sprints_of_both_boards(demo: Demo) -> None:
    text = demo.page.with_name("flow.html").read_text(encoding="utf-8")
    assert "Cycle time, P85" in text
    assert ">flagged<" in text
    assert "Half of the last 25 sprints completed" in text
    assert "Not judged: 34 (the sprint has no dates)." in text
    # What was committed to opens its items.
    assert 'id="sprint-all-all-ferries.example-3115-items_committed"' in text
    of_fleet = demo.page.with_name("flow-fleet.html").read_text(encoding="utf-8")
    assert "Telemetry 10" in of_fleet
    assert "Tickets 15" not in of_fleet


def test_the_reconciliation_names_what_it_lacks(demo: Demo) -> None:
    text = demo.page.with_name("reconciliation.html").read_text(encoding="utf-8")
    assert "Timesheets and ledger are not compared: no month has both." in text
    assert "No ledger is loaded." in text
    # Ten entries of an hour and a quarter on a project that no register knows.
    assert re.search(
        r'Pier lighting.*?data-label="Rows"><a [^>]*>10<.*?data-label="Hours"><a [^>]*>12\u00a0h<', text, re.DOTALL
    )


def test_nothing_that_is_published_names_a_person(demo: Demo) -> None:
    with (demo.workspace / "sample" / "person.csv").open(encoding="utf-8-sig", newline="") as file:
        told = [row[column] for row in csv.DictReader(file) for column in ("name", "email")]
    texts: dict[str, str] = {}
    for path in demo.page.parent.rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                texts[path.name] = "".join(
                    book.read(name).decode() for name in book.namelist() if name.endswith(".xml")
                )
        elif path.is_file() and path.suffix in {".html", ".json"}:
            texts[path.name] = html.unescape(path.read_text(encoding="utf-8"))
    assert len(texts) > 50
    assert [(name, each) for name, text in texts.items() for each in told if each in text] == []


def test_behaviour_of_a_group_under_five_is_withheld(demo: Demo) -> None:
    page = BeautifulSoup(demo.page.with_name("utilisation.html").read_text(encoding="utf-8"), "html.parser")
    withheld = 0
    for table in page.select("table"):
        rows = [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tr")]
        for cells in rows[1:]:
            if cells[0] == "Small teams together":
                # Three designers: how many they are, and when, is no behaviour.
                told = {head: cell for head, cell in zip(rows[0], cells, strict=True) if cell not in {"–", ""}}
                behaviour = [head for head in told if not re.search("team|person|month|note", head, re.IGNORECASE)]
                assert behaviour == [], told
                withheld += 1
    assert withheld >= 2


def test_every_page_of_a_project_is_light_and_runs_no_script(demo: Demo) -> None:
    pages = sorted(demo.page.parent.glob("project_health-project-*.html"))
    assert len(pages) == 13
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert len(text.encode()) < 150_000
        assert "script-src 'none'" in text
        assert "<script>" not in text
    assert any("&lt;script&gt;alert(2)&lt;/script&gt; {{ 7*7 }}" in path.read_text(encoding="utf-8") for path in pages)


@pytest.mark.browser
@pytest.mark.parametrize(
    "name", ["portfolio_review", "risk", "flow", "benefits", "alignment", "audit", "prioritisation", "selection"]
)
def test_every_chart_fits_its_column_and_no_text_is_cut(browser: Browser, demo: Demo, name: str) -> None:
    for width in (390, 1280):
        reading = read(browser, demo.page.with_name(f"{name}.html"), width=width)
        cut = reading.page.evaluate(
            """() => [...document.querySelectorAll('.chart svg')].flatMap(svg => {
              const frame = svg.getBoundingClientRect(), place = svg.parentElement.getBoundingClientRect();
              const wide = frame.right > place.right + 1 ? [`chart ${frame.width} in ${place.width}`] : [];
              return wide.concat([...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return text.textContent.trim() && box.width && (box.left < frame.left - 1 || box.right > frame.right + 1
                  || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
              }).map(text => text.textContent));
            })"""
        )
        assert cut == []
        reading.close()


@pytest.mark.browser
def test_the_security_policy_lets_no_other_script_run(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    changed = tmp_path / "changed.html"
    text = demo.page.read_text(encoding="utf-8")
    changed.write_text(text.replace("</main>", "<script>document.title = 'taken'</script></main>", 1), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(changed.as_uri())
    assert page.title() != "taken"
    context.close()


@pytest.mark.browser
def test_printed_it_is_a4_with_every_chart(browser: Browser, demo: Demo) -> None:
    reading = read(browser, demo.page)
    reading.page.emulate_media(media="print")
    shown = reading.page.evaluate(
        "[...document.querySelectorAll('.chart-print svg')].map(svg => svg.getBoundingClientRect().height > 60)"
    )
    assert shown == [True] * 7
    printed = reading.page.pdf(prefer_css_page_size=True, print_background=True)
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed))
    assert len(boxes) == 1
    assert [round(float(side)) for side in boxes.pop()] == [595, 842]
    reading.close()
