"""How forecasts of benefits did: optimistic plans are beaten, honest ones are not, and few tell nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pmo_analytics.portfolio.benefit_record import benefit_record


def past(rates: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "benefit_id": [f"B{n}" for n in range(len(rates))], "to_come_planned_amount": 0.0,
            "realised_month_count": 12, "due_planned_amount": 10.0, "realisation_rate": rates,
        }
    )  # fmt: skip


def test_the_worked_example() -> None:
    rows = benefit_record(past([0.5] * 9 + [1.0])).set_index("level_pct")
    assert rows["forecast_count"].to_list() == [10, 10, 10]
    # Nine of ten lie at or below P80.
    assert rows.loc[80, "coverage_pct"] == 90
    assert not rows["is_refused"].any()


def test_plans_that_hold_are_not_beaten() -> None:
    rates = (1 + 0.3 * np.random.default_rng(3).standard_normal(40)).tolist()
    rows = benefit_record(past([round(rate, 3) for rate in rates]))
    assert set(rows["naive_method"]) == {"as planned"}
    optimistic = benefit_record(past([round(0.6 * rate, 3) for rate in rates]))
    assert not optimistic["is_refused"].any()
    assert (optimistic["skill_low"] > 0).all()
    assert optimistic["skill"].iloc[0] > rows["skill"].fillna(0).iloc[0]


def test_nine_benefits_have_no_record() -> None:
    rows = benefit_record(past([0.5] * 9))
    assert rows["is_refused"].all()
    assert "0 forecasts" in rows["verdict"].iloc[0]
