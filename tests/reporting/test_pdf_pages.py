"""Pages printed by a browser: whole, tagged, the same bytes again, and a browser that fails is told."""

from __future__ import annotations

import contextlib
import re
import time
import zlib
from datetime import date
from pathlib import Path

import pytest

from pmo_analytics.cli import main
from pmo_analytics.errors import ReportError, UsageError
from pmo_analytics.reporting.pdf_pages import dated, find_browser, page_pdf, without_links_beside
from pmo_analytics.reporting.pipeline import KEPT, run_pipeline, run_report
from tests.conftest import chromium
from tests.exports import TOGGL_HEADERS, Desk, toggl_row, write_csv
from tests.pages import COSTS, page_workspace, write_notebook

DAY = date(2026, 3, 31)
CHART = """
import altair as alt, pandas as pd
from pmo_analytics.reporting import theme
from pmo_analytics.reporting.figures import figure
theme.enable()
data = pd.DataFrame({"month": ["2026-01-01", "2026-02-01"], "amount": [1.0, 2.0]})
bars = lambda rows: alt.Chart(rows).mark_bar(color="#aa1177").encode(x="month:T", y="amount:Q")
figure(bars, data, topic="T", source="", missing=pd.DataFrame(), needs=[])
"""


@pytest.fixture
def printer() -> Path:
    found = chromium()
    if found is None:
        pytest.skip("no Chromium or Chrome on this machine; on Debian: apt-get install chromium")
    return found


def program(folder: Path, text: str) -> Path:
    path = folder / "browser"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def filled(pdf: bytes) -> set[str]:
    """The colours that the pages of a PDF fill something with, as a style sheet writes them."""
    found = set()
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            colours = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg\b", zlib.decompress(stream))
            found |= {"#" + "".join(f"{round(float(part) * 255):02x}" for part in colour) for colour in colours}
    return found


def page_at(folder: Path) -> Path:
    page = folder / "page.html"
    page.write_text("<!doctype html><title>T</title><p>x")
    return page


@pytest.mark.browser
@pytest.mark.slow
def test_a_page_is_printed_whole_and_to_the_same_bytes(desk: Desk, printer: Path) -> None:
    workspace = page_workspace(desk)
    write_notebook(workspace, "costs", COSTS, CHART)
    done = run_report("costs", {}, workspace=workspace, as_of="2026-03", browser=printer)
    assert done.print_error is None
    printed = done.path.with_suffix(".pdf").read_bytes()
    assert printed.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in printed
    assert b"/Marked true" in printed
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert {(round(float(wide)), round(float(high))) for wide, high in boxes} == {(595, 842)}
    assert set(re.findall(rb"\(D:(\d+)", printed)) == {b"20260331000000"}
    assert b"file:" not in printed
    assert page_pdf(done.path, browser=printer, as_of=DAY) == printed
    # The bars alone have this colour: the chart was drawn before it was printed.
    assert "#aa1177" in filled(printed)


@pytest.mark.browser
def test_a_run_prints_its_pages_and_a_page_that_changes_loses_an_old_print(desk: Desk, printer: Path) -> None:
    workspace = page_workspace(desk)
    path = write_notebook(workspace, "costs", COSTS)
    (done,) = run_pipeline("own", workspace=workspace, as_of="2026-03", browser=printer)
    pdf = done.path.with_suffix(".pdf")
    assert '<a href="costs.pdf">' in done.path.with_name("index.html").read_text()
    made = pdf.stat().st_mtime_ns
    (again,) = run_pipeline("own", workspace=workspace, as_of="2026-03", resume=True, browser=printer)
    assert (again.state, pdf.stat().st_mtime_ns) == (KEPT, made)
    path.write_text(path.read_text().replace("1e6", "2e6"))
    run_pipeline("own", workspace=workspace, as_of="2026-03")
    assert not pdf.exists()


