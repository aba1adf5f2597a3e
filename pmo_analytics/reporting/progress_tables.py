"""Tables of what was promised before and of what is measured: baselines, and progress by rule beside the declared."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.baselines import BaselineHistory, RebaselinedProject
from pmo_analytics.performance.percent_complete import BY_WEIGHT, MILESTONES, UNITS, PercentComplete
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST_ROWS, _MANY_POINTS = 12, 10.0
_DAY, _DAYS, _COUNT, _POINTS = Shown("day"), Shown("signed"), Shown("number"), Shown("signed")
_PERCENT = Shown("number", (0,), behind="\u00a0%")
_GROWTH = Shown("signed", (0,), behind="\u00a0%")
_ALL = "the page's workbook has all."
_BUDGET = "Fill registers/budget.csv (`pmo init --register budget`) and load it with `pmo ingest`."


def _numbers(*labels: str) -> list[Column]:
    return [Column(label, is_number=True) for label in labels]


def baseline_table(history: pd.DataFrame) -> Fragment:
    """Every baseline of one project and what it changed, from its `BaselineHistory`."""
    figures = TableFigures("baseline", history, (BaselineHistory.project_id, BaselineHistory.baseline_version))
    rows = []
    for row in history.tail(_MOST_ROWS).to_dict("records"):
        money = Shown("money", (str(row[BaselineHistory.currency]),))
        rows.append([
            Cell(str(row[BaselineHistory.baseline_version])),
            figures.cell(row, BaselineHistory.baselined_on_date, _DAY),
            figures.cell(row, BaselineHistory.budget_at_completion_amount, money),
            figures.cell(row, BaselineHistory.budget_change_amount, money),
            figures.cell(row, BaselineHistory.baseline_finish_date, _DAY),
            figures.cell(row, BaselineHistory.finish_change_days, _DAYS),
        ])  # fmt: skip
    return figure_table(
        "baselines", _baseline_title(history), [Column("Baseline"), *_numbers(
            "Approved", "Budget", "Change", "Finish", "Days later",
        )], rows, figures=figures, data=history,
        note="Each month is held against the baseline then in force; a new one takes no earlier variance away."
        if len(history) > 1 else "",
        left_out=max(0, len(history) - _MOST_ROWS), all_of=_ALL,
        absent="No plan by month of this project is loaded.", remedy=_BUDGET,
    )  # fmt: skip


def _baseline_title(history: pd.DataFrame) -> str:
    if history.empty:
        return "Baselines"
    if len(history) == 1:
        return "The project was never rebaselined"
    first, last = history.iloc[0], history.iloc[-1]
    changes = len(history) - 1
    currency = str(last[BaselineHistory.currency])
    grown = float(
        last[BaselineHistory.budget_at_completion_amount] - first[BaselineHistory.budget_at_completion_amount]
    )
    days = (last[BaselineHistory.baseline_finish_date] - first[BaselineHistory.baseline_finish_date]).days
    budget = "the same budget" if not round(grown) else (
        f"{numerals.money(abs(grown), currency)} {'more' if grown > 0 else 'less'}"
    )  # fmt: skip
    finish = "the same finish" if not days else (
        f"{numerals.number(abs(days))} days {'later' if days > 0 else 'earlier'}"
    )  # fmt: skip
    return f"Rebaselined {'once' if changes == 1 else f'{changes} times'}: {budget}, {finish}"


def progress_table(measured: pd.DataFrame) -> Fragment:
    """Progress of one project by each rule that counts something, from its `PercentComplete`; declared beside it."""
    told = measured[measured[PercentComplete.percent_complete_pct].notna()].reset_index(drop=True)
    key = (PercentComplete.schedule_id, PercentComplete.project_id, PercentComplete.progress_rule)
    figures = TableFigures("progress", told, key)
    rows = [
        [
            Cell(_rule(row), sub="" if is_missing(row[PercentComplete.schedule_id]) else str(row[key[0]])),
            figures.cell(row, PercentComplete.percent_complete_pct, _PERCENT),
            figures.cell(row, PercentComplete.declared_pct, _PERCENT),
            figures.cell(
                row, PercentComplete.declared_difference_points, _POINTS,
                is_off=bool(row[PercentComplete.declared_difference_points] > _MANY_POINTS),
            ),
            figures.cell(row, PercentComplete.counted, _COUNT),
            figures.cell(row, PercentComplete.status_date, _DAY),
        ]
        for row in told.head(_MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    return figure_table(
        "progress", _progress_title(told), [Column("Rule"), *_numbers(
            "Measured", "Declared", "Declared above, points", "Counted", "As of",
        )], rows, figures=figures, data=told,
        note="0/100 counts finished tasks alone, 50/50 half of those begun; tasks weigh their planned duration. "
        f"Marked: over {_MANY_POINTS:.0f} points declared above what is measured." if rows else "",
        left_out=max(0, len(told) - _MOST_ROWS), all_of=_ALL,
        absent="Neither a schedule nor milestones of this project tell what is done.",
        remedy="Load its schedule (Microsoft Project XML, Primavera XER) or fill registers/milestone.csv.",
    )  # fmt: skip


def _rule(row: Row) -> str:
    rule = str(row[PercentComplete.progress_rule])
    if rule == MILESTONES:
        by = "weighted" if row[PercentComplete.weighed_by] == BY_WEIGHT else "each the same"
        return f"Milestones reached, {by}"
    if rule == UNITS:
        return "Units done"
    return "As its tasks state" if rule == "stated" else rule


def _progress_title(told: pd.DataFrame) -> str:
    most = told[told[PercentComplete.declared_difference_points].notna()]
    if most.empty:
        return "Measured progress"
    row = most.iloc[int(most[PercentComplete.declared_difference_points].to_numpy().argmax())]
    points, declared = row[PercentComplete.declared_difference_points], row[PercentComplete.declared_pct]
    if round(points) <= 0:
        return f"No rule measures less than the {numerals.number(declared)}\u00a0% that are declared"
    measured = numerals.number(row[PercentComplete.percent_complete_pct])
    return f"{numerals.number(declared)}\u00a0% are declared, {measured}\u00a0% measured by {row['progress_rule']}"


def rebaseline_table(rebaselined: pd.DataFrame) -> Fragment:
    """The projects that were rebaselined, and by how much, from `RebaselinedProject`."""
    figures = TableFigures("rebaselined", rebaselined, (RebaselinedProject.project_id,))
    rows = []
    for row in rebaselined.head(_MOST_ROWS).to_dict("records"):
        money = Shown("money", (str(row[RebaselinedProject.currency]),))
        name = row[RebaselinedProject.name]
        rows.append([
            Cell("" if is_missing(name) else str(name), id=str(row[RebaselinedProject.project_id])),
            figures.cell(row, RebaselinedProject.baseline_change_count, _COUNT),
            figures.cell(row, RebaselinedProject.baselined_on_date, _DAY),
            figures.cell(row, RebaselinedProject.first_budget_amount, money),
            figures.cell(row, RebaselinedProject.budget_at_completion_amount, money),
            figures.cell(row, RebaselinedProject.budget_growth_pct, _GROWTH),
            figures.cell(row, RebaselinedProject.finish_growth_days, _DAYS),
        ])  # fmt: skip
    count = len(rebaselined)
    return figure_table(
        "rebaselined", f"{count} project{'' if count == 1 else 's'} {'was' if count == 1 else 'were'} rebaselined"
        if count else "Rebaselined projects",
        [Column("Project"), *_numbers("Times", "Last", "First budget", "Budget now", "Growth", "Days later")], rows,
        figures=figures, data=rebaselined,
        note="Against its last plan a project looks as good as that plan made it: this is what the plans changed."
        if rows else "",
        left_out=max(0, count - _MOST_ROWS), all_of=_ALL, absent="No project was rebaselined.",
    )  # fmt: skip
