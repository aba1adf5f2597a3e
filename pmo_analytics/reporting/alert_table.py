"""Alerts of a page: what is in breach at its date, and how far the alerts known to its version were answered."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.alerts import CLEARED
from pmo_analytics.performance.alert_standing import OVERDUE, AlertStanding, roles
from pmo_analytics.performance.escalation import HIGH, Breaches
from pmo_analytics.performance.escalation_rules import Escalation
from pmo_analytics.reporting.figure_table import Cell, Column, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

NEW = "new"
_MOST_ROWS = 40
_TITLES: dict[str, tuple[str, int]] = {
    "cost_over_budget_pct": ("Cost forecast over budget, %", 1),
    "finish_delay_days": ("Finish after its baseline, days", 0),
    "cost_performance_index": ("CPI", 2),
    "time_schedule_performance_index": ("SPI(t)", 2),
    "status_report_age_days": ("Age of the status report, days", 0),
    "escalation_overdue_days": ("Escalation overdue, days", 0),
    "milestone_overdue_days": ("Milestone overdue, days", 0),
    "risk_exposure_amount": ("Exposure to open risks", 0),
}
_ROW = [
    "project_id", "name", "rule", "breach", "severity", "figure", "threshold", "currency", "breached_since_month",
    "alert_state", "due_date", "told_roles", "alert_id", "acknowledged_by", "decision", "decided_by",
]  # fmt: skip
_COLUMNS = [
    Column("Project"), Column("Breach"), Column("Figure", is_number=True), Column("Limit"), Column("Since"),
    Column("State"), Column("Due"), Column("Told"),
]  # fmt: skip


def alert_table(breaches: pd.DataFrame, standing: pd.DataFrame, settings: Escalation, *, version: int) -> Fragment:
    """The open alerts by due date, then what is in breach and not raised yet, from `Breaches` and `AlertStanding`.

    `standing` holds the alerts of the page's projects that were appended
    before `version` was loaded: later ones change no page.
    """
    figures = TableFigures("alert", breaches, (Breaches.project_id, Breaches.rule))
    rows = alert_rows(breaches, standing, settings)
    lines = [_line(row, figures) for row in rows.head(_MOST_ROWS).to_dict("records")]
    number = numerals.number(version)
    return figure_table(
        "alerts", "Alerts", _COLUMNS, lines, figures=figures, data=rows,
        note="As they were answered by the reporting date, before version "
        f"{number} was loaded; `pmo alerts` tells how they stand today. New: "
        "in breach at the reporting date and not raised before. Marked: overdue, or twice as far off as is tolerated."
        if lines else "",
        left_out=max(0, len(rows) - _MOST_ROWS), all_of="the page's workbook has all.",
        absent="No running project is beyond the limit of a rule.",
        remedy="The rules stand in [escalation] of pmo.toml; `pmo alerts raise` names those that hold without it.",
    )  # fmt: skip


def alert_rows(breaches: pd.DataFrame, standing: pd.DataFrame, settings: Escalation) -> pd.DataFrame:
    """One row per breach and per alert that is not cleared, with the state, due date and roles of the alert."""
    told = {rule.text: ", ".join(rule.tell) for rule in settings.rules}
    known = standing[standing[AlertStanding.alert_state] != CLEARED]
    answers = {(row["project_id"], row["rule"]): row for row in known.to_dict("records")}
    rows: list[dict[Hashable, Any]] = []
    for breach in breaches.to_dict("records"):
        alert = answers.pop((breach["project_id"], breach["rule"]), None)
        if alert is None:
            rows.append(breach | {"alert_state": NEW, "told_roles": told.get(breach["rule"])})
        else:
            # What was raised is told of as it is now.
            rows.append(alert | breach | {"told_roles": ", ".join(roles(alert["told_roles"]))})
    rows += [
        alert | {"figure": None, "told_roles": ", ".join(roles(alert["told_roles"]))} for alert in answers.values()
    ]
    frame = pd.DataFrame(rows, columns=_ROW)
    dated = frame.assign(
        due_date=pd.to_datetime(frame["due_date"]), figure=frame["figure"].astype(float),
        is_new=frame["alert_state"] == NEW, gravity=frame["severity"] != HIGH,
    )  # fmt: skip
    order = ["due_date", "is_new", "gravity", "project_id", "rule"]
    return dated.sort_values(order, na_position="last", ignore_index=True)[_ROW]


def _line(row: dict[Any, Any], figures: TableFigures) -> Sequence[Cell]:
    title, decimals = _TITLES[row["breach"]]
    name = row["project_id"] if is_missing(row["name"]) else str(row["name"])
    money = "" if is_missing(row["currency"]) else f", {row['currency']}"
    state = row["alert_state"]
    return [
        Cell(name, id=str(row["project_id"]) if name != row["project_id"] else ""),
        Cell(f"{title}{money}", is_off=row["severity"] == HIGH),
        _figure(row, figures, Shown("number", (decimals,))),
        Cell(numerals.number(row["threshold"], decimals)),
        Cell(numerals.month(row["breached_since_month"])),
        Cell(state, sub=_answer(row), is_off=state == OVERDUE),
        Cell(numerals.day(row["due_date"]), is_off=state == OVERDUE),
        Cell(numerals.MISSING if is_missing(row["told_roles"]) else str(row["told_roles"])),
    ]


def _figure(row: dict[Any, Any], figures: TableFigures, shown: Shown) -> Cell:
    if is_missing(row["figure"]):
        return Cell(numerals.MISSING, sub="not in breach, or not known")
    key = {name: row[name] for name in figures.key}
    parts = (figures.first, row["project_id"], row["breach"])
    return Cell(
        shown.text(row["figure"]), figure=figures.references.add(parts, figures.frame, key, Breaches.figure, shown)
    )


def _answer(row: dict[Any, Any]) -> str:
    if not is_missing(row["decision"]):
        return f"{row['decision']} ({row['decided_by']})"
    return "" if is_missing(row["acknowledged_by"]) else str(row["acknowledged_by"])
