"""A ledger against the postings that it was written from."""

from __future__ import annotations

from pmo_analytics.contracts import stored
from pmo_analytics.errors import PmoError
from tests.mutants.bench import Bench
from tests.mutants.ledger_texts import Ledger, Posting


def difference(desk: Bench, written: Ledger, seed: int) -> str | None:
    """What differs between the loaded ledger and its postings; None where they are equal."""
    try:
        outcome = desk.load(written.data)
    except PmoError as problem:
        return f"seed {seed}, {written.told}: {problem}"
    columns = [c for c in stored()["ledger_entry"].columns if c != "ledger_entry_id" or outcome.result.source == c[:12]]
    place = {name: n for n, name in enumerate(columns)}
    beside = "local_amount" if outcome.result.source == "sap_fbl3n" else "reporting_amount"
    key = "document_number" if outcome.result.source.startswith("sap") else "ledger_entry_id"
    found: list[Posting] = [
        (row[place[key]], row[place["posting_date"]], row[place["amount"]], row[place[beside]], row[place["currency"]])
        for row in outcome.rows
    ]
    if found == written.postings:
        return None
    unlike = [(a, b) for a, b in zip(written.postings, found, strict=False) if a != b]
    rejects = [(r.column, r.value, r.rule) for r in outcome.result.rejects[:2]]
    return f"seed {seed}, {written.told}: {len(found)} of {len(written.postings)} postings; {rejects} {unlike[:1]}"
