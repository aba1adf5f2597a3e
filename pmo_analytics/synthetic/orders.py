"""What the portfolio's projects have ordered and received and nobody has posted yet, month by month.

Lists state orders less what was received of them. Some lack a date, one is in
another currency, one is of a project that no register knows, and what was
promised for last month is not always there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import LAST_DAY, PROJECTS, add_months

UNKNOWN_CODE = "PX-09"
UNDATED, FOREIGN = 3, 6
_FIRST_MONTH = date(2026, 1, 1)
_MONTHS = 6
_SUPPLIERS = (
    "Hansen Testing AS", "Kade Software BV", "Novák & syn", "Quayside Cabling Ltd", "Østfold Sensors",
)  # fmt: skip


@dataclass(frozen=True)
class OpenOrder:
    """One order with its truth: what of it was received by the last day, and is accrued until it is invoiced."""

    number: str
    project_code: str
    supplier: str
    currency: str
    ordered_on: date
    due_on: date | None
    cents: int
    received_on: date | None
    received_cents: int


def open_orders(random: Random) -> list[OpenOrder]:
    """Two orders of each project that runs at the end and has a budget, and one of a project that nobody knows."""
    running = [
        p for p in PROJECTS
        if p.has_budget and p.teams and not p.cancelled_in_month and add_months(p.start, p.true_months) > LAST_DAY
    ]  # fmt: skip
    codes = [p.project_id for p in running for _ in range(2)] + [UNKNOWN_CODE]
    found = []
    for position, code in enumerate(codes):
        ordered = add_months(_FIRST_MONTH, random.randrange(_MONTHS - 1)) + timedelta(days=random.randrange(25))
        due = ordered + timedelta(days=45 + random.randrange(150))
        cents = (15 + random.randrange(110)) * 10_000
        received = due if due <= LAST_DAY and random.random() < 0.6 else None
        part = cents if random.random() < 0.5 else cents * (3 + random.randrange(5)) // 1000 * 100
        found.append(
            OpenOrder(
                f"{4_400_100 + 7 * position}",
                code,
                _SUPPLIERS[random.randrange(len(_SUPPLIERS))],
                "USD" if position == FOREIGN else "EUR",
                ordered,
                None if position == UNDATED else due,
                cents,
                None if position == UNDATED else received,
                part if received and position != UNDATED else 0,
            )
        )
    return found


def list_days() -> list[date]:
    """The last days of the months that a list was made for."""
    return [add_months(_FIRST_MONTH, month + 1) - timedelta(days=1) for month in range(_MONTHS)]


def listed(order: OpenOrder, day: date) -> dict[str, int]:
    """Cents by kind that a list of this day states of an order: what is to come of it, and what is accrued."""
    if order.ordered_on > day:
        return {}
    accrued = order.received_cents if order.received_on and order.received_on <= day else 0
    return {kind: cents for kind, cents in (("commitment", order.cents - accrued), ("accrual", accrued)) if cents}
