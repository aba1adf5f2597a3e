"""The marts that hold two records of the same work against each other, by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.labour_accounts import labour_accounts
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, jira_row, toggl_row

HOUR = 3600
JAN, FEB = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")
LEDGER = (
    "ledger_entry_id,project_key,wbs_element,cost_element,account,posting_date,amount,currency,"
    "local_amount,local_currency,reporting_amount,reporting_currency"
)
LABOUR = '[reconciliation]\nlabour_accounts = ["600000-609999", "LAB?", "620100"]\n'


def posting(number: int, code: str, element: str, day: str, *money: object, wbs: str = "") -> list[object]:
    """A posting of an amount in euros, or of what `money` says: amount and currency, of its own, local, reporting."""
    own = [*money, "EUR"] if len(money) == 1 else list(money)
    return [f"L{number}", code, wbs, element, "", day, *own, *[""] * (6 - len(own))]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two projects in euros; a ledger in three currencies; January and February 2026."""
    desk = Desk(tmp_path_factory.mktemp("books"))
    (desk.workspace.root / "pmo.toml").write_text(LABOUR)
    desk.workspace = Workspace.find(desk.workspace.root)
    desk.register("project", "project_id,name,status_date", ["A", "Alpha", "2026-01-01"], ["B", "Beta", "2026-01-01"])
    desk.register(
        "person",
        "person_id,name,email,role,team,calendar_id,fte_pct,status_date",
        ["E1", "Ann Berg", "ann@example.test", "Developer", "Build", "main", 100, "2026-01-01"],
    )
    desk.register(
        "rate",
        "role_or_person_id,valid_from_date,hourly_amount,currency",
        ["Developer", "2026-01-01", "100", "EUR"],
        ["Developer", "2026-02-01", "120", "EUR"],
    )
    desk.register("working_calendar", "calendar_id,calendar_date,duration_hours", ["main", "2026-01-05", 8])
    desk.register(
        "project_alias",
        "source,external_key,project_id",
        ["ledger_entry", "d-1", "A"],
        # The same code once more, in other letters.
        ["ledger_entry", "D-1", "A"],
        ["ledger_entry", "D-1-20", "B"],
    )
    desk.toggl(
        toggl_row("ann", "A", "2026-01-05", "10:00:00", "AL-1 deck"),
        # Three times twenty minutes: 100/3 thrice is 100 to the cent.
        *[toggl_row("ann", "A", "2026-01-06", "00:20:00", f"al-1 part {n}") for n in range(3)],
        toggl_row("ann", "A", "2026-02-03", "02:00:00", "AL-9 gone"),
        toggl_row("bo", "A", "2026-02-03", "01:30:00", "ZZ-1 other tracker"),
        toggl_row("ann", "Gost", "2026-02-04", "01:00:00", "AL-3"),
    )
    desk.jira(
        jira_row("AL-1", "20/Feb/26 9:15 AM", Time_Spent="36000"),
        jira_row("AL-2", "20/Feb/26 9:15 AM", Time_Spent="1800"),
        jira_row("AL-3", "02/Apr/26 9:15 AM", Time_Spent="7200"),
        jira_row("AL-4", "20/Feb/26 9:15 AM"),
    )
    desk.register(
        "ledger_entry",
        LEDGER,
        posting(1, "D-1", "0000600100", "2026-01-31", "900.01"),
        posting(2, "D-1", "LAB1", "2026-01-31", "150"),
        # In dollars of its own, euros of the object: it counts once, in euros.
        posting(3, "D-1", "620100", "2026-01-31", "55", "USD", "50.005", "EUR", "60", "CHF"),
        posting(4, "D-1", "700000", "2026-01-20", "-20"),
        # Nothing of it is in euros: it stays in pounds.
        posting(5, "D-1", "600100", "2026-02-28", "30", "GBP", "", "", "40", "CHF"),
        # The WBS element is another project's.
        posting(6, "D-1", "600100", "2026-02-28", "70", wbs="D-1-20"),
        posting(7, "D-9", "600100", "2026-02-27", "5.5"),
        posting(8, "D-9", "710000", "2026-03-15", "4.5"),
        posting(9, "", "700000", "2026-02-27", "1"),
    )
    return desk


def mart(desk: Desk, name: str, as_of: str = "2026-02") -> pd.DataFrame:
    with desk.warehouse.at(as_of) as view:
        return view.table(name)


def test_timesheet_cost_against_ledger_labour_its_other_cost_apart(books: Desk) -> None:
    rows = mart(books, "timesheet_ledger_reconciliation").query("project_id == 'A'")
    january = rows[(rows["period_month"] == JAN) & (rows["currency"] == "EUR")].iloc[0]
    # 10 h and three times 20 minutes at 100; 900.01 + 150 + 50.005 of labour; −20 of others.
    assert january["cost_amount"] == 1100
    assert january["labour_amount"] == 1100.015
    assert january["other_amount"] == -20
    assert january["ledger_amount"] == 1080.015
    assert january["difference_amount"] == -0.015
    assert january["posting_count"] == 4
    february = rows[rows["period_month"] == FEB].set_index("currency")
    assert february.loc["EUR", ["cost_amount", "labour_amount", "costed_seconds"]].to_list() == [240, 0, 2 * HOUR]
    assert february.loc["GBP", ["cost_amount", "labour_amount"]].to_list() == [0, 30]
    # Bo has no rate.
    assert february[february.index.isna()]["uncosted_seconds"].to_list() == [1.5 * HOUR]


