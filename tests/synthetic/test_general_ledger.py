from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

import pytest

from pmo_analytics.synthetic.general_ledger import HEADERS, INDICATOR
from tests.synthetic.conftest import WrittenCompany

FILES = ["fbl3n_1.csv", "fbl3n_2.csv"]


def read(company: WrittenCompany, name: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(company.text(name), newline=""), delimiter=";")
    assert [header for header in reader.fieldnames or () if header != INDICATOR] == HEADERS
    return list(reader)


def cents(row: dict[str, str], column: str) -> int:
    digits = int(row[column].rstrip("-").replace(".", "").replace(",", ""))
    return -digits if row[column].endswith("-") or row.get(INDICATOR) == "H" else digits


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_what_the_truth_says(company: WrittenCompany, name: str) -> None:
    rows, truth = read(company, name), company.truth.file(name)
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found["document", row["Document currency"]] += cents(row, "Amount in doc. curr.")
        found["local", row["Local Currency"]] += cents(row, "Amount in local currency")
    assert (len(rows), found) == (truth.rows, truth.cents)
    assert len({row["Document Number"] for row in rows}) == len(rows)


def test_credits_are_marked_by_letter_in_one_file_and_by_a_trailing_minus_in_the_other(company: WrittenCompany) -> None:
    by_letter, by_minus = (read(company, name) for name in FILES)
    assert {row[INDICATOR] for row in by_letter} == {"S", "H"}
    assert not any("-" in row["Amount in doc. curr."] for row in by_letter)
    assert any(row["Amount in doc. curr."].endswith("-") for row in by_minus)
    assert all(row["Document Type"] == "KG" for row in by_letter if row[INDICATOR] == "H")


def test_a_credit_note_cancels_its_item(company: WrittenCompany) -> None:
    rows = {row["Document Number"]: row for name in FILES for row in read(company, name)}
    notes = [row for row in rows.values() if row["Text"].startswith("Credit note for ")]
    assert notes
    for note in notes:
        item = rows[note["Text"].rpartition(" ")[2]]
        assert cents(note, "Amount in local currency") == -cents(item, "Amount in local currency")
        assert note["WBS element"] == item["WBS element"]


def test_items_by_project_and_month_are_true(company: WrittenCompany) -> None:
    found: Counter[tuple[str, date]] = Counter()
    for row in (row for name in FILES for row in read(company, name)):
        _, month, year = row["Posting Date"].split(".")
        project = company.truth.aliases["sap"][row["WBS element"]]
        found[project, date(int(year), int(month), 1)] += cents(row, "Amount in local currency")
    assert found == company.truth.general_ledger_cents
