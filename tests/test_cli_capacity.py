from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.commands import Command, Outcome
from tests.exports import Desk, toggl_row

SCENARIO = """
name = "buy and hire"

[[contractor]]
skill = "java"
hours_a_month = 60
from = "2026-07"
to = "2026-07"

[[hire]]
skill = "java"
level = 4
count = 1
from = "2026-10"
"""
SETTINGS = """
[capacity]
currency = "EUR"
contractor_hourly_amount = 100
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two persons who book half of eight hours on ten days of each month; July asks for more Java than there is."""
    desk = Desk(tmp_path_factory.mktemp("capacity"))
    months = pd.date_range("2025-07-01", "2026-12-01", freq="MS")
    days = [month + pd.Timedelta(days=step) for month in months for step in range(10)]
    desk.register("project", "project_id,name,status_date", ["P", "Bridge", "2026-06-30"])
    desk.register("project_alias", "source,external_key,project_id", ["toggl", "Bridge", "P"])
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours",
                  *[["C", f"{day:%Y-%m-%d}", 8] for day in days])  # fmt: skip
    desk.register("person", "person_id,status_date,fte_pct,calendar_id,joined_date",
                  *[[who, "2026-06-30", 100, "C", "2020-01-01"] for who in ("Ann", "Bo")])  # fmt: skip
    desk.register("skill", "skill_id,status_date,name,category", ["java", "2026-06-30", "Java", "software"],
                  ["sql", "2026-06-30", "SQL", "software"])  # fmt: skip
    desk.register("person_skill", "person_id,skill_id,assessed_on_date,level", ["Ann", "java", "2026-01-01", 4],
                  ["Bo", "sql", "2026-01-01", 4])  # fmt: skip
    desk.register("demand", "project_id,skill_id,period_month,status_date,demand_hours,level,certainty",
                  ["P", "java", "2026-07-01", "2026-06-30", 90, 4, 1],
                  ["P", "java", "2026-11-01", "2026-06-30", 70, 4, ""],
                  ["P", "sql", "2026-07-01", "2026-06-30", 5, 3, 1])  # fmt: skip
    desk.toggl(*[toggl_row(who, day=f"{day:%Y-%m-%d}", duration="04:00:00", description=f"{day}")
                 for who in ("ann", "bo") for day in days if day <= pd.Timestamp("2026-06-30")])  # fmt: skip
    return desk.workspace.root


