"""A month's close as a PMO lead meets it: what blocks, lists, a form that reads back in, review and sign-off."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.system import edges
from tests.commands import Command, in_new_workspace

HOSTILE = '=HYPERLINK("http://x")\x1b[31m<script>'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    from dataclasses import replace

    monkeypatch.setattr("pmo_analytics.system.edges", lambda: replace(edges(), now=lambda: datetime(2026, 7, 2, 9, 0)))
    made = in_new_workspace(tmp_path, monkeypatch, capsys)
    Path("pmo.toml").write_text('time_zone = "UTC"\n')
    load(made, "project", ["project_id", "status_date", "name", "portfolio", "baseline_start_date"],
         ["A", "2026-01-01", HOSTILE, "North", "2026-01-01"],
         ["B", "2026-01-01", "Bridge", "North", "2026-01-01"])  # fmt: skip
    load(made, "project_status", ["project_id", "status_date", "state"],
         ["A", "2026-05-20", "active"], ["B", "2026-06-30", "active"])  # fmt: skip
    return made


def load(run: Command, name: str, *rows: list[str]) -> None:
    with Path(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    told = run("ingest", f"{name}.csv")
    assert told.code == 0, told.out + told.err


def told(run: Command, *arguments: object) -> dict[str, Any]:
    found = run("close", "2026-06", *arguments, "--json")
    assert found.code == 0, found.err
    data: dict[str, Any] = json.loads(found.out)
    return data


def commented(run: Command) -> None:
    """Everything that blocks is answered: a report of A, and words on all three subjects."""
    load(run, "project_status", ["project_id", "status_date", "state"], ["A", "2026-06-29", "active"])
    assert run("close", "2026-06", "form", "--out", "june.csv").code == 0
    rows = list(csv.reader(Path("june.csv").read_text(encoding="utf-8").splitlines()))
    filled = [rows[0], rows[1], *([*row[:4], f"Said of {row[1]}", ""] for row in rows[2:])]
    with Path("june.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(filled)
    done = run("close", "2026-06", "comment", "june.csv")
    assert (done.code, "3 texts of 2026-06" in done.out) == (0, True), done.out + done.err


def test_what_blocks_is_named_with_owner_and_day(run: Command) -> None:
    found = told(run)
    assert [(i["kind"], i["subject_id"], i["effect"], i["due"], i["value"]) for i in found["items"]] == [
        ("status report", "A", "blocks", "2026-07-03", 41.0),
        ("commentary", "A", "blocks", "2026-07-06", 0.0),
        ("commentary", "B", "blocks", "2026-07-06", 0.0),
    ]
    assert (found["state"], found["reminders"]) == ("completing", {})
    text = run("close", "2026-06").out
    assert "3 items block the close of June" in text
    assert "\x1b" not in text


def test_each_owner_gets_a_list_and_is_reminded(run: Command) -> None:
    found = run("close", "2026-06", "chase", "--out", "chase", "--format", "text")
    assert found.code == 0, found.err
    assert len(list(Path("chase").iterdir())) == 2
    assert told(run)["reminders"] == {
        "project manager, A": {"count": 1, "last": "2026-07-02"},
        "project manager, B": {"count": 1, "last": "2026-07-02"},
    }


@pytest.mark.slow
def test_a_form_asks_every_subject_and_reads_back_in(run: Command) -> None:
    commented(run)
    found = told(run)
    assert (found["items"], found["commentary"]) == ([], 3)
    rows = run(
        "sql", "SELECT subject_kind, subject_id, section, text FROM core.commentary ORDER BY ALL", "--format", "csv"
    )
    assert rows.out.splitlines()[1:] == [
        "portfolio,North,summary,Said of North", "project,A,summary,Said of A", "project,B,summary,Said of B",
    ]  # fmt: skip
    # What stands already is in the next form, so that it can be changed.
    assert run("close", "2026-06", "form", "--out", "again.csv").code == 0
    assert "Said of North" in Path("again.csv").read_text(encoding="utf-8")
    # Left unfilled, as what comes from a form without a text, a row is set aside.
    Path("empty.csv").write_text(
        "subject_kind,subject_id,period_month,section,text\nproject,A,2026-06-01,cost,\n", encoding="utf-8"
    )
    done = run("close", "2026-06", "comment", "empty.csv")
    assert (done.code, "3 texts of 2026-06" in done.out, "1 set aside" in done.out) == (0, True, True), done.out


@pytest.mark.slow
def test_review_comes_before_sign_off_and_what_blocks_stops_it_by_the_pmo_s_type(run: Command) -> None:
    wrong = run("close", "2026-06", "sign", "--by", "Director")
    assert (wrong.code, "cannot be signed off now" in wrong.err, "review --by ROLE" in wrong.err) == (2, True, True)
    assert told(run, "review", "--by", "PMO lead")["reviewed_by"] == "PMO lead"
    held = run("close", "2026-06", "sign", "--by", "Director")
    assert (held.code, "3 items block" in held.err) == (2, True)
    Path("pmo.toml").write_text('time_zone = "UTC"\npmo_type = "directive"\n')
    stopped = run("close", "2026-06", "sign", "--by", "Director", "--despite", "the board meets")
    assert (stopped.code, "blocked: 3 items" in stopped.err) == (5, True)
    Path("pmo.toml").write_text('time_zone = "UTC"\npmo_type = "controlling"\n')
    signed = told(run, "sign", "--by", "Director", "--despite", "the board meets")
    assert (signed["state"], signed["signed_by"], signed["events"][0]["blocking_count"]) == (
        "signed off",
        "Director",
        3,
    )
    opened = told(run, "reopen", "--by", "PMO lead", "--reason", "an invoice")
    assert (opened["state"], opened["reopened_count"], opened["reason"]) == ("completing", 1, "an invoice")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2026-6",), "a close is of a month"), (("2026-06", "shut"), "ACTION"),
        (("2026-06", "status", "--by", "x"), "--by is of review and sign and reopen"),
        (("2026-06", "comment"), "which form is to be loaded"),
        (("2026-06", "chase", "--format", "pdf"), "xlsx or csv or text"),
        (("2026-06", "review"), "who says"), (("2026-06", "freeze"), "cannot be frozen now"),
        (("2026-06", "review", "--by", "ann@example.test"), "is a role"),
        (("2031-06",), "no such month"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_words(run: Command, arguments: tuple[str, ...], said: str) -> None:
    found = run("close", *arguments)
    assert found.code in (1, 2), found.out
    assert said in found.err, found.err
    assert "Traceback" not in found.err
