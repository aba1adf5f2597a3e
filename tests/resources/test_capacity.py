"""Demand against supply: the worked example, levels, thin history, and what nobody can do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.capacity import capacity_outlook
from pmo_analytics.resources.capacity_demand import (
    APPROVED,
    FIRM,
    STATED,
    asked_time,
    planned_demand,
    project_effort_ratio,
    project_luck,
    skill_demand,
)
from pmo_analytics.resources.capacity_draws import months_to_come, shortages
from pmo_analytics.resources.delivery_factors import ATTRITION, FOCUS
from tests.frames import contract_frame
from tests.resources.test_capacity_supply import calendar, skills

JULY, TODAY = pd.Timestamp("2026-07-01"), pd.Timestamp("2026-06-30")
HOUR = 3600.0
NOTHING = {name: contract_frame(name, []) for name in ("proposal", "portfolio_decision")}


def plans(*rows: tuple[str, str, float, float | None], level: int | None = None) -> pd.DataFrame:
    demand = contract_frame(
        "demand",
        [
            {"project_id": project, "skill_id": skill, "period_month": JULY, "status_date": TODAY, "level": level,
             "demand_seconds": hours * HOUR, "certainty": certainty}
            for project, skill, hours, certainty in rows
        ],
    )  # fmt: skip
    return planned_demand(demand, **NOTHING, status_date=TODAY)


def factors(share: float, months: int = 12) -> pd.DataFrame:
    """Focus as it was in every month, by everybody alike, no leave, and nobody who left."""
    rows = [(FOCUS, month, share, 9.0) for month in pd.date_range("2025-07-01", periods=months, freq="MS")]
    columns = ["factor_kind", "period_month", "factor_share", "person_months"]
    return pd.DataFrame([*rows, (ATTRITION, TODAY, 0.0, 1e9)], columns=columns).assign(skill_id=None, person_spread=0.0)


def ratios(*values: float, year: int = 2025, scatter: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame({
        "project_id": [f"Q{n}" for n in range(len(values))], "finish_year": year, "item_count": 9,
        "estimate_seconds": 400 * HOUR, "pooled_ratio": values, "item_seconds": 8 * HOUR,
        "scatter_seconds": scatter * HOUR,
    })  # fmt: skip


def test_the_worked_example() -> None:
    outlook = capacity_outlook(
        plans(("P", "java", 100, 0.5)), calendar(("ann", 100 * HOUR)), skills(("ann", "java", 3)), factors(0.8),
        ratios(*[1.0] * 9), status_date=TODAY, months=1, draws=4_000,
    )  # fmt: skip
    row = outlook.iloc[0]
    assert row["shortfall_probability"] == pytest.approx(0.5, abs=0.03)
    assert row["p80_short_seconds"] / HOUR == pytest.approx(20)
    assert row["p50_supply_seconds"] / HOUR == pytest.approx(80)
    assert (row["demand_seconds"] / HOUR, row["expected_seconds"] / HOUR) == (100, 50)
    assert row["quality_note"] == ""


def test_thin_histories_say_what_is_missing() -> None:
    given = plans(("P", "java", 100, 1.0)), calendar(("ann", 100 * HOUR)), skills(("ann", "java", 3))
    thin = capacity_outlook(*given, factors(0.8, 8), ratios(), status_date=TODAY, months=1).iloc[0]
    assert pd.isna(thin["shortfall_probability"])
    assert "8 months of timesheets, 9 are needed" in thin["quality_note"]
    assert thin["capacity_seconds"] == 100 * HOUR
    few = capacity_outlook(*given, factors(0.8), ratios(*[3.0] * 8), status_date=TODAY, months=1).iloc[0]
    assert few["p50_demand_seconds"] == 100 * HOUR
    assert "8 past projects, 9 are needed" in few["quality_note"]
    known = capacity_outlook(*given, factors(0.8), ratios(*[3.0] * 9), status_date=TODAY, months=1).iloc[0]
    assert known["p50_demand_seconds"] == pytest.approx(300 * HOUR)


def test_a_skill_that_nobody_has_is_named() -> None:
    outlook = capacity_outlook(
        plans(("P", "cobol", 10, 1.0)), calendar(("ann", 100 * HOUR)), skills(("ann", "java", 3)), factors(0.8),
        ratios(*[1.0] * 9), status_date=TODAY, months=1,
    ).set_index("skill_id")  # fmt: skip
    assert outlook.loc["cobol", "quality_note"] == "nobody has this skill then"
    assert outlook.loc["cobol", "shortfall_probability"] == 1
    # A person delivers 80 hours: ten are an eighth of one.
    assert outlook.loc["cobol", "short_fte"] == pytest.approx(10 / 80)
    assert outlook.loc["java", "shortfall_probability"] == 0


def test_what_is_short_is_the_largest_shortage_over_levels() -> None:
    demand, supply = np.zeros((1, 8, 1)), np.zeros((1, 8, 1))
    demand[0, 4], demand[0, 3] = 100, 80
    supply[0, 4], supply[0, 3] = 60, 90
    assert shortages(demand, supply).item() == 40
    # Time of a higher level serves a lower one.
    supply[0, 4], supply[0, 3] = 200, 0
    assert shortages(demand, supply).item() == 0


def drawn(demand: pd.DataFrame, past: pd.DataFrame, skill: str, draws: int = 2_000) -> np.ndarray:
    """Hours of one skill in July."""
    skills = tuple(sorted(demand["skill_id"].unique()))
    asked = asked_time(demand, skills, (JULY,))
    luck = project_luck(asked, past, draws=draws, seed=0)
    hours: np.ndarray = skill_demand(asked, skill, skills.index(skill), luck).sum(axis=1)[:, 0] / HOUR
    return hours


def test_projects_come_about_as_a_whole() -> None:
    demand = plans(("P", "a", 10, 0.5), ("P", "b", 10, 0.5), ("Q", "a", 7, 1.0))
    made = np.column_stack([drawn(demand, ratios(), skill) for skill in ("a", "b")])
    assert set(map(tuple, made.round(6))) == {(7.0, 0.0), (17.0, 10.0)}
    assert made[:, 1].mean() == pytest.approx(5, abs=0.4)


def test_another_project_changes_no_draw_of_those_before() -> None:
    past = ratios(*np.linspace(0.6, 1.8, 12), scatter=6.0)
    alone = drawn(plans(("P", "a", 10, 0.5)), past, "a")
    beside = drawn(plans(("A", "b", 99, 0.5), ("P", "a", 10, 0.5), ("Z", "b", 7, 1.0)), past, "a")
    assert alone.tolist() == beside.tolist()


def test_projects_of_a_year_share_its_luck() -> None:
    many = plans(*[(f"P{n:03}", "a", 10, 1.0) for n in range(200)])
    same = np.concatenate([np.full(6, 0.8), np.full(6, 1.2)])
    # Where past years differed, so may the next; where they did not, what is left is doubt.
    calm = drawn(many, ratios(*same).assign(finish_year=[2024, 2025] * 6), "a")
    moved = drawn(many, ratios(*same).assign(finish_year=[2024] * 6 + [2025] * 6), "a")
    assert np.std(np.log(moved)) > 1.5 * np.std(np.log(calm))


def test_a_months_hours_scatter_as_items_do() -> None:
    exact, loose = ratios(*[1.0] * 9), ratios(*[1.0] * 9, scatter=4.0)
    assert set(drawn(plans(("P", "a", 100, 1.0)), exact, "a")) == {100.0}
    small, large = (drawn(plans(("P", "a", hours, 1.0)), loose, "a", 8_000) / hours for hours in (16, 400))
    assert np.std(small) == pytest.approx(np.sqrt(4 / 16), rel=0.05)
    assert np.std(large) == pytest.approx(np.sqrt(4 / 400), rel=0.05)
    assert (small.mean(), large.mean()) == pytest.approx((1.0, 1.0), abs=0.02)
    # Less than an item of eight hours scatters no more than one.
    tiny = drawn(plans(("P", "a", 1, 1.0)), loose, "a", 8_000)
    assert np.std(tiny) == pytest.approx(np.sqrt(4 / 8), rel=0.06)


def test_proposals_without_a_certainty_have_the_share_that_was_approved() -> None:
    proposals = [f"X{n}" for n in range(10)]
    proposal = contract_frame("proposal", [{"proposal_id": p, "status_date": TODAY, "name": p} for p in proposals])
    decided = [
        {"subject_id": p, "decided_on_date": TODAY, "decision": "approved" if n < 6 else "deferred"}
        for n, p in enumerate(proposals[:9])
    ]
    demand = contract_frame(
        "demand",
        [
            {"project_id": project, "skill_id": "a", "period_month": JULY, "status_date": TODAY,
             "demand_seconds": HOUR, "certainty": certainty}
            for project, certainty in (("X9", None), ("X8", 0.25), ("P", None))
        ],
    )  # fmt: skip
    found = planned_demand(demand, proposal, contract_frame("portfolio_decision", decided), status_date=TODAY)
    told = found.set_index("project_id")[["certainty", "certainty_basis"]].to_dict("index")
    assert told["X9"] == {"certainty": pytest.approx(6 / 9), "certainty_basis": APPROVED}
    assert told["X8"] == {"certainty": 0.25, "certainty_basis": STATED}
    assert told["P"] == {"certainty": 1.0, "certainty_basis": FIRM}
    few = planned_demand(demand, proposal, contract_frame("portfolio_decision", decided[:8]), status_date=TODAY)
    assert few.set_index("project_id").loc["X9", "certainty_basis"] == FIRM


def test_ratios_of_projects_are_sums_over_sums_of_five_items_or_more_of_a_year() -> None:
    rows = [
        {"item_id": f"{project}{year}{n}", "project_id": project, "state": "finished", "estimate_seconds": 10.0 + n,
         "actual_seconds": 20.0, "actual_source": "register", "finished_on_date": pd.Timestamp(year, 3, 1)}
        for project, year, items in (("P", 2025, 5), ("P", 2026, 4), ("Q", 2026, 4), (None, 2026, 9))
        for n in range(items)
    ]  # fmt: skip
    found = project_effort_ratio(contract_frame("estimate_history", rows))
    assert found[["project_id", "finish_year", "item_count"]].to_numpy().tolist() == [["P", 2025, 5]]
    row = found.iloc[0]
    assert row["pooled_ratio"] == pytest.approx(100 / 60)
    # Estimates 10 to 14 against 12 each, 20 over 100/60: squares 4, 1, 0, 1, 4 over 60, of four degrees of freedom.
    assert row["scatter_seconds"] == pytest.approx(10 / 60 * 5 / 4)
    assert row["item_seconds"] == pytest.approx((100 + 121 + 144 + 169 + 196) / 60)


def test_months_to_come_are_whole() -> None:
    assert months_to_come(pd.Timestamp("2026-06-30"), 2) == (JULY, pd.Timestamp("2026-08-01"))
    assert months_to_come(pd.Timestamp("2026-06-15"), 1) == (JULY,)
