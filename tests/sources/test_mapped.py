"""An organisation's own exports, mapped in pmo.toml."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.ingest import IngestOptions
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, balances, write_csv

LEDGER = """
[source.house_ledger]
table = "ledger_entry"

[source.house_ledger.fields]
posting_date = "Booked On"
amount = "Amount"
currency = "Currency"
project_key = "Job Code"
document_number = "Booking No"
"""
LOGBOOK = """
[source.logbook]
table = "timesheet_entry"

[source.logbook.fields]
entry_id = "Entry No"
person_id = { headers = "Staff No", names = "Colleague" }
work_date = "Day"
project_key = "Job Code"
duration_seconds = { headers = "Minutes", factor = 60 }
"""


def say(desk: Desk, text: str) -> None:
    settings = desk.workspace.root / "pmo.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + text, encoding="utf-8")
    desk.workspace = Workspace.find(desk.workspace.root)


def test_a_ledger_without_row_ids_replaces_what_it_covers(desk: Desk, tmp_path: Path) -> None:
    say(desk, LEDGER)
    headers = "Booking No,Booked On,Job Code,Currency,Amount,Approver".split(",")
    rows = [["1", "2026-06-01", "J1", "EUR", "10.50", "x"], ["2", "2026-06-02", "J1", "EUR", "-3.25", "y"]]
    first = desk.load(write_csv(tmp_path / "a.csv", headers, rows))
    assert (first.source, first.rows["added"]) == ("house_ledger", 2)
    rows[1][4] = "-4.25"
    second = desk.load(write_csv(tmp_path / "b.csv", headers, rows))
    assert (second.rows["unchanged"], second.rows["replacing"]) == (1, 1)
    assert desk.query("SELECT sum(amount), currency FROM core.ledger_entry GROUP BY ALL") == [
        (Decimal("6.2500"), "EUR")
    ]
    approver = "json_extract_string(custom, '$.Approver[0]')"
    assert desk.query(f"SELECT DISTINCT {approver} FROM core.ledger_entry ORDER BY 1") == [
        ("x",), ("y",)
    ]  # fmt: skip


def test_a_timesheet_with_row_ids_supersedes_by_them(desk: Desk, tmp_path: Path) -> None:
    say(desk, LOGBOOK)
    headers = "Entry No,Staff No,Colleague,Day,Job Code,Minutes".split(",")
    row = ["7", "s1", "Ann Berg", "02/13/2026", "J1", "90"]
    assert desk.load(write_csv(tmp_path / "a.csv", headers, [row])).rows["added"] == 1
    again = desk.load(write_csv(tmp_path / "b.csv", headers, [[*row[:5], "75.5"]]))
    assert again.rows["replacing"] == 1
    assert desk.query("SELECT entry_id, duration_seconds, custom FROM core.timesheet_entry") == [
        ("7", Decimal("4530.000"), None)
    ]


def test_a_corrected_mapping_reads_the_same_file_anew(desk: Desk, tmp_path: Path) -> None:
    say(desk, LOGBOOK)
    headers = "Entry No,Staff No,Colleague,Day,Job Code,Minutes".split(",")
    path = write_csv(tmp_path / "a.csv", headers, [["7", "s1", "Ann Berg", "02/13/2026", "J1", "90"]])
    assert [desk.load(path).state for _ in range(2)] == ["loaded", "unchanged"]
    settings = desk.workspace.root / "pmo.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("factor = 60", "factor = 1"), encoding="utf-8")
    desk.workspace = Workspace.find(desk.workspace.root)
    assert desk.load(path).rows["replacing"] == 1
    assert desk.query("SELECT duration_seconds FROM core.timesheet_entry") == [(Decimal("90.000"),)]


def test_a_register_may_be_written_in_millions_and_lack_a_currency(desk: Desk, tmp_path: Path) -> None:
    say(
        desk,
        """
