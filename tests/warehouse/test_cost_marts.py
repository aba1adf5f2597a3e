"""What each record of cost states, and estimates with their outcomes, by hand."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from tests.exports import Desk, toggl_row

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
