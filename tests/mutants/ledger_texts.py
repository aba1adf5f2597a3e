"""Random ledgers as four locales write them, and the Decimals and days that they state.

Nothing here is taken from the package: a number is made of its own digits.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

Posting = tuple[str, date, Decimal, Decimal | None, str]


@dataclass(frozen=True)
class Locale:
    """Marks of thousands and decimals, ways to write a minus, and ways to write a day."""

    thousands: list[str]
    decimal: str
    minus: list[str]
    days: list[str]
    encodings: list[str]


LOCALES = {
    "english": Locale(
        [",", ""], ".", ["-{}", "{}-", "({})", "−{}"],
        ["{m:02}/{d:02}/{y}", "{d:02}/{m:02}/{y}", "{y}-{m:02}-{d:02}", "{d} {b} {y}", "{b} {d:02}, {y}"],
        ["utf-8", "utf-8-sig", "utf-16"],
    ),
    "german": Locale(
        [".", ""], ",", ["-{}", "{}-", "{} -"],
        ["{d:02}.{m:02}.{y}", "{d:02}.{m:02}.{s:02}", "{d}.{m}.{y}", "{y}-{m:02}-{d:02}", "{y}.{m:02}.{d:02}"],
        ["utf-8", "cp1252", "utf-16"],
    ),
    "swiss": Locale(["'", "’"], ".", ["-{}", "{}-", "− {}"], ["{d:02}.{m:02}.{y}", "{d}.{m}.{y}"], ["utf-8", "utf-16"]),
    "french": Locale(
        ["\u202f", "\u00a0", " "], ",", ["-{}", "− {}", "({})"],
        ["{d:02}/{m:02}/{y}", "{d}/{m}/{y}", "{d:02}-{m:02}-{y}"], ["utf-8", "utf-8-sig"],
    ),
}  # fmt: skip
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
REGISTER = "ledger_entry_id,project_key,posting_date,amount,currency,reporting_amount,reporting_currency".split(",")
CJI3 = (
    "RefDocNo,Object,Cost elem.,Postg Date,Value TranCurr,Transaction Currency,Val.in RC,RCurr,Document Header Text"
).split(",")
FBL3N = (
    "Document Number,Account,Posting Date,Amount in doc. curr.,Document currency,Amount in local currency,"
    "Local Currency,S/H,WBS element"
).split(",")


@dataclass(frozen=True)
class Ledger:
    """The bytes of a ledger, how it is written in words, and its postings."""

    data: bytes
    told: str
    postings: list[Posting]


class _Pen:
    """How one ledger writes: chosen once, so that a file is written in one way."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.name = self.chance.choice(sorted(LOCALES))
        how = LOCALES[self.name]
        self.thousands, self.minus = self.chance.choice(how.thousands), self.chance.choice(how.minus)
        self.decimal, self.day_form = how.decimal, self.chance.choice(how.days)
        self.encoding, self.places = self.chance.choice(how.encodings), self.chance.choice([0, 1, 2, 2, 2, 3, 4])

    def told(self) -> str:
        return f"{self.name} {self.thousands!r} {self.minus!r} {self.day_form!r} {self.encoding} {self.places}"

    def number(self, units: int, places: int) -> str:
        """`units` of the last decimal place, as text."""
        digits = str(abs(units)).rjust(places + 1, "0")
        whole, rest = digits[: len(digits) - places], digits[len(digits) - places :]
        groups: list[str] = []
        while len(whole) > 3:
            whole, group = whole[:-3], whole[-3:]
            groups.insert(0, group)
        text = self.thousands.join([whole, *groups]) + (self.decimal + rest if places else "")
        return self.minus.format(text) if units < 0 else text

    def day(self, given: date) -> str:
        y, m, d = given.year, given.month, given.day
        return self.day_form.format(y=y, m=m, d=d, s=y % 100, b=MONTHS[m - 1])

    def units(self) -> int:
        most = 10 ** self.chance.choice([2, 4, 6, 8, 11, 14])
        return self.chance.randrange(-most, most)


def _cells(cells: list[str], delimiter: str) -> str:
    quoted = ['"' + c.replace('"', '""') + '"' if delimiter in c or '"' in c else c for c in cells]
    return delimiter.join(quoted)


def ledger(seed: int) -> Ledger:
    """The ledger of a seed: as a register, as SAP cost line items or as SAP general ledger line items."""
    pen = _Pen(seed)
    kind, write = pen.chance.choice([("register", _register), ("cji3", _cji3), ("fbl3n", _fbl3n)])
    lines, postings = [], []
    # The first row alone proves the marks and the order of the day: 12 and two decimals, the 29th of May.
    given = [(1_234_56, 2, date(2026, 5, 29))]
    given += [
        (pen.units(), pen.places, date(2026, 1, 1) + timedelta(days=pen.chance.randrange(360)))
        for _ in range(pen.chance.randrange(1, 25))
    ]
    for n, (units, places, day) in enumerate(given):
        other = pen.units() if pen.chance.random() < 0.7 else None
        cells, posting = write(pen, f"D{n:04}", (units, places), day, other)
        lines.append(cells)
        postings.append(posting)
    delimiter = pen.chance.choice([d for d in ",;\t|" if d != pen.thousands])
    headers = {"register": REGISTER, "cji3": CJI3, "fbl3n": FBL3N}[kind]
    text = "\n".join(_cells(cells, delimiter) for cells in [headers, *lines]) + "\n"
    return Ledger(text.encode(pen.encoding), f"{kind} {pen.told()} {delimiter!r}", postings)


Money = tuple[int, int]
Write = Callable[[_Pen, str, Money, date, int | None], tuple[list[str], Posting]]


def _exact(units: int, places: int) -> Decimal:
    return Decimal(units).scaleb(-places)


def _register(pen: _Pen, key: str, money: Money, day: date, other: int | None) -> tuple[list[str], Posting]:
    beside = "" if other is None else pen.number(other, pen.places)
    cells = [key, "P-1", pen.day(day), pen.number(*money), "EUR", beside, "USD"]
    return cells, (key, day, _exact(*money), None if other is None else _exact(other, pen.places), "EUR")


def _cji3(pen: _Pen, key: str, money: Money, day: date, other: int | None) -> tuple[list[str], Posting]:
    beside = "" if other is None else pen.number(other, pen.places)
    cells = [key, "P-1", "4001", pen.day(day), pen.number(*money), "GBP", beside, "USD", "x; y, z"]
    return cells, (key, day, _exact(*money), None if other is None else _exact(other, pen.places), "GBP")


def _fbl3n(pen: _Pen, key: str, money: Money, day: date, other: int | None) -> tuple[list[str], Posting]:
    """An indicator tells the sign; the amounts carry none."""
    units, places = money
    sign = pen.chance.choice(["S", "H"])
    signed = -1 if sign == "H" else 1
    beside = "" if other is None else pen.number(abs(other), pen.places)
    cells = [key, "4711", pen.day(day), pen.number(abs(units), places), "EUR", beside, "CHF", sign, "P-1"]
    local = None if other is None else signed * abs(_exact(other, pen.places))
    return cells, (key, day, signed * abs(_exact(units, places)), local, "EUR")
