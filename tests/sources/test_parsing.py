"""Cells of one column through its SQL expression, against answers by hand."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pmo_analytics.sources import parsing
from pmo_analytics.sources.conventions import date_formats
from pmo_analytics.sources.definition import Definition, Field, definitions
from pmo_analytics.sources.parsing import Conventions, custom, parser

TOGGL, BUDGET = definitions()["toggl"], definitions()["budget"]
HOW = Conventions("point", "Europe/Berlin", {"work_date": ["%Y-%m-%d"], "started_at": ["%Y-%m-%d %H:%M:%S"]})


def parse(
    field: Field, cells: list[str], *, definition: Definition = TOGGL, how: Conventions = HOW, header: str = "H"
) -> list[Any]:
    found = parser(field, definition, [header], how)
    assert found
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE raw (n BIGINT, c0 VARCHAR)")
        connection.executemany("INSERT INTO raw VALUES (?, ?)", list(enumerate(cells)))
        return [row[0] for row in connection.execute(f"SELECT {found.value} FROM raw ORDER BY n").fetchall()]


def field(column: str, kind: str, **options: Any) -> Field:
    return Field(column, ("H",), kind, **options)


def test_clock_durations() -> None:
    cells = ["01:30:00", "25:00:00", "0:00:01", "-00:30:00", "1:60:00", "90", ""]
    expected = [5400, 90_000, 1, -1800, None, None, None]
    assert parse(field("duration_seconds", "clock_duration"), cells) == [
        None if e is None else Decimal(e) for e in expected
    ]


@pytest.mark.parametrize(
    ("mark", "cells"), [("point", ["7.5", "1,000.25", "0.1"]), ("comma", ["7,5", "1.000,25", "0,1"])]
)
def test_decimal_hours_by_the_files_mark(mark: str, cells: list[str]) -> None:
    hours = Field("duration_seconds", ("H", "S"), "hours")
    found = parse(hours, cells, how=Conventions(mark, "UTC", {}))
    assert found == [Decimal(27_000), Decimal("3600900"), Decimal(360)]


@pytest.mark.parametrize(
    ("mark", "texts"),
    [
        ("point", ["-1,234.50", "1,234.50-", "(1,234.50)", "\u22121'234.50", "- 1\u2019234.50", "1 234.50 -"]),
        ("comma", ["-1.234,50", "1.234,50-", "(1\u202f234,50)", "\u2212 1\u00a0234,50", "1234,50-", "-1 234,5"]),
    ],
)
def test_a_minus_in_front_behind_or_as_brackets_and_thousands_by_blanks_or_apostrophes(
    mark: str, texts: list[str]
) -> None:
    amount = Field("amount", ("H",), "number")
    found = parse(amount, texts, how=Conventions(mark, "UTC", {}), definition=definitions()["ledger_entry"])
    assert found == [Decimal("-1234.5")] * len(texts)


def test_blanks_that_tell_no_thousands_apart_make_no_number() -> None:
    amount = Field("amount", ("H",), "number")
    cells = ["10 20", "1 2345", "12 34.5", "(5", "5)", "(-5)", "--5", "-(5)-", "1'23"]
    assert parse(amount, cells, definition=definitions()["ledger_entry"]) == [None] * len(cells)


def test_a_day_that_does_not_exist_is_no_day_of_the_year_31() -> None:
    how = Conventions("point", "UTC", {"work_date": date_formats(["9-9-9", "Y-9-9"], "dmy", with_time=False)})
    found = parse(field("work_date", "date"), ["29-05-26", "2026-05-29", "31-02-26"], how=how)
    assert found == [date(2026, 5, 29), date(2026, 5, 29), None]


def test_money_with_more_decimals_than_its_type_is_refused_never_rounded() -> None:
    kind = field("planned_value_amount", "number")
    assert parse(kind, ["1.2345", "1.23456", "1.23450"], definition=BUDGET) == [
        Decimal("1.2345"),
        None,
        Decimal("1.2345"),
    ]


def test_a_percentage_is_read_with_its_sign_or_without_and_no_money_is_one() -> None:
    german = Conventions("comma", "UTC", {})
    cells = ["50%", "12,5 %", "50", "5%%", "%"]
    share = parse(field("fte_pct", "number"), cells, definition=definitions()["person"], how=german)
    assert share == [Decimal(50), Decimal("12.5"), Decimal(50), None, None]
    chance = parse(field("probability", "number"), cells[:3], definition=definitions()["risk"], how=german)
    assert chance == [0.5, 0.125, 50.0]
    assert parse(field("planned_value_amount", "number"), ["50%"], definition=BUDGET) == [None]


def test_days_that_do_not_exist_have_no_date() -> None:
    assert parse(field("work_date", "date"), ["2026-02-28", "2026-02-30", "later"]) == [date(2026, 2, 28), None, None]


def test_times_are_in_the_workspaces_zone_and_kept_in_utc() -> None:
    # Berlin is two hours ahead of UTC in summer, one in winter.
    found = parse(field("started_at", "instant"), ["2026-07-01 09:00:00", "2026-01-01 09:00:00"])
    assert found == [datetime(2026, 7, 1, 7), datetime(2026, 1, 1, 8)]


def test_flags_choices_and_searches() -> None:
    assert parse(field("is_billable", "flag"), ["Yes", "no", "maybe"]) == [True, False, None]
    choice = field("status_category", "choice", choices={"To Do": "to_do"})
    assert parse(choice, ["to do", "Else"]) == ["to_do", None]
    search = field("issue_key", "search", pattern=r"\b([A-Za-z][A-Za-z0-9_]+-[0-9]+)\b")
    assert parse(search, ["see br-12 and BR-13", "none"]) == ["BR-12", None]


def test_register_text_loses_the_guard_that_was_put_before_a_formula() -> None:
    assert parse(field("baseline_version", "text"), ["'=1+1", "'t Hooft", "=1"], definition=BUDGET) == [
        "=1+1",
        "'t Hooft",
        "=1",
    ]


def test_many_columns_are_kept_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    headers = ["A", "B", 'C "q"', "A", "x'); DROP TABLE raw; --", "A"]
    found = []
    for most in (100, 0):
        monkeypatch.setattr(parsing, "_MANY_COLUMNS", most)
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE raw (c0 TEXT, c1 TEXT, c2 TEXT, c3 TEXT, c4 TEXT, c5 TEXT)")
            rows = [["1", " ", 'say "so"\n', None, "\u00a0\x1bv ", "2"], [None] * 6, ["", "b", "", "3", "", ""]]
            connection.executemany("INSERT INTO raw VALUES (?, ?, ?, ?, ?, ?)", rows)
            found.append(connection.execute(f"SELECT {custom(TOGGL, headers)} FROM raw").fetchall())
    assert found[0] == found[1]
    assert json.loads(found[1][0][0]) == {"A": ["1", "2"], 'C "q"': ['say "so"'], headers[4]: ["\x1bv"]}
    assert (found[1][1], found[1][2]) == ((None,), ('{"A":["3"],"B":["b"]}',))


def test_headers_are_literals_never_sql() -> None:
    hostile = "x'); DROP TABLE raw; --"
    expression = custom(TOGGL, [hostile])
    assert expression
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE raw AS SELECT 'v' AS c0")
        assert connection.execute(f"SELECT {expression} FROM raw").fetchall() == [
            ('{"x\'); DROP TABLE raw; --":["v"]}',)
        ]


def test_a_header_found_by_pattern_is_told_as_the_file_writes_it() -> None:
    amount = next(f for f in TOGGL.fields if f.column == "billable_amount")
    found = parser(amount, TOGGL, ["User", "Amount (USD)"], HOW)
    assert found
    assert found.header == "Amount (USD)"


def test_links_and_sprints_of_repeated_columns_become_lists_under_hostile_headers_too() -> None:
    jira = definitions()["jira"]
    headers = ["Outward issue link (Blocks)", 'Inward issue link (a\'b "c")', "Sprint", "Sprint", "Link Count"]
    columns = {f.column: parser(f, jira, headers, HOW) for f in jira.fields if f.column in {"links", "sprints"}}
    assert custom(jira, headers) == custom(jira, ["", "", "", "", "Link Count"])
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE raw (c0 VARCHAR, c1 VARCHAR, c2 VARCHAR, c3 VARCHAR)")
        connection.execute("""INSERT INTO raw VALUES ('B-1', 'B-2', 'Sprint "1"', ' S2 '), (NULL, '', NULL, NULL)""")
        values = ", ".join(columns[name].value for name in ("links", "sprints"))  # type: ignore[union-attr]
        rows = connection.execute(f"SELECT {values} FROM raw").fetchall()
    assert rows[1] == (None, None)
    assert [json.loads(text) for text in rows[0]] == [
        [
            {"key": "B-1", "type": "Blocks", "direction": "outward"},
            {"key": "B-2", "type": 'a\'b "c"', "direction": "inward"},
        ],
        [{"name": 'Sprint "1"'}, {"name": "S2"}],
    ]


def test_a_number_beyond_its_column_is_no_value() -> None:
    how = Conventions("point", "UTC", {})
    assert parse(field("fte_pct", "number"), ["123456.780", "50"], definition=definitions()["person"], how=how) == [
        None,
        Decimal(50),
    ]
