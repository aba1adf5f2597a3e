from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict

from pmo_analytics.synthetic.purchases import COMMITMENT_HEADERS
from tests.synthetic.conftest import WrittenCompany


def read(company: WrittenCompany) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(company.text("commitment.csv"), newline=""))
    assert reader.fieldnames == COMMITMENT_HEADERS
    return list(reader)


def test_commitments_are_what_the_truth_says(company: WrittenCompany) -> None:
    rows = read(company)
    found: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        found[row["status_date"], row["kind"], row["currency"]] += int(row["amount"].replace(".", ""))
    assert found == company.truth.commitment_cents
    assert len(rows) == company.truth.file("commitment.csv").rows
    assert {row["kind"] for row in rows} == {"commitment", "accrual"}


def test_each_commitment_is_told_once_a_status_date(company: WrittenCompany) -> None:
    rows = read(company)
    keys = Counter((row["commitment_id"], row["status_date"]) for row in rows)
    assert set(keys.values()) == {1}
    assert {row["status_date"] for row in rows} == {"2026-05-31", "2026-06-30"}


def test_an_order_s_rest_never_grows(company: WrittenCompany) -> None:
    by_order: dict[str, dict[str, int]] = defaultdict(dict)
    for row in (row for row in read(company) if row["kind"] == "commitment"):
        by_order[row["commitment_id"]][row["status_date"]] = int(row["amount"].replace(".", ""))
    falls = [rest for rest in by_order.values() if len(rest) == 2]
    assert falls
    assert all(rest["2026-06-30"] <= rest["2026-05-31"] for rest in falls)


def test_documents_of_commitments_are_purchase_orders_of_the_ledger(company: WrittenCompany) -> None:
    orders = {posting.purchase_order: posting for posting in company.truth.postings if posting.purchase_order}
    known = [row for row in read(company) if row["document_number"] in orders]
    assert len(known) > 10
    for row in known:
        posting = orders[row["document_number"]]
        assert posting.project
        assert (row["project_id"], row["vendor"]) == (posting.project.project_id, posting.vendor)
