from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

from pmo_analytics.synthetic.currencies import ExchangeRates
from tests.synthetic.conftest import WrittenCompany


def test_amounts_are_carried_over_and_rounded_half_up() -> None:
    rates = ExchangeRates({("USD", "EUR", date(2026, 3, 1)): Decimal("0.905")})
    assert rates.carry_over(100, "USD", "EUR", date(2026, 3, 31)) == 91
    assert rates.carry_over(-100, "USD", "EUR", date(2026, 3, 31)) == -91
    assert rates.carry_over(7, "EUR", "EUR", date(2020, 1, 1)) == 7


def test_the_register_holds_every_rate_that_the_invoices_were_carried_over_at(company: WrittenCompany) -> None:
    reader = csv.DictReader(io.StringIO(company.text("exchange_rate.csv"), newline=""))
    rates = {(r["currency"], r["to_currency"], r["rate_date"]): Decimal(r["rate"]) for r in reader}
    assert len(rates) == company.truth.file("exchange_rate.csv").rows == 6 * len(company.truth.months)
    for posting in company.truth.postings:
        if posting.kind == "invoice" and posting.currency != "EUR":
            rate = rates[posting.currency, "EUR", posting.month.isoformat()]
            assert abs(posting.cents * rate - posting.object_cents) <= Decimal("0.5")
