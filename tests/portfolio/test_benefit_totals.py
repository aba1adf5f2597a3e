"""Sums and counts over all benefits: the worked example, money counted once, currencies apart, what has no money."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.portfolio.benefit_outlook import BenefitOutlook
from pmo_analytics.portfolio.benefit_realisation import BenefitDoubleCount, BenefitRealisation
from pmo_analytics.portfolio.benefit_totals import benefit_measurement, benefit_totals


def realisation(*rows: dict[str, Any]) -> pd.DataFrame:
    given = {
        "currency": "EUR", "is_financial": True, "is_dis_benefit": False, "has_owner": True, "baseline_amount": 100.0,
        "planned_amount": 100.0, "due_planned_amount": 0.0, "realised_amount": 0.0, "realised_month_count": 0,
        "overdue_count": 0, "to_come_planned_amount": 0.0, "slip_months": 0.0, "quality_note": "",
    }  # fmt: skip
    frame = pd.DataFrame([given | row for row in rows], columns=list(BenefitRealisation.to_schema().columns))
    return BenefitRealisation.validate(frame)


def outlook(**ends: float) -> pd.DataFrame:
    """The last two months of each currency, with P50 at the end."""
    rows = [
        {"currency": name, "period_month": pd.Timestamp(month), "baseline_amount": 0.0, "planned_amount": 0.0,
         "p20_amount": share * end - 1, "p50_amount": share * end, "p80_amount": share * end + 1}
        for name, end in ends.items()
        for month, share in (("2026-12-01", 1.0), ("2026-11-01", 0.5))
    ]  # fmt: skip
    return BenefitOutlook.validate(pd.DataFrame(rows, columns=list(BenefitOutlook.to_schema().columns)))


def twice(*names: str) -> pd.DataFrame:
    rows = [
        {"benefit_id": name, "other_benefit_id": "X", "currency": "EUR", "planned_amount": 1.0, "benefit_path": ""}
        for name in names
    ]
    return BenefitDoubleCount.validate(pd.DataFrame(rows, columns=list(BenefitDoubleCount.to_schema().columns)))


THREE = realisation(
    {"benefit_id": "A", "due_planned_amount": 10.0, "realised_amount": 8.0},
    {"benefit_id": "B", "is_dis_benefit": True, "due_planned_amount": 2.0, "realised_amount": 2.0},
    {"benefit_id": "C", "overdue_count": 2, "has_owner": False},
)


def test_the_worked_example() -> None:
    row = benefit_totals(THREE, twice(), outlook(EUR=90.0)).iloc[0]
    assert row[["due_planned_amount", "realised_amount", "realisation_rate"]].to_list() == [8, 6, 0.75]
    # Two benefits of 100 each less a drawback of 100.
    assert row[["benefit_count", "planned_amount", "p20_amount", "p50_amount", "p80_amount"]].to_list() == [
        3, 100, 89, 90, 91,
    ]  # fmt: skip
    counts = benefit_measurement(THREE).iloc[0]
    assert counts.to_dict() == {
        "benefit_count": 3, "overdue_benefit_count": 1, "overdue_count": 2, "unowned_count": 1,
    }  # fmt: skip


def test_currencies_stand_apart_and_what_has_no_money_is_only_counted() -> None:
    rows = realisation(
        {"benefit_id": "A"}, {"benefit_id": "B", "currency": "USD", "planned_amount": 500.0},
        {"benefit_id": "C", "currency": None, "is_financial": False, "overdue_count": 1},
    )  # fmt: skip
    totals = benefit_totals(rows, twice(), outlook(EUR=90.0))
    assert totals["currency"].to_list() == ["USD", "EUR"]
    assert totals["p50_amount"].isna().to_list() == [True, False]
    assert totals["realisation_rate"].isna().all()
    assert benefit_measurement(rows)["overdue_count"].to_list() == [1]


def test_money_that_stands_twice_is_summed_once() -> None:
    totals = benefit_totals(THREE, twice("A"), outlook(EUR=90.0)).iloc[0]
    assert totals["benefit_count"] == 2
    assert totals["realised_amount"] == pytest.approx(-2)


def test_a_benefit_in_two_currencies_is_one_benefit() -> None:
    rows = realisation(
        {"benefit_id": "A", "overdue_count": 1}, {"benefit_id": "A", "currency": "USD", "overdue_count": 2}
    )
    assert benefit_measurement(rows).iloc[0].to_list() == [1, 1, 3, 0]
