"""What is bought for the projects: orders, services received by month, and their invoices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.currencies import ExchangeRates
from pmo_analytics.synthetic.effort import last_active_day
from pmo_analytics.synthetic.projects import PROJECTS, PlannedProject, add_months

# The budget codes of two projects are kept by a subsidiary in its own ledger, the others' by the group's SAP system.
IN_HOUSE_PROJECTS = frozenset({"PA-04", "PA-05"})
UNKNOWN_WBS = ("D-9901-20", "D-9917-20", "T-4410-01")
LABOUR, SERVICES, LICENCES = "10", "20", "30"


@dataclass(frozen=True)
class Vendor:
    """A supplier, what it sells and in which currency it invoices."""

    name: str
    currency: str
    branch: str
    cost_element: str
    cost_element_name: str


VENDORS = (
    Vendor("Nordwerft Prüftechnik GmbH", "EUR", SERVICES, "62100000", "External engineering"),
    Vendor("Büro für Hafenplanung Köhler", "EUR", SERVICES, "62110000", "External consulting"),
    Vendor("Bright Quay Software Inc", "USD", LICENCES, "62200000", "Software licences"),
    Vendor("Tideway Consulting Ltd", "GBP", SERVICES, "62110000", "External consulting"),
    Vendor("Svea Marin AB", "SEK", LICENCES, "62300000", "Equipment hire"),
)


@dataclass(frozen=True)
class PurchaseOrder:
    """What was ordered of a vendor for a project, in the vendor's currency."""

    number: str
    project: PlannedProject | None
    wbs: str
    vendor: Vendor
    ordered_on: date
    due_on: date
    cents: int


@dataclass(frozen=True)
class Service:
    """A month's delivery on an order; accrued at the month's end or not, invoiced in the next month."""

    order: PurchaseOrder
    month: date
    cents: int
    estimate_cents: int
    is_accrued: bool
    invoiced_on: date


def project_definition(project: PlannedProject) -> str:
    """The project's code in the ledger."""
    return f"D-{2500 + 7 * PROJECTS.index(project)}"


def wbs_element(project: PlannedProject, branch: str) -> str:
    """The code of a project's labour, services or licences."""
    return f"{project_definition(project)}-{branch}"


def services(random: Random, rates: ExchangeRates, months: Sequence[date]) -> list[Service]:
    """Every delivery of the months, with the orders that they belong to."""
    drawn: dict[tuple[str, Vendor], list[tuple[date, int]]] = defaultdict(list)
    owners: dict[str, PlannedProject | None] = dict.fromkeys(UNKNOWN_WBS)
    for project in PROJECTS:
        vendors = random.sample(VENDORS, 2)
        for month in months:
            if not project.start <= month <= last_active_day(project):
                continue
            for vendor in vendors:
                code = wbs_element(project, vendor.branch)
                owners[code] = project
                if random.random() < 0.55:
                    drawn[code, vendor].append((month, _value(random, vendor)))
    for code in UNKNOWN_WBS:
        drawn[code, VENDORS[0]] += [(month, _value(random, VENDORS[0])) for month in months[1:-1:4]]
    found: list[Service] = []
    for position, ((code, vendor), deliveries) in enumerate(drawn.items()):
        total = sum(cents for _, cents in deliveries)
        first, last = deliveries[0][0], deliveries[-1][0]
        order = PurchaseOrder(
            f"45{10_000 + 13 * position:08d}",
            owners[code],
            code,
            vendor,
            first - timedelta(days=5 + random.randrange(20)),
            add_months(last, 3) - timedelta(days=1),
            -(-total * (108 + random.randrange(40)) // 1_000_000) * 10_000,
        )
        found += [_service(random, rates, order, month, cents) for month, cents in deliveries]
    found.sort(key=lambda service: (service.month, service.order.number))
    return found


def _value(random: Random, vendor: Vendor) -> int:
    larger = 10 if vendor.currency == "SEK" else 1
    return larger * (80_000 + random.randrange(2_400_000))


def _service(random: Random, rates: ExchangeRates, order: PurchaseOrder, month: date, cents: int) -> Service:
    euros = rates.carry_over(cents, order.vendor.currency, "EUR", month)
    estimate = max(round(euros * (0.9 + 0.2 * random.random()) / 10_000), 1) * 10_000
    invoiced = add_months(month, 1) + timedelta(days=3 + random.randrange(18))
    # What nobody can map is invoiced out of the blue.
    is_accrued = order.project is not None and random.random() < 0.7
    return Service(order, month, cents, estimate, is_accrued, invoiced)


def commitment_rows(found: Sequence[Service], status_date: date) -> list[list[object]]:
    """What is ordered and not yet delivered, and what is delivered and neither accrued nor invoiced, at a month's end.

    What is accrued or invoiced stands in the ledger, so that no delivery is counted twice.
    """
    rows: list[list[object]] = []
    orders = {service.order.number: service.order for service in found}
    for order in orders.values():
        if order.project is None or order.ordered_on > status_date:
            continue
        own = [service for service in found if service.order.number == order.number]
        rest = order.cents - sum(service.cents for service in own if service.month <= status_date)
        late = [s for s in own if s.month <= status_date < s.invoiced_on and not s.is_accrued]
        waiting = sum(service.cents for service in late)
        for mark, kind, cents in (("PO", "commitment", rest), ("AC", "accrual", waiting)):
            if cents > 0:
                rows.append(
                    [
                        f"{mark}-{order.number}", order.project.project_id, order.number, order.vendor.name,
                        order.ordered_on.isoformat(), order.due_on.isoformat(), f"{cents // 100}.{cents % 100:02d}",
                        order.vendor.currency, kind, status_date.isoformat(),
                    ]
                )  # fmt: skip
    return rows


COMMITMENT_HEADERS = (
    "commitment_id,project_id,document_number,vendor,committed_on_date,due_date,amount,currency,kind,status_date"
).split(",")
