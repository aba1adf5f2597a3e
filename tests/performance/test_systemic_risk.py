from __future__ import annotations

import math

import pytest

from pmo_analytics.forecasting.monte_carlo import understated_deviation
from pmo_analytics.performance.systemic_risk import shared_causes
from tests.risks import STATUS, risk, risks


def of_projects(count: int, **values: object) -> list[dict[str, object]]:
    return [
        risk(f"R{n}", cost=(100.0,), probability=0.5, project_id=f"P{n:02d}", **values)  # type: ignore[arg-type]
        for n in range(count)
    ]


@pytest.mark.parametrize(("n", "hidden"), [(10, 40.2), (30, 61.7)])
def test_what_independence_hides_is_the_closed_form(n: int, hidden: float) -> None:
    # Two risks of 0.5 are correlated by 2 arcsin(ρ) / π: 0.2 for this ρ.
    rho = math.sin(0.2 * math.pi / 2)
    rows = risks(*of_projects(n, driver="ice"))
    (row,) = shared_causes(rows, status_date=STATUS, draws=100_000, driver_correlation=rho).to_dict("records")
    assert hidden == pytest.approx(100 * understated_deviation(n, 0.2), abs=0.05)
    assert row["hidden_pct"] == pytest.approx(hidden, abs=1.0)
    assert row["joint_p80_amount"] > row["independent_p80_amount"]


def test_the_worked_example() -> None:
    rows = risks(*of_projects(2, driver="ice"))
    found = shared_causes(rows, status_date=STATUS, draws=100_000, driver_correlation=1.0)
    (row,) = found.to_dict("records")
    assert row["independent_deviation_amount"] == pytest.approx(math.sqrt(5_000), rel=0.01)
    assert row["joint_deviation_amount"] == pytest.approx(100, rel=0.01)
    assert row["hidden_pct"] == pytest.approx(29.3, abs=1.0)
    assert (row["exposure_amount"], row["project_count"], row["project_names"]) == (100, 2, "P00, P01")


def test_a_category_shows_exposure_and_claims_no_correlation_and_drivers_come_first() -> None:
    rows = risks(*of_projects(3, category="supplier", driver=" ice "), risk("X", project_id="Q", category="supplier"))
    found = shared_causes(rows, status_date=STATUS)
    assert found[["cause_kind", "cause"]].to_numpy().tolist() == [["driver", "ice"], ["category", "supplier"]]
    category = found.iloc[1]
    assert category[["joint_deviation_amount", "hidden_pct", "joint_p80_amount"]].isna().all()
    assert (category["risk_count"], category["unquantified_count"], category["project_count"]) == (3, 1, 3)


def test_a_cause_of_one_project_a_closed_risk_and_a_blank_are_no_shared_cause() -> None:
    rows = risks(
        risk("A1", cost=(1.0,), probability=0.5, driver="fog"),
        risk("A2", cost=(1.0,), probability=0.5, driver="fog"),
        risk("B1", cost=(1.0,), probability=0.5, driver="fog", project_id="B", state="closed"),
        risk("A3", cost=(1.0,), probability=0.5, driver=" "),
        risk("B2", cost=(1.0,), probability=0.5, driver=" ", project_id="B"),
    )
    assert shared_causes(rows, status_date=STATUS).empty
