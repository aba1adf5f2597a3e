from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.governance.reconciliation import (
    NO_LABOUR,
    CostDifference,
    IssueTimeDifference,
    cost_differences,
    issue_time_differences,
    largest,
    ledger_elements,
)
from tests.frames import contract_frame, project_row

HOUR = 3600
MAR, APR, MAY = (pd.Timestamp(f"2026-0{m}-01") for m in (3, 4, 5))
END = pd.Timestamp("2026-04-30")


def row(project: str | None, month: pd.Timestamp, cost: float, labour: float | None, **values: Any) -> dict[str, Any]:
    return {
        "project_id": project,
        "period_month": month,
        "currency": "EUR",
        "cost_amount": cost,
        "costed_seconds": HOUR if cost else 0.0,
        "uncosted_seconds": 0.0,
        "ledger_amount": labour or 0.0,
        "labour_amount": labour,
        "other_amount": None if labour is None else 0.0,
        "difference_amount": None if labour is None else cost - labour,
        "posting_count": 1 if labour else 0,
    } | values


def compared(*rows: dict[str, Any], **options: Any) -> pd.DataFrame:
    mart = contract_frame("timesheet_ledger_reconciliation", rows)
    projects = contract_frame("project", [project_row("A"), project_row("B")])
    return cost_differences(mart, projects, status_date=END, **options)


def test_the_worked_example() -> None:
    rows = [row("A", MAR, 12_000.0, 11_400.0), row("A", APR, 0.0, 900.0), row("B", APR, 50.0, 50.0)]
    strict = compared(*rows)
    assert strict[CostDifference.state].to_list() == ["timesheets higher", "missing in timesheets", "agrees"]
    assert strict[CostDifference.difference_amount].to_list() == [600, -900, 0]
    assert strict.loc[0, CostDifference.difference_ratio] == 600 / 12_000
    # 5 % of 12,000 is 600.
    assert compared(*rows, tolerance_pct=5)[CostDifference.state].to_list()[0] == "agrees"
    assert compared(*rows, tolerance_pct=4.99)[CostDifference.state].to_list()[0] == "timesheets higher"


@pytest.mark.parametrize(
    ("cost", "labour", "state"),
    [
        (100.0, 101.0, "agrees"),
        (100.0, 101.01, "ledger higher"),
        (101.01, 100.0, "timesheets higher"),
        (100.0, 0.0, "missing in ledger"),
        (0.5, 0.0, "agrees"),
        (0.0, -20.0, "missing in timesheets"),
    ],
)
def test_each_row_says_which_side_is_higher_or_missing(cost: float, labour: float, state: str) -> None:
    beside = row("B", MAR, 10.0, 10.0)
    result = compared(row("A", MAR, cost, labour), beside, tolerance_amount=1.0)
    assert result[CostDifference.state].to_list() == [state, "agrees"]


def test_a_month_that_one_side_holds_nothing_of_is_not_compared() -> None:
    result = compared(row("A", MAR, 100.0, 0.0), row("A", APR, 0.0, 70.0), row("B", APR, 0.0, 7.0))
    assert result[CostDifference.state].to_list() == ["not compared"] * 3
    assert result[CostDifference.quality_note].to_list() == [
        "no ledger of this month is loaded",
        "no timesheets of this month are loaded",
        "no timesheets of this month are loaded",
    ]


def test_without_labour_accounts_nothing_is_compared_and_the_setting_is_named() -> None:
    result = compared(row("A", MAR, 100.0, None, ledger_amount=90.0, posting_count=3))
    assert result[[CostDifference.state, CostDifference.quality_note]].to_numpy().tolist() == [
        ["not compared", NO_LABOUR]
    ]
    assert "pmo.toml" in NO_LABOUR


def test_hours_without_a_rate_stand_beside_the_cost_and_unmapped_rows_apart() -> None:
    unpriced = {"currency": None, "costed_seconds": 0.0, "uncosted_seconds": 1.5 * HOUR}
    result = compared(
        row("A", MAR, 100.0, 100.0),
        row("A", MAR, 0.0, 0.0, **unpriced),
        row("B", MAR, 0.0, 0.0, **unpriced),
        row(None, MAR, 20.0, 5.0),
    )
    assert result[CostDifference.state].to_list() == ["agrees", "not compared", "not mapped"]
    assert result[CostDifference.quality_note].to_list() == [
        "1.50 h without a rate are not in the cost",
        "no rate holds for its hours",
        "",
    ]


def test_months_after_the_status_date_are_not_seen() -> None:
    early = [row("A", MAR, 100.0, 90.0)]
    pd.testing.assert_frame_equal(compared(*early), compared(*early, row("A", MAY, 1.0, 5.0)))


