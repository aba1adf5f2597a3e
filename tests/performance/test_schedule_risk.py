from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.schedule_risk import schedule_risk
from tests.frames import contract_frame, project_row
from tests.risks import STATUS, earned, estimates, risk, risks

DECLARED = pd.Timestamp("2026-12-31")
NO_ESTIMATES = estimates()


def delaying(identifier: str, days: float, probability: float = 0.5, **values: Any) -> dict[str, Any]:
    points = {f"delay_{name}_days": days for name in ("low", "most_likely", "high")}
    return risk(identifier, probability=probability, **(points | values))


def found(*rows: dict[str, Any], baseline: str | None = "2026-12-31", state: str = "active", **options: Any) -> Any:
    named = [project_row("A", baseline_finish_date=baseline and pd.Timestamp(baseline))]
    status = [{"project_id": "A", "status_date": STATUS, "state": state, "forecast_finish_date": DECLARED}]
    return schedule_risk(
        earned(A=(100e3, 0.0, 0.0)), contract_frame("project", named), contract_frame("project_status", status),
        risks(*rows), NO_ESTIMATES, status_date=STATUS, draws=100_000, **options,
    )  # fmt: skip


def test_the_worked_example() -> None:
    (row,) = found(delaying("R1", 10.0), delaying("R2", 10.0), baseline="2027-01-10").to_dict("records")
    assert row["parallel_p80_delay_days"] == 10
    assert (row["serial_p50_delay_days"], row["serial_p80_delay_days"]) == (10, 20)
    assert row["serial_p80_finish_date"] == pd.Timestamp("2027-01-20")
    assert row["parallel_p80_finish_date"] == pd.Timestamp("2027-01-10")
    # Both happen in a quarter of draws; the baseline lies ten days after the declared finish.
    assert row["baseline_confidence_pct"] == pytest.approx(75, abs=0.6)


def test_a_baseline_before_the_declared_finish_is_never_met_and_none_has_no_confidence() -> None:
    assert found(delaying("R", 5.0), baseline="2026-12-30")["baseline_confidence_pct"].iloc[0] == 0
    assert found(delaying("R", 5.0), baseline=None)["baseline_confidence_pct"].isna().all()


def test_one_risk_that_moves_both_keeps_cost_and_finish_together() -> None:
    cost = {f"cost_{name}_amount": 1e3 for name in ("low", "most_likely", "high")} | {"currency": "EUR"}
    rows = [delaying("R", 10.0, 0.15, **cost)]
    # Both P80s are those without the risk. The risk moves both or neither.
    assert found(*rows)["serial_p80_delay_days"].iloc[0] == 0
    assert found(*rows)["joint_confidence_pct"].iloc[0] == pytest.approx(85, abs=0.5)
    # Of one risk each: 85 % of draws keep the cost, 85 % the finish, both where neither happens.
    apart = found(delaying("R", 10.0, 0.15), risk("S", probability=0.15, **cost))["joint_confidence_pct"].iloc[0]
    assert apart == pytest.approx(100 * 0.85**2, abs=0.6)


def test_a_shared_driver_makes_serial_delays_longer() -> None:
    rows = [delaying(f"R{n}", 10.0, 0.3) for n in range(6)]
    tied = [row | {"driver": "ice"} for row in rows]
    first, second = (found(*each, driver_correlation=0.9)["serial_p80_delay_days"].iloc[0] for each in (rows, tied))
    # Independent: at most two happen in 74.4 % of draws, at most three in 93 %.
    assert first == 30
    assert second >= 50


def test_what_cannot_be_drawn_is_counted_and_what_has_ended_has_no_row() -> None:
    (row,) = found(delaying("R", 5.0), risk("S", probability=0.5), delaying("T", 5.0, state="closed")).to_dict(
        "records"
    )
    assert (row["risk_count"], row["unquantified_count"]) == (1, 1)
    assert found(delaying("R", 5.0), state="complete").empty


def test_without_a_risk_that_delays_nothing_is_claimed_of_the_delay() -> None:
    (row,) = found(risk("S", probability=0.5)).to_dict("records")
    assert row["forecast_finish_date"] == DECLARED
    assert pd.isna([row["serial_p80_finish_date"], row["serial_p80_delay_days"], row["joint_confidence_pct"]]).all()
    # A delay alone says nothing of cost.
    (row,) = found(delaying("R", 5.0)).to_dict("records")
    assert row["serial_p80_delay_days"] == 5
    assert pd.isna(row["joint_confidence_pct"])