def test_a_posting_goes_to_the_project_of_its_wbs_element_before_that_of_its_code(books: Desk) -> None:
    rows = mart(books, "timesheet_ledger_reconciliation")
    assert rows.query("project_id == 'B'")[["period_month", "labour_amount"]].to_numpy().tolist() == [[FEB, 70]]


def test_no_cent_of_the_ledger_is_lost_on_the_way(books: Desk) -> None:
    # 900.01 + 150 + 50.005 − 20 + 70 + 5.5 + 4.5 + 1
    expected = [("EUR", Decimal("1161.015"), 8), ("GBP", Decimal(30), 1)]
    with books.warehouse.at("2026-03") as view:
        for name in ("ledger_by_project_month", "timesheet_ledger_reconciliation"):
            found = view.rows(
                f"SELECT currency, sum(ledger_amount), sum(posting_count) FROM marts.{name} "
                "WHERE currency IS NOT NULL GROUP BY currency ORDER BY currency"
            )[1]
            assert found == expected


def test_without_the_organisations_word_nothing_is_labour_and_nothing_is_not(books: Desk) -> None:
    silent = Workspace(books.workspace.root, {})
    with Warehouse(silent).at("2026-02") as view:
        rows = view.table("timesheet_ledger_reconciliation")
        elements = view.table("ledger_by_project_month")
    assert rows[["labour_amount", "other_amount", "difference_amount"]].isna().all(axis=None)
    assert rows["ledger_amount"].sum() == pytest.approx(900.01 + 150 + 50.005 - 20 + 30 + 70 + 5.5 + 1)
    assert elements["is_labour"].isna().all()


def test_issue_time_by_what_is_known_of_the_issue(books: Desk) -> None:
    rows = mart(books, "issue_time_reconciliation").set_index("issue_key")
    assert rows["state"].to_dict() == {
        "AL-1": "known", "AL-2": "known", "AL-3": "withheld", "AL-9": "unknown", "ZZ-1": "not_loaded",
    }  # fmt: skip
    assert rows.loc["AL-1", ["time_spent_seconds", "duration_seconds", "entry_count"]].to_list() == [36000, 39600, 4]
    assert rows["difference_seconds"].to_dict() == {
        "AL-1": 3600, "AL-2": -1800, "AL-3": 3600, "AL-9": 7200, "ZZ-1": 5400,
    }  # fmt: skip
    assert mart(books, "issue_time_reconciliation", "2026-04").set_index("issue_key").loc["AL-3", "state"] == "known"


def test_booked_against_the_calendar_by_person_and_month(books: Desk) -> None:
    rows = mart(books, "calendar_reconciliation")
    known = rows[rows["available_seconds"].notna()]
    assert known[["period_month", "duration_seconds", "difference_seconds"]].to_numpy().tolist() == [
        [JAN, 11 * HOUR, 3 * HOUR]
    ]
    assert sorted(rows[rows["available_seconds"].isna()]["duration_seconds"]) == [1.5 * HOUR, 3 * HOUR]


def test_unmapped_codes_with_their_money_and_months(books: Desk) -> None:
    rows = mart(books, "unmapped_code", "2026-03")
    found = rows[["table_name", "external_key", "row_count", "currency", "amount"]].astype(object)
    assert found.where(found.notna(), None).to_numpy().tolist() == [
        ["issue", "AL", 3, None, None],
        ["ledger_entry", "D-9", 2, "EUR", 10.0],
        ["ledger_entry", None, 1, "EUR", 1.0],
        ["timesheet_entry", "Gost", 1, None, None],
    ]
    ledger = rows[rows["external_key"] == "D-9"].iloc[0]
    assert (ledger["first_month"], ledger["last_month"]) == (FEB, pd.Timestamp("2026-03-01"))
    assert rows.loc[rows["external_key"] == "AL", "name"].to_list() == ["Bridge"]


@pytest.mark.parametrize("given", ["609999-600000", "", " * "])
def test_an_entry_that_names_no_cost_element_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(UsageError, match="names no cost element") as caught:
        labour_accounts(Workspace(tmp_path, {"reconciliation": {"labour_accounts": ["600000", given]}}))
    assert repr(given) in str(caught.value)


def test_signs_of_a_pattern_language_are_meant_as_they_stand(tmp_path: Path) -> None:
    entries = labour_accounts(Workspace(tmp_path, {"reconciliation": {"labour_accounts": ["L%_~*", "62?0"]}}))
    assert [entry.pattern for entry in entries] == ["L~%~_~~%", "62_0"]
