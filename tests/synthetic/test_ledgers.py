from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime

import pytest

from pmo_analytics.synthetic.ledgers import CJI3_HEADERS, HOUSE_HEADERS
from tests.synthetic.conftest import WrittenCompany

LISTS = {"cji3_1_pipes.txt": "|", "cji3_2_tabs.txt": "\t"}
FULL = [header for header, _, _ in CJI3_HEADERS]
ABBREVIATED = [header for _, header, _ in CJI3_HEADERS]
Row = dict[str, str]


def german(text: str) -> int:
    digits = int(text.rstrip("-").replace(".", "").replace(",", ""))
    return -digits if text.endswith("-") else digits


def american(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def lines(company: WrittenCompany, name: str) -> list[list[str]]:
    """The lines of a list below its header: the mark first, then the columns."""
    separator = LISTS[name]
    found = []
    for line in company.text(name).split("\r\n")[3:]:
        if not line.strip("-"):
            continue
        cells = [cell.strip() for cell in line.split(separator)]
        found.append(cells[1:-1] if separator == "|" else cells)
    assert found[0] == ["", *FULL]
    assert {len(cells) for cells in found} == {len(FULL) + 1}
    return found[1:]


def items(company: WrittenCompany, name: str) -> list[Row]:
    return [dict(zip(FULL, cells[1:], strict=True)) for cells in lines(company, name) if not cells[0]]


def exported(company: WrittenCompany) -> list[Row]:
    reader = csv.reader(io.StringIO(company.text("cji3_line_items.csv"), newline=""))
    assert next(reader) == ABBREVIATED
    return [dict(zip(FULL, row, strict=True)) for row in reader]


def totals(rows: list[Row], cents: Callable[[str], int]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found["transaction", row["Transaction Currency"]] += cents(row["Value TranCurr"])
        found["object", row["Object Currency"]] += cents(row["Value in Obj. Crcy"])
        found["reporting", row["Report currency"]] += cents(row["Val.in rep.cur."])
    return found


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_its_title_and_its_header_in_line_four(company: WrittenCompany, name: str) -> None:
    text = company.text(name).split("\r\n")
    assert text[0].startswith("Display Project Actual Cost Line Items")
    assert text[1] == ""
    assert set(text[2]) <= {"-"}
    assert "Val.in rep.cur." in text[3]
    assert "ü".encode("latin-1") in (company.folder / name).read_bytes()


@pytest.mark.parametrize("name", LISTS)
def test_the_items_of_a_list_are_what_the_truth_says(company: WrittenCompany, name: str) -> None:
    rows, truth = items(company, name), company.truth.file(name)
    assert len(rows) == truth.rows > 150
    assert totals(rows, german) == truth.cents
    # Three decimals of an hour are tens of 3.6 seconds, and every quarter of an hour is a whole number of them.
    assert sum(german(row["Total Quantity"]) for row in rows) * 36 == truth.seconds * 10


@pytest.mark.parametrize("name", LISTS)
def test_subtotals_are_the_sums_of_their_rows_and_the_total_of_all(company: WrittenCompany, name: str) -> None:
    above: list[Row] = []
    everything = 0
    subtotals = []
    columns = ("Value in Obj. Crcy", "Val.in rep.cur.", "Total Quantity")
    for mark, *cells in lines(company, name):
        row = dict(zip(FULL, cells, strict=True))
        if mark == "":
            above.append(row)
            everything += german(row["Value in Obj. Crcy"])
        elif mark == "*":
            assert {each["WBS Element"] for each in above} == {row["WBS Element"]}
            for column in columns:
                assert german(row[column]) == sum(german(each[column]) for each in above)
            currencies = {each["Transaction Currency"] for each in above}
            assert bool(row["Value TranCurr"]) == (len(currencies) == 1)
            subtotals.append(row["WBS Element"])
            above = []
        else:
            assert mark == "**"
            assert german(row["Value in Obj. Crcy"]) == everything
    assert above == []
    assert len(subtotals) == len(set(subtotals)) > 15


def test_the_csv_holds_the_items_of_both_lists(company: WrittenCompany) -> None:
    rows = exported(company)
    assert totals(rows, american) == company.truth.file("cji3_line_items.csv").cents

    def key(row: Row, cents: Callable[[str], int], pattern: str) -> tuple[str, str, int, int, date]:
        day = datetime.strptime(row["Posting Date"], pattern).date()
        return (
            row["Ref Document Number"],
            row["WBS Element"],
            cents(row["Value TranCurr"]),
            cents(row["Val.in rep.cur."]),
            day,
        )

    listed = [key(row, german, "%d.%m.%Y") for name in LISTS for row in items(company, name)]
    assert sorted(listed) == sorted(key(row, american, "%m/%d/%Y") for row in rows)


def house(company: WrittenCompany) -> list[Row]:
    reader = csv.DictReader(io.StringIO(company.text("house_ledger.csv"), newline=""))
    assert reader.fieldnames == HOUSE_HEADERS
    return list(reader)


def test_the_subsidiary_s_ledger_is_what_the_truth_says(company: WrittenCompany) -> None:
    rows, truth = house(company), company.truth.file("house_ledger.csv")
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found["Amount", row["Currency"]] += american(row["Amount"])
        found["Amount EUR", "EUR"] += american(row["Amount EUR"])
    assert (len(rows), found) == (truth.rows, truth.cents)
    assert len({row["Booking No"] for row in rows}) == len(rows)


def test_both_ledgers_together_give_labour_and_cost_by_project_and_month(company: WrittenCompany) -> None:
    truth = company.truth
    labour: dict[tuple[str, date], int] = defaultdict(int)
    cost: dict[tuple[str, date], int] = defaultdict(int)
    unmapped: Counter[str] = Counter()
    postings = [
        (truth.aliases["sap"].get(r["WBS Element"]), r["WBS Element"], r["Posting Date"], r["Cost Element"],
         american(r["Value in Obj. Crcy"]))
        for r in exported(company)
    ]  # fmt: skip
    postings += [
        (truth.aliases["in_house"][r["Job Code"]], "", f"{r['Booked On'][5:7]}/01/{r['Booked On'][:4]}",
         r["Cost Type"], american(r["Amount EUR"]))
        for r in house(company)
    ]  # fmt: skip
    for project, code, day, element, cents in postings:
        month = date(int(day[6:]), int(day[:2]), 1)
        if project is None:
            unmapped[code] += cents
            continue
        cost[project, month] += cents
        if element.startswith("943"):
            labour[project, month] += cents
    assert labour == truth.labour_cents
    assert cost == truth.ledger_cents
    assert unmapped == truth.unmapped_cents
    assert len(unmapped) == 3
