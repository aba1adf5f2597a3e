"""Tempo worklogs and SAP line items in the shapes that their systems write."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from pmo_analytics.errors import QuestionError
from pmo_analytics.ingest import IngestOptions
from tests.exports import Desk, balances, write_csv

TEMPO = "Issue Key,Issue summary,Hours,Work date,Username,Full name,Account Key,Project Key,Work Description".split(",")
TEMPO_GERMAN = (
    "Vorgangsschlüssel;Vorgangszusammenfassung;Stunden;Arbeitsdatum;Benutzername;Vollständiger Name;Kontoschlüssel;"
    "Projektschlüssel;Arbeitsbeschreibung"
)
CJI3_HEADERS = (
    "WBS Element,Cost elem.,Postg Date,Value TranCurr,Transaction Currency,Value in Obj. Crcy,ObCur,Val.in RC,RCurr,"
    "RefDocNo,Name"
).split(",")
CJI3 = """\
Projekte Einzelposten

Layout             1SAP   Primärkosten
HEADERS
\t--------------------------------------------------------------------------------
\tP-100.01\t400100\t05.06.2026\t1.234,56\tUSD\t1.100,00\tEUR\t1.234,56\tUSD\t4711\tGerüst
\tP-100.01\t400100\t12.06.2026\t234,56-\tUSD\t200,00-\tEUR\t234,56-\tUSD\t4712\tGutschrift
*\tP-100.01\t\t\t1.000,00\tUSD\t900,00\tEUR\t1.000,00\tUSD\t\t
\tP-200.01\t400200\t30.06.2026\t10,00\tEUR\t10,00\tEUR\t11,00\tUSD\t4713\tSchrauben
*\tP-200.01\t\t\t11,00\tEUR\t10,00\tEUR\t11,00\tUSD\t\t
**\t\t\t\t1.010,00\t\t910,00\tEUR\t1.011,00\tUSD\t\t
""".replace("HEADERS", "\t".join(["", *CJI3_HEADERS]))


def hours(desk: Desk) -> list[tuple[object, ...]]:
    return desk.query(
        "SELECT issue_key, project_key, CAST(work_date AS VARCHAR), duration_seconds, account, description "
        "FROM core.timesheet_entry ORDER BY issue_key"
    )


def test_tempo_reads_alike_in_english_and_german(desk: Desk, tmp_path: Path) -> None:
    rows = [["BR-1", "Deck", "1.5", "2026-03-02", "ann", "Ann Berg", "CAP", "BR", "weld"]]
    english = desk.load(write_csv(tmp_path / "en.csv", TEMPO, rows))
    expected = [("BR-1", "BR", "2026-03-02", Decimal("5400.000"), "CAP", "weld")]
    assert (english.source, hours(desk)) == ("tempo", expected)
    text = f"{TEMPO_GERMAN}\nBR-1;Deck;1,5;02.03.2026;ann;Ann Berg;CAP;BR;weld\n"
    (tmp_path / "de.csv").write_bytes(text.encode("cp1252"))
    german = desk.load(tmp_path / "de.csv")
    assert german.source == "tempo"
    assert german.rows["unchanged"] == 1
    assert hours(desk) == expected
    assert desk.query("SELECT custom FROM core.timesheet_entry") == [(None,)]


def test_the_lead_of_a_german_tempo_account_stays_out_of_the_core_lake(desk: Desk, tmp_path: Path) -> None:
    text = f"{TEMPO_GERMAN};Kontoleitung\nBR-1;Deck;1,5;02.03.2026;ann;Ann Berg;CAP;BR;weld;Zoë Lead\n"
    (tmp_path / "de.csv").write_text(text, encoding="utf-8")
    assert desk.load(tmp_path / "de.csv").rows["added"] == 1
    assert desk.query("SELECT custom FROM core.timesheet_entry") == [(None,)]


def test_hours_that_two_marks_fit_end_in_a_question(desk: Desk, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", TEMPO, [["BR-1", "", "1,250", "2026-03-02", "ann", "", "", "BR", ""]])
    with pytest.raises(QuestionError, match="decimal-mark"):
        desk.load(path)
    assert desk.load(path, IngestOptions(decimal_mark="comma")).rows["added"] == 1
    assert desk.query("SELECT duration_seconds FROM core.timesheet_entry") == [(Decimal("4500.000"),)]


def postings(desk: Desk) -> list[tuple[object, ...]]:
    return desk.query(
        "SELECT project_key, CAST(posting_date AS VARCHAR), amount, currency, local_amount, local_currency, "
        "reporting_amount, reporting_currency, document_number FROM core.ledger_entry ORDER BY document_number"
    )


def test_an_sap_list_loads_its_postings_and_sets_its_subtotals_aside(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cji3.xls"
    path.write_bytes(CJI3.encode("latin-1"))
    result = desk.load(path)
    assert result.source == "sap_cji3"
    assert balances(result)
    assert {name: n for name, n in result.rows.items() if n} == {"added": 3, "set_aside": 7}
    assert postings(desk)[:2] == [
        ("P-100.01", "2026-06-05", Decimal("1234.5600"), "USD", Decimal("1100.0000"), "EUR",
         Decimal("1234.5600"), "USD", "4711"),
        ("P-100.01", "2026-06-12", Decimal("-234.5600"), "USD", Decimal("-200.0000"), "EUR",
         Decimal("-234.5600"), "USD", "4712"),
    ]  # fmt: skip
    reasons = desk.query("SELECT reason, count(*) FROM meta.set_aside GROUP BY ALL ORDER BY ALL")
    assert reasons == [("rule", 1), ("subtotal 1", 2), ("subtotal 2", 1), ("title", 3)]


def test_subtotals_are_checked_against_their_rows(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cji3.txt"
    path.write_bytes(CJI3.encode("latin-1"))
    found = [text for text in desk.load(path).assumptions if "subtotal" in text]
    assert found == [
        "8 of 9 subtotals agree with the rows they sum",
        "line 10: the subtotal of amount says 11.0000, its rows sum to 10.0000",
    ]


def test_totals_are_kept_by_the_currency_of_their_own_column(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cji3.txt"
    path.write_bytes(CJI3.encode("latin-1"))
    added = {(t.column, t.currency): t.total for t in desk.load(path).totals if t.fate == "added"}
    assert added == {
        ("amount", "USD"): Decimal("1000.0000"), ("amount", "EUR"): Decimal("10.0000"),
        ("local_amount", "EUR"): Decimal("910.0000"), ("reporting_amount", "USD"): Decimal("1011.0000"),
    }  # fmt: skip


def test_a_layout_with_the_group_currency_alone_keeps_amount_and_currency_together(desk: Desk, tmp_path: Path) -> None:
    headers = "Object,Cost elem.,Per,RCurr,Val.in RC,Postg Date,ObCur,RefDocNo".split(",")
    desk.load(write_csv(tmp_path / "a.csv", headers, [["P-1", "4", "6", "USD", "12.50", "2026-06-30", "EUR", "1"]]))
    # Without an object amount the object's currency says nothing of the group's amount.
    assert postings(desk) == [
        ("P-1", "2026-06-30", Decimal("12.5000"), "USD", None, "EUR", Decimal("12.5000"), "USD", "1")
    ]


def test_a_credit_indicator_makes_an_amount_negative_once(desk: Desk, tmp_path: Path) -> None:
    headers = "Account,Document Number,Posting Date,Amount in doc. curr.,Document currency,D/C,WBS element".split(",")
    rows = [
        ["620000", "1", "2026-06-01", "100.25", "EUR", "S", "P-1"],
        ["620000", "2", "2026-06-02", "40.00", "EUR", "H", "P-1"],
        ["620000", "3", "2026-06-03", "-15.00", "EUR", "H", "P-1"],
    ]
    result = desk.load(write_csv(tmp_path / "fbl3n.csv", headers, rows))
    assert result.source == "sap_fbl3n"
    assert [row[2] for row in postings(desk)] == [Decimal("100.2500"), Decimal("-40.0000"), Decimal("-15.0000")]


def test_a_posting_is_mapped_to_its_project_by_an_alias(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "cji3.txt"
    path.write_bytes(CJI3.encode("latin-1"))
    desk.load(path)
    desk.register("project_alias", "source,external_key,project_id", ["sap_cji3", "P-100.01", "BRIDGE"])
    found = desk.query("SELECT project_id, sum(local_amount) FROM core.ledger_entry GROUP BY ALL ORDER BY ALL")
    assert found == [("BRIDGE", Decimal("900.0000")), (None, Decimal("10.0000"))]
