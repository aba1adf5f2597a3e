from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from pmo_analytics.synthetic.postings import month_end
from tests.synthetic.conftest import WrittenCompany


def test_every_document_is_one_line_and_posted_within_the_months(company: WrittenCompany) -> None:
    postings = company.truth.postings
    assert len({posting.document for posting in postings}) == len(postings)
    for posting in postings:
        assert company.truth.months[0] <= posting.posted_on <= month_end(company.truth.months[-1])
        assert posting.documented_on <= posting.posted_on <= posting.created_on


def test_accruals_stand_at_the_month_s_end_and_are_taken_back_on_the_next_day(company: WrittenCompany) -> None:
    by_document = {posting.document: posting for posting in company.truth.postings}
    accruals = {p.document for p in company.truth.postings if p.kind == "accrual"}
    taken_back = set()
    for back in (p for p in company.truth.postings if p.kind == "accrual_reversal"):
        accrual = by_document[back.reference]
        assert accrual.posted_on == month_end(accrual.month)
        assert back.posted_on == accrual.posted_on + timedelta(days=1)
        assert (back.cents, back.object_cents, back.report_cents) == (
            -accrual.cents,
            -accrual.object_cents,
            -accrual.report_cents,
        )
        taken_back.add(accrual.document)
    still_open = [by_document[document] for document in accruals - taken_back]
    assert {posting.month for posting in still_open} == {company.truth.months[-1]}
    assert sum(posting.object_cents for posting in still_open) == company.truth.accruals.open_cents > 0


def test_an_invoice_posted_twice_is_taken_back_in_each_ledger(company: WrittenCompany) -> None:
    kinds = Counter((posting.kind, posting.is_in_house) for posting in company.truth.postings)
    for is_in_house in (False, True):
        assert kinds["duplicate", is_in_house] == kinds["correction", is_in_house] == 1
    by_document = {posting.document: posting for posting in company.truth.postings}
    for back in (p for p in company.truth.postings if p.kind == "correction"):
        wrong = by_document[back.reference]
        assert wrong.kind == "duplicate"
        assert wrong.object_cents + back.object_cents == wrong.report_cents + back.report_cents == 0
        assert back.month > wrong.month


def test_transactions_are_in_several_currencies(company: WrittenCompany) -> None:
    assert {posting.currency for posting in company.truth.postings} == {"EUR", "USD", "GBP", "SEK"}
    for posting in company.truth.postings:
        if posting.currency == "EUR":
            assert posting.cents == posting.object_cents


def test_month_ends() -> None:
    assert [month_end(date(2026, month, 1)).day for month in (1, 2, 4, 12)] == [31, 28, 30, 31]
