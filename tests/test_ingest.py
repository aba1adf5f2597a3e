"""Ingestion: every row of a file is accounted for, and the same rows end the same however they come."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pmo_analytics.errors import QuestionError, SourceError
from pmo_analytics.ingest import IngestOptions
from tests.exports import JIRA_HEADERS, TOGGL_HEADERS, Desk, jira_row, toggl_row, write_csv

HOURS = "SELECT coalesce(sum(duration_seconds), 0) FROM core.timesheet_entry"


def test_every_row_of_a_file_is_accounted_for(desk: Desk) -> None:
    result = desk.toggl(
        toggl_row(duration="01:30:00"),
        toggl_row(duration="25:00:00"),
        [""] * 14,
        toggl_row(duration="00:00:01"),
        toggl_row(duration="an hour"),
    )
    assert result.rows == {"added": 2, "replacing": 0, "unchanged": 0, "rejected": 2, "set_aside": 1}
    assert result.rows_in == 5
    by_fate = {total.fate: total.total for total in result.totals if total.column == "duration_seconds"}
    assert by_fate == {"added": Decimal(5401), "rejected": Decimal(90000)}
    assert desk.query(HOURS) == [(Decimal("5401.000"),)]


def test_a_reject_names_line_column_value_rule_and_hint(desk: Desk) -> None:
    result = desk.toggl(toggl_row(), toggl_row(duration="25:00:00"))
    (reject,) = result.rejects
    assert (reject.source_line, reject.column, reject.value) == (3, "Duration", "25:00:00")
    assert reject.rule == "less_than_or_equal_to"
    assert reject.expected == "at most 24 hours"
    assert "Duration" in reject.hint


def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    first = desk.toggl(toggl_row())
    again = desk.toggl(toggl_row())
    assert (again.state, again.version) == ("unchanged", first.version)
    assert desk.query("SELECT count(*) FROM meta.load") == [(1,)]


def test_the_same_rows_in_another_file_are_found_unchanged(desk: Desk) -> None:
    desk.toggl(toggl_row(), toggl_row(day="2026-03-03"))
    result = desk.toggl(toggl_row(), toggl_row(day="2026-03-03"), [""] * 14, name="again.csv")
    assert result.rows["unchanged"] == 2
    assert desk.query(HOURS) == [(Decimal("7200.000"),)]


def test_equal_rows_within_a_file_are_kept(desk: Desk) -> None:
    result = desk.toggl(toggl_row(), toggl_row())
    assert result.rows["added"] == 2
    assert desk.query(HOURS) == [(Decimal("7200.000"),)]


def test_an_overlapping_export_counts_the_common_days_once(desk: Desk) -> None:
    march = [toggl_row(day=f"2026-03-{day:02d}") for day in range(1, 32)]
    april = [toggl_row(day=f"2026-04-{day:02d}") for day in range(1, 31)]
    desk.toggl(*march, name="march.csv")
    result = desk.toggl(*march[-3:], *april, name="april.csv")
    assert result.rows == {"added": 30, "replacing": 0, "unchanged": 3, "rejected": 0, "set_aside": 0}
    assert desk.query(HOURS) == [(Decimal(3600 * 61),)]


def test_a_corrected_export_replaces_and_the_earlier_version_stays_reachable(desk: Desk) -> None:
    desk.toggl(toggl_row(duration="01:00:00"), toggl_row(day="2026-03-03"), name="first.csv")
    result = desk.toggl(toggl_row(duration="02:00:00"), toggl_row(day="2026-03-03"), name="second.csv")
    assert result.rows == {"added": 0, "replacing": 1, "unchanged": 1, "rejected": 0, "set_aside": 0}
    assert desk.query(HOURS) == [(Decimal(10800),)]
    with desk.warehouse.everything(version=1) as view:
        assert view.rows(HOURS)[1] == [(Decimal(7200),)]


def test_a_scope_that_shrinks_asks_before_it_removes(desk: Desk) -> None:
    desk.toggl(*[toggl_row(day=f"2026-03-{day:02d}") for day in range(2, 12)], name="whole.csv")
    rows = [toggl_row(day="2026-03-02"), toggl_row(day="2026-03-11")]
    with pytest.raises(QuestionError, match="--accept-removals"):
        desk.toggl(*rows, name="part.csv")
    assert desk.query(HOURS) == [(Decimal(36000),)]
    result = desk.toggl(*rows, name="part.csv", accept_removals=True)
    assert result.rows_removed == 8
    assert desk.query(HOURS) == [(Decimal(7200),)]


def test_an_export_of_other_persons_or_projects_removes_nothing(desk: Desk) -> None:
    desk.toggl(toggl_row("ann", "Bridge"), toggl_row("bob", "Tunnel"), name="all.csv")
    desk.toggl(toggl_row("ann", "Tunnel", description="new"), name="filtered.csv")
    assert desk.query("SELECT count(*) FROM core.timesheet_entry") == [(3,)]


def test_unknown_projects_load_unmapped_and_an_alias_loaded_later_maps_them(desk: Desk) -> None:
    desk.toggl(toggl_row(project="bridge (old name)"))
    unmapped = "SELECT count(*) FROM core.timesheet_entry WHERE project_id IS NULL"
    assert desk.query(unmapped) == [(1,)]
    desk.register("project_alias", "source,external_key,project_id", ("toggl", "Bridge (old name)", "P-1"))
    assert desk.query("SELECT project_id FROM core.timesheet_entry") == [("P-1",)]


def test_of_two_states_of_an_issue_the_newer_is_kept_in_whatever_order_they_come(desk: Desk) -> None:
    newer = jira_row(updated="05/Mar/26 9:00 AM", Status="Done")
    older = jira_row(updated="04/Mar/26 9:00 AM")
    result = desk.jira(newer, older, name="page1.csv")
    assert result.rows["set_aside"] == 1
    assert desk.jira(older, name="page2.csv").rows["set_aside"] == 1
    assert desk.query("SELECT status FROM core.issue") == [("Done",)]


def test_repeated_jira_columns_are_read_by_position(desk: Desk) -> None:
    row = jira_row()
    labels = [i for i, header in enumerate(JIRA_HEADERS) if header == "Labels"]
    sprints = [i for i, header in enumerate(JIRA_HEADERS) if header == "Sprint"]
    for place, value in zip(labels + sprints, ["urgent", "deck", "Sprint 1", "Sprint 2"], strict=True):
        row[place] = value
    desk.jira(row)
    assert desk.query("SELECT labels, json_extract(sprints, '$[*].name')::VARCHAR FROM core.issue") == [
        ("urgent, deck", '["Sprint 1", "Sprint 2"]')
    ]


def test_names_and_addresses_stay_out_of_the_core_lake(desk: Desk) -> None:
    row = jira_row()
    row[JIRA_HEADERS.index("Comment")] = "02/Mar/26 9:15 AM;acc-1;Ann Berg said so"
    desk.jira(row)
    desk.toggl(toggl_row("ann"), toggl_row("ann", duration="25:00:00"))
    core = [p.read_bytes() for p in (desk.workspace.warehouse / "core").rglob("*.parquet")]
    core.append((desk.workspace.warehouse / "core.sqlite").read_bytes())
    for secret in (b"Ann Berg", b"ann@example.test", b"acc-1"):
        assert not any(secret in content for content in core)


def test_one_person_is_recognised_across_sources_by_address(desk: Desk) -> None:
    desk.toggl(toggl_row("ann"))
    desk.register(
        "person",
        "person_id,name,email,role,team,fte_pct,status_date",
        ("E-1", "Ann Berg", "Ann@Example.test", "engineer", "Deck", "100", "2026-01-01"),
    )
    desk.jira(jira_row())
    assert desk.query(
        "SELECT count(DISTINCT t.person_id), count(*) FROM core.timesheet_entry AS t "
        "JOIN core.person AS p USING (person_id) JOIN core.issue AS i ON i.assignee_id = p.person_id"
    ) == [(1, 1)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"PK\x03\x04rest of a zip", "damaged"),
        (b"\x7fELF\x02\x01\x01\x00", "program"),
        (b"a,b,c\n1,2,3\n", "no known export"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_stored(desk: Desk, content: bytes, said: str) -> None:
    path = desk.folder / "odd.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=said):
        desk.load(path)
    assert not desk.loads()


def test_a_record_cut_inside_a_quote_is_rejected_and_the_rest_is_kept(desk: Desk) -> None:
    path = write_csv(desk.folder / "cut.csv", TOGGL_HEADERS, [toggl_row(), toggl_row(description='say "so"\nand stop')])
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"and stop") + 3])
    result = desk.load(path)
    assert result.rows["added"] == 1
    assert [(r.source_line, r.rule) for r in result.rejects] == [(3, "cut")]
    with desk.warehouse.everything() as view:
        assert view.rows("SELECT line FROM personal.main.reject_line")[1][0][0].endswith('"say ""so""\nand')


def test_numeric_dates_that_no_row_decides_end_in_a_question(desk: Desk) -> None:
    headers = "project_id,status_date,state"
    with pytest.raises(QuestionError, match="--date-order"):
        desk.register("project_status", headers, ("P-1", "03/04/2026", "active"))
    path = desk.folder / "project_status.csv"
    desk.load(path, IngestOptions(date_order="mdy"))
    assert str(desk.query("SELECT status_date FROM core.project_status")[0][0]) == "2026-03-04"


def test_a_deciding_row_settles_the_order_of_the_others(desk: Desk) -> None:
    desk.register(
        "project_status",
        "project_id,status_date,state",
        ("P-1", "03/04/2026", "active"),
        ("P-1", "30/04/2026", "active"),
    )
    days = [str(row[0]) for row in desk.query("SELECT status_date FROM core.project_status ORDER BY status_date")]
    assert days == ["2026-04-03", "2026-04-30"]


def test_rows_that_contradict_each_other_are_all_rejected(desk: Desk) -> None:
    result = desk.register(
        "project_status",
        "project_id,status_date,state,percent_complete_pct",
        ("P-1", "2026-04-30", "active", "40"),
        ("P-1", "2026-04-30", "active", "60"),
        ("P-2", "2026-04-30", "active", "10"),
        ("P-2", "2026-04-30", "active", "10"),
    )
    assert result.rows == {"added": 1, "replacing": 0, "unchanged": 0, "rejected": 2, "set_aside": 1}
    assert {reject.rule for reject in result.rejects} == {"repeated_key"}


def test_money_with_more_decimals_than_its_type_is_refused(desk: Desk) -> None:
    result = desk.register(
        "rate",
        "role_or_person_id,valid_from_date,hourly_amount,currency",
        ("engineer", "2026-01-01", "80.123456789", "EUR"),
        ("lead", "2026-01-01", "95.50", "EUR"),
    )
    assert result.rows["rejected"] == 1


def test_decimal_hours_are_exact_to_the_millisecond_and_the_rounding_is_told(desk: Desk) -> None:
    desk.register(
        "estimate_outcome",
        "item_id,estimate_hours,actual_hours,state,status_date",
        ("A", "0.1", "0.333333333", "finished", "2026-01-31"),
        ("B", "7.5", "", "open", "2026-01-31"),
    )
    rows = desk.query("SELECT item_id, estimate_seconds, actual_seconds FROM core.estimate_outcome ORDER BY 1")
    assert rows == [("A", Decimal("360.000"), Decimal("1200.000")), ("B", Decimal("27000.000"), None)]
    rounding = dict(desk.query("SELECT column_name, total FROM meta.control_total WHERE fate = 'rounding'"))
    assert rounding["estimate_seconds"] == 0
    assert rounding["actual_seconds"] == Decimal("0.0000012")


def test_strict_loads_all_or_nothing(desk: Desk) -> None:
    with pytest.raises(SourceError, match="--strict"):
        desk.toggl(toggl_row(), toggl_row(duration="25:00:00"), strict=True)
    assert not desk.loads()


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    result = desk.toggl(toggl_row(), dry_run=True)
    assert (result.state, result.rows["added"]) == ("dry_run", 1)
    assert desk.toggl(toggl_row()).version == 1


def test_hostile_text_is_loaded_as_the_text_it_is(desk: Desk) -> None:
    texts = [
        "=HYPERLINK(0)",
        "<script>alert(1)</script>",
        "'); DROP TABLE core.issue; --",
        "\u202egnp.exe",
        "a\x1b[31mb",
    ]
    desk.toggl(*[toggl_row(description=text) for text in texts])
    stored = {row[0] for row in desk.query("SELECT description FROM core.timesheet_entry")}
    assert stored == set(texts)


LEDGER = "ledger_entry_id,project_key,posting_date,amount,currency,reporting_amount,reporting_currency,posted_by_id"


def test_a_ledger_comes_as_a_register_and_each_amount_balances_in_its_own_currency(desk: Desk) -> None:
    desk.register("project_alias", "source,external_key,project_id", ["*", "P.10-1", "A"])
    result = desk.register(
        "ledger_entry",
        LEDGER,
        ["1", "P.10-1", "2026-03-01", "100.25", "USD", "90.10", "EUR", "jdoe"],
        ["2", "P.10-1", "2026-03-02", "-40.25", "USD", "-36.05", "EUR", "jdoe"],
        ["3", "P.99", "2026-03-02", "7", "EUR", "7", "EUR", ""],
    )
    assert {(t.column, t.currency): t.total for t in result.totals} == {
        ("amount", "USD"): Decimal(60),
        ("amount", "EUR"): Decimal(7),
        ("reporting_amount", "EUR"): Decimal("61.05"),
    }
    query = "SELECT project_id, sum(reporting_amount), any_value(posted_by_id) FROM core.ledger_entry GROUP BY 1"
    assert set(desk.query(query)) == {("A", Decimal("54.05"), "P0001"), (None, Decimal(7), None)}


def test_a_count_with_a_fraction_is_refused_never_rounded(desk: Desk) -> None:
    result = desk.register(
        "person_skill",
        "person_id,skill_id,assessed_on_date,level",
        ["E1", "SQL", "2026-03-01", "3"],
        ["E1", "R", "2026-03-01", "3.5"],
        ["E1", "C", "2026-03-01", "8"],
    )
    assert [(r.source_line, r.rule, r.expected) for r in result.rejects] == [
        (3, "format", "a whole number"),
        (4, "less_than_or_equal_to", "at most 7"),
    ]
    assert desk.query("SELECT skill_id, level FROM core.person_skill") == [("SQL", 3)]


def test_an_issue_from_a_register_and_one_from_an_export_share_their_table_and_their_persons_stay_apart(
    desk: Desk,
) -> None:
    desk.jira(jira_row())
    desk.register(
        "issue",
        "issue_key,project_key,status,created_at,updated_at,assignee_id",
        ["BR-2", "BR", "Open", "2026-02-01 08:00", "2026-03-02 09:00", "acc-1"],
    )
    rows = desk.query("SELECT issue_key, assignee_id FROM core.issue ORDER BY 1")
    assert [row[0] for row in rows] == ["BR-1", "BR-2"]
    # An account of Jira is no key of the register of persons.
    assert rows[0][1] != rows[1][1]