def test_the_largest_come_first_within_a_currency_and_what_agrees_not_at_all() -> None:
    result = largest(
        compared(
            row("A", MAR, 100.0, 90.0),
            row("A", APR, 100.0, 250.0),
            row("B", MAR, 10_000.0, 9_000.0, currency="JPY"),
            row("B", APR, 5.0, 5.0),
        )
    )
    assert result[[CostDifference.currency, CostDifference.difference_amount]].to_numpy().tolist() == [
        ["EUR", -150.0],
        ["EUR", 10.0],
        ["JPY", 1000.0],
    ]


def test_the_same_amount_the_other_way_round_is_named_where_it_stands_once() -> None:
    result = compared(
        row("A", MAR, 100.0, 70.25),
        row("B", MAR, 100.0, 129.75),
        row("A", APR, 500.0, 400.0),
        row("B", APR, 40.0, 50.0),
        row("C", APR, 40.0, 30.0),
        row("D", APR, 40.0, 30.0),
    )
    found = result.set_index([CostDifference.project_id, CostDifference.period_month])
    assert found.loc[("A", MAR), CostDifference.offset_project_id] == "B"
    assert found.loc[("B", MAR), CostDifference.offset_project_id] == "A"
    assert found.loc[("B", MAR), CostDifference.offset_month] == MAR
    # 100 has no opposite, and −10 has two.
    april = result[result[CostDifference.period_month] == APR]
    assert april[CostDifference.offset_project_id].isna().all()


def test_work_posted_a_month_late_is_named_with_both_months() -> None:
    result = compared(row("A", MAR, 90.0, 20.0), row("A", APR, 10.0, 80.0))
    assert result[CostDifference.offset_month].to_list() == [APR, MAR]


def test_cost_elements_with_their_sums_by_size() -> None:
    def element(name: str, month: pd.Timestamp, amount: float, currency: str = "EUR") -> dict[str, Any]:
        return {
            "project_id": "A", "period_month": month, "cost_element": name, "currency": currency,
            "ledger_amount": amount, "posting_count": 2,
        }  # fmt: skip

    mart = contract_frame(
        "ledger_by_project_month",
        [element("600", MAR, 10.0), element("600", APR, 5.0), element("700", MAR, -40.0), element("600", MAY, 9.0)],
    )
    result = ledger_elements(mart, status_date=END)
    assert result[["cost_element", "ledger_amount", "posting_count"]].to_numpy().tolist() == [
        ["700", -40.0, 2],
        ["600", 15.0, 4],
    ]
    assert result.loc[1, ["first_month", "last_month"]].to_list() == [MAR, APR]
    assert result["is_labour"].isna().all()


def issue(key: str, spent: float | None, booked: float, state: str = "known") -> dict[str, Any]:
    return {
        "issue_key": key, "state": state, "time_spent_seconds": spent, "duration_seconds": booked,
        "difference_seconds": booked - (spent or 0.0), "entry_count": 1 if booked else 0,
    }  # fmt: skip


def issues(*rows: dict[str, Any], **options: Any) -> dict[str, tuple[str, str]]:
    result = issue_time_differences(contract_frame("issue_time_reconciliation", rows), **options)
    columns = [IssueTimeDifference.issue_key, IssueTimeDifference.state, IssueTimeDifference.quality_note]
    return {key: (state, note) for key, state, note in result[columns].to_numpy().tolist()}


def test_issues_say_which_side_is_higher_largest_first_and_what_is_not_compared_last() -> None:
    found = issues(
        issue("A-1", 3600.0, 3600.0),
        issue("A-2", 3600.0, 7200.0),
        issue("A-3", 36000.0, 7200.0),
        issue("A-4", None, 900.0),
        issue("A-5", 7200.0, 0.0),
        issue("A-6", None, 5400.0, "unknown"),
        issue("A-7", 0.0, 90_000.0, "withheld"),
        issue("Z-1", None, 99_000.0, "not_loaded"),
    )
    assert list(found) == ["A-3", "A-5", "A-6", "A-2", "A-4", "A-1", "Z-1", "A-7"]
    assert {key: state for key, (state, _) in found.items()} == {
        "A-1": "agrees", "A-2": "timesheets higher", "A-3": "Jira higher", "A-4": "agrees",
        "A-5": "missing in timesheets", "A-6": "missing in Jira", "A-7": "not compared", "Z-1": "not compared",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("spent", "booked", "note"),
    [
        (3600.0, 0.0, "no timesheet entry names an issue"),
        (None, 3600.0, "the issues' export states no time spent"),
    ],
)
def test_where_one_side_states_no_time_at_all_nothing_is_compared(
    spent: float | None, booked: float, note: str
) -> None:
    assert issues(issue("A-1", spent, booked)) == {"A-1": ("not compared", note)}
