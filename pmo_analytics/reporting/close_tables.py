"""The blocks of the page on a month's close, and of managers' words on other pages; text from files is escaped."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.month_close import FROZEN, PORTFOLIO, REMINDED, REVIEWED, SECTIONS, SIGNED, Commentary
from pmo_analytics.performance.close_events import COMPLETING
from pmo_analytics.performance.close_items import CloseItem, counted
from pmo_analytics.reporting.close_inputs import MonthClose
from pmo_analytics.reporting.figure_table import Cell, Column, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 60
_ALL = "the page's workbook has all."
_SHARE = Shown("number", (1,), behind="\u00a0%")
_FORM = "`pmo close {close} form` writes a form to fill in; `pmo close {close} comment FILE` loads it."


def headline(close: MonthClose) -> str:
    """What has to be known of the close, in a sentence."""
    month = numerals.long_month(pd.Timestamp(f"{close.close_id}-01"))
    count, more = len(close.blocking), len(close.items) - len(close.blocking)
    if close.state.state == FROZEN:
        return f"{month} is frozen at version {close.state.frozen_version}."
    if not close.items:
        return f"Nothing is open: {month} can be closed."
    warns = f"; {numerals.number(more)} more only warn" if more else ""
    if not count:
        return f"Nothing blocks the close of {month}{warns}."
    return f"{numerals.number(count)} {'item blocks' if count == 1 else 'items block'} the close of {month}{warns}."


def state_table(close: MonthClose) -> Fragment:
    """The steps of the close in their order, and who took them."""
    order = [COMPLETING, REVIEWED, SIGNED, FROZEN]
    at = order.index(close.state.state)
    said = {
        COMPLETING: f"{len(close.blocking)} items block, {len(close.items) - len(close.blocking)} warn",
        REVIEWED: close.state.reviewed_by,
        SIGNED: close.state.signed_by,
        FROZEN: f"at version {close.state.frozen_version}" if close.state.is_frozen else "",
    }
    told = [(name, "done" if place < at else "now" if place == at else "to come", said[name])
            for place, name in enumerate(order)]  # fmt: skip
    data = pd.DataFrame(told, columns=["step", "state", "comment"])
    again = (
        f" Re-opened {close.state.reopened_count} times, last for: {close.state.reason}."
        if (close.state.reopened_count)
        else ""
    )
    return figure_table(
        "close-state", "Where the close stands", [Column("Step"), Column("It is"), Column("By whom", is_remark=True)],
        [[Cell(cell) for cell in row] for row in told], figures=TableFigures("close", data, ("step",)), data=data,
        note=f"What was recorded before version {close.state.frozen_version or 'this'} was loaded.{again}"
        if again else "",
    )  # fmt: skip


def item_table(close: MonthClose) -> Fragment:
    """What is open, whom it is asked of and until when; each amount opens the rows it is made of."""
    data = pd.DataFrame([_plain(item) for item in close.items])
    figures = TableFigures("open", data, ())
    rows = [
        [
            Cell(item.subject, id=item.subject_id),
            Cell(item.owner_role, sub=item.owner_id),
            Cell(item.kind, sub=item.what),
            _amount(item, close, figures),
            Cell(item.effect, is_off=item.effect == "blocks"),
            Cell(numerals.day(item.due)),
        ]
        for item in close.items[:_MOST]
    ]
    return figure_table(
        "open-items", "What is open",
        [Column("Where"), Column("Asked of"), Column("What"), Column("How much", is_number=True), Column("It"),
         Column("Due")],
        rows, figures=figures, data=data, left_out=max(0, len(close.items) - _MOST), all_of=_ALL,
        note="Due in working days after the month's end. What makes figures of the month wrong blocks; what makes a "
        "decision late warns." if rows else "",
        absent="Nothing is open.",
    )  # fmt: skip


def _amount(item: CloseItem, close: MonthClose, figures: TableFigures) -> Cell:
    if is_missing(item.value):
        return Cell(numerals.MISSING)
    behind = f"\u00a0{counted(item.unit, item.value)}"
    is_count = item.unit in ("days", "sections", "gates", "rows")
    shown = Shown("number", (0 if is_count else 2,), behind=behind)
    if item.unit == "seconds":
        shown = Shown("hundredths_of_hours", behind="\u00a0h")
    frame = getattr(close.frames, item.frame)
    parts = (item.frame, *(value for _, value in item.key), item.column)
    name = figures.references.add(parts, frame, dict(item.key), item.column, shown)
    return Cell(shown.text(item.value), figure=name, is_off=item.effect == "blocks")


def gap_table(gaps: pd.DataFrame) -> Fragment:
    """Hours received and missing by team, from `TimesheetGap`."""
    figures = TableFigures("gap", gaps, ("team",))
    hours = Shown("hundredths_of_hours", behind="\u00a0h")
    rows = [
        [
            Cell(str(row["team"])), figures.cell(row, "person_count", Shown("number")),
            figures.cell(row, "available_seconds", hours),
            figures.cell(row, "missing_seconds", hours, is_off=bool(row["is_short"])),
            figures.cell(row, "persons_missing_count", Shown("number")), figures.cell(row, "received_pct", _SHARE),
        ]
        for row in gaps.head(_MOST).to_dict("records")
    ]  # fmt: skip
    return figure_table(
        "timesheet-gaps", "Timesheets of the month by team",
        [Column("Team"), Column("Persons", is_number=True), Column("Available", is_number=True),
         Column("Missing", is_number=True), Column("Persons short", is_number=True),
         Column("Received", is_number=True)],
        rows, figures=figures, data=gaps, left_out=max(0, len(gaps) - _MOST), all_of=_ALL,
        note="Available: calendar less absences. A person's surplus fills nobody else's gap; groups below five persons "
        "are not shown." if rows else "",
        absent="Nobody's available time of the month is known.", remedy="Load registers person and working_calendar.",
    )  # fmt: skip


def chase_table(close: MonthClose) -> Fragment:
    """Who is asked for what, and how often they were reminded by this version."""
    owners: dict[str, list[CloseItem]] = {}
    for item in close.items:
        owners.setdefault(item.owner, []).append(item)
    told = []
    for owner, items in owners.items():
        count, last = close.reminded.get(owner, (0, None))
        kinds = ", ".join(dict.fromkeys(item.kind for item in items))
        due = min(item.due for item in items)
        told.append((owner, len(items), kinds, numerals.day(due), count, "" if last is None else numerals.day(last)))
    data = pd.DataFrame(told, columns=["owner", "items", "kinds", "due", "reminders", "last_reminder"])
    rows = [[Cell(str(cell)) for cell in row] for row in told[:_MOST]]
    return figure_table(
        "chase", "Who is asked for what",
        [Column("Owner"), Column("Items", is_number=True), Column("What is missing"), Column("First due"),
         Column("Reminders", is_number=True), Column("Last")],
        rows, figures=TableFigures("chase", data, ("owner",)), data=data, left_out=max(0, len(told) - _MOST),
        all_of=_ALL, note=f"`pmo close {close.close_id} chase --out FOLDER` writes a file for each." if rows else "",
        absent="Nobody is asked for anything.",
    )  # fmt: skip


def commentary_table(commentary: pd.DataFrame, close: str) -> Fragment:
    """Managers' words on a month, from rows of `Commentary`: the portfolio's first, then by project and section."""
    order = {name: at for at, name in enumerate(SECTIONS)}
    rows_in_order = sorted(
        commentary.to_dict("records"),
        key=lambda row: (
            row[Commentary.subject_kind] != PORTFOLIO, str(row[Commentary.subject_id]), order[row[Commentary.section]]
        ),
    )  # fmt: skip
    key = (Commentary.subject_kind, Commentary.subject_id, Commentary.period_month, Commentary.section)
    figures = TableFigures("commentary", commentary, key)
    rows = [
        [
            Cell(str(row[Commentary.subject_id]), sub=str(row[Commentary.subject_kind])),
            Cell(str(row[Commentary.section])),
            Cell(_words(row[Commentary.text])),
            Cell(_words(row[Commentary.author_id])),
        ]
        for row in rows_in_order[:_MOST]
    ]
    return figure_table(
        "commentary", "What managers say of the month",
        [Column("Of"), Column("On"), Column("In their words", is_remark=True), Column("Author")], rows, figures=figures,
        data=commentary, left_out=max(0, len(commentary) - _MOST), all_of=_ALL,
        absent="Nobody has commented on the month.", remedy=_FORM.format(close=close),
    )  # fmt: skip


def event_table(events: pd.DataFrame) -> Fragment:
    """What was recorded of the close, in its order, from `CloseEvent` rows; reminders of one moment are one line."""
    told: dict[tuple[Any, str], list[dict[Any, Any]]] = {}
    for row in events.to_dict("records"):
        told.setdefault((row["made_at"], row["kind"]), []).append(row)
    rows = [
        [
            Cell(numerals.day(same[0]["made_on_date"])), Cell(kind),
            Cell(f"{numerals.number(len(same))} owners" if kind == REMINDED else _words(same[0]["stated_by"])),
            Cell(_words(same[0]["comment"])),
        ]
        for (_, kind), same in list(told.items())[:_MOST]
    ]  # fmt: skip
    return figure_table(
        "close-events", "What was recorded of the close",
        [Column("On"), Column("What"), Column("Who"), Column("Said", is_remark=True)], rows,
        figures=TableFigures("event", events, ("made_at",)), data=events.drop(columns=["made_at"]),
        left_out=max(0, len(told) - _MOST), all_of=_ALL,
        absent="Nothing was recorded of this close by this version.",
    )  # fmt: skip


def _plain(item: CloseItem) -> dict[str, Any]:
    return {
        "subject": item.subject, "subject_id": item.subject_id, "owner_role": item.owner_role,
        "owner_id": item.owner_id, "kind": item.kind, "what": item.what, "value": item.value, "unit": item.unit,
        "effect": item.effect, "due_date": item.due,
    }  # fmt: skip


def _words(value: Any) -> str:
    return "" if is_missing(value) else str(value)
