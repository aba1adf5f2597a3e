"""The tables of the dependencies page, from frames of the analyses; text from exports is escaped."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.handovers import LATE, STALE_AFTER_DAYS
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 25
_COUNT, _DAYS, _SHARE, _DAY = Shown("number"), Shown("number"), Shown("percent"), Shown("day")
_HOURS = Shown("hundredths_of_hours")
_ALL = "the page's workbook has all."
_NO_OVERLAP = "No tasks of two projects are known to need more of the same people at once than is there."
_OVERLAP_NEEDS = "Load schedules, and the registers allocation or demand, person, person_skill and working_calendar."


def _text(value: Any) -> str:
    return "–" if is_missing(value) else str(value)


def _day(value: Any) -> str:
    return numerals.MISSING if is_missing(value) else numerals.day(value)


def _numbers(*labels: str) -> list[Column]:
    return [Column(label, is_number=True) for label in labels]


def _end(project: Any, ref: Any) -> Cell:
    return Cell(_text(project), sub="" if is_missing(ref) else str(ref))


def _stake(figures: TableFigures, row: Row) -> Cell:
    currency = row["currency"]
    sub = f"{numerals.number(row['unpriced_count'])} without a budget" if row["unpriced_count"] else ""
    return figures.cell(row, "stake_amount", Shown("money", ("" if is_missing(currency) else currency,)), sub=sub)


def handover_table(outlook: pd.DataFrame) -> Fragment:
    """Who waits for whom, by delay at stake, from `HandoverOutlook`."""
    key = ("origin", "dependency_id", "predecessor_project_id", "successor_project_id")
    figures = TableFigures("handover", outlook, key)
    columns = [
        Column("Waits"), Column("For"), *_numbers("Needed by", "Forecast", "Late, days", "Waiting", "At stake, days"),
        *_numbers("Budgets held up"), Column("State", is_remark=True),
    ]  # fmt: skip
    rows = [
        [
            Cell(_text(row["successor_project_id"]), sub=_text(row["successor_ref"]), id=_id(row)),
            _end(row["predecessor_project_id"], row["predecessor_ref"]),
            Cell(_day(row["needed_by_date"])),
            Cell(_day(row["forecast_date"]), sub="" if is_missing(row["forecast_basis"]) else row["forecast_basis"]),
            figures.cell(row, "late_days", _DAYS, is_off=row["handover_state"] == LATE),
            figures.cell(row, "waiting_count", _COUNT),
            figures.cell(row, "delay_at_stake_days", _DAYS),
            _stake(figures, row),
            Cell(row["handover_state"] + (", stale" if row["is_stale"] else "")),
        ]
        for row in outlook.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "handovers", "Who waits for whom", columns, rows, figures=figures, data=outlook,
        note="Late: calendar days past the day needed, from the forecast or today, whichever is later; below 0 is "
        "early. Waiting: projects that wait, directly or through others. At stake: days late times these. Stale: "
        f"past the day needed and not touched for {STALE_AFTER_DAYS} days.",
        left_out=len(outlook) - len(rows), all_of=_ALL, absent="No dependency is known.",
    )  # fmt: skip


def _id(row: Row) -> str:
    return row["origin"] if is_missing(row["dependency_id"]) else str(row["dependency_id"])


def slip_table(slip: pd.DataFrame, probability: pd.DataFrame) -> Fragment:
    """What hand-overs add to each project's finish, and how likely, from `ProjectSlip` and `SlipProbability`."""
    figures = TableFigures("slip", slip, ("project_id",))
    chances = TableFigures("likely", probability, ("project_id",), figures.references)
    by_project = {row["project_id"]: row for row in probability.to_dict("records")}
    columns = [
        Column("Project"), *_numbers("Baseline", "Forecast", "Passed on, days", "With slip", "P50", "P80"),
        *_numbers("Moved", "After forecast"), Column("Through", is_remark=True),
    ]  # fmt: skip
    rows = []
    for row in slip.sort_values("passed_on_days", ascending=False, kind="stable").head(_MOST).to_dict("records"):
        chance = by_project[row["project_id"]]
        circle = (
            f"{numerals.number(row['in_circle_count'])} ties in a circle left out" if row["in_circle_count"] else ""
        )
        rows.append(
            [
                Cell("" if is_missing(row["name"]) else row["name"], id=row["project_id"]),
                Cell(_day(row["baseline_finish_date"])),
                figures.cell(row, "forecast_finish_date", _DAY),
                figures.cell(row, "passed_on_days", _DAYS, is_off=row["passed_on_days"] > 0),
                figures.cell(row, "slipped_finish_date", _DAY),
                *(chances.cell(chance, name, _DAY) for name in ("p50_finish_date", "p80_finish_date")),
                chances.cell(chance, "slip_probability", _SHARE),
                chances.cell(chance, "after_forecast_probability", _SHARE),
                Cell("" if is_missing(row["slip_path"]) else row["slip_path"], sub=circle),
            ]
        )
    verdict = str(probability["verdict"].iloc[0]) if len(probability) else "no project is tied"
    return figure_table(
        "slips", "Finishes with the slip passed on", columns, rows, figures=figures, data=slip.merge(probability),
        note="With slip: the forecast and the days that late hand-overs add at most, since no float between hand-over "
        "and finish is known. Moved: draws in which a late hand-over moves the finish. After forecast: draws that end "
        f"after the project's own forecast. Draws: {verdict}; independent of each other.",
        left_out=len(slip) - len(rows), all_of=_ALL, absent="No hand-over between running projects has both dates.",
    )  # fmt: skip