def test_a_browser_that_hangs_is_ended_with_its_processes_and_told(tmp_path: Path) -> None:
    hanging = program(tmp_path, f"(sleep 2; touch {tmp_path}/lived) & sleep 60")
    before = time.monotonic()
    with pytest.raises(ReportError, match=r"ran longer than 0\.5 seconds"):
        page_pdf(page_at(tmp_path), browser=hanging, as_of=DAY, seconds=0.5)
    assert time.monotonic() - before < 30
    time.sleep(max(0.0, before + 2.5 - time.monotonic()))
    assert not (tmp_path / "lived").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo it broke >&2; exit 3", "it broke"),
        ("exit 0", "no output"),
        ('for x in "$@"; do case $x in --print-to-pdf=*) echo "%PDF-1.4 half" > "${x#*=}";; esac; done', "no output"),
    ],
)
def test_a_browser_that_prints_nothing_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ReportError, match="could not be printed") as caught:
        page_pdf(page_at(tmp_path), browser=program(tmp_path, text), as_of=DAY)
    assert told in str(caught.value)


def test_a_print_that_fails_leaves_the_page_published(desk: Desk) -> None:
    workspace = page_workspace(desk)
    write_notebook(workspace, "costs", COSTS)
    (done,) = run_pipeline("own", workspace=workspace, as_of="2026-03", browser=program(desk.folder, "exit 1"))
    assert done.error is None
    assert "could not be printed" in str(done.print_error)
    assert sorted(path.name for path in done.path.parent.iterdir()) == [
        "costs.html", "costs.xlsx", "index.html", "pack.json",
    ]  # fmt: skip


def test_the_browser_is_the_one_named_else_the_first_there_is(tmp_path: Path) -> None:
    named = program(tmp_path, "")
    assert find_browser({"PMO_CHROMIUM": str(named)}) == named
    assert find_browser({"PATH": str(tmp_path)}, names=("other", "browser")) == named
    assert find_browser({"PATH": ""}, names=("none",), applications=(tmp_path / "no", named)) == named
    with pytest.raises(UsageError, match="PMO_CHROMIUM: is no program"):
        find_browser({"PMO_CHROMIUM": str(tmp_path / "gone"), "PATH": str(tmp_path)}, names=("browser",))
    with pytest.raises(UsageError, match="no browser to print with"):
        find_browser({"PATH": ""}, names=("none",), applications=())


def test_a_date_takes_the_place_of_the_clock_byte_for_byte() -> None:
    pdf = b"/CreationDate (D:20261124215142+00'00')\n/ModDate (D:20261124215143+00'00')>> (D:20261124215143)"
    fixed = b"/CreationDate (D:20260331000000+00'00')\n/ModDate (D:20260331000000+00'00')>> (D:20261124215143)"
    assert dated(pdf, DAY) == fixed


def test_links_to_files_beside_a_page_are_not_printed_and_scripts_stay() -> None:
    page = (
        '<a class="x" href="y.xlsx">W</a><a href="#z">Z</a><a href="https://q">Q</a><script>\'<a href="k">\'</script>'
    )
    assert without_links_beside(page) == page.replace(' href="y.xlsx"', "")


def test_without_a_browser_nothing_is_run_and_the_exit_code_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = page_workspace(desk)
    write_notebook(workspace, "costs", COSTS)
    workspace.inbox.mkdir(exist_ok=True)
    write_csv(workspace.inbox / "toggl.csv", TOGGL_HEADERS, [toggl_row("bob", "A-1", "2026-03-30")])
    monkeypatch.setenv("PMO_CHROMIUM", str(desk.folder / "none"))
    monkeypatch.setenv("PMO_WORKSPACE", str(workspace.root))
    for command in (["run", "own"], ["report", "costs"]):
        monkeypatch.setattr("sys.argv", ["pmo", *command, "--pdf"])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 2
        assert "PMO_CHROMIUM: is no program" in capsys.readouterr().err
    assert not workspace.reports.exists() or not list(workspace.reports.rglob("*"))
    assert len(desk.loads()) == 2
