"""Tables of what projects come to: cost and finish by assumption about the rest, and how such forecasts did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.completion_forecasts import (
    CHAMPION,
    COST,
    FINISH,
    WHOLE,
    CompletionRecord,
    CostAtCompletion,
    FinishAtCompletion,
)
from pmo_analytics.performance.completion_methods import COST_ASSUMPTIONS, FINISH_ASSUMPTIONS
from pmo_analytics.performance.completion_trial import THIRDS
from pmo_analytics.performance.health import ProjectHealth
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST_PROJECTS = 40
_DAY, _WHOLE, _RATIO = Shown("day"), Shown("number"), Shown("number", (2,))
_PERCENT = Shown("number", (1,), behind="\u00a0%")
_ABSENT = "No running project has a plan by month and progress."
_REMEDY = "Fill registers/budget.csv and registers/project_status.csv and load them with `pmo ingest`."


def _by_project(
    frame: pd.DataFrame, names: Mapping[str, str], assumptions: Sequence[str], figures: TableFigures,
    *, before: tuple[str, Shown], value: tuple[str, Shown], p80: str,
) -> list[list[Cell]]:  # fmt: skip
    """A line a project: what stands before, the figure of each assumption, P80; marked where what is shown differs."""
    lines, is_mixed = [], len(set(frame.loc[frame["is_shown"], "assumption"])) > 1
    for project, rows in list(frame.groupby("project_id", sort=True))[:_MOST_PROJECTS]:
        of: dict[str, Row] = {str(row["assumption"]): row for row in rows.to_dict("records")}
        (shown,) = [row for row in of.values() if row["is_shown"]]
        name = names.get(str(project), str(project))
        lines.append([
            Cell(name, id=str(project) if name != project else ""),
            figures.cell(shown, *before),
            *(
                figures.cell(of[each], *value, sub="shown" if is_mixed and of[each]["is_shown"] else "")
                for each in assumptions
            ),
            figures.cell(shown, p80, value[1]),
        ])  # fmt: skip
    return lines


def cost_table(costs: pd.DataFrame, record: pd.DataFrame, health: pd.DataFrame) -> Fragment:
    """Cost at completion of running projects by assumption, from `CostAtCompletion`; names are `ProjectHealth`'s."""
    headings = ["Project", "Budget", *(_capital(each) for each in COST_ASSUMPTIONS), "P80"]
    figures = TableFigures("costs-by-assumption", costs, (CostAtCompletion.project_id, CostAtCompletion.assumption))
    lines = _by_project(
        costs, _names(health), COST_ASSUMPTIONS, figures,
        before=(CostAtCompletion.budget_at_completion_amount, _WHOLE),
        value=(CostAtCompletion.estimate_at_completion_amount, _WHOLE), p80=CostAtCompletion.p80_amount,
    )  # fmt: skip
    title = "Cost at completion by assumption"
    return _table("costs-by-assumption", title, headings, lines, figures, target=COST, record=record)


def finish_table(finishes: pd.DataFrame, record: pd.DataFrame, health: pd.DataFrame) -> Fragment:
    """The day on which running projects end by assumption, from `FinishAtCompletion`."""
    headings = ["Project", "Planned months", *(_capital(each) for each in FINISH_ASSUMPTIONS), "P80"]
    keys = (FinishAtCompletion.project_id, FinishAtCompletion.assumption)
    figures = TableFigures("finishes-by-assumption", finishes, keys)
    lines = _by_project(
        finishes, _names(health), FINISH_ASSUMPTIONS, figures,
        before=(FinishAtCompletion.planned_duration_months, _WHOLE),
        value=(FinishAtCompletion.expected_finish_date, _DAY), p80=FinishAtCompletion.p80_finish_date,
    )  # fmt: skip
    return _table(
        "finishes-by-assumption", "Finish by assumption", headings, lines, figures, target=FINISH, record=record
    )


def _table(
    anchor: str, title: str, headings: Sequence[str], lines: list[list[Cell]], figures: TableFigures, *,
    target: str, record: pd.DataFrame,
) -> Fragment:  # fmt: skip
    verdicts = record.loc[record[CompletionRecord.target] == target, CompletionRecord.verdict]
    verdict = str(verdicts.iloc[0]) if len(verdicts) else "no method is judged: no project with a plan has finished"
    columns = [Column(name, is_number=place > 0) for place, name in enumerate(headings)]
    currencies = sorted({str(each) for each in figures.frame.get("currency", pd.Series(dtype=str)).dropna()})
    unit = f"In {' and '.join(currencies)}. " if currencies else ""
    projects = figures.frame["project_id"].nunique()
    return figure_table(
        anchor, title, columns, lines, figures=figures, data=figures.frame,
        note=f"{unit}{verdict[:1].upper()}{verdict[1:]}." if lines else "",
        left_out=max(0, projects - _MOST_PROJECTS), all_of="the page's workbook has all.", absent=_ABSENT,
        remedy=_REMEDY,
    )  # fmt: skip


def record_table(record: pd.DataFrame) -> Fragment:
    """How each assumption did on finished projects, by third of completion, from `CompletionRecord`."""
    headings = [
        "Assumption",
        "Of",
        "Projects",
        "Error",
        *(f"{third} third" for third in THIRDS),
        "Against",
        "from",
        "to",
        "Within P80",
    ]
    keys = (CompletionRecord.target, CompletionRecord.assumption, CompletionRecord.third)
    figures = TableFigures("completion-record", record, keys)
    rows: dict[tuple[str, str, str], Row] = {
        (str(row["target"]), str(row["assumption"]), str(row["third"])): row for row in record.to_dict("records")
    }
    lines = []
    for (target, assumption, third), row in rows.items():
        if third != WHOLE:
            continue
        parts = [rows.get((target, assumption, each)) for each in THIRDS]
        error = CompletionRecord.mean_project_error_pct
        ratios = (CompletionRecord.error_ratio, CompletionRecord.error_ratio_low, CompletionRecord.error_ratio_high)
        lines.append([
            Cell("Chosen on the past alone" if assumption == CHAMPION else _capital(assumption)),
            Cell(target),
            figures.cell(row, CompletionRecord.project_count, _WHOLE),
            figures.cell(row, error, _PERCENT),
            *(Cell(numerals.MISSING) if part is None else figures.cell(part, error, _PERCENT) for part in parts),
            *(figures.cell(row, name, _RATIO) for name in ratios),
            figures.cell(row, CompletionRecord.p80_coverage_pct, _PERCENT),
        ])  # fmt: skip
    columns = [Column(name, is_number=place > 1) for place, name in enumerate(headings)]
    return figure_table(
        "completion-record", "How such forecasts did on finished projects", columns, lines, figures=figures,
        data=record,
        note="Error: the mean over projects of what their months' forecasts missed by, in per cent of the outcome. "
        "Against: that error over that of the rest at plan, with a 95 % interval over projects; below 1 is better. "
        "Within P80: how much of the outcomes, of what may be shown.",
        absent="No project with a plan by month has finished.", remedy=_REMEDY, folded="The record by assumption",
    )  # fmt: skip


def _names(health: pd.DataFrame) -> dict[str, str]:
    pairs = zip(health[ProjectHealth.project_id], health[ProjectHealth.name], strict=True)
    return {str(project): str(name) for project, name in pairs if not pd.isna(name)}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
