from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.reporting.past_work import past_of
from pmo_analytics.resources import past_items
from pmo_analytics.resources.past_items import Question, finished_items, known_of
from pmo_analytics.warehouse import Warehouse
from tests.commands import Command, in_new_workspace

START = date(2025, 1, 1)
HEADER = (
    "item_id,status_date,project_id,work_class,description,size,estimate_hours,actual_hours,"
    "estimated_on_date,finished_on_date,state"
)
HOSTILE = "billing \x1b[31m<img src=x>"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_new_workspace(tmp_path, monkeypatch, capsys)


def load(run: Command, n: int) -> None:
    lines = [HEADER]
    for number in range(n):
        asked, known = START + timedelta(days=number), START + timedelta(days=number + 1)
        actual = (4.0, 6.0, 8.0)[number % 3]
        text = HOSTILE if number == 7 else f"piece {number}"
        lines.append(f"I-{number:03},2025-12-31,,Feature,{text},,4,{actual},{asked},{known},finished")
    Path("estimate_outcome.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run("ingest", "estimate_outcome.csv").code == 0


def test_it_answers_with_quantiles_first_and_the_named_items(run: Command) -> None:
    load(run, 60)
    told = run("estimate", "--as-of", "2025-12-31", "migrate billing", "--class", "Feature", "--hours", 10)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert lines[0].split() == ["P50", "P80", "P90"]
    assert lines[1].split() == ["hours", "15.0", "20.0", "20.0"]
    assert lines[3].split() == ["calendar", "days", "2", "2", "2"]
    assert "60 finished items" in lines[4]
    assert "\x1b" not in told.out
    assert told.out.index("I-007") < told.out.index("I-059")


def test_json_holds_all_of_it(run: Command) -> None:
    load(run, 60)
    told = json.loads(
        run("estimate", "--as-of", "2025-12-31", "billing", "--class", "feature", "--hours", 10, "--json").out
    )
    assert told["hours"] == pytest.approx({"p50": 15.0, "p80": 20.0, "p90": 20.0})
    assert told["ratios"] == pytest.approx({"p50": 1.5, "p80": 2.0, "p90": 2.0})
    assert told["items"] == 60
    assert told["question"]["work_class"] == "Feature"
    assert told["passport"][0]["forecast_count"] == 50
    assert len(told["similar_items"]) == 10
    # Each item took its day and the next; no hours are booked, so that nothing is known of cost.
    assert told["calendar_days"] == pytest.approx({"p50": 2.0, "p80": 2.0, "p90": 2.0})
    assert told["cost"] is None
    # All were estimated at 4 hours: none is of the band of 8 to 24.
    assert [step["items"] for step in told["classes"]] == [60, 0, 0]


def test_a_thin_history_gives_no_number_but_what_is_missing(run: Command) -> None:
    load(run, 5)
    told = run("estimate", "--as-of", "2025-12-31", "billing", "--hours", 10)
    assert told.code == 0
    assert told.out.startswith("No forecast: the history is too thin.")
    assert "9 more are missing" in told.out
    assert "I-004" in told.out


def test_a_wrong_class_is_told_with_the_nearest(run: Command) -> None:
    load(run, 5)
    told = run("estimate", "--as-of", "2025-12-31", "billing", "--class", "Featur")
    assert told.code == 2
    assert "did you mean 'Feature'?" in told.err
    assert run("estimate", "--as-of", "2025-12-31", "billing", "--hours", "-1").code == 2


@pytest.mark.parametrize("hours", [None, 4.0])
def test_the_engine_cuts_a_long_history_to_the_items_that_count(
    run: Command, monkeypatch: pytest.MonkeyPatch, hours: float | None
) -> None:
    load(run, 60)
    # Three end on the day of the last; one lacks its actual, one ends later.
    more = [
        HEADER,
        "O'X,2025-12-31,P-9,Bug,an odd name,,4,2,2025-01-02,2025-03-01,finished",
        "I-900,2025-12-31,,Feature,,,0,3,2025-01-02,2025-03-01,finished",
        "I-901,2025-12-31,,Feature,,,4,,2025-01-02,2025-03-01,finished",
        "I-902,2025-12-31,,Feature,,,4,4,2025-01-02,2026-01-01,finished",
    ]
    Path("more_estimate_outcome.csv").write_text("\n".join(more) + "\n", encoding="utf-8")
    assert run("ingest", "more_estimate_outcome.csv").code == 0
    asked = Question("billing", None, None, None if hours is None else 3600.0 * hours)
    status, has_estimate = pd.Timestamp("2025-12-31"), hours is not None
    for most in (1, 2, 40, 1_000):
        monkeypatch.setattr(past_items, "MOST_ITEMS", most)
        with Warehouse.open(None).at("2025-12-31") as view:
            whole = view.table("estimate_history")
            cut, known, texts = past_of(view, asked)
        expected = finished_items(whole, status, has_estimate=has_estimate)
        pd.testing.assert_frame_equal(finished_items(cut, status, has_estimate=has_estimate), expected)
        assert len(expected) == min(most, known.items)
        assert known == known_of(whole, status, has_estimate=has_estimate)
        assert known.left_out == (2 if has_estimate else 1)
        described = set(expected["item_id"]) - {"I-900"}
        assert described <= set(texts)
        assert texts.get("O'X", "an odd name") == "an odd name"


def test_a_long_history_says_that_the_last_items_answer(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    load(run, 60)
    monkeypatch.setattr(past_items, "MOST_ITEMS", 40)
    told = run("estimate", "--as-of", "2025-12-31", "billing", "--class", "Feature", "--hours", 10)
    assert "from the last 40 of 60 finished items" in told.out
    assert "In 30 forecasts of the past" in told.out
    assert "Past items most like it among the last 40" in told.out
    # The seventh is no longer among them.
    assert "I-007" not in told.out


def test_a_size_is_answered_within_its_class_or_asked_for_it(run: Command) -> None:
    load(run, 60)
    told = run("estimate", "--as-of", "2025-12-31", "billing", "--class", "feature", "--size", 8)
    assert told.code == 0, told.err
    assert "From its size of 8, Feature" in told.out
    # The register states no sizes.
    assert "10 more are missing" in told.out
    assert "a size is in the unit of its class" in run("estimate", "--as-of", "2025-12-31", "x", "--size", 8).err


def test_what_takes_long_to_import_is_left_alone(run: Command) -> None:
    load(run, 60)
    heavy = "{'sklearn', 'scipy.stats', 'scipy.optimize', 'sqlglot', 'altair', 'nbconvert', 'jinja2'}"
    script = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print(sorted({heavy} & sys.modules.keys())))\n"
        "sys.argv = ['pmo', 'estimate', 'piece', '--as-of', '2025-12-31', '--class', 'Feature', '--hours', '4']\n"
        "from pmo_analytics.cli import main\n"
        "main()"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "I-059" in told
    assert told.splitlines()[-1] == "[]"
