"""The tables of one project's page: milestones, risks, issues of the RAID log, effort by team."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.milestones import OVERDUE, REACHED, MilestoneOutlook
from pmo_analytics.performance.raid_log import OpenRaidIssue, OpenRisk
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown
from pmo_analytics.resources.project_hours import TeamEffort

_MOST_ROWS = 12
_LATE_DAYS = 31


def _table(
    anchor: str, title: str, columns: Sequence[Column], figures: TableFigures, cells: Callable[[Row], list[Cell]], *,
    note: str, absent: str, remedy: str, register: str = "",
) -> Fragment:  # fmt: skip
    """The first rows of the figures' frame, each as its cells."""
    rows = [cells(row) for row in figures.frame.head(_MOST_ROWS).to_dict("records")]
    return figure_table(
        anchor, title, columns, rows, figures=figures, data=figures.frame, note=note if rows else "",
        left_out=max(0, len(figures.frame) - _MOST_ROWS), all_of=f'`pmo sql "from core.{register}"` lists them',
        absent=absent, remedy=remedy,
    )  # fmt: skip


def _remedy(register: str) -> str:
    return f"Fill registers/{register}.csv (`pmo init --register {register}`) and load it with `pmo ingest`."


def _text(value: Any) -> str:
    return numerals.MISSING if value is None or pd.isna(value) else str(value)


_DAY, _DAYS, _COUNT = Shown("day"), Shown("signed"), Shown("number")


def milestone_table(outlook: pd.DataFrame) -> Fragment:
    """Every milestone, planned, expected or reached, with its slip, from the project's `MilestoneOutlook`."""
    columns = [
        Column("Milestone"), Column("Planned", is_number=True), Column("Expected", is_number=True),
        Column("Slip, days", is_number=True), Column("Since last report", is_number=True), Column("State"),
    ]  # fmt: skip
    figures = TableFigures("milestone", outlook, (MilestoneOutlook.project_id, MilestoneOutlook.milestone_id))

    def cells(row: Row) -> list[Cell]:
        state = row[MilestoneOutlook.milestone_state]
        reached = MilestoneOutlook.actual_date if state == REACHED else MilestoneOutlook.forecast_date
        is_late = bool(row[MilestoneOutlook.slip_days] > _LATE_DAYS)
        named = not is_missing(row[MilestoneOutlook.name])
        identifier = str(row[MilestoneOutlook.milestone_id])
        return [
            Cell(_text(row[MilestoneOutlook.name]) if named else identifier, id=identifier if named else ""),
            figures.cell(row, MilestoneOutlook.baseline_date, _DAY),
            figures.cell(row, reached, _DAY, is_off=state == OVERDUE),
            figures.cell(row, MilestoneOutlook.slip_days, _DAYS, is_off=is_late),
            figures.cell(row, MilestoneOutlook.slip_since_report_days, _DAYS),
            Cell(state, is_off=state == OVERDUE),
        ]

    return _table(
        "milestones", _milestone_title(outlook), columns, figures, cells,
        note="Expected: the day reached, or else the forecast. Slip is against the last baseline. Marked: overdue, or "
        f"slipped by over {_LATE_DAYS} days.",
        absent="No milestones of this project are loaded.", remedy=_remedy("milestone"), register="milestone",
    )  # fmt: skip


def _milestone_title(outlook: pd.DataFrame) -> str:
    if outlook.empty:
        return "Milestones"
    is_ahead = outlook[MilestoneOutlook.milestone_state] != REACHED
    count, ahead = len(outlook), int(is_ahead.sum())
    if not ahead:
        return f"All {count} milestones are reached" if count > 1 else "The one milestone is reached"
    late = outlook[is_ahead & (outlook[MilestoneOutlook.slip_days] > 0)]
    if late.empty:
        return f"{count - ahead} of {count} milestones are reached, and none ahead is forecast late"
    worst = late.sort_values(MilestoneOutlook.slip_days, kind="stable").iloc[-1]
    named = worst[MilestoneOutlook.name]
    days = numerals.number(worst[MilestoneOutlook.slip_days])
    where = f"{worst[MilestoneOutlook.milestone_id] if pd.isna(named) else named} by {days} days"
    if ahead == 1:
        return f"The last milestone is forecast late: {where}"
    return f"{len(late)} of {ahead} milestones ahead {'is' if len(late) == 1 else 'are'} forecast late, {where}"


def _none_of(thing: str, reported: pd.DataFrame) -> str:
    if reported.empty:
        return f"No {thing} of this project is in the register."
    return f"None is open: every {thing} that the register holds of this project is closed."


