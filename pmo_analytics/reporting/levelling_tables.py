"""Tables of levelled work on the page on capacity: every move with its reasons, and what stays short."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.priorities import ProjectPriority
from pmo_analytics.reporting.capacity_figures import skill_names
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown
from pmo_analytics.resources.demand_levelling import DemandMove, SkillLoad

_MOST = 40
_HOURS, _COUNT = Shown("hours"), Shown("number")
_MOVE = (
    DemandMove.project_id, DemandMove.skill_id, DemandMove.level, DemandMove.period_month, DemandMove.to_month,
)  # fmt: skip
_REMEDY = "Fill registers/demand.csv and registers/person_skill.csv and load them with `pmo ingest`."


def move_table(moves: pd.DataFrame, priority: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """What moves, what that frees, what it is for and what it delays, from `DemandMove`.

    `priority` is the `ProjectPriority` that moves were made by.
    """
    names, figures = skill_names(skill), TableFigures("move", moves, _MOVE)

    def cells(row: Row) -> list[Cell]:
        skill_id, level = str(row[DemandMove.skill_id]), int(row[DemandMove.level])
        late = float(row[DemandMove.late_months])
        return [
            Cell(str(row[DemandMove.project_id])),
            Cell(names.get(skill_id, skill_id), sub=f"level {level}" if level else "any level"),
            Cell(numerals.month(row[DemandMove.period_month])),
            Cell(numerals.month(row[DemandMove.to_month])),
            figures.cell(row, DemandMove.moved_seconds, _HOURS),
            figures.cell(row, DemandMove.late_months, _COUNT, is_off=late > 0),
            Cell(str(row[DemandMove.resolved_overload])),
            Cell(str(row[DemandMove.delayed_work])),
        ]

    remarks = ("What for", "Delays")
    labels = ("Project", "Skill", "From", "To", "Frees", "Months late", *remarks)
    is_proven = bool(moves[DemandMove.is_proven].all())
    return figure_table(
        "moves", "What moves, and why",
        [Column(name, is_number=name in {"Frees", "Months late"}, is_remark=name in remarks) for name in labels],
        [cells(row) for row in moves.head(_MOST).to_dict("records")], figures=figures, data=moves,
        note=f"Frees: hours of the skill in the month that work leaves. Late: past the baseline, or past the plan "
        f"where that is later. {_weights(priority)} All that plans ask for is taken to come about."
        + ("" if is_proven else " The search ran into its limit: a better plan is possible.") if len(moves) else "",
        left_out=max(0, len(moves) - _MOST), all_of="the page's workbook has all.",
        absent="No work has to move, or none that moves is done then.", remedy="",
    )  # fmt: skip


def _weights(priority: pd.DataFrame) -> str:
    if priority.empty:
        return "All projects weigh the same."
    count = numerals.number(priority[ProjectPriority.project_id].nunique())
    return (
        f"Projects weigh by the weighted values of the portfolio's criteria, which {count} have; others as their mean."
    )


def skill_table(loads: pd.DataFrame, skill: pd.DataFrame) -> Fragment:
    """Skills and months in which something is short before or after, from `SkillLoad`."""
    names, figures = skill_names(skill), TableFigures("load", loads, (SkillLoad.skill_id, SkillLoad.period_month))
    tight = loads[(loads[SkillLoad.short_seconds] > 0) | (loads[SkillLoad.left_short_seconds] > 0)]
    hours = (
        SkillLoad.capacity_seconds, SkillLoad.demand_seconds, SkillLoad.short_seconds, SkillLoad.levelled_seconds,
        SkillLoad.left_short_seconds,
    )  # fmt: skip

    def cells(row: Row) -> list[Cell]:
        skill_id = str(row[SkillLoad.skill_id])
        return [
            Cell(names.get(skill_id, skill_id), id=skill_id if skill_id in names else ""),
            Cell(numerals.month(row[SkillLoad.period_month])),
            *(figures.cell(row, name, _HOURS, is_off=_is_left(name, row)) for name in hours),
        ]

    labels = ("Skill", "Month", "There", "Asked", "Short", "Asked after", "Short after")
    return figure_table(
        "skill-loads", "What is short before and after",
        [Column(name, is_number=place > 1) for place, name in enumerate(labels)],
        [cells(row) for row in tight.head(_MOST).to_dict("records")], figures=figures, data=tight,
        note="There: the time of all who have the skill, which counts for each of their skills. Short: what nobody "
        "covers, person by person, by the calendar's time less leave and other promises; the chances above take off "
        "what does not reach projects." if len(tight) else "",
        left_out=max(0, len(tight) - _MOST), all_of="the page's workbook has all.",
        absent="Nothing is short: people have the time that plans ask for." if len(loads) else "Nothing is asked for.",
        remedy="" if len(loads) else _REMEDY,
    )  # fmt: skip


def _is_left(column: str, row: Row) -> bool:
    return column == SkillLoad.left_short_seconds and float(row[column]) > 0