def cycle_table(cycles: pd.DataFrame) -> Fragment:
    """Circles with their paths, from `DependencyCycle`."""
    figures = TableFigures("circle", cycles, ("cycle_level", "cycle_path"))
    rows = [
        [Cell(row["cycle_path"]), Cell(row["cycle_level"]), figures.cell(row, "member_count", _COUNT)]
        for row in cycles.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "circles", "Who waits for each other", [Column("Circle"), Column("Of"), *_numbers("Members")], rows,
        figures=figures, data=cycles, note="Giver to what waits, all portfolios; one path of each circle.",
        left_out=len(cycles) - len(rows), all_of=_ALL, absent="No dependencies run in a circle.",
    )  # fmt: skip


def doubtful_table(links: pd.DataFrame) -> Fragment:
    """Links that lead nowhere or are stale, from `DoubtfulLink`."""
    rows = [
        [
            _end(row["successor_project_id"], row["successor_ref"]),
            _end(row["predecessor_project_id"], row["predecessor_ref"]),
            Cell(row["finding"], sub=row["origin"]),
            Cell(_day(row["needed_by_date"])),
            Cell(_day(row["updated_on_date"])),
        ]
        for row in links.head(_MOST).to_dict("records")
    ]
    columns = [
        Column("Waits"),
        Column("For"),
        Column("What is wrong", is_remark=True),
        *_numbers("Needed by", "Touched"),
    ]
    return figure_table(
        "links", "Links to look after", columns, rows, figures=TableFigures("link", links, ("origin",)), data=links,
        note="All portfolios, longest untouched first. Stale: past the day needed, untouched for "
        f"{STALE_AFTER_DAYS} days.",
        left_out=len(links) - len(rows), all_of=_ALL, absent="Every link leads to something known, and none is stale.",
    )  # fmt: skip


def path_table(paths: pd.DataFrame, criticality: pd.DataFrame) -> Fragment:
    """Critical and near-critical tasks, from `SchedulePath` and `ScheduleCriticality`."""
    key = ("schedule_id", "task_id")
    near = paths[paths["is_critical"] | paths["is_near_critical"]]
    figures = TableFigures("path", paths, key)
    chances = TableFigures("critical", criticality, key, figures.references)
    by_task = {(row["schedule_id"], row["task_id"]): row for row in criticality.to_dict("records")}
    rows = [
        [
            Cell(_text(row["name"]), id=f"{row['schedule_id']}/{row['task_id']}", sub=_text(row["project_id"])),
            figures.cell(row, "early_start_date", _DAY),
            figures.cell(row, "early_finish_date", _DAY),
            figures.cell(row, "finish_slip_days", _DAYS, is_off=row["finish_slip_days"] > 0),
            figures.cell(
                row, "total_float_days", Shown("number", (1,)), is_off=bool(row["is_critical"]), sub=row["calendar"]
            ),
            chances.cell(by_task[row["schedule_id"], row["task_id"]], "criticality_index", _SHARE),
        ]
        for row in near.head(_MOST).to_dict("records")
    ]
    verdict = str(criticality["verdict"].iloc[0]) if len(criticality) else "no task is open"
    columns = [Column("Task"), *_numbers("Start", "Finish", "Past baseline, days", "Float, days", "Critical in")]
    return figure_table(
        "paths", "The critical path across schedules", columns, rows, figures=figures, data=paths,
        note="All portfolios. Earliest dates and floats of what is open, by the calendar named below each float. "
        f"Critical in: share of draws, which go by Monday to Friday and eight hours a day; {verdict}.{_in_vain(paths)}",
        left_out=len(near) - len(rows), all_of=_ALL, absent="No schedule with open tasks is loaded.",
        remedy="Load schedules of Microsoft Project (XML) or Primavera P6 (XER).",
    )  # fmt: skip


