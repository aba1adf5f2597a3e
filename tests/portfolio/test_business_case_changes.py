"""Versions of business cases: the worked example, other currencies, and cases nobody decided on."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.portfolio.business_case_changes import business_case_changes
from tests.frames import contract_frame


def case(version: str, day: str, cost: float, currency: str = "EUR", proposal: str = "A") -> dict[str, object]:
    return {
        "proposal_id": proposal, "version": version, "status_date": pd.Timestamp("2026-06-30"),
        "submitted_on_date": pd.Timestamp(day), "cost_amount": cost, "value_amount": 300.0, "currency": currency,
    }  # fmt: skip


def found(*cases: dict[str, object], decided: str | None = "2026-02-01") -> pd.DataFrame:
    decision = {"subject_id": "A", "decided_on_date": pd.Timestamp(decided), "decision": "approved"}
    register = contract_frame("portfolio_decision", [decision] if decided else [])
    return business_case_changes(contract_frame("business_case", list(cases)), register)


def test_the_worked_example() -> None:
    rows = found(case("2", "2026-03-01", 150.0), case("1", "2026-01-01", 100.0))
    assert rows["version"].to_list() == ["1", "2"]
    assert rows["cost_change_amount"].fillna(0).to_list() == [0, 50]
    assert rows["is_decided_on"].to_list() == [True, False]
    assert rows["cost_growth"].to_list() == [1.0, 1.5]


def test_another_currency_is_no_change_and_no_growth() -> None:
    rows = found(case("1", "2026-01-01", 100.0), case("2", "2026-03-01", 150.0, "USD"))
    assert rows["cost_change_amount"].isna().all()
    assert pd.isna(rows["cost_growth"].iloc[1])


def test_a_case_that_nobody_decided_on_has_no_growth() -> None:
    rows = found(case("1", "2026-01-01", 100.0), case("1", "2026-01-01", 70.0, proposal="B"), decided=None)
    assert not rows["is_decided_on"].any()
    assert rows["cost_growth"].isna().all()