[source.federal]
table = "project"
fields = { project_id = "Id", name = "Title", currency = { value = "USD" }, budget_at_completion_amount = { headers = "Cost ($M)", factor = 1000000 } }
""",  # noqa: E501
    )
    path = write_csv(
        tmp_path / "f.csv", ["Id", "Title", "Cost ($M)"], [["1", "Deck", "2.45678"], ["2", "Pier", "much"]]
    )
    result = desk.load(path, IngestOptions(status_date=date(2026, 6, 30)))
    assert balances(result)
    assert [(r.source_line, r.column, r.value) for r in result.rejects] == [(3, "Cost ($M)", "much")]
    assert desk.query("SELECT budget_at_completion_amount, currency FROM core.project") == [
        (Decimal("2456780.0000"), "USD")
    ]


MAJOR = """
[source.major]
table = "project"
[source.major.fields]
project_id = "Id"
name = "Title"
currency = { value = "GBP" }
baseline_start_date = { headers = "Start", withheld = "exempt" }
budget_at_completion_amount = { headers = "Cost", sign = "£", factor = 1000000, withheld = ["Exempt", "Not provided"] }
"""


def test_a_withheld_amount_is_counted_and_named_and_never_zero(desk: Desk, tmp_path: Path) -> None:
    say(desk, MAJOR)
    rows = [
        ["1", "Deck", "29.05.2018", "£1,234.50"],
        ["2", "Pier", "Exempt under Section 43", "Exempt under Section 43"],
        ["3", "Quay", "01.06.2018", "not provided "],
        ["4", "Mole", "01.06.2018", "Exempt under Section 43"],
        ["5", "Lock", "01.06.2018", "about £5"],
        ["6", "Sill", "01.06.2018", ""],
    ]
    result = desk.load(
        write_csv(tmp_path / "m.csv", ["Id", "Title", "Start", "Cost"], rows),
        IngestOptions(status_date=date(2018, 9, 30)),
    )
    assert balances(result)
    assert [text for text in result.assumptions if "withheld" in text] == [
        "1 values of baseline_start_date are withheld and left empty: 1 × 'Exempt under Section 43'",
        (
            "3 values of budget_at_completion_amount are withheld and left empty: 2 × 'Exempt under Section 43'; "
            "1 × 'not provided'"
        ),
    ]
    assert [(r.source_line, r.column, r.value) for r in result.rejects] == [(6, "Cost", "about £5")]
    assert desk.query("SELECT project_id, budget_at_completion_amount FROM core.project ORDER BY 1") == [
        ("1", Decimal(1_234_500_000)), ("2", None), ("3", None), ("4", None), ("6", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LEDGER.replace("ledger_entry", "ledger_entri"), "did you mean 'ledger_entry'"),
        (LEDGER.replace("posting_date", "posting_day"), "did you mean 'posting_date'"),
        (LEDGER.replace('currency = "Currency"\n', ""), "currency"),
        (LEDGER.replace('"Amount"', '{ headers = "Amount", kind = "money" }'), "unknown kind of amount"),
        (LEDGER.replace('"Amount"', '{ headers = "Amount", factor = -1 }'), "cannot have this factor"),
        (LEDGER.replace("house_ledger", "jira"), "of this name already"),
        ("\n[source]\nledger = 3\n", "section of its own"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_told(desk: Desk, tmp_path: Path, text: str, told: str) -> None:
    say(desk, text)
    with pytest.raises(UsageError) as caught:
        desk.load(write_csv(tmp_path / "a.csv", ["a"], [["b"]]))
    assert told in str(caught.value)


TRACKER = """
[source.tracker]
table = "issue"
newest_by = "updated_at"

[source.tracker.fields]
issue_key = { headers = "id", kind = "search", pattern = '^(P\\d+)-T(\\d+)$' }
project_key = { headers = "id", kind = "search", pattern = '^(P\\d+)-' }
status = { value = "Done" }
created_at = "created"
updated_at = "finished"
resolved_at = "finished"
"""


def test_a_key_is_joined_from_what_the_groups_of_a_pattern_find(desk: Desk, tmp_path: Path) -> None:
    say(desk, TRACKER)
    rows = [["P0-T12", "2026-03-01", "2026-03-04"], ["P0-12", "2026-03-01", "2026-03-04"]]
    result = desk.load(write_csv(tmp_path / "a.csv", ["id", "created", "finished"], rows))
    assert balances(result)
    assert desk.query("SELECT issue_key, project_key FROM core.issue") == [("P0-12", "P0")]
    (reject,) = result.rejects
    assert (reject.source_line, reject.rule) == (3, "required")


@pytest.mark.parametrize("pattern", ["'(a'", "'abc'", "7"])
def test_a_search_needs_a_pattern_with_groups(desk: Desk, tmp_path: Path, pattern: str) -> None:
    say(desk, TRACKER.replace("'^(P\\d+)-'", pattern))
    with pytest.raises(UsageError, match="project_key has no pattern"):
        desk.load(write_csv(tmp_path / "a.csv", ["id", "created", "finished"], []))
