"""SAP's G/L line items (FBL3N) of a second company code: travel, training and subscriptions on projects.

No other file holds these items, so they add to the cost that the line items of the first company code show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from pmo_analytics.synthetic.currencies import SUBSIDIARY_CURRENCY, ExchangeRates
from pmo_analytics.synthetic.effort import last_active_day
from pmo_analytics.synthetic.notation import GERMAN
from pmo_analytics.synthetic.postings import month_end
from pmo_analytics.synthetic.projects import PROJECTS, PlannedProject
from pmo_analytics.synthetic.purchases import IN_HOUSE_PROJECTS, SERVICES, wbs_element
from pmo_analytics.synthetic.written import FileTruth, write_rows

COMPANY_CODE = "2000"
ACCOUNTS = {"476000": "Travel", "476100": "Training", "477000": "Subscriptions"}
HEADERS = (
    "Company Code;Account;Document Type;Document Number;Posting Date;Document Date;Amount in doc. curr.;"
    "Document currency;Amount in local currency;Local Currency;Text;Reference;Assignment;Document Header Text;"
    "User Name;Tax Code;WBS element;Order"
).split(";")
INDICATOR = "Debit/Credit Ind."
_LOCAL = 9
_SHARE = 0.3


@dataclass(frozen=True)
class LedgerItem:
    """One item of an account, in cents of the document's and the company code's currency."""

    project: PlannedProject
    account: str
    document: str
    document_type: str
    posted_on: date
    documented_on: date
    currency: str
    cents: int
    local_cents: int
    text: str
    reference: str


def ledger_items(random: Random, rates: ExchangeRates, months: Sequence[date]) -> list[LedgerItem]:
    """Items of every month, with credit notes that take whole items back some weeks later."""
    places = [
        (month, project, account)
        for month in months
        for project in PROJECTS
        if project.project_id not in IN_HOUSE_PROJECTS and project.start <= month <= last_active_day(project)
        for account in ACCOUNTS
    ]
    found = [_item(random, rates, *place) for place in places if random.random() < _SHARE]
    notes = [_credit_note(item, position) for position, item in enumerate(found[7::19])]
    found += [note for note in notes if note.posted_on <= month_end(months[-1])]
    found.sort(key=lambda item: (item.account, item.posted_on, item.document))
    return found


def _credit_note(item: LedgerItem, position: int) -> LedgerItem:
    day = item.posted_on + timedelta(days=20)
    return replace(
        item, document=f"17{position:08d}", document_type="KG", posted_on=day, documented_on=day, cents=-item.cents,
        local_cents=-item.local_cents, text=f"Credit note for {item.document}",
    )  # fmt: skip


def _item(random: Random, rates: ExchangeRates, month: date, project: PlannedProject, account: str) -> LedgerItem:
    day = month + timedelta(days=random.randrange(28))
    currency = ("GBP", "GBP", "EUR", "USD")[random.randrange(4)]
    cents = 4_000 + random.randrange(260_000)
    months = month.year * 12 + month.month
    serial = months * 1000 + PROJECTS.index(project) * 10 + list(ACCOUNTS).index(account)
    return LedgerItem(
        project, account, f"19{serial:08d}", "KR", day, day - timedelta(days=random.randrange(6)), currency, cents,
        rates.carry_over(cents, currency, SUBSIDIARY_CURRENCY, day), f"{ACCOUNTS[account]} {project.name}",
        f"RG-{serial % 99991:05d}",
    )  # fmt: skip


def write_fbl3n(path: Path, found: Sequence[LedgerItem], *, with_indicator: bool) -> FileTruth:
    """Write a list of items, amounts either with S and H for debit and credit or with a trailing minus."""
    headers = [*HEADERS[: _LOCAL + 1], INDICATOR, *HEADERS[_LOCAL + 1 :]] if with_indicator else HEADERS
    write_rows(
        path,
        headers,
        _rows(found, with_indicator=with_indicator),
        delimiter=";",
        encoding="cp1252",
        line_end="\r\n",
    )
    cents: dict[tuple[str, str], int] = defaultdict(int)
    for item in found:
        cents["document", item.currency] += item.cents
        cents["local", SUBSIDIARY_CURRENCY] += item.local_cents
    return FileTruth(path.name, "cp1252", len(found), cents=dict(cents))


def _rows(found: Sequence[LedgerItem], *, with_indicator: bool) -> Iterator[list[str]]:
    for item in found:
        cents, local = (abs(item.cents), abs(item.local_cents)) if with_indicator else (item.cents, item.local_cents)
        row = [
            COMPANY_CODE, item.account, item.document_type, item.document, GERMAN.day(item.posted_on),
            GERMAN.day(item.documented_on), GERMAN.money(cents), item.currency, GERMAN.money(local),
            SUBSIDIARY_CURRENCY,
        ]  # fmt: skip
        if with_indicator:
            row.append("S" if item.cents >= 0 else "H")
        wbs = wbs_element(item.project, SERVICES)
        yield [*row, item.text, item.reference, item.document, "", "PMOELLER", "V0", wbs, ""]
