"""How systems of different countries write numbers, hours and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

SECONDS_AN_HOUR = 3600


@dataclass(frozen=True)
class Notation:
    """Marks and date pattern of one locale; the minus stands before or behind the figure."""

    decimal_mark: str
    group_mark: str
    day_pattern: str
    has_trailing_minus: bool = False

    def money(self, cents: int) -> str:
        """An amount with two decimals and grouped thousands."""
        whole, rest = divmod(abs(cents), 100)
        text = f"{whole:,}".replace(",", self.group_mark) + f"{self.decimal_mark}{rest:02d}"
        if cents >= 0:
            return text
        return f"{text}-" if self.has_trailing_minus else f"-{text}"

    def hours(self, seconds: int) -> str:
        """Hours with as many decimals as needed, eight at most and without grouping."""
        text = f"{Decimal(seconds) / SECONDS_AN_HOUR:.8f}".rstrip("0").rstrip(".")
        return text.replace(".", self.decimal_mark)

    def quantity(self, seconds: int) -> str:
        """Hours with three decimals, as a ledger writes quantities."""
        thousandths = round(Decimal(abs(seconds)) * 1000 / SECONDS_AN_HOUR)
        whole, rest = divmod(thousandths, 1000)
        text = f"{whole:,}".replace(",", self.group_mark) + f"{self.decimal_mark}{rest:03d}"
        if seconds >= 0:
            return text
        return f"{text}-" if self.has_trailing_minus else f"-{text}"

    def day(self, day: date) -> str:
        """A calendar day."""
        return day.strftime(self.day_pattern)


ISO = Notation(".", "", "%Y-%m-%d")
BRITISH = Notation(".", "", "%d/%m/%Y")
AMERICAN = Notation(".", ",", "%m/%d/%Y")
GERMAN = Notation(",", ".", "%d.%m.%Y", has_trailing_minus=True)
