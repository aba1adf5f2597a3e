"""The tables of the reconciliation's page, from frames of the analyses; text from exports is escaped."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.code_mapping import UnmappedCodeNearest as Code
from pmo_analytics.governance.reconciliation import (
    DIFFERING,
    NOT_COMPARED,
    CostDifference,
    IssueTimeDifference,
    LedgerElement,
    largest,
)
from pmo_analytics.governance.reconciliation_totals import is_compared
from pmo_analytics.reporting.figure_table import Cell, Column, TableFigures, figure_table
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.reconciliation import lacks_labour_accounts
from pmo_analytics.reporting.references import Shown
from pmo_analytics.resources.calendar_differences import CalendarDifference

_MOST_DECISIONS, _MOST_CODES, _MOST_ISSUES, _MOST_ELEMENTS = 12, 15, 10, 40
_TABLE_NAMES = {
    "ledger_entry": "ledger",
    "timesheet_entry": "timesheets",
    "commitment": "commitments",
    "issue": "issues",
}


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


_EXACT, _COUNT, _HOURS = Shown("number", (2,)), Shown("number"), Shown("hundredths_of_hours")


def decision_table(differences: pd.DataFrame) -> Fragment:
    """The largest differences between timesheet cost and ledger labour, by money."""
    columns = [
        Column("Project"), Column("Month"), Column("Timesheets", is_number=True),
        Column("Ledger labour", is_number=True), Column("Difference", is_number=True),
        Column("Other cost", is_number=True), Column("Finding", is_remark=True),
    ]  # fmt: skip
    open_rows = largest(differences)
    figures = TableFigures(
        "difference", differences, (CostDifference.project_id, CostDifference.period_month, CostDifference.currency)
    )
    rows = [
        [
            Cell(_text(row[CostDifference.name]), id=_text(row[CostDifference.project_id])),
            Cell(numerals.month(row[CostDifference.period_month])),
            figures.cell(row, CostDifference.cost_amount, _EXACT),
            figures.cell(row, CostDifference.labour_amount, _EXACT),
            figures.cell(
                row,
                CostDifference.difference_amount,
                Shown("signed", (2,), behind=f"\u00a0{row[CostDifference.currency]}"),
                sub=numerals.percent(row[CostDifference.difference_ratio], 1),
                is_off=True,
            ),
            figures.cell(row, CostDifference.other_amount, _EXACT),
            Cell(row[CostDifference.state], sub=_remark(row)),
        ]
        for row in open_rows.head(_MOST_DECISIONS).to_dict("records")
    ]
    compared = int(is_compared(differences).sum())
    why = "Timesheets and ledger agree in every project month that both hold."
    if not compared:
        why = "Timesheets and ledger are not compared: no month has both."
    remedy = "" if compared else "Load the ledger and the rates of hours; `pmo status` lists what is missing."
    if lacks_labour_accounts(differences):
        why = "Timesheets and ledger are not compared: nobody has said which cost elements are labour."
        remedy = (
            'Add to pmo.toml, under `[reconciliation]`, `labour_accounts = ["600000-609999", "6200*"]` or what fits.'
        )
    return figure_table(
        "decisions", "What needs a decision", columns, rows,
        note="Largest first. Timesheets: hours at the rates of their days. Ledger: postings on cost elements that "
        "`pmo.toml` calls labour, in the month of the posting date; other cost, such as invoices and accruals, stands "
        "apart. Difference: timesheets less ledger, and its share of the larger side." if rows else "",
        left_out=len(open_rows) - len(rows), all_of="`pmo sql \"from marts.timesheet_ledger_reconciliation\"` has all.",
        absent=why, remedy=remedy, figures=figures, data=open_rows,
    )  # fmt: skip


def _remark(row: dict[Hashable, Any]) -> str:
    """Where the same amount is found the other way round, and what else is to be said of a row."""
    parts = [_text(row[CostDifference.quality_note])]
    if not pd.isna(row[CostDifference.offset_month]):
        place = f"{row[CostDifference.offset_project_id]}, {numerals.month(row[CostDifference.offset_month])}"
        parts.insert(0, f"the opposite stands in {place}")
    return "; ".join(part for part in parts if part)


def element_table(elements: pd.DataFrame) -> Fragment:
    """What the ledger holds by cost element, and which of it is called labour."""
    words = {True: "labour", False: "other cost"}
    figures = TableFigures("element", elements, (LedgerElement.cost_element, LedgerElement.currency))
    rows = [
        [
            Cell(_text(row[LedgerElement.cost_element]) or "No cost element"),
            figures.cell(row, LedgerElement.ledger_amount, _EXACT),
            Cell(row[LedgerElement.currency]),
            figures.cell(row, LedgerElement.posting_count, _COUNT),
            Cell(f"{numerals.month(row[LedgerElement.first_month])} – {numerals.month(row[LedgerElement.last_month])}"),
            Cell("not said" if pd.isna(row[LedgerElement.is_labour]) else words[bool(row[LedgerElement.is_labour])]),
        ]
        for row in elements.head(_MOST_ELEMENTS).to_dict("records")
    ]
    columns = [
        Column("Cost element"), Column("Sum", is_number=True), Column("Currency"),
        Column("Postings", is_number=True), Column("Months"), Column("Taken for"),
    ]  # fmt: skip
    return figure_table(
        "cost-elements", "What the ledger holds by cost element", columns, rows,
        note="A posting counts once, in the currency of the timesheets' cost where it has an amount in it, else in its "
        "own. Nothing is converted." if rows else "",
        left_out=len(elements) - len(rows), all_of="`pmo sql \"from marts.ledger_by_project_month\"` has all.",
        folded="" if elements[LedgerElement.is_labour].isna().any() else "Cost elements and what they are taken for",
        absent="No ledger is loaded.",
        remedy="Load SAP line items or a ledger of your own with `pmo ingest`; the README shows how to map one.",
        figures=figures, data=elements,
    )  # fmt: skip


def code_table(codes: pd.DataFrame) -> Fragment:
    """The codes that no register knows, with the nearest registered project."""
    figures = TableFigures("code", codes, (Code.source, Code.table_name, Code.external_key, Code.currency))
    rows = [
        [
            Cell(_text(row[Code.external_key]) or "No code given", id=_text(row[Code.name])),
            Cell(f"{row[Code.source]}, {_TABLE_NAMES[row[Code.table_name]]}"),
            figures.cell(row, Code.row_count, _COUNT),
            figures.cell(row, Code.duration_seconds, Shown("hours")),
            figures.cell(row, Code.amount, Shown("number", (2,), behind=f"\u00a0{_text(row[Code.currency])}")),
            Cell(f"{numerals.month(row[Code.first_month])} – {numerals.month(row[Code.last_month])}"),
            Cell(_text(row[Code.nearest_name]) or numerals.MISSING, sub=_text(row[Code.nearest_project_id])),
        ]
        for row in codes.head(_MOST_CODES).to_dict("records")
    ]
    columns = [
        Column("Code"), Column("Source"), Column("Rows", is_number=True), Column("Hours", is_number=True),
        Column("Money", is_number=True), Column("Months"), Column("Nearest project", is_remark=True),
    ]  # fmt: skip
    return figure_table(
        "codes", "Codes that no register knows", columns, rows,
        note="Counted everywhere, in no project. `pmo map` writes them to a sheet with their nearest names; filled in "
        "and loaded, it maps them for past and future rows. A nearest name is a suggestion." if rows else "",
        left_out=len(codes) - len(rows), all_of="`pmo map` writes all.",
        absent="Every code of timesheets, ledger and issues is mapped to a project.",
        figures=figures, data=codes,
    )  # fmt: skip


def issue_table(issues: pd.DataFrame) -> Fragment:
    """The largest differences between time spent by Jira and timesheets."""
    has_both = issues[IssueTimeDifference.state] != NOT_COMPARED
    open_rows = issues[issues[IssueTimeDifference.state].isin(DIFFERING)]
    figures = TableFigures("issue", issues, (IssueTimeDifference.issue_key,))
    rows = [
        [
            Cell(row[IssueTimeDifference.issue_key], id=_text(row[IssueTimeDifference.project_id])),
            figures.cell(row, IssueTimeDifference.time_spent_seconds, _HOURS),
            figures.cell(row, IssueTimeDifference.duration_seconds, _HOURS),
            figures.cell(row, IssueTimeDifference.difference_seconds, Shown("signed_hours"), is_off=True),
            figures.cell(row, IssueTimeDifference.entry_count, _COUNT),
            Cell(row[IssueTimeDifference.state]),
        ]
        for row in open_rows.head(_MOST_ISSUES).to_dict("records")
    ]
    columns = [
        Column("Issue"), Column("Jira, h", is_number=True), Column("Timesheets, h", is_number=True),
        Column("Difference, h", is_number=True), Column("Entries", is_number=True), Column("Finding"),
    ]  # fmt: skip
    why = "Jira and timesheets agree on every issue that both know." if has_both.any() else "Nothing is compared: "
    if not has_both.any():
        notes = issues[IssueTimeDifference.quality_note].value_counts()
        why += (notes.index[0] if len(notes) else "no issue has time in Jira or in timesheets") + "."
    left = int((~has_both).sum())
    counted = "1 issue is" if left == 1 else f"{numerals.number(left)} issues are"
    withheld = f" {counted} not compared: changed later, or of projects that are not loaded." if left else ""
    return figure_table(
        "issues", "Jira's time spent against timesheets", columns, rows,
        note=f"By issue, its sub-tasks apart, in the state of the reporting date.{withheld}" if rows else "",
        left_out=len(open_rows) - len(rows), all_of="`pmo sql \"from marts.issue_time_reconciliation\"` has all.",
        absent=why, figures=figures, data=open_rows,
    )  # fmt: skip


def calendar_table(teams: pd.DataFrame, status_date: pd.Timestamp) -> Fragment:
    """Booked against available hours of the reporting month by team; persons are never shown."""
    month = status_date.normalize().replace(day=1)
    now = teams[teams[CalendarDifference.period_month] == month]
    figures = TableFigures("team", teams, (CalendarDifference.team, CalendarDifference.period_month))
    shown = [
        CalendarDifference.duration_seconds,
        CalendarDifference.available_seconds,
        CalendarDifference.above_seconds,
        CalendarDifference.below_seconds,
        CalendarDifference.without_calendar_seconds,
    ]
    rows = [
        [
            Cell(row[CalendarDifference.team]),
            Cell("few")
            if row[CalendarDifference.quality_note]
            else figures.cell(row, CalendarDifference.persons, _COUNT),
            *[figures.cell(row, column, _HOURS) for column in shown],
            Cell(row[CalendarDifference.quality_note] or numerals.MISSING),
        ]
        for row in now.to_dict("records")
    ]
    columns = [
        Column("Team"), Column("Persons", is_number=True), Column("Booked, h", is_number=True),
        Column("Available, h", is_number=True), Column("Above, h", is_number=True), Column("Below, h", is_number=True),
        Column("No calendar, h", is_number=True), Column("Note", is_remark=True),
    ]  # fmt: skip
    return figure_table(
        "calendars", f"Hours against calendars, {numerals.long_month(month)}", columns, rows,
        note="Above and below: what persons booked beyond their own available time and what they left of it, summed by "
        "team, since the one hides the other. Groups of fewer than five are folded or not shown." if rows else "",
        absent="No hours and no calendars are known of this month.",
        remedy="Load timesheets, registers/person.csv and registers/working_calendar.csv.",
        figures=figures, data=_without_few(now),
    )  # fmt: skip


def _without_few(teams: pd.DataFrame) -> pd.DataFrame:
    """Teams with the number of persons left out where the group is too small to be shown."""
    is_few = teams[CalendarDifference.quality_note] != ""
    return teams.assign(persons=teams[CalendarDifference.persons].astype("Int64").mask(is_few))
