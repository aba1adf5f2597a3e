"""Postings on projects: labour, invoices, accruals with their reversals, and one mistake put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from pmo_analytics.synthetic.currencies import OBJECT_CURRENCY, REPORT_CURRENCY, ExchangeRates
from pmo_analytics.synthetic.projects import PlannedProject, add_months
from pmo_analytics.synthetic.purchases import IN_HOUSE_PROJECTS, LABOUR, Service, wbs_element
from pmo_analytics.synthetic.worklogs import LabourLine

ROLE_ELEMENTS = {
    "Developer": "94311000",
    "Engineer": "94312000",
    "Analyst": "94313000",
    "Designer": "94314000",
    "Project manager": "94315000",
}
LABOUR_TEXT = "Internal labour"
_USERS = ("HKRUEGER", "PMOELLER", "BATCHFI")


@dataclass(frozen=True)
class Posting:
    """One line of a document, in cents of its own, the object's and the reporting currency; credits are negative.

    `kind` is the truth behind it: labour, invoice, accrual, accrual_reversal,
    duplicate (an invoice posted twice by mistake) or correction (its reversal).
    """

    kind: str
    project: PlannedProject | None
    wbs: str
    cost_element: str
    cost_element_name: str
    text: str
    vendor: str
    posted_on: date
    documented_on: date
    created_on: date
    document_type: str
    document: str
    reference: str
    purchase_order: str
    user: str
    seconds: int
    currency: str
    cents: int
    object_cents: int
    report_cents: int

    @property
    def month(self) -> date:
        """The first of the month that it is posted in."""
        return self.posted_on.replace(day=1)

    @property
    def is_in_house(self) -> bool:
        """Whether the subsidiary's ledger holds it, not SAP."""
        return self.project is not None and self.project.project_id in IN_HOUSE_PROJECTS

    def reversed(self, day: date, document: str, kind: str, text: str) -> Posting:
        """The posting that takes this one back."""
        return replace(
            self, kind=kind, posted_on=day, documented_on=day, created_on=day, document_type="AB", document=document,
            reference=self.document, text=text, seconds=-self.seconds, cents=-self.cents,
            object_cents=-self.object_cents, report_cents=-self.report_cents,
        )  # fmt: skip


def month_end(month: date) -> date:
    """The last day of a month."""
    return add_months(month, 1) - timedelta(days=1)


def postings(
    random: Random, rates: ExchangeRates, lines: Iterable[LabourLine], delivered: Sequence[Service], last: date
) -> list[Posting]:
    """Everything posted up to `last`, by day and document."""
    found = [*_labour(random, rates, lines, last), *_purchases(random, rates, delivered, last)]
    found += _mistakes(found, last)
    found.sort(key=lambda posting: (posting.posted_on, posting.document))
    return found


def _labour(random: Random, rates: ExchangeRates, lines: Iterable[LabourLine], last: date) -> Iterator[Posting]:
    for number, line in zip(count(9_000_104_000), lines, strict=False):
        day = month_end(line.month)
        created_on = min(day + timedelta(days=1 + random.randrange(4)), last)
        yield Posting(
            "labour", line.project, wbs_element(line.project, LABOUR), ROLE_ELEMENTS[line.role],
            f"Internal labour {line.role.lower()}", f"{LABOUR_TEXT} {line.month:%m/%Y}", "", day, day,
            created_on, "", str(number), str(number), "", _USERS[2], line.seconds,
            OBJECT_CURRENCY, line.cents, line.cents,
            rates.carry_over(line.cents, OBJECT_CURRENCY, REPORT_CURRENCY, day),
        )  # fmt: skip


def _purchases(random: Random, rates: ExchangeRates, delivered: Sequence[Service], last: date) -> Iterator[Posting]:
    numbers, accrual_numbers = count(5_100_020_000), count(1_900_003_000)
    for service in delivered:
        user = _USERS[random.randrange(2)]
        if service.is_accrued:
            accrual = _accrual(rates, service, str(next(accrual_numbers)), user)
            yield accrual
            begin = add_months(service.month, 1)
            if begin <= last:
                text = f"Reversal of accrual {service.month:%m/%Y}"
                yield accrual.reversed(begin, str(next(accrual_numbers)), "accrual_reversal", text)
        if service.invoiced_on <= last:
            invoice = _invoice(rates, service, next(numbers), user)
            documented_on = invoice.posted_on - timedelta(days=random.randrange(3))
            created_on = min(invoice.posted_on + timedelta(days=random.randrange(3)), last)
            yield replace(invoice, documented_on=documented_on, created_on=created_on)


def _accrual(rates: ExchangeRates, service: Service, document: str, user: str) -> Posting:
    day, order, cents = month_end(service.month), service.order, service.estimate_cents
    return Posting(
        "accrual", order.project, order.wbs, order.vendor.cost_element, order.vendor.cost_element_name,
        f"Accrual {service.month:%m/%Y}", order.vendor.name, day, day, day, "SA", document, "", order.number, user, 0,
        OBJECT_CURRENCY, cents, cents, rates.carry_over(cents, OBJECT_CURRENCY, REPORT_CURRENCY, day),
    )  # fmt: skip


def _invoice(rates: ExchangeRates, service: Service, document: int, user: str) -> Posting:
    day, order, vendor = service.invoiced_on, service.order, service.order.vendor
    euros = rates.carry_over(service.cents, vendor.currency, OBJECT_CURRENCY, day)
    return Posting(
        "invoice", order.project, order.wbs, vendor.cost_element, vendor.cost_element_name,
        f"Services {service.month:%m/%Y}", vendor.name, day, day, day, "KR", str(document),
        f"{vendor.name[:2].upper()}-{document % 9973:05d}", order.number, user, 0, vendor.currency, service.cents,
        euros, rates.carry_over(euros, OBJECT_CURRENCY, REPORT_CURRENCY, day),
    )  # fmt: skip


def _mistakes(found: Sequence[Posting], last: date) -> list[Posting]:
    """One invoice of each ledger that is posted again a week later, and taken back in the month after that."""
    mistakes = []
    invoices = [p for p in found if p.kind == "invoice" and p.project and add_months(p.month, 2) <= last]
    for number, is_in_house in ((5_100_090_001, False), (5_100_090_003, True)):
        own = [p for p in invoices if p.is_in_house == is_in_house]
        if not own:
            continue
        first = own[len(own) // 2]
        day = first.posted_on + timedelta(days=7)
        again = replace(first, kind="duplicate", posted_on=day, created_on=day, document=str(number))
        back = add_months(day, 1) + timedelta(days=9)
        text = f"Reversal of {number}, posted twice"
        mistakes += [again, again.reversed(back, str(number + 1), "correction", text)]
    return mistakes
