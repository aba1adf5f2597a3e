"""What is open before a close: one item for each, what blocks first, due in working days."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.performance.close_items import BLOCKS, WARNS, CloseFrames, CloseItem, close_items, counted

DAY = pd.Timestamp("2026-06-30")
COLUMNS = {
    "gaps": ["team", "person_count", "missing_seconds", "persons_missing_count", "is_short"],
    "reports": ["project_id", "name", "project_manager_id", "status_age_days", "is_reported", "commentary_count"],
    "codes": ["source", "table_name", "external_key", "name", "row_count", "duration_seconds", "amount", "currency",
              "last_month"],
    "costs": ["project_id", "name", "period_month", "currency", "difference_amount", "state"],
    "timing": ["benefit_id", "currency", "period_month", "planned_amount", "is_overdue"],
    "gates": ["project_id", "name", "unevidenced_count", "out_of_turn_count"],
    "team": ["team", "lead_id"],
    "benefit": ["benefit_id", "name", "owner_id"],
}  # fmt: skip


def items(**rows: list[tuple[Any, ...]]) -> list[CloseItem]:
    frames = {name: pd.DataFrame(rows.get(name, []), columns=columns) for name, columns in COLUMNS.items()}
    return close_items(CloseFrames(**frames), status_date=DAY, differing=["ledger higher"])


def test_nothing_is_open_where_nothing_is_known() -> None:
    assert items() == []


def test_each_kind_is_asked_of_whom_it_concerns_and_what_blocks_comes_first() -> None:
    june = pd.Timestamp("2026-06-01")
    found = items(
        gaps=[("Data", 5, 7200.0, 1, True), ("Web", 6, 0.0, 0, False), ("Few", 2, float("nan"), float("nan"), True)],
        reports=[("A", "Alpha", "P1", 41, False, 1), ("B", "Beta", "P2", 0, True, 0)],
        codes=[("erp", "ledger_entry", "K1", None, 2, None, 12.5, "EUR", june),
               ("toggl", "timesheet_entry", None, "Pier", 3, 3600.0, None, None, june),
               ("toggl", "timesheet_entry", None, "Old", 3, 3600.0, None, None, pd.Timestamp("2026-05-01"))],
        costs=[("A", "Alpha", june, "EUR", -3.0, "ledger higher"), ("B", "Beta", june, "EUR", 0.0, "agrees"),
               ("A", "Alpha", pd.Timestamp("2026-05-01"), "EUR", 9.0, "ledger higher")],
        timing=[("N1", "EUR", pd.Timestamp("2026-05-01"), 7.0, True), ("N1", "EUR", june, 8.0, True),
                ("N2", "EUR", june, 8.0, False)],
        gates=[("A", "Alpha", 2, 0), ("B", "Beta", 0, 1)],
        team=[("Data", "P9")], benefit=[("N1", "Calls", "P7")],
    )  # fmt: skip
    told = [(i.effect, i.kind, i.owner, i.owner_id, i.value, i.unit, f"{i.due:%m-%d}") for i in found]
    assert told == [
        (BLOCKS, "timesheets", "team lead, Data", "P9", 7200.0, "seconds", "07-02"),
        (BLOCKS, "status report", "project manager, A", "P1", 41.0, "days", "07-03"),
        (BLOCKS, "unmapped", "PMO, toggl Pier", "", 3600.0, "seconds", "07-03"),
        (BLOCKS, "unmapped", "finance, erp K1", "", 12.5, "EUR", "07-03"),
        (BLOCKS, "commentary", "project manager, B", "P2", 0.0, "sections", "07-06"),
        (BLOCKS, "ledger against timesheets", "project manager, A", "", -3.0, "EUR", "07-06"),
        (WARNS, "gate", "project manager, A", "", 2.0, "gates", "07-08"),
        (WARNS, "gate", "project manager, B", "", 1.0, "gates", "07-08"),
        (WARNS, "measurement", "benefit owner, N1", "P7", 7.0, "EUR", "07-08"),
    ]
    assert found[-1].what == "2 measurements are not stated, the first of May 2026"


def test_a_month_that_ends_on_a_weekend_is_due_from_its_last_working_day() -> None:
    frames = {name: pd.DataFrame([], columns=columns) for name, columns in COLUMNS.items()}
    frames["gaps"] = pd.DataFrame([("Data", 5, 7200.0, 1, True)], columns=COLUMNS["gaps"])
    (item,) = close_items(CloseFrames(**frames), status_date=pd.Timestamp("2026-05-31"), differing=[])
    assert f"{item.due:%Y-%m-%d}" == "2026-06-02"


def test_units_are_told_of_one() -> None:
    assert [counted("gates", 1), counted("gates", 2), counted("EUR", 1)] == ["gate", "gates", "EUR"]