def _in_vain(paths: pd.DataFrame) -> str:
    """How many tasks name a calendar that is not the one used."""
    count = int(paths["quality_note"].str.contains("its calendar", regex=False, na=False).sum())
    return f" Tasks whose calendar could not be used as named: {numerals.number(count)}." if count else ""


def bottleneck_table(bottlenecks: pd.DataFrame) -> Fragment:
    """What holds the most work up, from `ScheduleBottleneck`."""
    figures = TableFigures("bottleneck", bottlenecks, ("resource_kind", "resource_id"))
    rows = [
        [
            Cell(row["resource_id"]), Cell(row["resource_kind"]),
            figures.cell(row, "catch_up_days", Shown("number", (1,)), is_off=place == 0),
            figures.cell(row, "short_seconds", _HOURS), figures.cell(row, "overlap_week_count", _COUNT),
            figures.cell(row, "task_count", _COUNT), figures.cell(row, "critical_task_count", _COUNT),
            Cell(row["project_ids"]),
        ]
        for place, row in enumerate(bottlenecks.head(_MOST).to_dict("records"))
    ]  # fmt: skip
    columns = [
        Column("Who"), Column("Kind"), *_numbers("To catch up, days", "Short, h", "Weeks", "Tasks", "Critical"),
        Column("Projects", is_remark=True),
    ]  # fmt: skip
    return figure_table(
        "bottlenecks", "What holds the most work up", columns, rows, figures=figures, data=bottlenecks,
        note="All portfolios; the bottleneck first. To catch up: its working days to work off what it is short of in "
        "weeks in which tasks of several projects ask for more than it has; – where it has no time at all. A person's "
        "time is also their team's and skills': rows are not added.",
        left_out=len(bottlenecks) - len(rows), all_of=_ALL, absent=_NO_OVERLAP, remedy=_OVERLAP_NEEDS,
    )  # fmt: skip


def overlap_table(overlaps: pd.DataFrame) -> Fragment:
    """Tasks of several projects that need the same person, team or skill at once, from `ScheduleOverlap`."""
    figures = TableFigures("overlap", overlaps, ("resource_kind", "resource_id", "start_date"))
    rows = [
        [
            Cell(row["resource_id"], sub=row["resource_kind"]), Cell(_day(row["start_date"])),
            *(figures.cell(row, name, _HOURS) for name in ("demand_seconds", "capacity_seconds", "short_seconds")),
            figures.cell(row, "task_count", _COUNT), figures.cell(row, "critical_task_count", _COUNT),
            Cell(row["task_names"]),
        ]
        for row in overlaps.head(_MOST).to_dict("records")
    ]  # fmt: skip
    columns = [
        Column("Who"), Column("Week from"), *_numbers("Asked, h", "There, h", "Short, h", "Tasks", "Critical"),
        Column("What they do at once", is_remark=True),
    ]  # fmt: skip
    return figure_table(
        "overlaps", "Tasks that need the same people at once", columns, rows, figures=figures, data=overlaps,
        note="All portfolios; whole months to come. Schedules state no assignments: what a project asks for in a "
        "month, by allocations and demand, is divided among its tasks by the time they have left in it.",
        left_out=len(overlaps) - len(rows), all_of=_ALL, absent=_NO_OVERLAP, remedy=_OVERLAP_NEEDS,
    )  # fmt: skip


def skill_table(overlaps: pd.DataFrame) -> Fragment:
    """Skills that projects compete for, from `SkillOverlap`."""
    figures = TableFigures("skill", overlaps, ("skill_id", "period_month"))
    rows = [
        [
            Cell(row["skill_id"]), Cell(numerals.month(row["period_month"])), Cell(row["project_ids"]),
            *(figures.cell(row, name, _HOURS) for name in ("demand_seconds", "capacity_seconds", "short_seconds")),
        ]
        for row in overlaps.head(_MOST).to_dict("records")
    ]  # fmt: skip
    columns = [Column("Skill"), Column("Month"), Column("Projects"), *_numbers("Asked, h", "There, h", "Short, h")]
    return figure_table(
        "skills", "Projects that need the same skill", columns, rows, figures=figures, data=overlaps,
        note="All portfolios; months to come in which two projects or more ask for more than there is.",
        left_out=len(overlaps) - len(rows), all_of=_ALL, absent="No two projects are known to want more than is there.",
        remedy="Load the registers demand, person_skill and working_calendar.",
    )  # fmt: skip
