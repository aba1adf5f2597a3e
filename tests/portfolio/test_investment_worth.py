"""What projects are worth: the worked example, what is left to spend, lateness, rates and what lacks."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.portfolio.benefit_timing import benefit_timing
from pmo_analytics.portfolio.investment_worth import investment_worth
from tests.frames import contract_frame, project_row

FEBRUARY = pd.Timestamp("2026-02-28")


def month(text: str) -> pd.Timestamp:
    return pd.Timestamp(f"{text}-01")


def worth(
    *,
    spent: float = 100,
    estimate: float | None = 100,
    finish: str = "2026-01-31",
    benefits: dict[str, tuple[float, float | None]] | None = None,
    past: int = 0,
    past_rate: float = 0.5,
    twice: tuple[str, ...] = (),
    **options: float,
) -> pd.Series:
    given = benefits or {"2026-02": (60, 30), "2026-03": (60, None)}
    progress = [
        {"project_id": "A", "period_month": month(each), "status_date": FEBRUARY, "currency": "EUR",
         "budget_at_completion_amount": 100.0, "planned_value_amount": 100.0, "actual_cost_amount": float(spent),
         "uncosted_seconds": 0.0}
        for each in ("2026-01", "2026-02")
    ]  # fmt: skip
    outlook = [
        {"project_id": "A", "period_month": month("2026-02"), "status_date": FEBRUARY, "currency": "EUR",
         "estimate_at_completion_amount": estimate, "expected_finish_date": pd.Timestamp(finish)}
    ]  # fmt: skip
    values = [
        {"benefit_id": "B", "project_id": "A", "period_month": month(each), "currency": "EUR",
         "baseline_amount": planned, "planned_amount": planned, "realised_amount": realised, "is_financial": True}
        for each, (planned, realised) in given.items()
    ]  # fmt: skip
    record = pd.DataFrame(
        {
            "benefit_id": [f"P{n}" for n in range(past)], "to_come_planned_amount": 0.0, "realised_month_count": 12,
            "due_planned_amount": 10.0, "realisation_rate": past_rate,
        }
    )  # fmt: skip
    project = contract_frame("project", [project_row("A", baseline_finish_date=pd.Timestamp("2026-01-31"))])
    timing = benefit_timing(
        contract_frame("benefit_by_month", values), project, contract_frame("project_status", []), status_date=FEBRUARY
    )
    rows = investment_worth(
        contract_frame("planned_earned_actual", progress),
        pd.DataFrame(outlook),
        timing,
        record,
        pd.DataFrame({"benefit_id": list(twice)}),
        status_date=FEBRUARY,
        **options,
    )
    return rows.iloc[0]


def test_the_worked_example() -> None:
    row = worth(discount_rate=0.0)
    assert row["planned_net_present_amount"] == pytest.approx(20)
    assert row["expected_net_present_amount"] == pytest.approx(-10)
    # 100 less 60 in February, and two thirds of March.
    assert row["planned_payback_months"] == pytest.approx(1 + 40 / 60)
    assert pd.isna(row["expected_payback_months"])
    assert row["quality_note"] == "benefits to come as planned: 0 past ones, not 9"


def test_past_benefits_tell_what_is_to_come() -> None:
    row = worth(discount_rate=0.0, past=9)
    assert row["expected_net_present_amount"] == pytest.approx(-100 + 30 + 30)
    assert not row["quality_note"]
    assert worth(discount_rate=0.0, past=9, past_rate=0.0)["expected_net_present_amount"] == pytest.approx(-70)


def test_what_is_left_is_spent_up_to_the_expected_finish() -> None:
    row = worth(spent=40, estimate=100, finish="2026-05-10", discount_rate=0.21)
    factor = 1.21 ** (-1 / 12)
    # 40 in January, 30 back in February, 60 in March; 20 each in March, April and May.
    by_hand = -40 + 30 * factor + 40 * factor**2 - 20 * factor**3 - 20 * factor**4
    assert row["expected_net_present_amount"] == pytest.approx(by_hand)


def test_rates_are_those_of_a_year_and_a_rate_that_is_not_stated_is_not_guessed() -> None:
    row = worth(benefits={"2026-02": (101, 101)})
    assert row["internal_returns"] == f"{1.01**12 - 1:.1%}"
    assert row[["planned_net_present_amount", "discounted_payback_months", "modified_return"]].isna().all()
    assert worth(benefits={"2026-02": (0, -5)}, discount_rate=0.0)["internal_returns"] == "none"


def test_cost_that_is_not_known_is_said() -> None:
    assert "cost to come is not known" in worth(estimate=None)["quality_note"]
