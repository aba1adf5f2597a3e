"""Blocks of a page, made from frames: masthead, key figures, projects, notes, sources."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from pmo_analytics.performance.earned_value import EarnedValue
from pmo_analytics.performance.health import AMBER_BELOW, NOT_RUNNING, RED_BELOW, UNKNOWN, ProjectHealth
from pmo_analytics.reporting.completion_words import table_basis
from pmo_analytics.reporting.fragments import Fragment, fragment
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.pack_facts import KEY_FIGURES, PROJECTS, figure_tables, told_figure, told_project
from pmo_analytics.reporting.page_tables import plain_table
from pmo_analytics.reporting.references import References, Shown
from pmo_analytics.warehouse.view import View

_LINES_AND_CHANGE = "Lines: the last twelve months, each on its own scale. Change is since the month before."
_MONTHS = 12
_BY_MONTH = [EarnedValue.project_id, EarnedValue.period_month, EarnedValue.cost_performance_index]
_OF_FILES = [
    "version", "file", "source", "rows_in", "rows_added", "rows_replacing", "rows_unchanged", "rows_rejected",
    "rows_set_aside", "sha256",
]  # fmt: skip
_LATE_DAYS = 31
_OVER_BUDGET = 0.05
_WIDTH, _HEIGHT = 72.0, 22.0
_LOW, _HIGH = 0.6, 1.4


def masthead(view: View, *, kicker: str, title: str, headline: str) -> Fragment:
    """The head of a page: what it is, of which date and version, and the month's news."""
    return fragment("masthead", kicker=kicker, title=title, headline=headline, as_of=view.as_of, version=view.version)


def key_figures(
    *figures: KeyFigure | None, title: str = "The month in figures", note: str = _LINES_AND_CHANGE
) -> Fragment:
    """The figures that can be told; those that are None are left out."""
    known = [figure for figure in figures if figure is not None]
    references = References()
    ids = [
        references.name((figure.label.lower().replace(",", "").replace(" ", "-"),), figure.reference)
        if figure.reference
        else ""
        for figure in known
    ]
    return fragment(
        "key_figures", figures=list(zip(known, ids, strict=True)), title=title, note=note,
        references=references.plain(), told={KEY_FIGURES: [told_figure(figure) for figure in known]},
    ).with_tables(*figure_tables(title, known))  # fmt: skip


def project_table(health: pd.DataFrame, earned: pd.DataFrame) -> Fragment:
    """One line a project, worst first, from `ProjectHealth` and `EarnedValue` frames of one date."""
    lines = {
        str(project): _line(rows.sort_values(EarnedValue.period_month)[EarnedValue.cost_performance_index])
        for project, rows in earned.groupby(EarnedValue.project_id)
    }
    references = References()
    rows = [
        row | _marks(row) | {"line": lines.get(row[ProjectHealth.project_id], ""), "ids": _ids(row, health, references)}
        for row in _records(health)
    ]
    differ = sum(1 for row in rows if row["differs"])
    compared = any(row["rag_status"] is not None and row["computed_rag"] != UNKNOWN for row in rows)
    return fragment(
        "project_table", rows=rows, differ=differ, compared=compared, red_below=RED_BELOW, amber_below=AMBER_BELOW,
        basis=table_basis(health),
        references=references.plain(), told={PROJECTS: [told_project(row) for row in rows]},
    ).with_tables(
        plain_table("Projects", health),
        plain_table("CPI by month", earned[_BY_MONTH]),
    )  # fmt: skip


def _ids(row: dict[str, Any], health: pd.DataFrame, references: References) -> dict[str, str]:
    """The names of the figures in a project's line, by what they are; empty where there is none."""
    project = row[ProjectHealth.project_id]
    money = Shown("money", (row[ProjectHealth.currency],))
    figures = {
        "status": (ProjectHealth.computed_rag, Shown("text")),
        "cpi": (ProjectHealth.cost_performance_index, Shown("number", (2,))),
        "spi-t": (ProjectHealth.time_schedule_performance_index, Shown("number", (2,))),
        "finish": (ProjectHealth.expected_finish_date, Shown("month")),
        "delay": (ProjectHealth.finish_delay_days, Shown("months")),
        "budget": (ProjectHealth.budget_at_completion_amount, money),
        "at-completion": (ProjectHealth.estimate_at_completion_amount, money),
    }
    key = {ProjectHealth.project_id: project}
    return {
        part: references.add(("project", project, part), health, key, column, shown)
        for part, (column, shown) in figures.items()
    }


def findings(missing: pd.DataFrame) -> Fragment:
    """What the page's figures lack, from `View.missing`."""
    made = fragment("findings", findings=_records(missing))
    return made.with_tables(plain_table("What is missing", missing)) if len(missing) else made


def sources(loads: pd.DataFrame) -> Fragment:
    """The files that the page rests on, with what became of their rows, from `View.loads`."""
    made = fragment("sources", loads=_records(loads), totals=loads.filter(like="rows_").sum().to_dict())
    return made.with_tables(plain_table("Files", loads[_OF_FILES]))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries, what is missing as None."""
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _marks(row: dict[str, Any]) -> dict[str, Any]:
    """What stands out in a project's line, by the tolerances in the table's note."""
    estimate, budget = row["estimate_at_completion_amount"], row["budget_at_completion_amount"]
    delay = row["finish_delay_days"]
    if row["state"] in NOT_RUNNING:
        off = dict.fromkeys(("is_running", "differs", "cost_is_off", "schedule_is_off", "is_late", "is_over"), False)
        return {**off, "delay_months": None, "reported_finish": None}
    return {
        "is_running": True,
        "differs": row["rag_status"] is not None and row["computed_rag"] not in {row["rag_status"], UNKNOWN},
        "cost_is_off": _is_below(row["cost_performance_index"], RED_BELOW),
        "schedule_is_off": _is_below(row["time_schedule_performance_index"], RED_BELOW),
        "is_late": delay is not None and delay > _LATE_DAYS,
        "is_over": bool(estimate and budget and estimate > budget * (1 + _OVER_BUDGET)),
        "delay_months": None if delay is None else round(delay / 30.4),
        "reported_finish": _reported_finish(row),
    }


def _reported_finish(row: dict[str, Any]) -> Any:
    """The finish that the manager reports, where it falls in another month than the one shown."""
    reported, shown = row["forecast_finish_date"], row["expected_finish_date"]
    if reported is None or shown is None or (reported.year, reported.month) == (shown.year, shown.month):
        return None
    return reported


def _is_below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def _line(values: Iterable[float]) -> str:
    """The last twelve values as an SVG path on one scale for all projects, 0.6 to 1.4."""
    known = [min(max(v, _LOW), _HIGH) for v in list(values)[-_MONTHS:] if not math.isnan(v)]
    if len(known) < 2:
        return ""
    step = _WIDTH / (len(known) - 1)
    points = [f"{i * step:.1f},{(_HIGH - v) / (_HIGH - _LOW) * _HEIGHT:.1f}" for i, v in enumerate(known)]
    return "M" + "L".join(points)