def risk_table(risks: pd.DataFrame, *, reported: pd.DataFrame) -> Fragment:
    """Open risks, those past their day first, then by exposure, from the project's `OpenRisk`.

    `reported` are the project's rows of the register, open and closed.
    """
    columns = [
        Column("Risk"), Column("Exposure", is_number=True), Column("Days", is_number=True),
        Column("Probability", is_number=True), Column("Around", is_number=True), Column("Owner"),
        Column("Response", is_remark=True),
    ]  # fmt: skip
    figures = TableFigures("risk", risks, (OpenRisk.risk_id,))

    def cells(row: Row) -> list[Cell]:
        money = Shown("number", before="" if is_missing(row[OpenRisk.currency]) else f"{row[OpenRisk.currency]}\u00a0")
        is_past = bool(row[OpenRisk.is_past_proximity])
        return [
            Cell(_text(row[OpenRisk.title]), id=str(row[OpenRisk.risk_id])),
            figures.cell(row, OpenRisk.exposure_amount, money),
            figures.cell(row, OpenRisk.exposure_days, Shown("number", (1,))),
            figures.cell(row, OpenRisk.probability, Shown("percent")),
            figures.cell(row, OpenRisk.proximity_date, _DAY, is_off=is_past, sub="passed" if is_past else ""),
            Cell(_text(row[OpenRisk.owner_id])),
            Cell(_text(row[OpenRisk.response])),
        ]

    past = int(risks[OpenRisk.is_past_proximity].sum()) if len(risks) else 0
    title = f"{len(risks)} open {'risk' if len(risks) == 1 else 'risks'}" if len(risks) else "Open risks"
    return _table(
        "risks", title + (f", {past} of them past the day expected" if past else ""), columns, figures, cells,
        note="Exposure: probability times the mean impact in money, and in days of delay. Owners are tokens.",
        absent=_none_of("risk", reported), remedy="" if len(reported) else _remedy("risk"), register="risk",
    )  # fmt: skip


def raid_issue_table(issues: pd.DataFrame, *, reported: pd.DataFrame) -> Fragment:
    """Open issues of the RAID log, the longest overdue first, from the project's `OpenRaidIssue`.

    `reported` are the project's rows of the register, open and closed.
    """
    columns = [
        Column("Issue"), Column("Due", is_number=True), Column("Overdue, days", is_number=True), Column("Severity"),
        Column("State"), Column("Owner"),
    ]  # fmt: skip
    figures = TableFigures("raid", issues, (OpenRaidIssue.raid_issue_id,))

    def cells(row: Row) -> list[Cell]:
        is_late = bool(row[OpenRaidIssue.overdue_days] > 0)
        overdue = (
            figures.cell(row, OpenRaidIssue.overdue_days, _COUNT, is_off=True) if is_late else Cell(numerals.MISSING)
        )
        return [
            Cell(_text(row[OpenRaidIssue.title]), id=str(row[OpenRaidIssue.raid_issue_id])),
            figures.cell(row, OpenRaidIssue.due_date, _DAY, is_off=is_late),
            overdue,
            Cell(_text(row[OpenRaidIssue.severity])),
            Cell(_text(row[OpenRaidIssue.state])),
            Cell(_text(row[OpenRaidIssue.owner_id])),
        ]

    late = int((issues[OpenRaidIssue.overdue_days] > 0).sum())
    title = f"{len(issues)} open {'issue' if len(issues) == 1 else 'issues'}" if len(issues) else "Open issues"
    return _table(
        "raid-issues", title + (f", {late} overdue" if late else ""), columns, figures, cells,
        note="Of the RAID log, the longest overdue first. Owners are tokens.",
        absent=_none_of("issue", reported), remedy="" if len(reported) else _remedy("raid_issue"),
        register="raid_issue",
    )  # fmt: skip


def team_table(effort: pd.DataFrame) -> Fragment:
    """Hours of the last twelve months by team, from the project's `TeamEffort`; no group tells a person."""
    columns = [
        Column("Team"), Column("Persons", is_number=True), Column("Hours, 12 months", is_number=True),
    ]  # fmt: skip
    figures = TableFigures("team", effort, (TeamEffort.project_id, TeamEffort.team))

    def cells(row: Row) -> list[Cell]:
        return [
            Cell(_text(row[TeamEffort.team]), sub=row[TeamEffort.quality_note]),
            figures.cell(row, "persons", _COUNT),
            figures.cell(row, TeamEffort.duration_seconds, Shown("hours")),
        ]

    return _table(
        "teams", "Hours by team", columns, figures, cells,
        note="Persons with time on the project. Teams of fewer than five are folded together.",
        absent="No hours of this project are loaded.", remedy="Load timesheets with `pmo ingest`.",
    )  # fmt: skip
