"""Ledger exports: SAP's cost line items as text lists and as CSV, and the subsidiary's own ledger.

The subsidiary's columns: `Booking No` is unique; `Job Code` names the project;
`Amount` is signed and in `Currency`; `Amount EUR` is the same in euros; `Hours`
stand on labour only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from pmo_analytics.synthetic.currencies import OBJECT_CURRENCY, REPORT_CURRENCY
from pmo_analytics.synthetic.logbook import job_code
from pmo_analytics.synthetic.notation import AMERICAN, GERMAN, ISO, Notation
from pmo_analytics.synthetic.postings import Posting
from pmo_analytics.synthetic.purchases import project_definition
from pmo_analytics.synthetic.written import FileTruth, write_rows

# Header of the list, header of the CSV, width in the list.
CJI3_HEADERS = (
    ("Project Definition", "Project Def.", 18), ("WBS Element", "WBS Element", 12),
    ("Cost Element", "Cost elem.", 12), ("Cost element descr.", "Cost element descr.", 31),
    ("Cost element name", "Cost element name", 31), ("CO object name", "CO object name", 24),
    ("Transaction Currency", "TCurr", 20), ("Value TranCurr", "Value TranCurr", 16),
    ("Object Currency", "ObCur", 15), ("Value in Obj. Crcy", "Value in Obj. Crcy", 18),
    ("Report currency", "RCurr", 15), ("Val.in rep.cur.", "Val.in RC", 16),
    ("Total Quantity", "Total quantity", 14), ("Partner-CCtr", "Partner-CCtr", 12),
    ("Source object name", "Source object name", 28), ("Fiscal Year", "Year", 11), ("Created on", "Created on", 10),
    ("Period", "Per", 6), ("Posting Date", "Postg Date", 12), ("Document Date", "Doc. Date", 13),
    ("Document type", "DocTyp", 13), ("Ref Document Number", "RefDocNo", 19),
    ("Document Header Text", "Document Header Text", 36), ("User Name", "User Name", 9),
    ("Purchasing Document", "Pur. Doc.", 19),
)  # fmt: skip
_TRANSACTION, _OBJECT, _REPORT, _QUANTITY = 7, 9, 11, 12
_NUMBERS = {_TRANSACTION, _OBJECT, _REPORT, _QUANTITY}
HOUSE_HEADERS = (
    "Booking No,Booked On,Voucher Date,Job Code,Cost Type,Cost Type Name,Text,Supplier,Supplier Ref,Order No,"
    "Hours,Currency,Amount,Amount EUR"
).split(",")


def _cji3_row(posting: Posting, write: Notation) -> list[str]:
    is_labour = posting.kind == "labour"
    project = posting.project
    return [
        project_definition(project) if project else posting.wbs[:6], posting.wbs, posting.cost_element,
        posting.cost_element_name, posting.cost_element_name, project.name if project else "Altprojekt Süd",
        posting.currency, write.money(posting.cents), OBJECT_CURRENCY, write.money(posting.object_cents),
        REPORT_CURRENCY, write.money(posting.report_cents), write.quantity(posting.seconds),
        "4711" if is_labour else "", "Cost centre 4711" if is_labour else posting.vendor,
        str(posting.posted_on.year), write.day(posting.created_on), str(posting.posted_on.month),
        write.day(posting.posted_on), write.day(posting.documented_on), posting.document_type, posting.document,
        posting.text, posting.user, posting.purchase_order,
    ]  # fmt: skip


Layout = Callable[[str, Sequence[str]], str]


def _piped(mark: str, cells: Sequence[str]) -> str:
    padded = [
        cell.rjust(width) if position in _NUMBERS else cell.ljust(width)
        for position, (cell, (_, _, width)) in enumerate(zip(cells, CJI3_HEADERS, strict=True))
    ]
    return f"|{mark:<2}|{'|'.join(padded)}|"


def _tabbed(mark: str, cells: Sequence[str]) -> str:
    return "\t".join([mark, *cells])


def write_cji3_list(path: Path, found: Iterable[Posting], printed_on: date, *, with_tabs: bool) -> FileTruth:
    """Write a list as SAP saves it: title, header in line 4, rules, a subtotal for each WBS element, a total."""
    rows = sorted(found, key=lambda p: (p.wbs, p.posted_on, p.document))
    layout = _tabbed if with_tabs else _piped
    # A list saved with tabs has empty lines where the other one has rules.
    rule = "" if with_tabs else "-" * len(_piped("", [""] * len(CJI3_HEADERS)))
    with path.open("w", encoding="latin-1", newline="") as file:
        for line in _list_lines(rows, printed_on, layout, rule):
            file.write(f"{line}\r\n")
    return _cji3_truth(path.name, "latin-1", rows)


def _list_lines(rows: Sequence[Posting], printed_on: date, layout: Layout, rule: str) -> Iterator[str]:
    yield f"Display Project Actual Cost Line Items   Layout /PMO   Printed {GERMAN.day(printed_on)}"
    yield ""
    yield rule
    yield layout("", [header for header, _, _ in CJI3_HEADERS])
    yield rule
    for wbs, group in groupby(rows, key=lambda posting: posting.wbs):
        own = list(group)
        for posting in own:
            yield layout("", _cji3_row(posting, GERMAN))
        yield rule
        yield layout("*", _sums(own, wbs))
        yield rule
    yield layout("**", _sums(rows, ""))
    yield rule


def _sums(rows: Sequence[Posting], wbs: str) -> list[str]:
    """Sums in the columns of numbers; none of the transaction currency where there are several."""
    cells = [""] * len(CJI3_HEADERS)
    cells[1] = wbs
    if len({posting.currency for posting in rows}) == 1:
        cells[_TRANSACTION] = GERMAN.money(sum(posting.cents for posting in rows))
    cells[_OBJECT] = GERMAN.money(sum(posting.object_cents for posting in rows))
    cells[_REPORT] = GERMAN.money(sum(posting.report_cents for posting in rows))
    cells[_QUANTITY] = GERMAN.quantity(sum(posting.seconds for posting in rows))
    return cells


def _cji3_truth(name: str, encoding: str, rows: Sequence[Posting]) -> FileTruth:
    cents: Counter[tuple[str, str]] = Counter()
    for posting in rows:
        cents["transaction", posting.currency] += posting.cents
        cents["object", OBJECT_CURRENCY] += posting.object_cents
        cents["reporting", REPORT_CURRENCY] += posting.report_cents
    return FileTruth(name, encoding, len(rows), seconds=sum(p.seconds for p in rows), cents=dict(cents))


def write_cji3_csv(path: Path, found: Iterable[Posting]) -> FileTruth:
    """Write the same line items as a spreadsheet export of a user with American settings."""
    rows = list(found)
    headers = [abbreviated for _, abbreviated, _ in CJI3_HEADERS]
    write_rows(path, headers, (_cji3_row(posting, AMERICAN) for posting in rows))
    return _cji3_truth(path.name, "utf-8", rows)


def write_house_ledger(path: Path, found: Iterable[Posting]) -> FileTruth:
    """Write the subsidiary's ledger."""
    rows = list(found)
    write_rows(path, HOUSE_HEADERS, (_house_row(posting) for posting in rows))
    cents: dict[tuple[str, str], int] = defaultdict(int)
    for posting in rows:
        cents["Amount", posting.currency] += posting.cents
        cents["Amount EUR", OBJECT_CURRENCY] += posting.object_cents
    return FileTruth(path.name, "utf-8", len(rows), seconds=sum(p.seconds for p in rows), cents=dict(cents))


def _house_row(posting: Posting) -> list[str]:
    if posting.project is None:
        raise ValueError(f"document {posting.document} belongs to no project of the subsidiary")
    return [
        posting.document, ISO.day(posting.posted_on), ISO.day(posting.documented_on), job_code(posting.project),
        posting.cost_element, posting.cost_element_name, posting.text, posting.vendor, posting.reference,
        posting.purchase_order, ISO.hours(posting.seconds) if posting.seconds else "", posting.currency,
        ISO.money(posting.cents), ISO.money(posting.object_cents),
    ]  # fmt: skip
