from __future__ import annotations

import math

import pandas as pd
import pytest

from pmo_analytics.knowledge.skill_gap import skill_gap
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, skills

JULY = pd.Timestamp("2026-07-01")
FORECAST = [
    "skill_id", "period_month", "shortfall_probability", "mean_short_seconds", "p50_short_seconds", "p80_short_seconds",
]  # fmt: skip


def asked(*rows: tuple[int | None, float, float]) -> pd.DataFrame:
    """Level, hours and certainty."""
    return contract_frame(
        "demand_by_skill_month",
        [{"skill_id": "sql", "level": level, "period_month": JULY, "project_count": 1, "demand_seconds": hours * HOUR,
          "expected_seconds": hours * certainty * HOUR} for level, hours, certainty in rows],
    )  # fmt: skip


def there(*rows: tuple[int, float]) -> pd.DataFrame:
    """Level and hours of one person each."""
    return contract_frame(
        "capacity_by_skill_month",
        [{"skill_id": "sql", "level": level, "period_month": JULY, "person_count": 1, "capacity_seconds": hours * HOUR}
         for level, hours in rows],
    )  # fmt: skip


def gaps(demand: pd.DataFrame, supply: pd.DataFrame, forecast: list[tuple[float, ...]] | None = None) -> pd.DataFrame:
    rows = pd.DataFrame([("sql", JULY, *row) for row in forecast or []], columns=FORECAST)
    outlook = rows.astype({"period_month": "datetime64[ns]"} | dict.fromkeys(FORECAST[2:], float))
    found = skill_gap(demand, supply, outlook, skills(sql="core practices"), status_date=STATUS)
    return found.set_index("asked_level")


DEMAND = asked((4, 100, 1.0), (3, 80, 0.5))


def test_the_worked_example() -> None:
    calm = gaps(DEMAND, there((4, 160), (2, 160)))
    assert (calm["gap_seconds"] / HOUR).to_dict() == {3: 0, 4: 0}
    short = gaps(DEMAND, there((4, 90), (2, 90)))
    assert (short["gap_seconds"] / HOUR).to_dict() == {3: 50, 4: 10}
    assert short["is_binding"].to_dict() == {3: True, 4: False}
    assert short.loc[3, "gap_fte"] == pytest.approx(50 / 90)
    assert (short["to_close_seconds"] / HOUR).to_dict() == {3: 50, 4: 0}
    assert short["quality_note"].str.contains("by plan alone").all()
    assert short["category"].unique().tolist() == ["core practices"]


def test_the_forecast_stands_beside_and_its_mean_is_what_there_is_to_close() -> None:
    found = gaps(DEMAND, there((4, 90), (2, 90)), [(0.7, 40 * HOUR, 35 * HOUR, 70 * HOUR)])
    assert found["shortfall_probability"].to_list() == [0.7, 0.7]
    assert (found["p80_short_seconds"] / HOUR).to_list() == [70, 70]
    assert found["to_close_seconds"].sum() == 40 * HOUR
    assert found["quality_note"].to_list() == ["", ""]


def test_demand_of_no_level_is_met_by_anybody_and_no_certainty_asks_for_nothing() -> None:
    found = gaps(asked((None, 50, 1.0), (5, 90, 0.0)), there((1, 30)))
    assert found.index.to_list() == [0]
    assert found.loc[0, "gap_seconds"] == 20 * HOUR


def test_nobody_with_a_skill_leaves_persons_unknown() -> None:
    found = gaps(asked((4, 50, 1.0)), there())
    assert found.loc[4, "gap_seconds"] == 50 * HOUR
    assert math.isnan(found.loc[4, "gap_fte"])
    assert found.loc[4, "person_count"] == 0


def test_months_before_and_beyond_are_left_out() -> None:
    early = skill_gap(
        DEMAND, there((4, 1)), pd.DataFrame(columns=FORECAST).astype({"period_month": "datetime64[ns]"}), skills(),
        status_date=pd.Timestamp("2026-07-31"),
    )  # fmt: skip
    assert early.empty
