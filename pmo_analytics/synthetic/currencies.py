"""Monthly exchange rates, and amounts carried over at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

OBJECT_CURRENCY, REPORT_CURRENCY, SUBSIDIARY_CURRENCY = "EUR", "USD", "GBP"
_LEVELS = {
    ("USD", "EUR"): "0.90500",
    ("GBP", "EUR"): "1.17200",
    ("SEK", "EUR"): "0.08810",
    ("EUR", "USD"): "1.10450",
    ("EUR", "GBP"): "0.85300",
    ("USD", "GBP"): "0.77200",
}
_PLACES = Decimal("0.00001")


@dataclass(frozen=True)
class ExchangeRates:
    """Units of the second currency for one of the first, by the first day of the month."""

    rates: dict[tuple[str, str, date], Decimal]

    def carry_over(self, cents: int, currency: str, to_currency: str, day: date) -> int:
        """An amount in another currency at the rate of the month of `day`, rounded half up."""
        if currency == to_currency:
            return cents
        rate = self.rates[currency, to_currency, day.replace(day=1)]
        return int((cents * rate).quantize(Decimal(1), ROUND_HALF_UP))


def exchange_rates(random: Random, months: Sequence[date]) -> ExchangeRates:
    """A walk of under one per cent a month around each pair's level."""
    found: dict[tuple[str, str, date], Decimal] = {}
    for (currency, to_currency), level in _LEVELS.items():
        rate = Decimal(level)
        for month in months:
            found[currency, to_currency, month] = rate
            step = Decimal(random.randrange(-900, 901)).scaleb(-5)
            rate = (rate * (1 + step)).quantize(_PLACES, ROUND_HALF_UP)
    return ExchangeRates(found)
