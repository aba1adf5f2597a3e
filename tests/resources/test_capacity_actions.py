"""Actions on a gap: the worked example, dates that are past, whom to train, what waits, and costs not stated."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources.capacity_actions import capacity_actions
from pmo_analytics.resources.capacity_demand import planned_demand
from tests.frames import contract_frame
from tests.resources.test_capacity import HOUR, NOTHING, TODAY, factors, ratios
from tests.resources.test_capacity_supply import skills

MONTHS = pd.date_range("2026-07-01", periods=6, freq="MS")
STATED = {
    "currency": "EUR", "hire_cost_amount": 1000.0, "contractor_hourly_amount": 90.0, "delay_hourly_amount": 10.0,
    "shortfall_limit": 0.5, "hire_lead_days": 90.0, "train_lead_days": 60.0,
}  # fmt: skip


def plans(hours: dict[str, float], level: int | None = 4, skill: str = "java") -> pd.DataFrame:
    rows = [
        {"project_id": "P", "skill_id": skill, "period_month": pd.Timestamp(month), "status_date": TODAY,
         "level": level, "demand_seconds": asked * HOUR, "certainty": 1.0}
        for month, asked in hours.items()
    ]  # fmt: skip
    return planned_demand(contract_frame("demand", rows), **NOTHING, status_date=TODAY)


def calendar(*who: str) -> pd.DataFrame:
    return contract_frame("planned_calendar_by_person_month", [
        {"person_id": person, "period_month": month, "calendar_seconds": 100 * HOUR}
        for person in who for month in MONTHS
    ])  # fmt: skip


def costs(amount: float = 50.0, currency: str = "EUR") -> pd.DataFrame:
    row = {"project_id": "P", "period_month": pd.Timestamp("2026-05-01"), "currency": currency,
           "cost_amount": 10 * amount, "costed_seconds": 10 * HOUR, "uncosted_seconds": 0.0}  # fmt: skip
    return contract_frame("cost_by_project_month", [row])


def register(**category: str) -> pd.DataFrame:
    return contract_frame("skill", [
        {"skill_id": name, "status_date": TODAY, "name": name, "category": kind} for name, kind in category.items()
    ])  # fmt: skip


def actions(demand: pd.DataFrame, can: pd.DataFrame, who: list[str], **options: Any) -> pd.DataFrame:
    register_of = options.pop("register_of", register(java="software"))
    cost = options.pop("cost", costs())
    given = {"months": 6, "draws": 50} | STATED | options
    return capacity_actions(
        demand, calendar(*who), can, factors(0.8), ratios(*[1.0] * 9), register_of, cost, status_date=TODAY, **given
    )


def test_the_worked_example() -> None:
    # One person delivers 80 hours in October; 240 are asked for.
    row = actions(plans({"2026-10-01": 240}), skills(("ann", "java", 4)), ["ann"]).iloc[0]
    assert (row["gap_start_month"], row["gap_month_count"]) == (pd.Timestamp("2026-10-01"), 1)
    assert (row["p50_short_seconds"] / HOUR, row["p80_hire_fte"]) == pytest.approx((160, 2))
    assert (row["hire_by_date"], row["train_by_date"]) == (pd.Timestamp("2026-07-03"), pd.Timestamp("2026-08-02"))
    assert not row["is_hire_late"]
    assert row["p50_hire_amount"] == pytest.approx(160 * 50 + 2 * 1000)
    assert row["p80_contractor_amount"] == pytest.approx(160 * 90)
    # 160 hours wait at October's end, 80 of them at November's, and none at December's.
    assert row["p50_delay_months"] == 2
    assert row["p50_delay_amount"] == pytest.approx((160 + 80) * 10)
    assert row["currency"] == "EUR"
    assert row["quality_note"] == ""
    assert row["open_courses"] == "hire, contractor, delay"


def test_what_is_too_late_is_said_with_what_is_left() -> None:
    can = skills(("ann", "java", 4), ("bo", "java", 3))
    soon = actions(plans({"2026-09-01": 300}), can, ["ann", "bo"]).iloc[0]
    assert (soon["is_hire_late"], soon["is_train_late"]) == (True, False)
    assert soon["open_courses"] == "train, contractor, delay"
    # Hired on the last of June with 90 days to go, a person is there in October.
    assert soon["hire_from_month"] == pd.Timestamp("2026-10-01")
    now = actions(plans({"2026-07-01": 300}), can, ["ann", "bo"]).iloc[0]
    assert now["open_courses"] == "contractor, delay"
    on_the_day = actions(plans({"2026-10-01": 300}), can, ["ann", "bo"], hire_lead_days=93.0).iloc[0]
    assert on_the_day["hire_by_date"] == TODAY
    assert not on_the_day["is_hire_late"]


def test_the_gap_is_all_months_at_the_limit_and_the_first_sets_the_dates() -> None:
    found = actions(
        plans({"2026-08-01": 200, "2026-09-01": 10, "2026-11-01": 120}), skills(("ann", "java", 4)), ["ann"]
    )
    row = found.iloc[0]
    assert (row["gap_start_month"], row["gap_month_count"]) == (pd.Timestamp("2026-08-01"), 2)
    assert row["p50_short_seconds"] / HOUR == pytest.approx(120 + 40)
    assert row["p50_hire_fte"] == pytest.approx(160 / 160)
    assert len(actions(plans({"2026-08-01": 70}), skills(("ann", "java", 4)), ["ann"])) == 0


def test_who_could_be_trained_is_counted_once_and_nearest_first() -> None:
    can = skills(
        ("ann", "java", 4),  # has it
        ("bo", "java", 3), ("cy", "java", 2), ("dee", "java", 1),  # one, two and three levels below
        ("bo", "python", 5), ("eve", "python", 4), ("fay", "python", 3), ("gus", "welding", 5),
    )  # fmt: skip
    who = ["ann", "bo", "cy", "dee", "eve", "fay", "gus"]
    kinds = register(java="software", python="software", welding="craft")
    row = actions(plans({"2026-10-01": 999}), can, who, register_of=kinds).iloc[0]
    # Bo is below, and no neighbour as well; Fay's level is too low, Gus's skill is none of the kind.
    assert (row["asked_level"], row["lower_level_count"], row["neighbour_count"]) == (4, 2, 1)
    gone = actions(plans({"2026-10-01": 999}), can, ["ann", "gus"], register_of=kinds).iloc[0]
    assert (gone["lower_level_count"], gone["neighbour_count"]) == (0, 0)
    anything = actions(plans({"2026-10-01": 999}, level=None), can, who, register_of=kinds).iloc[0]
    assert pd.isna(anything["asked_level"])
    assert anything["lower_level_count"] == 0


def test_what_waits_beyond_the_months_looked_at_is_not_told() -> None:
    row = actions(plans({"2026-11-01": 300, "2026-12-01": 300}), skills(("ann", "java", 4)), ["ann"]).iloc[0]
    assert pd.isna(row["p50_delay_months"])
    assert row["p50_delay_amount"] == pytest.approx((220 + 440) * 10)


def test_nobody_with_the_skill_is_measured_by_a_usual_person() -> None:
    row = actions(plans({"2026-10-01": 160}, skill="cobol"), skills(("ann", "java", 4)), ["ann"]).iloc[0]
    assert row["p50_hire_fte"] == pytest.approx(2)
    assert row["open_courses"] == "hire, contractor, delay"


def test_what_is_not_stated_is_named_and_not_summed_past() -> None:
    nothing = dict.fromkeys(STATED)
    row = actions(plans({"2026-10-01": 240}), skills(("ann", "java", 4)), ["ann"], **nothing).iloc[0]
    amounts = [name for name in row.index if name.endswith("_amount")]
    assert row[amounts].isna().all()
    assert row["quality_note"] == (
        "by default, not stated in [capacity]: a gap is a chance of 0.5 or more, hiring takes 90 days, training takes "
        "60 days; [capacity] does not state hire_cost_amount, contractor_hourly_amount, delay_hourly_amount"
    )
    other = actions(plans({"2026-10-01": 240}), skills(("ann", "java", 4)), ["ann"], cost=costs(currency="CHF")).iloc[0]
    assert pd.isna(other["p50_hire_amount"])
    assert other["p50_contractor_amount"] == pytest.approx(160 * 90)
    assert other["quality_note"] == "own hours cost CHF, amounts are in EUR: nothing is converted"
    empty = actions(plans({"2026-10-01": 240}), skills(("ann", "java", 4)), ["ann"], cost=costs().iloc[0:0]).iloc[0]
    assert "no hour of twelve months has a rate" in empty["quality_note"]
