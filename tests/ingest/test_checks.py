"""Rules between tables: told at a load, or rejected where the organisation says so; every row has its one fate."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.errors import SourceError, UsageError
from pmo_analytics.ingest import IngestOptions
from pmo_analytics.warehouse.checks import CheckFinding, evaluate
from pmo_analytics.workspace import Workspace
from tests.exports import TOGGL_HEADERS, Desk, balances, jira_row, toggl_row, write_csv

PERSON = "person_id,name,email,role,team,fte_pct,joined_date,left_date,status_date"
LEDGER = "ledger_entry_id,project_key,posting_date,amount,currency"


def a_desk(folder: Path, checks: str = "") -> Desk:
    desk = Desk(folder)
    (desk.workspace.root / "pmo.toml").write_text(f"[checks]\n{checks}")
    desk.workspace = Workspace.find(desk.workspace.root)
    desk.register(
        "project",
        "project_id,name,baseline_start_date,baseline_finish_date,status_date",
        ["Bridge", "Bridge", "2026-02-01", "2026-03-31", "2026-01-01"],
    )
    desk.register(
        "person",
        PERSON,
        ["E1", "Ann Berg", "ann@example.test", "Developer", "Build", 100, "2026-02-01", "2026-03-05", "2026-01-01"],
    )
    return desk


def found(desk: Desk) -> dict[tuple[str, str], CheckFinding]:
    with desk.warehouse.everything() as view:
        return {(f.rule, f.table): f for f in evaluate(view.rows, desk.workspace) if f.rows is not None}


def test_a_load_tells_what_it_breaks_with_the_first_lines_and_keeps_the_rows(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    result = desk.toggl(
        toggl_row(project="Brigde"),
        toggl_row(),
        *[toggl_row(project="Qay", day=f"2026-03-0{day}") for day in (2, 3, 4)],
        toggl_row("bo", day="2026-04-01"),
    )
    assert balances(result)
    assert result.rows["added"] == 6
    assert result.checks == [
        ("check unknown_project, 4 rows: a project that no register or alias knows; project_key in lines 2, 4, 5, …"),
        (
            "check outside_project_dates, 1 row: a day before the project's start or after its planned and forecast "
            "finish; work_date in line 7"
        ),
        "check unknown_person, 1 row: a person whom the register does not know; person_id in line 7",
    ]
    assert desk.query("SELECT count(text) FROM meta.assumption WHERE text LIKE 'check %'") == [(3,)]
    assert found(desk)["unknown_project", "timesheet_entry"].rows == 4


def test_the_same_is_told_of_a_file_that_is_merged_row_by_row(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.toggl(toggl_row(project="Brigde"), name="one.csv")
    # What is stored unchanged is not told again.
    result = desk.toggl(toggl_row(project="Brigde"), toggl_row(project="Qay"), name="two.csv")
    assert result.rows["unchanged"] == 1
    assert [text for text in result.checks if "unknown_project" in text] == [
        "check unknown_project, 1 row: a project that no register or alias knows; project_key in line 3"
    ]


def test_rejected_rows_are_told_with_cell_rule_and_hint_and_the_load_balances(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, 'unknown_project = "reject"\noutside_project_dates = "reject"')
    result = desk.toggl(
        toggl_row(project="Brigde"),
        toggl_row(),
        toggl_row(day="2026-01-31"),
        toggl_row(duration="25:00:00"),
    )
    assert balances(result)
    assert (result.rows["added"], result.rows["rejected"]) == (1, 3)
    assert [(r.source_line, r.column, r.value, r.rule, r.expected) for r in result.rejects] == [
        (2, "Project", "Brigde", "unknown_project", "a project of the register, or a code that an alias maps to one"),
        (4, "Start date", "2026-01-31", "outside_project_dates", "a day from 2026-02-01 to 2026-03-31"),
        (5, "Duration", "25:00:00", "less_than_or_equal_to", "at most 24 hours"),
    ]
    assert "pmo map" in result.rejects[0].hint
    assert desk.query("SELECT count(entry_id) FROM core.timesheet_entry") == [(1,)]
    assert desk.query("SELECT rule FROM meta.reject ORDER BY source_line") == [
        ("unknown_project",), ("outside_project_dates",), ("less_than_or_equal_to",),
    ]  # fmt: skip


def test_a_plan_may_be_that_of_a_proposal(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.register("proposal", "proposal_id,status_date,name", ["N-01", "2026-03-01", "Pier"])
    row = ["java", "2026-04-01", "2026-03-01", 10]
    desk.register("demand", "project_id,skill_id,period_month,status_date,demand_hours", ["N-01", *row], ["N-02", *row])
    assert found(desk)["unknown_project", "demand"].rows == 1


def test_an_alias_loaded_first_lets_the_rows_in(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, 'unknown_project = "reject"')
    desk.register("project_alias", "source,external_key,project_id", ["toggl", "brigde", "Bridge"])
    result = desk.toggl(toggl_row(project="Brigde"))
    assert (result.rows["added"], result.rejects) == (1, [])


def test_a_persons_name_is_not_repeated_in_a_reject(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, 'unknown_person = "reject"')
    result = desk.toggl(toggl_row("bo"))
    assert [(r.column, r.value, r.rule) for r in result.rejects] == [("Email", "(hidden: personal)", "unknown_person")]


def test_strict_refuses_a_file_with_rows_that_a_rule_rejects(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, 'unknown_project = "reject"')
    with pytest.raises(SourceError, match="1 rows break a rule"):
        desk.toggl(toggl_row(project="Brigde"), strict=True)


def test_off_is_silent_and_a_rejecting_rule_without_its_register_says_so(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, 'unknown_project = "off"\nunknown_issue = "reject"')
    result = desk.toggl(toggl_row(project="Brigde", description="BR-7"))
    assert result.checks == ["check unknown_issue: not applied, no issue is loaded"]
    assert not found(desk)


def test_a_dry_run_tells_the_same_and_changes_nothing(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    path = write_csv(tmp_path / "t.csv", TOGGL_HEADERS, [toggl_row(project="Brigde")])
    result = desk.load(path, IngestOptions(dry_run=True))
    assert len(result.checks) == 1
    assert desk.query("SELECT count(entry_id) FROM core.timesheet_entry") == [(0,)]


@pytest.mark.slow
def test_everything_loaded_is_held_against_everything_else(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, 'currency_without_rate = "reject"')
    desk.register("exchange_rate", "currency,to_currency,rate_date,rate", ["USD", "EUR", "2026-03-01", "0.9"])
    desk.register(
        "rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Developer", "2026-03-03", 9, "EUR"]
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
        ["Quay", "1", "2026-02", "2026-01-01", 5, "EUR"],
    )
    desk.jira(jira_row("BR-1"))
    ledger = desk.register(
        "ledger_entry",
        LEDGER,
        ["L1", "Bridge", "2026-03-02", 5, "USD"],
        ["L2", "Bridge", "2026-03-02", 5, "GBP"],
        ["L3", "Bridge", "2026-02-20", 5, "USD"],
        ["L4", "Bridge", "2026-04-01", 5, "EUR"],
    )
    assert [(r.source_line, r.value, r.rule) for r in ledger.rejects] == [
        (3, "GBP", "currency_without_rate"),
        (4, "USD", "currency_without_rate"),
    ]
    desk.toggl(
        toggl_row(day="2026-03-02", description="BR-1 and on"),
        toggl_row(day="2026-03-04", description="BR-2 is not there, UTF-8 no issue"),
        toggl_row(day="2026-03-06", description="UTF-8"),
    )
    told = found(desk)
    assert {place: finding.rows for place, finding in told.items()} == {
        ("unknown_project", "budget"): 1,
        ("unknown_project", "issue"): 1,
        ("outside_project_dates", "ledger_entry"): 1,
        ("unknown_issue", "timesheet_entry"): 1,
        ("outside_employment", "timesheet_entry"): 1,
        ("hours_without_rate", "timesheet_entry"): 1,
    }
    issue = told["unknown_issue", "timesheet_entry"]
    assert (issue.example, issue.places) == ("BR-2", "toggl.csv:3")
    assert told["outside_employment", "timesheet_entry"].places == "toggl.csv:4"


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ('unknown_projekt = "warn"', "did you mean 'unknown_project'"),
        ('unknown_project = "refuse"', "not one of its values"),
        ('unknown_project = ["warn"]', "not one of its values"),
        ('hours_without_rate = "reject"', "a load may not see"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, checks: str, told: str) -> None:
    (tmp_path / "pmo.toml").write_text(f"[checks]\n{checks}\n")
    desk = Desk(tmp_path / "desk")
    desk.workspace = Workspace.find(tmp_path)
    with pytest.raises(UsageError, match=told):
        desk.toggl(toggl_row())


def test_the_register_decides_by_its_latest_row_and_a_forecast_extends_the_project(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.register(
        "project_status",
        "project_id,status_date,state,forecast_finish_date",
        ["Bridge", "2026-03-31", "active", "2026-05-31"],
    )
    result = desk.toggl(toggl_row(day="2026-05-31"), toggl_row(day="2026-06-01"))
    (told,) = (text for text in result.checks if "outside_project_dates" in text)
    assert told.endswith("after its planned and forecast finish; work_date in line 3")


def test_skills_and_absences_are_held_against_registers(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.register("skill", "skill_id,name,status_date", ["java", "Java", "2026-01-01"], ["ux", "UX", "2026-01-01"])
    desk.register(
        "person_skill",
        "person_id,skill_id,assessed_on_date,level",
        ["E1", "java", "2026-01-01", 3],
        ["E1", "jaava", "2026-01-01", 3],
    )
    desk.register(
        "demand",
        "project_id,skill_id,period_month,demand_hours,level,status_date",
        ["Bridge", "java", "2026-04-01", 10, 3, "2026-01-01"],
        ["Bridge", "java", "2026-05-01", 10, 4, "2026-01-01"],
        ["Bridge", "ux", "2026-04-01", 10, "", "2026-01-01"],
    )
    days = ["2026-03-02", "2026-03-03", "2026-03-04"]
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours", *(["c", day, 8] for day in days))
    desk.register(
        "person", f"{PERSON},calendar_id",
        ["E1", "Ann Berg", "ann@example.test", "Developer", "Build", 50, "2026-02-01", "", "2026-02-01", "c"],
    )  # fmt: skip
    desk.register(
        "absence",
        "person_id,absence_date,duration_hours,kind",
        ["E1", "2026-03-02", 4, "leave"],
        ["E1", "2026-03-03", 8, "leave"],
        ["E1", "2026-03-07", 2, "sick"],
    )
    desk.toggl(toggl_row(day="2026-03-02"), toggl_row(day="2026-03-04"))
    told = found(desk)
    assert {place: finding.rows for place, finding in told.items()} == {
        ("unknown_skill", "person_skill"): 1,
        ("skill_nobody_has", "demand"): 2,
        ("absence_beyond_working_time", "absence"): 2,
        ("booked_while_absent", "absence"): 1,
    }
    assert told["unknown_skill", "person_skill"].example == "jaava"
    assert told["booked_while_absent", "absence"].places == "absence.csv:2"


def test_what_is_chosen_by_is_held_against_registers(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    day = "2026-01-01"
    desk.register(
        "objective", "objective_id,parent_objective_id,name,weight,status_date",
        ["O1", "", "One", 60, day], ["O2", "", "Two", 30, day], ["O1.1", "O1", "Below", 100, day],
    )  # fmt: skip
    desk.register(
        "contribution", "project_id,objective_id,share_pct,status_date",
        ["Bridge", "O1", 80, day], ["Bridge", "O2", 60, day], ["Bridge", "O7", "", day],
    )  # fmt: skip
    desk.register("criterion", "criterion_id,name,weight,direction,status_date", ["gain", "Gain", 0.9, "benefit", day])
    desk.register(
        "proposal", "proposal_id,name,cost_amount,currency,status_date",
        ["P1", "One", 100, "EUR", day], ["P2", "Two", "", "", day],
    )  # fmt: skip
    desk.register("proposal_link", "proposal_id,other_proposal_id,kind,status_date", ["P1", "P9", "requires", day])
    desk.register(
        "criterion_score", "subject_id,criterion_id,assessor_id,score,status_date",
        ["P1", "gain", "E1", 3, day], ["P8", "gain", "E1", 3, day], ["P1", "pain", "E1", 3, day],
    )  # fmt: skip
    told = found(desk)
    rows = {place: finding.rows for place, finding in told.items()}
    assert rows == {
        ("unknown_objective", "contribution"): 1,
        ("share_over_whole", "contribution"): 3,
        ("weights_not_whole", "objective"): 2,
        ("weights_not_whole", "criterion"): 1,
        ("proposal_without_cost", "proposal"): 1,
        ("unknown_proposal", "proposal_link"): 1,
        ("unknown_subject", "criterion_score"): 1,
        ("unknown_criterion", "criterion_score"): 1,
    }
    assert told["share_over_whole", "contribution"].places.startswith("contribution.csv:2")
    assert told["weights_not_whole", "objective"].example == "60.0"
