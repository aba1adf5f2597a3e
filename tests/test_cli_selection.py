"""`pmo select` and `pmo prioritise`: answers by hand from a small workspace, comparison, JSON, what is wrong told."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.commands import Command, Outcome
from tests.exports import Desk

EIGHT = 'name = "eight"\n[budget]\n2026 = 8\n'


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three proposals, the worked example of a budget of 8, with scores and judgements of a board."""
    desk = Desk(tmp_path_factory.mktemp("selection"))
    desk.register("project", "project_id,name,status_date", ["P", "Bridge", "2026-06-30"])
    desk.register(
        "proposal",
        "proposal_id,status_date,name,portfolio,cost_amount,value_amount,currency,duration_months",
        ["A", "2026-06-30", "Alpha", "North", 6, 10, "EUR", 1],
        ["B", "2026-06-30", "Beta", "North", 4, 7, "EUR", 1],
        ["C", "2026-06-30", "Gamma", "South", 4, 6, "EUR", 1],
    )
    desk.register("objective", "objective_id,status_date,name", ["growth", "2026-06-30", "Growth"])
    desk.register("contribution", "project_id,objective_id,status_date,share_pct", ["A", "growth", "2026-06-30", 100])
    desk.register("criterion", "criterion_id,status_date,name,weight,direction",
                  ["reach", "2026-06-30", "Reach", 3, "benefit"],
                  ["ease", "2026-06-30", "Ease", 1, "benefit"])  # fmt: skip
    desk.register("criterion_score", "subject_id,criterion_id,assessor_id,status_date,score",
                  ["A", "reach", "Ann", "2026-06-30", 10], ["A", "ease", "Ann", "2026-06-30", 2],
                  ["B", "reach", "Ann", "2026-06-30", 0], ["B", "ease", "Ann", "2026-06-30", 6])  # fmt: skip
    desk.register("pairwise_judgement", "assessor_id,criterion_id,other_criterion_id,status_date,ratio",
                  ["Ann", "reach", "ease", "2026-06-30", 3])  # fmt: skip
    folder = desk.workspace.root / "selection"
    folder.mkdir()
    (folder / "eight.toml").write_text(EIGHT)
    (folder / "ten.toml").write_text('name = "ten"\n[budget]\n2026 = 10\n')
    return desk.workspace.root


