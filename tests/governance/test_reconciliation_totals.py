from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.contracts.base import Contract
from pmo_analytics.governance.code_mapping import UnmappedCodeNearest
from pmo_analytics.governance.reconciliation import (
    DIFFERING,
    NOT_COMPARED,
    NOT_MAPPED,
    CostDifference,
    IssueTimeDifference,
)
from pmo_analytics.governance.reconciliation_totals import (
    cost_difference_count,
    cost_difference_totals,
    issue_difference_count,
    unmapped_code_count,
)

AGREES = "agrees"


def frame(contract: type[Contract], common: dict[str, Any], rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns = list(contract.to_schema().columns)
    return contract.validate(pd.DataFrame([common | row for row in rows]).reindex(columns=columns))


def months(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    """Project months of a state and a currency, with timesheet cost and ledger labour."""
    common = {
        "period_month": pd.Timestamp("2026-06-01"), "ledger_amount": 0.0, "uncosted_seconds": 0.0, "posting_count": 1,
        "quality_note": "",
    }  # fmt: skip
    given = [
        {"state": state, "currency": currency, "cost_amount": cost, "labour_amount": labour,
         "difference_amount": cost - labour}
        for state, currency, cost, labour in rows
    ]  # fmt: skip
    return frame(CostDifference, common, given)


def test_the_worked_example() -> None:
    differences = months((DIFFERING[0], "EUR", 140, 100), (AGREES, "EUR", 50, 50), (NOT_COMPARED, "EUR", 70, 0))
    (total,) = cost_difference_totals(differences).to_dict("records")
    assert total == {
        "currency": "EUR", "months_compared": 2, "cost_amount": 190, "labour_amount": 150, "difference_amount": 40,
    }  # fmt: skip
    assert cost_difference_count(differences).iloc[0].to_list() == [2, 1]


def test_currencies_stay_apart_and_the_one_with_most_rows_goes_first() -> None:
    differences = months(
        (DIFFERING[0], "CHF", 10, 30), (AGREES, "EUR", 5, 5), (AGREES, "EUR", 6, 6), (NOT_MAPPED, "EUR", 9, 0)
    )
    totals = cost_difference_totals(differences)
    assert totals["currency"].to_list() == ["EUR", "CHF"]
    assert totals["difference_amount"].to_list() == [0, -20]
    assert cost_difference_count(differences).iloc[0].to_list() == [3, 1]


def test_issues_without_two_sides_are_not_counted() -> None:
    common = {"duration_seconds": 0.0, "difference_seconds": 0.0, "entry_count": 1, "quality_note": ""}
    states = [DIFFERING[0], AGREES, NOT_COMPARED]
    issues = frame(IssueTimeDifference, common, [{"issue_key": f"K-{n}", "state": s} for n, s in enumerate(states)])
    assert issue_difference_count(issues).iloc[0].to_list() == [2, 1]


def test_a_code_counts_once_in_all_currencies_and_no_code_is_none() -> None:
    codes = pd.DataFrame(
        {
            UnmappedCodeNearest.source: ["sap", "sap", "toggl", "toggl"],
            UnmappedCodeNearest.external_key: ["X", "X", "X", None],
        }
    )
    assert unmapped_code_count(codes).iloc[0].to_list() == [2]
