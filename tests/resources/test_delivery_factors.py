"""Focus, leave and leavers by hand: of all, of skills with enough persons, and without run work."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources.delivery_factors import ATTRITION, FOCUS, LEAVE, delivery_factor
from tests.frames import contract_frame, project_row
from tests.resources.test_capacity_supply import skills

HOUR = 3600.0
TODAY = pd.Timestamp("2026-06-30")
NOBODY, NONE = contract_frame("person", []), contract_frame("project", [])


def availability(rows: list[tuple[str, pd.Timestamp, float, float]]) -> pd.DataFrame:
    return contract_frame("availability_by_person_month", [
        {"person_id": who, "period_month": month, "calendar_seconds": hours * HOUR, "absence_seconds": away * HOUR,
         "available_seconds": (hours - away) * HOUR}
        for who, month, hours, away in rows
    ])  # fmt: skip


def effort(rows: list[tuple[str, str | None, pd.Timestamp, float]]) -> pd.DataFrame:
    return contract_frame("effort_by_person_month", [
        {"person_id": who, "project_id": project, "period_month": month, "duration_seconds": hours * HOUR,
         "billable_seconds": 0.0, "entry_count": 1}
        for who, project, month, hours in rows
    ])  # fmt: skip


def test_the_worked_example() -> None:
    may = pd.Timestamp("2026-05-01")
    there = availability([("a", may, 160, 40), ("b", may, 160, 0)])
    booked = effort([("a", "P", may, 60), ("b", "P", may, 130)])
    found = delivery_factor(booked, there, NOBODY, skills(), NONE, status_date=TODAY).set_index("factor_kind")
    assert found.loc[FOCUS, "factor_share"] == pytest.approx(190 / 280)
    assert found.loc[LEAVE, ["factor_share", "person_spread", "person_months"]].to_list() == pytest.approx(
        [0.125, 0.125, 2]
    )


def test_all_factors_by_hand() -> None:
    months = pd.date_range("2025-07-01", periods=12, freq="MS")
    there = availability([("a", month, 160, 40 * (month.month == 8)) for month in months])
    booked = effort([
        each
        for month in months[:11]
        for each in (("a", "P", month, 80.0), ("a", None, month, 30.0), ("no calendar", "P", month, 50.0))
    ])  # fmt: skip
    joined = {"status_date": months[0], "fte_pct": 100.0, "joined_date": pd.Timestamp("2020-01-01")}
    left = {"a": pd.NaT, "b": pd.Timestamp("2025-06-30")}
    person = contract_frame("person", [joined | {"person_id": who, "left_date": day} for who, day in left.items()])
    found = delivery_factor(booked, there, person, skills(("a", "java", 3)), NONE, status_date=TODAY)
    focus = found[found["factor_kind"] == FOCUS].set_index("period_month")["factor_share"]
    # Time on unmapped projects, and of persons without a calendar, is not in it; June has no timesheets. One
    # person's focus is not told as that of a skill.
    assert focus.loc["2025-07-01"] == pytest.approx(0.5)
    assert focus.loc["2025-08-01"] == pytest.approx(80 / 120)
    assert len(focus) == 11
    leave = found[found["factor_kind"] == LEAVE].set_index("period_month")["factor_share"]
    assert (leave.loc["2025-08-01"], leave.loc["2026-01-01"], len(leave)) == (pytest.approx(0.25), 0, 12)
    # One of two left, a year of 24 months each: one in 36 person-months.
    leaving = found[found["factor_kind"] == ATTRITION].iloc[0]
    assert leaving["factor_share"] == pytest.approx(1 / 36, rel=0.01)
    assert leaving["person_months"] == pytest.approx(36, rel=0.01)


def test_run_work_reaches_no_project() -> None:
    may = pd.Timestamp("2026-05-01")
    booked = effort([("a", "P", may, 60), ("a", "OPS", may, 30)])
    project = contract_frame("project", [project_row("P"), project_row("OPS", category="Operations")])
    given = booked, availability([("a", may, 120, 0)]), NOBODY, skills(), project
    whole = delivery_factor(*given, status_date=TODAY).iloc[0]
    less = delivery_factor(*given, status_date=TODAY, run_categories=["operations"]).iloc[0]
    assert (whole["factor_share"], less["factor_share"]) == pytest.approx((0.75, 0.5))


def test_a_skill_of_five_has_its_own_focus_and_one_of_four_has_none() -> None:
    may = pd.Timestamp("2026-05-01")
    who = [f"p{n}" for n in range(9)]
    there = availability([(each, may, 100, 0) for each in who])
    booked = effort([(each, "P", may, 40.0 if n < 5 else 80.0) for n, each in enumerate(who)])
    can = skills(*[(each, "java" if n < 5 else "ux", 3) for n, each in enumerate(who)])
    found = delivery_factor(booked, there, NOBODY, can, NONE, status_date=TODAY)
    told = found[found["skill_id"].notna()].set_index("skill_id")
    assert told.index.to_list() == ["java"]
    assert told.loc["java", ["factor_share", "person_months"]].to_list() == pytest.approx([0.4, 5])
    # A person with two skills counts by half in each.
    both = pd.concat([can, skills(("p8", "java", 3))])
    shared = delivery_factor(booked, there, NOBODY, both, NONE, status_date=TODAY)
    java = shared[shared["skill_id"] == "java"].iloc[0]
    assert java["factor_share"] == pytest.approx((5 * 40 + 40) / 550)
