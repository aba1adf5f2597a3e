"""The decision ledger as a person meets it: recorded, scored when outcomes come, and what changed since is named."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.system import edges
from pmo_analytics.warehouse.connection import connect
from pmo_analytics.warehouse.lakes import attach
from pmo_analytics.workspace import Workspace
from tests.commands import Command, in_new_workspace

START = date(2025, 1, 1)
HEADER = (
    "item_id,status_date,project_id,work_class,description,size,estimate_hours,actual_hours,"
    "estimated_on_date,finished_on_date,state"
)


class Clock:
    """The real time, as a test sets it."""

    now = datetime(2025, 6, 30, 12, 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    from dataclasses import replace

    found = Clock()
    monkeypatch.setattr("pmo_analytics.system.edges", lambda: replace(edges(), now=lambda: found.now))
    return found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: Clock) -> Command:
    return in_new_workspace(tmp_path, monkeypatch, capsys)


def line(item: str, known: str, **values: Any) -> str:
    said = {"work_class": "Feature", "estimate_hours": 4, "estimated_on_date": "2025-06-01", "state": "open"} | values
    return ",".join(str(said.get(name, "")) for name in HEADER.split(",")[2:]).join((f"{item},{known},", ""))


def done(item: str, known: str, hours: float, day: str, **values: Any) -> str:
    return line(item, known, actual_hours=hours, finished_on_date=day, state="finished", **values)


def load(run: Command, name: str, lines: list[str]) -> None:
    Path(name).write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    told = run("ingest", name)
    assert told.code == 0, told.out + told.err


def past(n: int = 60, known: str = "2025-06-30") -> list[str]:
    """Items finished one a day from January on; each third took its estimate of 4 hours, half more, or twice."""
    days = [START + timedelta(days=k) for k in range(n + 1)]
    return [done(f"I-{k:03}", known, (4, 6, 8)[k % 3], str(days[k + 1]), estimated_on_date=days[k]) for k in range(n)]


OPEN = [line(f"A-{k}", "2025-06-30") for k in range(3)]


def told_json(run: Command, *arguments: object) -> Any:
    told = run("ledger", *arguments, "--json")
    assert told.code == 0, told.err
    return json.loads(told.out)


def test_the_forecast_of_an_item_is_what_estimate_answers_and_is_kept_once(run: Command) -> None:
    load(run, "estimate_outcome.csv", past())
    asked = ["migrate billing", "--class", "Feature", "--hours", 10]
    hours = json.loads(run("estimate", *asked, "--as-of", "2025-06-30", "--json").out)["hours"]
    made = told_json(run, "record", *asked, "--item", "ABC-12")
    kept = {f"p{100 * level:.0f}": seconds / 3600 for level, seconds in made["predictions"][0]["quantiles"]}
    assert {name: kept[name] for name in hours} == pytest.approx(hours)
    assert (made["recorded"], made["is_retrospective"], len(kept)) == (1, False, 9)
    assert made["predictions"][0]["inputs"]["basis"]["items"] == 60
    again = run("ledger", "record", *asked, "--item", "ABC-12")
    assert again.code == 0
    assert again.out.splitlines() == [
        "0 predictions recorded, as of 2025-06-30, version 1",
        "1 prediction recorded before, with the same inputs: nothing added",
    ]
    assert run("loads", "--format", "csv").out.count("\n") == 2, "no version is made"


@pytest.mark.slow
def test_open_items_are_recorded_scored_and_what_changed_is_named(run: Command, clock: Clock) -> None:
    load(run, "estimate_outcome.csv", [*past(), *OPEN])
    told = run("ledger", "record")
    assert told.code == 0, told.err
    assert "3 predictions recorded, as of 2025-06-30, version 1" in told.out
    said = run("ledger", "record", "--item", "a-0", "--low", 5, "--high", 20, "--level", 80, "--by", "team north")
    assert "never a person's name" in said.out
    assert run("ledger", "score").out.startswith("0 outcomes added; as of 2025-06-30, version 1\n4 predictions without")

    clock.now = datetime(2025, 8, 1)
    later = [
        done("A-0", "2025-07-31", 9, "2025-07-10"),
        line("A-1", "2025-07-31", state="cancelled", finished_on_date="2025-07-20"),
        line("A-2", "2025-07-31", estimate_hours=12),
    ]
    load(run, "later.csv", later)
    told = run("ledger", "score")
    assert told.out.startswith("3 outcomes added: 2 scored, 1 cancelled; as of 2025-07-31, version 2\n1 prediction ")
    assert run("ledger", "score").out.startswith("0 outcomes added;")
    shown = run("ledger", "show").out
    assert "Backtests" not in shown
    assert "thin: 1 of the 9 outcomes" in shown
    assert "held" in shown

    load(run, "edited.csv", [done("A-0", "2025-08-31", 12, "2025-07-10")])
    assert run("ledger", "score", "--version", 2).out.startswith("0 outcomes added;"), "an earlier look"
    assert "2 outcomes changed since the last score; the earlier scores stay" in run("ledger", "score").out
    notes = {row["item_id"]: row["quality_note"] for row in told_json(run, "show")["predictions"]}
    assert notes["A-0"] == "outcome changed from 9.0 h to 12.0 h"
    assert notes["A-2"] == "inputs changed since: estimate 4.0 h, now 12.0 h"
    assert run("warehouse", "check").code == 0

    found = told_json(run, "show", "--item", "a-0", "--method", "Stated Range")
    assert [row["is_within_range"] for row in found["predictions"]] == [True]
    assert found["summary"][0]["hit_rate_pct"] == 100


def test_a_backtest_is_flagged_and_shown_apart(run: Command) -> None:
    items = [line(f"B-{k}", "2025-06-05") for k in range(10)]
    finish = [done(f"B-{k}", "2025-06-30", 6, f"2025-06-{10 + k}") for k in range(10)]
    load(run, "estimate_outcome.csv", [*past(known="2025-05-31"), *items, *finish, *OPEN])
    told = run("ledger", "record", "--as-of", "2025-06-05")
    assert "10 predictions recorded, as of 2025-06-05" in told.out
    assert "a backtest: what happened until 2025-06-30 is known" in told.out
    assert run("ledger", "record").code == 0
    assert run("ledger", "score").out.startswith("10 outcomes added: 10 scored")
    shown = run("ledger", "show", "--lines", 2).out
    genuine, apart = shown.split("Backtests: made with an earlier date than what was known")
    assert "the latest 2 of 10" in apart
    assert "no outcome yet" in genuine
    found = told_json(run, "show")["summary"]
    assert [(row["is_retrospective"], row["scored_count"], row["open_count"]) for row in found] == [
        (False, 0, 3), (True, 10, 0),
    ]  # fmt: skip
    # All took one and a half times the estimate, which is P50: P80 and P90 held ten of ten.
    assert (found[1]["p80_coverage_pct"], found[1]["p90_coverage_pct"]) == (100, 100)
    assert found[1]["p80_coverage_low_pct"] == pytest.approx(69.15, abs=0.01)


@pytest.mark.slow
def test_what_is_said_after_the_fact_is_kept_shown_and_never_scored(run: Command) -> None:
    load(run, "estimate_outcome.csv", [*past(), done("A-9", "2025-06-30", 6, "2025-06-20")])
    for said in (["--low", 5, "--high", 7, "--level", 80, "--by", "north"], []):
        told = run("ledger", "record", "--item", "A-9", *said)
        assert "A-9 is finished already: shown as after the fact, never scored" in told.out
    assert run("ledger", "score").out.startswith("2 outcomes added: 2 after the fact;")
    found = told_json(run, "show")
    assert [row["after_the_fact_count"] for row in found["summary"]] == [1, 1]
    assert [row["item_count"] for row in found["summary"]] == [0, 0]


WRONG: list[tuple[list[object], str]] = [
    (["migrate billing", "--hours", 8], "a prediction is of an item"),
    (["--item", "A-0", "--low", 5], "no --high, --level, --by"),
    (["--low", 5, "--high", 20, "--level", 80, "--by", "north"], "no --item"),
    (["--item", "A-0", "--low", 9, "--high", 5, "--level", 80, "--by", "north"], "low to its high"),
    (["--item", "A-0", "--low", 5, "--high", 9, "--level", 80, "--by", "a@b.test"], "no address"),
    (["--item", "A-0", "--low", 5, "--high", 9, "--level", 80, "--by", "n", "--hours", 8], "stated now"),
    (["--item", "A-0", "--low", 5, "--high", 9, "--level", 80, "--by", "n", "--as-of", "2025-02"], "stated now"),
    (["--item", "A-0", "--class", "Featur"], "did you mean 'Feature'?"),
    (["--item", "A-0", "--hours", "-1"], "above zero"),
    (["--item", " "], "is empty"),
    (["--item", "A-\udcff"], "not UTF-8"),
]


def test_what_is_wrongly_asked_is_told_and_records_nothing(run: Command) -> None:
    load(run, "estimate_outcome.csv", [*past(20), *OPEN])
    for asked, told in WRONG:
        refused = run("ledger", "record", *asked)
        assert refused.code == 2, asked
        assert told in refused.err, asked
    assert run("ledger", "show").out == "nothing is recorded yet: pmo ledger record\n"


def test_a_thin_history_records_nothing_and_says_so(run: Command) -> None:
    load(run, "estimate_outcome.csv", [*past(3), *OPEN])
    told = run("ledger", "record", "--item", "A-0")
    assert told.code == 1
    assert "the history is too thin" in told.err
    told = run("ledger", "record")
    assert told.code == 0
    assert "3 items without a forecast. No forecast: the history is too thin." in told.out


@pytest.mark.slow
def test_show_names_what_is_near_and_no_control_character_gets_through(run: Command) -> None:
    load(run, "estimate_outcome.csv", [*past(20), *OPEN])
    assert run("ledger", "record", "b\x1b[31m", "--item", "A-0").code == 0
    assert run("ledger", "record", "--item", "X\x1b[31m").code == 0
    wrong = run("ledger", "show", "--item", "A-00")
    assert wrong.code == 2
    assert "did you mean 'A-0'?" in wrong.err
    assert "\x1b" not in run("ledger", "show").out
    assert "\x1b" not in run("ledger", "show", "--json").out


@pytest.mark.slow
def test_an_edited_ledger_is_told_wherever_it_is_read(run: Command) -> None:
    load(run, "estimate_outcome.csv", [*past(20), *OPEN])
    said = ["--low", 5, "--high", 20, "--level", 80, "--by", "north"]
    assert run("ledger", "record", "--item", "A-0", *said).code == 0
    assert told_json(run, "show")["faults"] == []
    with connect() as connection:
        attach(connection, Workspace.find(Path.cwd()))
        connection.execute("UPDATE lake.meta.prediction SET high_seconds = 999999")
    assert "row 1, of A-0, was edited" in run("ledger", "show").err
    assert len(told_json(run, "show")["faults"]) == 1
    checked = run("warehouse", "check")
    assert checked.code == 1
    assert "decision ledger, meta.prediction" in checked.out
    refused = run("ledger", "record", "--item", "A-1", *said)
    assert refused.code == 1
    assert "nothing was added" in refused.err


@pytest.mark.slow
def test_the_real_day_is_that_of_the_workspace(run: Command, clock: Clock) -> None:
    settings = Path("pmo.toml")
    settings.write_text(settings.read_text().replace('time_zone = "UTC"', 'time_zone = "Europe/Berlin"'))
    load(run, "estimate_outcome.csv", [*past(20), *OPEN])
    clock.now = datetime(2025, 6, 30, 22, 30)
    made = told_json(run, "record", "--item", "A-0")["predictions"][0]
    assert (made["made_at"], made["made_on_date"]) == ("2025-06-30T22:30:00", "2025-07-01")
    assert "will count as after the fact" in run("ledger", "record", "--item", "A-1").out