@pytest.fixture
def run(loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    from pmo_analytics.cli import main

    monkeypatch.setenv("PMO_WORKSPACE", str(loaded))
    monkeypatch.chdir(loaded)

    def ran(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["pmo", *map(str, arguments), "--as-of", "2026-06-30"])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    return ran


def test_a_choice_with_its_bound_reasons_limits_and_frontier(run: Command) -> None:
    told = run("select", "--scenario", "eight", "--money", 2)
    assert told.code == 0, told.err
    lines = [line.split() for line in told.out.splitlines()]
    assert lines[1] == ["eight", "optimal", "2", "of", "3", "13", "13", "0.0000", "%", "8", "–"]
    assert "forced in, the best choice is worth 3 less: B and C leave" in told.out
    assert "added to the choice, budget 2026: 14.00 of 8.00" in told.out
    assert ["2026", "8", "8", "2", "2"] in lines
    assert ["10", "6", "1", "yes"] in lines


def test_value_is_held_against_an_objective(run: Command, tmp_path: Path) -> None:
    path = tmp_path / "growth.toml"
    path.write_text(EIGHT.replace("eight", "growth").replace("[budget]", 'against = "growth"\n[budget]'))
    told = run("select", "--scenario", path)
    lines = [line.split() for line in told.out.splitlines()]
    place = lines.index(["worth", "to", "growth", "chosen", "proven"])
    assert lines[place + 1 : place + 3] == [["13", "0", "2", "yes"], ["10", "10", "1", "yes"]]
    path.write_text('name = "x"\nagainst = "grwth"')
    assert "did you mean 'growth'?" in run("select", "--scenario", path).err


def test_scenarios_stand_side_by_side(run: Command) -> None:
    told = run("select", "--scenario", "eight", "--scenario", "ten", "--points", 0)
    lines = [line.split() for line in told.out.splitlines()]
    assert lines[2][:6] == ["ten", "optimal", "2", "of", "3", "17"]
    assert ["B", "2026-07", "2026-07"] in lines
    assert ["A", "–", "2026-07"] in lines
    assert ["C", "2026-07", "–"] in lines


def test_json_holds_the_same_and_nothing_else_is_printed(run: Command) -> None:
    found = json.loads(run("select", "--scenario", "eight", "--json").out)["scenarios"][0]
    assert (found["status"], found["counted_value"], found["cost_amount"]) == ("optimal", 13, 8)
    assert [row["subject_id"] for row in found["subjects"] if row["is_chosen"]] == ["B", "C"]
    assert found["limits"][0] | {"tried": 0} == {
        "kind": "budget", "name": "2026", "fullest_month": None, "used": 8, "limit": 8, "tried": 0,
        "least_worth_a_unit": 0.001, "most_worth_a_unit": 0.001,
    }  # fmt: skip
    assert {"counted_value": 7, "cost_amount": 4, "is_proven": True, "is_sound": True, "subjects": ["B"]} in found[
        "frontier"
    ]


def test_a_conflict_is_told_in_words(run: Command, tmp_path: Path) -> None:
    (tmp_path / "both.toml").write_text('name = "both"\nin = ["A", "B"]\n[budget]\n2026 = 8\n')
    told = run("select", "--scenario", tmp_path / "both.toml")
    assert told.code == 0
    assert "no choice" in told.out
    after = told.out.partition("These cannot be kept together:\n")[2].splitlines()
    assert sorted(line.strip() for line in after[:3]) == [
        "A must be chosen", "B must be chosen", "the budget 2026 is 8.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('name = "x"\nin = ["AA"]', "in names no open proposal"),
        ('name = "x"\nbudgets = 1', "did you mean 'budget'?"),
        ('name = "x"\nvalue = "weighted"', "proposals without scores have no weighted value"),
        ('name = "x"\n[[maximum]]\nportfolio = "Nort"\ncount = 1', "did you mean 'North'?"),
        ("name = ", "is not valid TOML"),
    ],
)
def test_what_is_wrong_names_the_file(run: Command, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "x.toml").write_text(text)
    found = run("select", "--scenario", tmp_path / "x.toml")
    assert found.code == 2
    assert told in found.err
    assert "x.toml" in found.err


def test_wrong_names_and_options_are_told(run: Command) -> None:
    assert "did you mean 'eight'?" in run("select", "--scenario", "eigt").err
    assert "--points is out of range" in run("select", "--points", 1000).err


def test_the_order_with_its_parts_places_and_turns(run: Command) -> None:
    told = run("prioritise")
    assert told.code == 0, told.err
    first = told.out.splitlines()[1].split()
    assert first[:5] == ["1", "A", "0.750", "0.750", "0.000"]
    assert "25.0 % moves from reach to ease" in told.out
    judged = next(line.split() for line in told.out.splitlines() if line.startswith(("P0", "Ann")))
    assert judged[1:4] == ["0.250", "0.750", "0.000"]
    data = json.loads(run("prioritise", "--json").out)
    assert [row["subject_id"] for row in data["priority_score"]] == ["A", "B"]
    assert data["rank_turn"][0]["moved_share"] == pytest.approx(0.25)


def test_nothing_loaded_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pmo_analytics.cli import main

    desk = Desk(tmp_path)
    desk.register("project", "project_id,name,status_date", ["P", "Bridge", "2026-06-30"])
    monkeypatch.setenv("PMO_WORKSPACE", str(desk.workspace.root))
    for command, told in (("select", "No proposal is open"), ("prioritise", "Nothing is scored")):
        monkeypatch.setattr(sys, "argv", ["pmo", command, "--as-of", "2026-06-30"])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert not stopped.value.code
        assert told in capsys.readouterr().out
