"""The marts of milestones, benefits, capacity and demand, by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.exports import Desk

HOUR = 3600
JAN, FEB, MAR = (pd.Timestamp(f"2026-0{m}-01") for m in (1, 2, 3))
MILESTONE = "project_id,milestone_id,status_date,name,baseline_date,forecast_date,actual_date"
VALUE = "benefit_id,period_month,kind,status_date,value_amount,currency"
DEMAND = "project_id,skill_id,period_month,status_date,demand_hours,level,certainty"


def mart(desk: Desk, name: str, as_of: str) -> pd.DataFrame:
    with desk.warehouse.at(as_of) as view:
        return view.table(name)


def plain(frame: pd.DataFrame, *columns: str) -> list[list[object]]:
    found = frame[list(columns)].astype(object)
    return found.where(found.notna(), None).to_numpy().tolist()


def test_milestones_slip_against_each_baseline_and_each_report(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "milestone",
        MILESTONE,
        ["A", "M1", "2026-01-31", "Design", "2026-03-01", "2026-03-01", ""],
        ["A", "M1", "2026-02-28", "Design", "", "2026-03-11", ""],
        ["A", "M1", "2026-03-31", "Design", "2026-03-15", "", ""],
        ["A", "M1", "2026-04-30", "Design", "2026-03-15", "2026-03-20", "2026-03-13"],
        ["A", "M2", "2026-02-28", "Launch", "", "2026-06-01", ""],
        ["B", "M1", "2026-02-28", "Design", "2026-05-01", "2026-04-29", ""],
    )
    rows = mart(desk, "milestone_slip", "2026-04")
    slips = ("slip_days", "slip_from_first_baseline_days", "slip_since_report_days")
    assert plain(rows, "project_id", "milestone_id", *slips) == [
        ["A", "M1", 0.0, 0.0, None],
        ["A", "M1", 10.0, 10.0, 10.0],
        # Nothing is forecast.
        ["A", "M1", None, None, None],
        # Reached two days before the new baseline, twelve after the first, two later than February forecast.
        ["A", "M1", -2.0, 12.0, 2.0],
        ["A", "M2", None, None, None],
        ["B", "M1", -2.0, -2.0, None],
    ]
    assert rows["baseline_date"].dt.strftime("%m-%d").to_list()[:4] == ["03-01", "03-01", "03-15", "03-15"]
    assert len(mart(desk, "milestone_slip", "2026-01")) == 1


def test_benefits_by_month_as_last_stated(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register("benefit", "benefit_id,status_date,project_id,name,is_financial", ["B1", "2026-01-01", "A", "x", "y"])
    desk.register(
        "benefit_value",
        VALUE,
        ["B1", "2026-01", "planned", "2026-01-01", "100", "EUR"],
        ["B1", "2026-02", "planned", "2026-01-01", "100", "EUR"],
        ["B1", "2026-02", "forecast", "2026-01-31", "80", "EUR"],
        ["B1", "2026-02", "forecast", "2026-02-28", "70.5", "EUR"],
        ["B1", "2026-01", "realised", "2026-01-31", "90", "EUR"],
        ["B1", "2026-03", "realised", "2026-01-31", "5", "EUR"],
        ["B2", "2026-01", "realised", "2026-01-31", "12", ""],
    )
    amounts = ("planned_amount", "forecast_amount", "realised_amount")
    columns = ("benefit_id", "project_id", "period_month", "currency", *amounts)
    assert plain(mart(desk, "benefit_by_month", "2026-01"), *columns) == [
        ["B1", "A", JAN, "EUR", 100.0, None, 90.0],
        ["B1", "A", FEB, "EUR", 100.0, 80.0, None],
        ["B2", None, JAN, None, None, None, 12.0],
    ]
    later = mart(desk, "benefit_by_month", "2026-03")
    assert plain(later, *columns)[1:3] == [
        ["B1", "A", FEB, "EUR", 100.0, 70.5, None],
        ["B1", "A", MAR, "EUR", None, None, 5.0],
    ]
    assert later["is_financial"].iloc[0]


def test_the_baseline_of_a_benefit_is_its_plan_as_first_stated(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "benefit_value",
        VALUE,
        ["B1", "2026-01", "planned", "2025-12-01", "100", "EUR"],
        ["B1", "2026-01", "planned", "2026-02-28", "60", "EUR"],
        ["B1", "2026-02", "planned", "2026-02-28", "30", "EUR"],
    )
    columns = ("period_month", "baseline_amount", "planned_amount")
    assert plain(mart(desk, "benefit_by_month", "2026-01"), *columns) == [[JAN, 100.0, 100.0]]
    assert plain(mart(desk, "benefit_by_month", "2026-02"), *columns) == [[JAN, 100.0, 60.0], [FEB, 30.0, 30.0]]


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("staff"))
    desk.register(
        "person",
        "person_id,name,email,calendar_id,fte_pct,left_date,status_date",
        ["E1", "Ann Berg", "ann@example.test", "main", 100, "", "2026-01-01"],
        ["E2", "Bo Dahl", "bo@example.test", "main", 50, "2026-02-10", "2026-01-01"],
    )
    desk.register(
        "working_calendar",
        "calendar_id,calendar_date,duration_hours",
        *[["main", f"2026-{month:02d}-{day:02d}", 8] for month in (1, 2, 3) for day in (5, 20)],
    )
    desk.register("absence", "person_id,absence_date,duration_hours", ["E1", "2026-01-20", 12], ["E1", "2026-03-05", 8])
    desk.register(
        "person_skill",
        "person_id,skill_id,assessed_on_date,level",
        ["E1", "python", "2025-01-01", 3],
        ["E1", "python", "2026-02-01", 4],
        ["E1", "sql", "2025-01-01", 2],
        ["E2", "python", "2025-01-01", 3],
    )
    desk.register(
        "demand",
        DEMAND,
        ["A", "python", "2026-02", "2026-01-31", 10, 3, 0.5],
        ["A", "python", "2026-02", "2026-02-28", 20, 3, 0.5],
        ["B", "python", "2026-02", "2026-01-31", 4, 3, ""],
        ["B", "sql", "2026-03", "2026-01-31", 1, "", 0.1],
    )
    return desk


def test_capacity_by_skill_level_and_month_with_the_months_to_come(staff: Desk) -> None:
    columns = ("skill_id", "level", "period_month", "person_count", "capacity_seconds")
    assert plain(mart(staff, "capacity_by_skill_month", "2026-01"), *columns) == [
        # Twelve hours away take the day's eight; half of 16 h; gone after 10 February.
        ["python", 3, JAN, 2, (8 + 8) * HOUR],
        ["python", 3, FEB, 2, (16 + 4) * HOUR],
        # Leave in March was not taken by January.
        ["python", 3, MAR, 1, 16 * HOUR],
        ["sql", 2, JAN, 1, 8 * HOUR],
        ["sql", 2, FEB, 1, 16 * HOUR],
        ["sql", 2, MAR, 1, 16 * HOUR],
    ]
    later = mart(staff, "capacity_by_skill_month", "2026-03").query("skill_id == 'python' and level == 4")
    assert plain(later, *columns)[2] == ["python", 4, MAR, 1, 8 * HOUR]


def test_demand_by_skill_level_and_month_as_last_planned(staff: Desk) -> None:
    columns = ("skill_id", "level", "period_month", "project_count", "demand_seconds", "expected_seconds")
    assert plain(mart(staff, "demand_by_skill_month", "2026-01"), *columns) == [
        ["python", 3, FEB, 2, 14 * HOUR, 9 * HOUR],
        ["sql", None, MAR, 1, HOUR, 360],
    ]
    assert plain(mart(staff, "demand_by_skill_month", "2026-02"), *columns)[0] == [
        "python", 3, FEB, 2, 24 * HOUR, 14 * HOUR,
    ]  # fmt: skip


def test_the_calendar_to_come_is_of_whole_months_between_joining_and_leaving(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "person",
        "person_id,status_date,calendar_id,fte_pct,joined_date,left_date",
        ["ann@example.com", "2026-01-01", "c", "50", "2020-01-01", ""],
        ["bo@example.com", "2026-01-01", "c", "100", "2026-03-03", "2026-03-31"],
    )
    days = ["2026-02-27", "2026-03-02", "2026-03-03", "2026-04-01"]
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours", *(["c", day, "8"] for day in days))
    desk.register(
        "absence", "person_id,absence_date,duration_hours,kind", ["ann@example.com", "2026-03-03", "4", "leave"]
    )
    rows = mart(desk, "planned_calendar_by_person_month", "2026-02-10")
    hours = sorted((row["period_month"], row["calendar_seconds"] / HOUR) for _, row in rows.iterrows())
    # February has begun; of March Ann has two days at half time, Bo one, and absences are not taken off.
    assert hours == [(MAR, 8.0), (MAR, 8.0), (pd.Timestamp("2026-04-01"), 4.0)]
    assert len(mart(desk, "planned_calendar_by_person_month", "2026-03-31")) == 1
