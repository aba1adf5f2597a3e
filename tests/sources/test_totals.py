from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pmo_analytics.sources.definition import definitions
from pmo_analytics.sources.totals import date_positions, has_no_date, is_total, total_row
from pmo_analytics.warehouse.connection import connect
from tests.exports import Desk, write_csv

HEADERS = ["Username", "Issue Key", "Work date", "Hours"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["Total", "", "", "7.5"], True),
        (["", "Grand Total:", "", "7.5"], True),
        (["Zwischensumme", "", "", "7,5"], True),
        (["Gesamtergebnis", "", "", "7,5"], True),
        (["Sous-total ACME", "", " ", "7,5"], True),
        (["ann", "Total recall", "", "7.5"], False),
        (["Total", "", "2026-03-02", "7.5"], False),
        (["Totality", "", "", "7.5"], False),
        (["", "", "", ""], False),
    ],
)
def test_a_total_is_told_by_its_word_and_its_missing_date(cells: list[str], expected: bool) -> None:
    dates = date_positions(definitions()["tempo"], HEADERS)
    assert dates == [2]
    assert is_total(cells, dates) is expected
    with connect() as connection:
        row = ", ".join(f"? AS c{i}" for i in range(4))
        asked = connection.execute(f"SELECT {total_row(dates, 4)} FROM (SELECT {row})", cells).fetchone()
    assert asked is not None
    assert bool(asked[0]) is expected


def test_a_source_whose_rows_need_no_date_has_no_totals() -> None:
    assert date_positions(definitions()["project_alias"], ["source", "external_key", "project_id"]) == []
    assert not is_total(["Total"], [])
    assert has_no_date([]) == "0"


def test_totals_are_set_aside_and_checked_against_the_rows_they_sum(desk: Desk, tmp_path: Path) -> None:
    rows = [
        ["ann", "A", "2026-03-02", "7.5"],
        ["ben", "A", "2026-03-02", "2.5"],
        ["Total A", "", "", "10"],
        ["ann", "B", "2026-03-03", "1.25"],
        ["Total B", "", "", "1.5"],
        ["Grand total", "", "", "11.25"],
    ]
    result = desk.load(write_csv(tmp_path / "t.csv", HEADERS, rows))
    assert (result.rows["added"], result.rows["set_aside"], result.rejects) == (3, 3, [])
    assert [text for text in result.assumptions if "subtotal" in text] == [
        "2 of 3 subtotals agree with the rows they sum",
        "line 6: the subtotal of duration_seconds says 5400.000, its rows sum to 4500.000",
    ]
    added = {t.fate: t.total for t in result.totals}
    assert added == {"added": Decimal("40500.000"), "set_aside": Decimal("81900.000")}
