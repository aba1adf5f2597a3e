from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.commands import Command
from tests.exports import Desk, toggl_row
from tests.test_cli_capacity import in_workspace

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ann has SQL 2 and aims at 3, Bo has 5 and mentors; 160 hours of SQL 3 are asked for in August and September."""
    desk = Desk(tmp_path_factory.mktemp("people"))
    days = pd.date_range("2026-01-01", "2026-12-31", freq="B")
    desk.register("project", "project_id,name,status_date", ["A", "Ferry", DAY])
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours",
                  *[["C", f"{day:%Y-%m-%d}", 8] for day in days])  # fmt: skip
    desk.register("person", "person_id,status_date,fte_pct,calendar_id,joined_date,team",
                  *[[who, DAY, 100, "C", "2020-01-01", "Core"] for who in ("Ann", "Bo")])  # fmt: skip
    desk.register("skill", "skill_id,status_date,name,category", ["sql", DAY, "SQL", "specialised software"])
    desk.register("person_skill", "person_id,skill_id,assessed_on_date,level,assessor_kind",
                  ["Ann", "sql", "2026-01-01", 2, "manager"], ["Bo", "sql", "2026-01-01", 5, "examiner"])  # fmt: skip
    desk.register("demand", "project_id,skill_id,period_month,status_date,demand_hours,level",
                  *[["A", "sql", f"2026-{month}-01", DAY, 240, 3] for month in ("08", "09")])  # fmt: skip
    desk.register("training_course", "course_id,status_date,name,skill_id,level_from,level_to,cost_amount,currency",
                  ["c23", DAY, "SQL 3", "sql", 2, 3, 900, "EUR"])  # fmt: skip
    desk.register("training_session", "session_id,status_date,course_id,start_date,end_date,seats",
                  ["s1", DAY, "c23", "2026-07-06", "2026-07-08", 2])  # fmt: skip
    desk.register("training_record", "person_id,course_id,completed_on_date,certificate,expires_on_date",
                  ["Bo", "c23", "2024-06-01", "SQL", "2026-06-01"])  # fmt: skip
    desk.register("development_goal", "person_id,skill_id,target_level,due_date,status_date",
                  ["Ann", "sql", 3, "2026-08-01", DAY])  # fmt: skip
    desk.register("mentor", "person_id,seats,status_date", ["Bo", 1, DAY])
    desk.register("coaching_session", "session_id,person_id,coach_id,session_date", ["k1", "Ann", "Bo", "2026-04-01"])
    desk.toggl(toggl_row("bo", day=DAY, duration="04:00:00"))
    assert not [load for load in desk.loads() if load[-1] == "failed"]
    return desk.workspace.root


@pytest.fixture
def run(loaded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_workspace(loaded, monkeypatch, capsys)


def test_gaps_are_told_by_skill_level_and_month(run: Command) -> None:
    done = run("skills")
    assert done.code == 0
    assert "What is short of each skill" in done.out
    # Bo's 168 hours of August against 240.
    assert "72 h" in done.out
    rows = json.loads(run("skills", "gaps", "--json").out)["skill_gap"]
    assert [row["period_month"] for row in rows] == ["2026-08-01", "2026-09-01"]
    assert rows[0]["to_close_seconds"] == 72 * 3600
    assert rows[0]["category"] == "specialised software"


def test_the_matrix_and_the_cover_name_persons_by_tokens(run: Command) -> None:
    done = run("skills", "matrix")
    assert "examiner" in done.out
    assert "Ann" not in done.out
    cover = json.loads(run("skills", "cover", "--json").out)["skill_cover"]
    assert {row["level"]: row["person_count"] for row in cover} == {1: 2, 2: 2, 3: 1, 4: 1, 5: 1}
    assert [row["level"] for row in cover if row["is_thin"]] == [3]
    assert "yes" in run("skills", "cover").out


def test_training_closes_what_ann_has_time_for(run: Command) -> None:
    data = json.loads(run("skills", "training", "--json").out)
    (first,) = [row for row in data["training_choice"] if row["is_chosen"]]
    # All of August's 72 hours and September's 64: half of Ann's calendar is 84 and 88.
    assert first["closed_seconds"] == (72 + 64) * 3600
    assert data["training_alternative"][0]["left_short_seconds"] == 0
    done = run("skills", "training", "--budget", "100", "--currency", "EUR")
    assert "Nobody is sent." in done.out
    assert "the budget is spent" in done.out


def test_the_calendar_and_certificates(run: Command) -> None:
    assert "s1" in run("skills", "calendar").out
    certificates = run("skills", "certificates").out
    assert "expired" in certificates
    assert "yes" in certificates


def test_mentors_needs_sessions_and_effects(run: Command) -> None:
    pairs = json.loads(run("coaching", "match", "--json").out)["mentor_matching"]
    assert [(row["match_state"], row["mentor_level"]) for row in pairs] == [("proposed", 5)]
    assert "Who could mentor whom" in run("coaching").out
    # Two persons are no group.
    assert "There are none." in run("coaching", "needs").out
    assert "not shown" in run("coaching", "sessions").out
    assert run("coaching", "effects").out.count("There are none.") == 2


def test_a_coach_sees_their_own_by_the_registers_identifiers(run: Command) -> None:
    done = run("coaching", "own", "--for", "Bo")
    assert done.code == 0
    assert "ann" in done.out.lower()
    assert "no session for 90 days; sql at 3 is due on 2026-08-01" in done.out
    assert "There are none." in run("coaching", "own", "--for", "Ann").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("skills", "all"), "WHAT is not one of its values"),
        (("skills", "--months", "0"), "--months is out of range"),
        (("skills", "gaps", "--budget", "5"), "are of the choice of training"),
        (("skills", "training", "--budget", "-5"), "--budget is below 0"),
        (("coaching", "all"), "WHAT is not one of its values"),
        (("coaching", "own"), "asked for by that coach"),
        (("coaching", "match", "--for", "Bo"), "asked for by that coach"),
        (("coaching", "own", "--for", "Nobody"), "no person 'Nobody' in the register"),
    ],
)
def test_what_cannot_be_asked_is_told(run: Command, arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert told in done.err


def test_a_workspace_without_registers_says_what_to_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip  # noqa: E501
    desk = Desk(tmp_path)
    desk.toggl(toggl_row())
    run = in_workspace(desk.workspace.root, monkeypatch, capsys)
    for what in ("gaps", "matrix", "training", "calendar"):
        assert "load the register" in run("skills", what).out
    assert "load the registers" in run("coaching").out
    assert "load the register" in run("coaching", "sessions").out
