"""Two months of three projects, reckoned by hand, one of them without a plan; and the freezing of a month."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd

from pmo_analytics.contracts.month_close import CloseEvent
from pmo_analytics.warehouse.stores.month_close import CLOSES
from tests.exports import Desk, toggl_row

BUDGET = "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency"
STATUS = "project_id,status_date,state,percent_complete_pct,forecast_finish_date"
RATE = "currency,to_currency,rate_date,rate"
VALUE = "benefit_id,period_month,kind,status_date,value_amount,currency"


def hours(desk: Desk, person: str, project: str, day: str, count: int) -> None:
    """Book whole hours of a day."""
    desk.toggl(toggl_row(person, project, day, f"{count:02d}:00:00"), name=f"{person}-{project}-{day}.csv")


def freeze(desk: Desk, month: str, version: int, kind: str = "frozen") -> None:
    """Append an event to the close of a month."""
    columns = list(CloseEvent.to_schema().columns)
    event = dict.fromkeys(columns) | {
        "close_id": month, "kind": kind, "frozen_version": version if kind == "frozen" else None,
        "status_date": pd.Timestamp(month) + pd.offsets.MonthEnd(0), "warehouse_version": version,
        "made_at": datetime(2026, 7, 1, 12), "made_on_date": date(2026, 7, 1),
    }  # fmt: skip
    CLOSES.append(desk.workspace, lambda events: pd.DataFrame([event], columns=columns))


def may(folder: Path) -> tuple[Desk, int]:
    """What was known of May, and its version: A comes to 5,000 + 6,000 euros, B to 1,000 + 2,000 pounds at 1.20."""
    desk = Desk(folder)
    desk.register(
        "project", "project_id,name,portfolio,currency,status_date",
        ["A", "Alpha", "North", "EUR", "2026-01-01"], ["B", "Beta", "South", "GBP", "2026-01-01"],
        ["C", "Gamma", "South", "EUR", "2026-01-01"],
    )  # fmt: skip
    desk.register(
        "person", "person_id,name,email,role,fte_pct,status_date",
        ["E1", "Ann Berg", "ann@example.test", "Dev", 100, "2026-01-01"],
        ["E2", "Bo Dahl", "bo@example.test", "Analyst", 100, "2026-01-01"],
    )  # fmt: skip
    desk.register(
        "rate", "role_or_person_id,valid_from_date,hourly_amount,currency",
        ["Dev", "2025-01-01", 100, "EUR"], ["Analyst", "2025-01-01", 50, "GBP"],
    )  # fmt: skip
    desk.register(
        "budget", BUDGET,
        ["A", "1", "2026-05", "2025-12-15", 4000, "EUR"], ["A", "1", "2026-08", "2025-12-15", 6000, "EUR"],
        ["B", "1", "2026-05", "2025-12-15", 2000, "GBP"], ["B", "1", "2026-08", "2025-12-15", 2000, "GBP"],
    )  # fmt: skip
    desk.register(
        "project_status", STATUS,
        ["A", "2026-05-31", "active", 40, "2026-08-31"], ["B", "2026-05-31", "active", 50, "2026-08-31"],
        ["C", "2026-05-31", "active", 10, "2026-08-31"],
    )  # fmt: skip
    desk.register("exchange_rate", RATE, ["GBP", "EUR", "2026-05-31", "1.20"])
    desk.register(
        "benefit", "benefit_id,project_id,name,is_financial,is_dis_benefit,status_date",
        ["S", "A", "Savings", "true", "false", "2026-01-01"], ["L", "B", "Licences", "true", "true", "2026-01-01"],
    )  # fmt: skip
    desk.register(
        "benefit_value", VALUE,
        ["S", "2026-12", "planned", "2026-01-01", 900, "EUR"], ["L", "2026-12", "planned", "2026-01-01", 100, "EUR"],
    )  # fmt: skip
    for day in range(4, 9):
        hours(desk, "ann", "A", f"2026-05-0{day}", 10)
    for day in range(4, 6):
        hours(desk, "bo", "B", f"2026-05-0{day}", 10)
    return desk, len(desk.loads())


def june(desk: Desk) -> None:
    """What came since: each kind once, and two hours of May that were booked late."""
    hours(desk, "ann", "A", "2026-05-20", 2)
    desk.register("exchange_rate", RATE, ["GBP", "EUR", "2026-06-30", "1.25"])
    hours(desk, "ann", "A", "2026-06-10", 10)
    hours(desk, "bo", "B", "2026-06-11", 4)
    desk.register(
        "project_status", STATUS,
        ["A", "2026-06-30", "active", 50, "2026-09-30"], ["C", "2026-06-30", "active", 20, "2026-09-30"],
    )  # fmt: skip
    desk.register(
        "budget", BUDGET,
        ["A", "2", "2026-05", "2026-06-10", 4000, "EUR"], ["A", "2", "2026-08", "2026-06-10", 8000, "EUR"],
    )  # fmt: skip
    desk.register("benefit_value", VALUE, ["S", "2026-12", "forecast", "2026-06-15", 700, "EUR"])
