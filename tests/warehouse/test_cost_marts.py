"""What each record of cost states, and estimates with their outcomes, by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tests.exports import Desk, jira_row, toggl_row
from tests.jira_answers import history, issue, item, loaded

JAN, FEB, MAR, APR = (pd.Timestamp(f"2026-0{m}-01") for m in (1, 2, 3, 4))
COMMITMENT = "commitment_id,project_key,status_date,due_date,amount,currency,kind"
LEDGER = "ledger_entry_id,project_key,cost_element,posting_date,amount,currency"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("books"))
    desk.register("project", "project_id,name,status_date", ["A", "Alpha", "2026-01-01"])
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["dev", "2026-01-01", 90, "EUR"])
    desk.register(
        "person",
        "person_id,name,email,role,fte_pct,status_date",
        ["E1", "Ann Berg", "ann@example.test", "dev", 100, "2026-01-01"],
    )
    # Three times twenty minutes at 90: 30 each. Bo has no rate.
    desk.toggl(
        *[toggl_row("ann", "A", "2026-01-05", "00:20:00", f"part {n}") for n in range(3)],
        toggl_row("bo", "A", "2026-01-05", "05:00:00"),
    )
    desk.register(
        "ledger_entry",
        LEDGER,
        ["L1", "A", "600", "2026-01-31", "85.0001", "EUR"],
        ["L2", "A", "700", "2026-01-20", "-5.0001", "EUR"],
        ["L3", "A", "700", "2026-02-20", "10", "GBP"],
    )
    desk.register(
        "commitment",
        COMMITMENT,
        ["C1", "A", "2026-01-31", "2026-03-15", "200", "EUR", "commitment"],
        ["C2", "A", "2026-01-31", "2026-03-20", "50.5", "EUR", "commitment"],
        ["C3", "A", "2026-01-31", "", "7", "EUR", "accrual"],
        ["C4", "X", "2026-01-31", "", "3", "USD", "commitment"],
    )
    desk.register(
        "commitment", COMMITMENT, ["C1", "A", "2026-02-28", "2026-04-15", "150", "EUR", "commitment"],
    )  # fmt: skip
    return desk


def rows(desk: Desk, as_of: str) -> list[tuple[object, ...]]:
    with desk.warehouse.at(as_of) as view:
        return view.rows(
            "SELECT project_id, period_month, currency, timesheet_amount, ledger_amount, accrual_amount, "
            "commitment_amount FROM marts.cost_sources_by_project_month ORDER BY ALL NULLS LAST"
        )[1]


def test_each_record_of_cost_apart_by_project_month_and_currency(books: Desk) -> None:
    month = {m: m.date() for m in (JAN, FEB, MAR, APR)}
    january = ("A", month[JAN], "EUR", Decimal(90), Decimal(80))
    assert rows(books, "2026-01") == [
        # 90 of time is the labour in 80 of the ledger; the accrual is not posted yet.
        (*january, Decimal(7), Decimal(0)),
        ("A", month[MAR], "EUR", 0, 0, 0, Decimal("250.5")),
        (None, month[JAN], "USD", 0, 0, 0, Decimal(3)),
    ]
    # What February's list no longer has was posted or given up.
    assert rows(books, "2026-02") == [
        (*january, Decimal(0), Decimal(0)),
        ("A", month[FEB], "GBP", 0, Decimal(10), 0, 0),
        ("A", month[APR], "EUR", 0, 0, 0, Decimal(150)),
    ]


def test_finished_issues_are_estimates_with_outcomes_and_the_register_goes_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = {"Status": "Done", "Status_Category": "Done", "Resolved": "20/Feb/26 9:00 AM", "Time_Spent": "3600"}
    at = "20/Feb/26 9:15 AM"
    desk.jira(
        jira_row("BR-1", at, **done),
        jira_row("BR-2", at, **done),
        jira_row("BR-3", at, **done),
        # Not finished; not estimated; nothing spent; finished in March.
        jira_row("BR-4", at, Time_Spent="3600"),
        jira_row("BR-5", at, **done | {"Original_estimate": "0"}),
        jira_row("BR-6", at, **done | {"Time_Spent": ""}),
        jira_row("BR-7", "02/Mar/26 9:15 AM", **done | {"Resolved": "02/Mar/26 9:00 AM"}),
    )
    # Twice on BR-1 by the reporting date, and once after it.
    desk.toggl(
        toggl_row("ann", "Bridge", "2026-02-03", "01:30:00", "BR-1 deck"),
        toggl_row("ann", "Bridge", "2026-02-04", "01:00:00", "br-1 deck"),
        toggl_row("ann", "Bridge", "2026-03-04", "04:00:00", "BR-1 deck"),
    )
    desk.register(
        "estimate_outcome",
        "item_id,work_class,estimate_hours,actual_hours,finished_on_date,state,status_date",
        ["br-3", "build", 9, 10, "2026-02-19", "finished", "2026-02-28"],
    )
    loaded(desk, [
        issue(
            "SV-1", history(1, "2026-02-10T10:00:00.000+0000", item("timeoriginalestimate", None, "1800")),
            created="2026-02-02T10:00:00.000+0000", updated="2026-02-12T10:00:00.000+0000", timespent=900,
            resolutiondate="2026-02-12T10:00:00.000+0000", timeoriginalestimate=1800,
            status={"name": "Done", "statusCategory": {"key": "done"}},
        ),
        # Its estimate was written down once the work was done.
        issue(
            "SV-2", history(2, "2026-02-13T10:00:00.000+0000", item("timeoriginalestimate", None, "900")),
            created="2026-02-02T10:00:00.000+0000", updated="2026-02-13T10:00:00.000+0000", timespent=900,
            resolutiondate="2026-02-12T10:00:00.000+0000", timeoriginalestimate=900,
            status={"name": "Done", "statusCategory": {"key": "done"}},
        ),
    ])  # fmt: skip
    with desk.warehouse.at("2026-02") as view:
        rows = view.table("estimate_history").set_index("item_id")
    assert rows[["estimate_seconds", "actual_seconds"]].to_dict("index") == {
        "BR-1": {"estimate_seconds": 7200, "actual_seconds": 9000},
        "BR-2": {"estimate_seconds": 7200, "actual_seconds": 3600},
        "SV-1": {"estimate_seconds": 1800, "actual_seconds": 900},
        "br-3": {"estimate_seconds": 9 * 3600, "actual_seconds": 10 * 3600},
    }
    assert rows["actual_source"].to_list() == ["timesheets", "time_spent", "time_spent", "register"]
    assert rows.loc["BR-1", ["work_class", "state"]].to_list() == ["Task", "finished"]
    assert rows["estimated_on_date"].dt.strftime("%m-%d").to_list()[:3] == ["02-01", "02-01", "02-10"]
    assert rows["finished_on_date"].dt.strftime("%m-%d").to_list() == ["02-20", "02-20", "02-12", "02-19"]
