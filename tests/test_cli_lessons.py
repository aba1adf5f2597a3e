"""Lessons as a person meets them: searched, pushed, recorded as used, reviewed, folded."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pmo_analytics.system import edges
from tests.commands import Command, in_new_workspace
from tests.exports import Desk

HEADERS = (
    "lesson_id,status_date,project_id,recorded_on_date,category,title,event,recommendation,tags,state,reviewer_id,"
    "reviewed_on_date,duplicate_of_id"
)
LESSONS = f"""{HEADERS}
L1,2026-05-31,B,2026-02-01,Suppliers,Agree delivery dates with the supplier,Radios came late,Fix dates by contract,"contract, delivery",published,Ann,2026-02-10,
L2,2026-05-31,B,2026-03-01,Suppliers,Agree dates of delivery with suppliers,Radios came late,Fix dates by contract,contract,published,Ann,2026-03-10,
L3,2026-05-31,B,2026-05-10,Testing,<script>alert(1)</script>,A test was skipped,=SUM(A1) and test masts,,In review,,,
L4,2026-05-31,C,2026-04-01,Testing,Test radio masts in rain,,Test in rain,,published,Ann,2026-04-02,
L5,2026-05-31,C,2026-04-01,People,Name one owner,,Name one,,draft,,,
L6,2026-07-31,C,2026-07-01,Suppliers,Delivery of the future,,Never seen,,published,Ann,2026-07-02,
"""  # noqa: E501
PROJECTS = """project_id,status_date,name,portfolio,methodology,baseline_finish_date
A,2026-01-01,Harbour radio,Fleet,agile,2026-12-31
B,2026-01-01,Ticket app,Passengers,agile,2026-03-31
C,2026-01-01,Crew rosters,Fleet,waterfall,2026-12-31
"""
RISKS = """risk_id,status_date,project_id,title,category,probability,cost_most_likely_amount,currency,state
R1,2026-06-01,A,Supplier delivers masts late,Supply,0.4,1000,EUR,open
"""
STATUS = """project_id,status_date,state
A,2026-06-30,active
B,2026-05-31,complete
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse with the registers, made once: loading them takes longer than most commands."""
    desk = Desk(tmp_path_factory.mktemp("lessons"))
    for name, text in (("lesson", LESSONS), ("project", PROJECTS), ("risk", RISKS), ("project_status", STATUS)):
        path = desk.folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        assert desk.load(path).rows["rejected"] == 0
    return desk.workspace.warehouse


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loaded: Path) -> Command:
    monkeypatch.setattr(
        "pmo_analytics.system.edges", lambda: replace(edges(), now=lambda: datetime(2026, 6, 30, 12, 0))
    )
    command = in_new_workspace(tmp_path, monkeypatch, capsys)
    shutil.copytree(loaded, "warehouse", dirs_exist_ok=True)
    return command


def test_a_search_tells_what_and_where_and_never_what_is_dated_later(run: Command) -> None:
    told = run("lessons", "search", "late delivery", "--json")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert [row["text_id"] for row in found["items"]] == ["lesson L1", "lesson L2"]
    assert (found["of"], found["as_of"]) == (5, "2026-06-30")
    assert found["facets"]["category"] == {"Suppliers": 2}
    assert found["facets"]["tag"]["contract"] == 2
    assert "BM25 alone" in found["ranked_by"]
    later = json.loads(run("lessons", "search", "late delivery", "--as-of", "2026-07-31", "--json").out)
    assert "lesson L6" in [row["text_id"] for row in later["items"]]
    # One index, whatever was asked before.
    assert run("lessons", "search", "late delivery", "--json").out == told.out


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--category", "testing", ["lesson L3", "lesson L4"]), ("--project", "C", ["lesson L4"]),
        ("--portfolio", "Fleet", ["lesson L4"]), ("--state", "in_review", ["lesson L3"]), ("--kind", "document", []),
    ],
)  # fmt: skip
def test_a_search_is_narrowed(run: Command, option: str, value: str, expected: list[str]) -> None:
    found = json.loads(run("lessons", "search", "test", option, value, "--json").out)
    assert sorted(row["text_id"] for row in found["items"]) == expected


def test_a_table_with_a_hostile_lesson_is_plain_text(run: Command) -> None:
    told = run("lessons", "search", "test masts")
    assert told.code == 0
    assert "<script>alert(1)</script>" in told.out
    assert "lesson L4" in told.out
    assert "category: Testing 2" in told.out


@pytest.mark.parametrize("text", ['"', "NEAR(a b)", "title:late", "*", "' OR 1=1 --"])
def test_a_question_of_signs_is_no_error(run: Command, text: str) -> None:
    assert run("lessons", "search", text).code == 0


def test_what_is_asked_wrongly_is_told(run: Command) -> None:
    assert run("lessons", "search", "  ").code == 2
    assert "lesson or document or review" in run("lessons", "search", "x", "--kind", "book").err
    assert "did you mean 'L1'" in run("lessons", "use", "L1x", "A", "--applied").err
    assert run("lessons", "use", "L1", "Z", "--applied").code == 2


def test_an_index_that_was_removed_or_damaged_changes_no_answer(run: Command) -> None:
    before = run("lessons", "search", "late delivery").out
    index = next(Path().rglob("lesson_index.sqlite"))
    index.write_bytes(b"damaged")
    assert run("lessons", "search", "late delivery").out == before
    for path in index.parent.glob("lesson_index*"):
        path.unlink()
    assert run("lessons", "search", "late delivery").out == before


def test_a_project_is_told_its_lessons_and_why_and_that_is_recorded(run: Command) -> None:
    found = json.loads(run("lessons", "for", "A", "--json").out)["lessons"]
    assert {row["lesson_id"] for row in found} == {"L1", "L2", "L4"}
    assert all("risk R1: " in row["reason"] for row in found)
    told = run("lessons", "for", "A", "--record")
    assert told.code == 0, told.err
    rows = run("sql", "SELECT lesson_id, shown_on_date, applied FROM core.lesson_use ORDER BY 1", "--format", "csv").out
    assert rows.splitlines() == ["lesson_id,shown_on_date,applied", *(f"{n},2026-06-30," for n in ("L1", "L2", "L4"))]


def test_a_use_is_a_load_and_a_later_word_on_it_replaces_the_row(run: Command) -> None:
    assert run("lessons", "use", "L1", "A", "--applied", "--note", "=late, again").code == 0
    assert run("lessons", "use", "L1", "A", "--not-recurred").code == 0
    query = "SELECT lesson_id, project_id, shown_on_date, applied, recurred, outcome_note FROM core.lesson_use"
    (row,) = json.loads(run("sql", query, "--format", "json").out)
    assert row == {
        "lesson_id": "L1", "project_id": "A", "shown_on_date": "2026-06-30", "applied": True, "recurred": False,
        "outcome_note": "=late, again",
    }  # fmt: skip
    loads = run("loads", "--format", "csv").out
    assert loads.count("lesson_use_2026-06-30.csv") == 2


def test_what_waits_and_what_lacks_a_review(run: Command) -> None:
    told = json.loads(run("lessons", "review", "--json").out)
    findings = {(row["lesson_id"], row["finding"]) for row in told["findings"]}
    assert ("L3", "overdue in review") in findings
    assert [(row["project_id"], row["finish_after_plan_days"], row["quality_note"]) for row in told["outcomes"]] == [
        ("B", 61, "finished, and no review is loaded")
    ]
    assert "overdue in review" in run("lessons", "review").out


def test_a_wrong_step_shows_once_the_register_says_so(run: Command) -> None:
    back = HEADERS + "\nL1,2026-06-15,B,2026-02-01,Suppliers,Agree delivery dates,,Fix dates,,draft,,,\n"
    Path("lesson2.csv").write_text(back, encoding="utf-8")
    assert run("ingest", "lesson2.csv").code == 0
    assert "went from published to draft" in run("lessons", "review").out


def test_repetitions_are_told_and_once_marked_are_folded(run: Command) -> None:
    (pair,) = json.loads(run("lessons", "duplicates", "--json").out)["pairs"]
    assert (pair["kept_id"], pair["folded_id"], pair["reason"]) == ("L1", "L2", "it was written down first")
    marked = "\n".join(f"{line}L1" if line.startswith("L2") else line for line in LESSONS.splitlines()) + "\n"
    Path("lesson2.csv").write_text(marked.replace("2026-05-31", "2026-06-20"), encoding="utf-8")
    assert run("ingest", "lesson2.csv").code == 0
    assert "No two lessons" in run("lessons", "duplicates").out
    found = json.loads(run("lessons", "search", "late delivery", "--json").out)
    assert [row["text_id"] for row in found["items"]] == ["lesson L1"]


def test_a_warehouse_without_lessons_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = in_new_workspace(tmp_path, monkeypatch, capsys)
    Path("project.csv").write_text(PROJECTS, encoding="utf-8")
    assert command("ingest", "project.csv").code == 0
    assert "No lessons, documents or reviews are loaded" in command("lessons", "search", "late").out
    assert "No published lesson shares" in command("lessons", "for", "A", "--as-of", "2026-06").out
