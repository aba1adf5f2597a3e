"""Demand against supply: the worked example, levels, thin history, and what nobody can do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.capacity import capacity_outlook, months_to_come, shortages
from pmo_analytics.resources.capacity_demand import (
    APPROVED,
    FIRM,
    STATED,
    asked_time,
    demand_draws,
    planned_demand,
    project_effort_ratio,
)
from pmo_analytics.resources.capacity_supply import ATTRITION, FOCUS
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
    rows = [(FOCUS, month, share) for month in pd.date_range("2025-07-01", periods=months, freq="MS")]
    return pd.DataFrame([*rows, (ATTRITION, TODAY, 0.0)], columns=["factor_kind", "period_month", "factor_share"])


def ratios(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"project_id": [f"Q{n}" for n in range(len(values))], "item_count": 9, "pooled_ratio": values})


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
    demand, supply = np.zeros((1, 1, 8, 1)), np.zeros((1, 1, 8, 1))
    demand[0, 0, 4], demand[0, 0, 3] = 100, 80
    supply[0, 0, 4], supply[0, 0, 3] = 60, 90
    assert shortages(demand, supply).item() == 40
    # Time of a higher level serves a lower one.
    supply[0, 0, 4], supply[0, 0, 3] = 200, 0
    assert shortages(demand, supply).item() == 0


def test_projects_come_about_as_a_whole() -> None:
    demand = plans(("P", "a", 10, 0.5), ("P", "b", 10, 0.5), ("Q", "a", 7, 1.0))
    asked = asked_time(demand, ("a", "b"), (JULY,))
    made = demand_draws(asked, np.empty(0), np.random.default_rng(0), draws=2_000)[:, :, 0, 0] / HOUR
    assert set(map(tuple, made.round(6))) == {(7.0, 0.0), (17.0, 10.0)}
    assert made[:, 1].mean() == pytest.approx(5, abs=0.4)


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


def test_ratios_of_projects_are_sums_over_sums_of_five_items_or_more() -> None:
    rows = [
        {"item_id": f"{project}{n}", "project_id": project, "state": "finished", "estimate_seconds": 10.0 + n,
         "actual_seconds": 20.0, "actual_source": "register", "finished_on_date": TODAY}
        for project, items in (("P", 5), ("Q", 4))
        for n in range(items)
    ]  # fmt: skip
    found = project_effort_ratio(contract_frame("estimate_history", rows))
    assert found[["project_id", "item_count"]].to_numpy().tolist() == [["P", 5]]
    assert found["pooled_ratio"].item() == pytest.approx(100 / 60)


def test_months_to_come_are_whole() -> None:
    assert months_to_come(pd.Timestamp("2026-06-30"), 2) == (JULY, pd.Timestamp("2026-08-01"))
    assert months_to_come(pd.Timestamp("2026-06-15"), 1) == (JULY,)
