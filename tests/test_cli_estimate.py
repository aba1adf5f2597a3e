from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

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
    assert "60 finished items" in lines[3]
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