def in_workspace(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """What runs a command in a workspace as of June's end."""
    from pmo_analytics.cli import main

    monkeypatch.setenv("PMO_WORKSPACE", str(root))
    monkeypatch.chdir(root)

    def ran(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["pmo", *map(str, arguments), "--as-of", "2026-06-30"])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    return ran


@pytest.fixture
def run(loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_workspace(loaded, monkeypatch, capsys)


def test_chances_stand_first_then_what_to_do_the_record_and_what_is_assumed(run: Command) -> None:
    told = run("capacity", "--months", 6)
    assert told.code == 0, told.err
    lines = told.out.splitlines()
    assert lines[0].split() == ["skill", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "hire", "by"]
    # Ann has 40 of the 90 hours of July, and 40 of the 70 of November.
    assert lines[1].split() == ["java", "100", "%", "100", "%", "2026-04-02"]
    assert lines[2].split() == ["50", "h", "30", "h", "too", "late"]
    assert lines[3].split()[:3] == ["sql", "0", "%"]
    gap = next(line for line in lines if line.startswith("java") and "2026-07" in line)
    assert "80" in gap
    assert "contractor, delay" in gap
    assert "By default, not stated in [capacity]: a gap is a chance of 0.5 or more, hiring takes 90 days" in told.out
    assert "plans count as they are: 0 past projects" in told.out
    places = [told.out.index(text) for text in ("Gaps, the first", "Record: hours that teams", "Assumed: 50 % of")]
    assert places == sorted(places)
    assert "certainty of 2 rows of plans: stated; certainty of 1 rows of plans: taken as firm" in told.out


def test_scenarios_stand_beside_plans_with_their_cost(run: Command, loaded: Path, tmp_path: Path) -> None:
    (loaded / "capacity").mkdir(exist_ok=True)
    (loaded / "capacity" / "both.toml").write_text(SCENARIO)
    settings = (loaded / "pmo.toml").read_text()
    (loaded / "pmo.toml").write_text(settings.replace("[capacity] ", "[capacity_] ").split("[capacity_]")[0] + SETTINGS)
    other = tmp_path / "more focus.toml"
    other.write_text('name = "more focus"\n[[focus]]\nfactor = 2.25')
    told = run("capacity", "--months", 6, "--scenario", "both", "--scenario", other)
    (loaded / "pmo.toml").write_text(settings)
    assert told.code == 0, told.err
    assert "Scenarios, by the same draws" in told.out
    lines = told.out.splitlines()
    java = lines[next(place for place, line in enumerate(lines) if line.startswith("skill  plans as they are")) + 1]
    plan, both, focus = (re.findall(r"(\d+) %, (\d+) h", java)[at] for at in range(3))
    # Ann leaves in few of the draws. All of July's is bought, and focus of 2.25 leaves nothing of 90 and 70 hours.
    assert (plan[0], 80 <= int(plan[1]) <= 86) == ("100", True)
    assert (int(both[0]) <= 12, int(both[1]) <= 6) == (True, True)
    assert (int(focus[0]) <= 12, int(focus[1]) <= 6) == (True, True)
    assert "buy 60 h a month of java, 2026-07 to 2026-07" in told.out
    assert "6,000 EUR" in told.out
    assert "not stated or known: the cost of an own hour, hire_cost_amount" in told.out


def test_json_holds_all_of_it_and_one_skill_is_picked(run: Command) -> None:
    told = json.loads(run("capacity", "--skill", "java", "--json").out)
    assert {row["skill_id"] for row in told["outlook"] + told["actions"]} == {"java"}
    july = told["outlook"][0]
    assert (july["period_month"], july["shortfall_probability"]) == ("2026-07-01", 1)
    assert july["p80_short_seconds"] / 3600 == pytest.approx(50, abs=0.1)
    assert told["certainty"] == {"stated": 2, "taken as firm": 1}
    assert told["scenarios"] is None
    assert told["delivered_hours_passport"][0]["is_refused"]


def test_what_cannot_be_asked_is_told(run: Command, loaded: Path) -> None:
    assert "did you mean 'java'" in run("capacity", "--skill", "jav").err
    assert "1 to 60" in run("capacity", "--months", 0).err
    missing = run("capacity", "--scenario", "nothing")
    assert (missing.code, "no scenario 'nothing'" in missing.err) == (2, True)
    bad = loaded / "bad.toml"
    bad.write_text("name = ")
    assert "is not valid TOML" in run("capacity", "--scenario", bad).err
    bad.write_text('name = "x"\n[[leavers]]\nskill = "jav"\ncount = 1\nfrom = "2026-08"')
    wrong = run("capacity", "--scenario", bad)
    assert "did you mean 'java'" in wrong.err
    assert str(bad) in wrong.err
    bad.write_text('name = "x"\n[[focus]]\nfactor = 1')
    assert "two scenarios have one name" in run("capacity", "--scenario", bad, "--scenario", bad).err


def test_an_empty_warehouse_says_what_to_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path)
    desk.toggl(toggl_row(day="2026-06-30"))
    told = in_workspace(desk.workspace.root, monkeypatch, capsys)("capacity")
    assert told.code == 0
    assert told.out.startswith("Nothing is asked for and nobody's skills are known: load the registers demand")


def test_what_takes_long_to_import_is_left_alone(loaded: Path) -> None:
    heavy = "{'sklearn', 'scipy.stats', 'scipy.optimize', 'sqlglot', 'altair', 'nbconvert', 'jinja2', 'ortools'}"
    script = (
        "import atexit, sys\n"
        f"atexit.register(lambda: print(sorted({heavy} & sys.modules.keys())))\n"
        "sys.argv = ['pmo', 'capacity', '--as-of', '2026-06-30']\n"
        "from pmo_analytics.cli import main\n"
        "main()"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=loaded
    ).stdout  # fmt: skip
    assert told.splitlines()[-1] == "[]"
