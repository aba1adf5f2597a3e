"""Budgets of a simulated company with two ledgers, orders in four currencies and rates: every cent is the true one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from pmo_analytics.synthetic.company import CompanyTruth
from pmo_analytics.synthetic.registers import register_rows
from tests.exports import Desk, write_csv
from tests.slow.test_reconciled_company import PORTFOLIO, cents, desk, truth

__all__ = ["desk", "truth"]
LAST = "2026-06-30"


@pytest.fixture(scope="module")
def books(desk: Desk, truth: tuple[CompanyTruth, Path]) -> Desk:
    """The company's desk with orders, rates and budgets beside its ledgers."""
    _, folder = truth
    for name in ("commitment", "exchange_rate"):
        desk.load(folder / "exports" / f"{name}.csv")
    desk.load(write_csv(folder / "budget.csv", *register_rows(PORTFOLIO, with_dirt=False)["budget"]))
    return desk


def in_cents(rows: list[tuple[object, ...]]) -> dict[tuple[object, ...], int]:
    return {row[:-1]: cents(row[-1]) for row in rows if row[-1]}


def told(truth: Mapping[tuple[str, date], int]) -> dict[tuple[object, ...], int]:
    return {place: amount for place, amount in truth.items() if amount}


def test_what_was_spent_is_every_cent_of_both_ledgers(books: Desk, truth: tuple[CompanyTruth, Path]) -> None:
    company, _ = truth
    with books.warehouse.at("2026-06") as view:
        columns = "project_id, period_month, ledger_amount"
        for mart in ("spend_by_project_month", "budget_by_project_month"):
            rows = view.rows(f"SELECT {columns} FROM marts.{mart} WHERE project_id IS NOT NULL")[1]
            found: Counter[tuple[object, ...]] = Counter()
            for project, month, amount in rows:
                found[project, month] += cents(amount)
            assert {place: amount for place, amount in found.items() if amount} == told(company.ledger_cents)
            unmapped = view.rows(f"SELECT sum(ledger_amount) FROM marts.{mart} WHERE project_id IS NULL")[1]
            assert cents(unmapped[0][0]) == sum(company.unmapped_cents.values())
        # Each project has labour in its ledger: no timesheet counts in a month that the ledger covers.
        sources = view.rows("SELECT DISTINCT spent_source FROM marts.spend_by_project_month ORDER BY 1")[1]
        assert ("ledger and timesheets",) not in sources


def test_orders_and_accruals_are_those_of_the_last_list_in_their_currencies(
    books: Desk, truth: tuple[CompanyTruth, Path]
) -> None:
    company, _ = truth
    expected = {
        (kind, currency): amount for (day, kind, currency), amount in company.commitment_cents.items() if day == LAST
    }
    with books.warehouse.at("2026-06") as view:
        listed = view.rows("SELECT kind, currency, sum(open_amount) FROM marts.open_commitment GROUP BY ALL")[1]
        assert in_cents(listed) == expected
        for kind in ("commitment", "accrual"):
            sums = view.rows(f"SELECT currency, sum({kind}_amount) FROM marts.budget_by_project_month GROUP BY ALL")[1]
            of_kind = {(currency,): amount for (each, currency), amount in expected.items() if each == kind}
            assert in_cents(sums) == of_kind


def test_a_year_holds_orders_at_the_rates_of_their_day_to_the_last_digit(books: Desk) -> None:
    with books.warehouse.at("2026-06") as view:
        rates = dict(view.rows("SELECT currency, rate FROM core.exchange_rate WHERE to_currency = 'EUR' "
                               "AND rate_date = DATE '2026-06-01'")[1])  # fmt: skip
        months = view.rows(
            "SELECT currency, to_currency, commitment_amount FROM marts.budget_by_project_month "
            "WHERE commitment_amount <> 0"
        )[1]
        years = view.rows(
            "SELECT currency, to_currency, sum(commitment_amount) FROM marts.budget_by_project_year "
            "WHERE commitment_amount <> 0 GROUP BY ALL"
        )[1]
    assert {row[0] for row in months} == {"EUR", "GBP", "SEK", "USD"}
    expected = sum(
        (amount * (rates[currency] if to_currency else 1)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        for currency, to_currency, amount in months
    )
    assert years == [("EUR", None, expected)]


def test_the_budget_is_that_of_the_last_baselines(books: Desk) -> None:
    _, rows = register_rows(PORTFOLIO, with_dirt=False)["budget"]
    last: dict[object, object] = {}
    for row in rows:
        last[row[0]] = max(str(row[1]), str(last.get(row[0], "")))
    expected = sum(Decimal(str(row[4])) for row in rows if str(row[1]) == last[row[0]])
    with books.warehouse.at("2026-06") as view:
        for mart in ("budget_in_force", "budget_by_project_month", "budget_by_project_year"):
            where = "" if mart == "budget_in_force" else " WHERE project_id IN (SELECT project_id FROM core.budget)"
            assert view.rows(f"SELECT sum(budget_amount) FROM marts.{mart}{where}")[1] == [(expected,)]
