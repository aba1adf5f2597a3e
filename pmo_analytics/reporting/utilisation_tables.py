"""The tables and the headline of the utilisation page, from frames of the analyses."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.reporting.figure_table import Cell, Column, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer
from pmo_analytics.resources.overload import TeamOverload
from pmo_analytics.resources.time_split import TimeSplit

_HOURS, _COUNT = Shown("hundredths_of_hours"), Shown("number")
_MOST = 25
_ALL = "the page's workbook has all."
_WITHHELD = "–: fewer than five persons, so that nobody can be told from the figure."
_KEY = ("team", "period_month")


def _numbers(*labels: str) -> list[Column]:
    return [Column(label, is_number=True) for label in labels]


def _last_month(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["period_month"] == frame["period_month"].max()] if len(frame) else frame


def headline(overload: pd.DataFrame, split: pd.DataFrame, overbooked: pd.DataFrame) -> str:
    """The news in a few sentences, from `TeamOverload`, `TimeSplit` and `Overbooking` frames of one date."""
    parts = []
    now = _last_month(overload)
    now = now[now[TeamOverload.overloaded_count].notna()]
    if len(now):
        count, of = int(now[TeamOverload.overloaded_count].sum()), int(now[TeamOverload.persons].sum())
        parts.append(f"{numerals.number(count)} of {numerals.number(of)} persons show a sign of sustained overload")
    this = _last_month(split)
    total = this[TimeSplit.calendar_seconds].sum()
    if total > 0:
        parts.append(
            f"{numerals.percent(this[TimeSplit.project_seconds].sum() / total)} of working time went into projects"
        )
    if len(overbooked):
        persons = numerals.number(overbooked["person_id"].nunique())
        parts.append(f"{persons} persons are promised beyond their time in months to come")
    return ". ".join(parts) + "." if parts else "No working time is known: load persons, a calendar and timesheets."


def overload_figure(overload: pd.DataFrame) -> KeyFigure | None:
    """Persons with a sign of overload in the team with most of them, from a `TeamOverload` frame."""
    now = _last_month(overload)
    now = now[now[TeamOverload.overloaded_count].fillna(0) > 0]
    if now.empty:
        return None
    worst = now.sort_values([TeamOverload.overloaded_count, TeamOverload.team]).iloc[-1]
    of = Shown("number", behind=f" of {int(worst[TeamOverload.persons])}")
    return KeyFigure(
        "Overload in one team",
        of.text(worst[TeamOverload.overloaded_count]),
        f"{worst[TeamOverload.team]}: {int(worst[TeamOverload.long_hours_count])} long hours, "
        f"{int(worst[TeamOverload.free_days_count])} on free days, "
        f"{int(worst[TeamOverload.no_leave_count])} without leave for half a year",
        reference=refer(overload, {name: worst[name] for name in _KEY}, TeamOverload.overloaded_count, of),
        exact=float(worst[TeamOverload.overloaded_count]),
        unit="persons",
        form=of,
    )


def overload_table(overload: pd.DataFrame) -> Fragment:
    """Signs of overload by team in the last month, from a `TeamOverload` frame."""
    figures = TableFigures("overload", overload, _KEY)
    columns = [
        Column("Team"),
        *_numbers(
            "Persons", "With a sign", "Long hours", "Free days", "No leave", "Many projects", "Overtime", "On free days"
        ),
    ]
    counts = ("overloaded_count", "long_hours_count", "free_days_count", "no_leave_count", "spread_count")
    rows = [
        [
            Cell(str(row["team"])),
            figures.cell(row, "persons", _COUNT),
            *(
                figures.cell(
                    row, name, _COUNT, is_off=name == counts[0] and not is_missing(row[name]) and row[name] > 0
                )
                for name in counts
            ),
            *(figures.cell(row, name, _HOURS) for name in ("overtime_seconds", "free_day_seconds")),
        ]
        for row in _last_month(overload).to_dict("records")
    ]
    return figure_table(
        "overload", "Signs of overload by team", columns, rows, figures=figures, data=overload,
        note="A sign: a tenth more booked than available in three months running; work on free days in three months; "
        "no leave in six. Each person counts once. Many projects: four or more in the month, which is no sign. "
        f"Overtime: beyond a day's own working time. {_WITHHELD}",
        absent="No working time by the calendar is known.",
    )  # fmt: skip


def split_table(split: pd.DataFrame) -> Fragment:
    """What calendar time went into in the last month, from a `TimeSplit` frame."""
    figures = TableFigures("split", split, _KEY)
    names = (
        "calendar_seconds", "project_seconds", "run_seconds", "unmapped_seconds", "absence_seconds", "unbooked_seconds",
    )  # fmt: skip
    columns = [
        Column("Team"), *_numbers("Persons", "Calendar", "Projects", "Run", "No known project", "Leave", "Not booked"),
    ]  # fmt: skip
    rows = [
        [
            Cell(str(row["team"])),
            figures.cell(row, "persons", _COUNT),
            *(figures.cell(row, name, _HOURS) for name in names),
        ]
        for row in _last_month(split).to_dict("records")
    ]
    return figure_table(
        "split", "What working time went into", columns, rows, figures=figures, data=split,
        note="Hours of the last month; the parts sum to the calendar. Not booked is below 0 where more was booked than "
        f"there was. {_WITHHELD}",
        absent="No working time by the calendar is known.",
    )  # fmt: skip


def overbooking_table(overbooked: pd.DataFrame) -> Fragment:
    """Promises beyond the calendar, from an `Overbooking` frame: plans of persons, as tokens."""
    figures = TableFigures("promised", overbooked, ("person_id", "period_month"))
    columns = [
        Column("Person"), Column("Month"), *_numbers("Promised", "There", "Too much"), Column("To", is_remark=True),
    ]  # fmt: skip
    rows = [
        [
            Cell(str(row["person_id"])),
            Cell(numerals.month(row["period_month"])),
            *(figures.cell(row, name, _HOURS) for name in ("allocated_seconds", "calendar_seconds")),
            figures.cell(row, "excess_seconds", _HOURS, is_off=True),
            Cell(str(row["project_ids"])),
        ]
        for row in overbooked.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "promised", "Promised beyond their time", columns, rows, figures=figures, data=overbooked,
        note="Hours by person and month to come, as plans say; persons are tokens. After somebody left there are none.",
        left_out=len(overbooked) - len(rows), all_of=_ALL, absent="Nobody is promised beyond their time.",
    )  # fmt: skip


def side_by_side_table(booked: pd.DataFrame, status_date: pd.Timestamp) -> Fragment:
    """Time booked, promised and asked for by project in the month of the report, from `BookedPromisedAsked`."""
    figures = TableFigures("beside", booked, ("project_id", "period_month", "currency"))
    month = status_date.replace(day=1)
    columns = [Column("Project"), *_numbers("Booked", "Promised", "Asked for", "Cost"), Column("Currency")]
    rows = [
        [
            Cell("no known project" if is_missing(row["project_id"]) else str(row["project_id"])),
            *(figures.cell(row, name, _HOURS) for name in ("duration_seconds", "allocated_seconds", "demand_seconds")),
            figures.cell(row, "cost_amount", Shown("number")),
            Cell("no rate" if is_missing(row["currency"]) else str(row["currency"])),
        ]
        for row in booked[booked["period_month"] == month].head(_MOST).to_dict("records")
    ]
    return figure_table(
        "beside", "Booked, promised, asked for", columns, rows, figures=figures, data=booked,
        note=f"{numerals.long_month(month)}, by project; cost at dated rates. Without a project: codes nobody knows.",
        absent="Nothing was booked, promised or asked for in the month.",
    )  # fmt: skip
