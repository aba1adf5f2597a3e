"""Tables of warnings: projects likely to breach a tolerance, how such alerts did, and false greens."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.early_warning import EarlyWarning, WarningRecord
from pmo_analytics.performance.earned_value import EarnedValue, latest
from pmo_analytics.performance.watermelon import Watermelon
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_RATIO = Shown("number", (2,))
_INDICES = (EarnedValue.cost_performance_index, EarnedValue.time_schedule_performance_index)
_REMEDY = "Fill registers/budget.csv and registers/project_status.csv and load them with `pmo ingest`."


def warning_table(warnings: pd.DataFrame, baselined: pd.DataFrame) -> Fragment:
    """The alerts of an `EarlyWarning` frame with their reasons; indices open as those of `baselined`, an `EarnedValue`.

    The note is the verdict. Projects at risk without an alert are in the page's workbook.
    """
    figures = TableFigures("likely-to-breach", baselined, (EarnedValue.project_id, EarnedValue.period_month))
    now: dict[str, Row] = {str(row[EarnedValue.project_id]): row for row in latest(baselined).to_dict("records")}
    alerts = warnings[warnings[EarlyWarning.is_alerted]]
    lines = [_line(row, now.get(str(row[EarlyWarning.project_id])), figures) for row in alerts.to_dict("records")]
    headings = ["Project", "Why", "CPI", "SPI(t)"]
    verdict = str(warnings[EarlyWarning.verdict].iloc[0]) if len(warnings) else ""
    return figure_table(
        "likely-to-breach",
        "Projects likely to breach within three months",
        [Column(name, is_number=at > 1, is_remark=at == 1) for at, name in enumerate(headings)],
        lines,
        figures=figures,
        data=warnings,
        note=f"{len(alerts)} of {len(warnings)} projects within tolerance. {verdict[:1].upper()}{verdict[1:]}."
        if lines
        else "",
        absent="No project within tolerance is warned of."
        if len(warnings)
        else "No project is known to be within tolerance.",
        remedy="" if len(warnings) else _REMEDY,
    )


def _line(row: Row, now: Row | None, figures: TableFigures) -> list[Cell]:
    project, name = str(row[EarlyWarning.project_id]), row[EarlyWarning.name]
    shown = project if is_missing(name) else str(name)
    indices = (
        [Cell(numerals.MISSING)] * len(_INDICES)
        if now is None
        else [figures.cell(now, each, _RATIO) for each in _INDICES]
    )
    return [
        Cell(shown, id=project if shown != project else ""),
        Cell(str(row[EarlyWarning.warning_reasons]), sub=_beside(row)),
        *indices,
    ]


def _beside(row: Row) -> str:
    """The chance of a breach, where the hazard states one, and how near the project is to a tolerance."""
    parts = (
        ("chance", row[EarlyWarning.breach_probability]),
        ("of a tolerance used", row[EarlyWarning.tolerance_used_ratio]),
    )
    return ", ".join(f"{_percent(100 * ratio)} {words}" for words, ratio in parts if not is_missing(ratio))


def _percent(value: float) -> str:
    return numerals.MISSING if is_missing(value) else f"{numerals.number(value)}\u00a0%"


def watermelon_table(found: pd.DataFrame) -> Fragment:
    """Projects declared better than they compute, with since when and by which figures, from a `Watermelon` frame."""
    figures = TableFigures("declared-better", found, (Watermelon.project_id,))
    lines = []
    for row in found.to_dict("records"):
        project, name = str(row[Watermelon.project_id]), row[Watermelon.name]
        shown = project if is_missing(name) else str(name)
        declared, computed = row[Watermelon.rag_status], row[Watermelon.computed_rag]
        lines.append([
            Cell(shown, id=project if shown != project else ""),
            Cell(f"{declared} → {computed}", is_off=row[Watermelon.steps_better_count] > 1),
            figures.cell(row, Watermelon.differs_since_month, Shown("month")),
            figures.cell(row, Watermelon.months_differing_count, Shown("number")),
            figures.cell(row, Watermelon.lowest_index, _RATIO),
            figures.cell(row, Watermelon.index_margin, _RATIO),
            Cell(str(row[Watermelon.evidence])),
        ])  # fmt: skip
    headings = ["Project", "Declared → computed", "Since", "Months", "Index", "Below by", "By which figures"]
    return figure_table(
        "declared-better",
        "Declared better than computed, and since when",
        [Column(name, is_number=1 < at < len(headings) - 1, is_remark=at == len(headings) - 1)
         for at, name in enumerate(headings)],
        lines,
        figures=figures,
        data=found,
        note="Index: the lower of CPI and SPI(t), against the baseline in force in each month; below by: how far under "
        "the limit of the computed status. Marked: by two steps." if lines else "",
        absent="No project under way is declared better than it computes.",
    )  # fmt: skip


def warning_record_table(record: pd.DataFrame) -> Fragment:
    """Precision and recall of every method over its past alerts, from a `WarningRecord` frame; folded."""
    whole = record[record[WarningRecord.lead_months].isna()]
    figures = TableFigures("warning-record", record, (WarningRecord.warning_method, WarningRecord.lead_months))
    lines = [
        [
            Cell(str(row[WarningRecord.warning_method])),
            Cell(numerals.number(row[WarningRecord.alert_count], 1)),
            *(
                Cell(_percent(row[name]))
                for name in (
                    WarningRecord.precision_pct,
                    WarningRecord.precision_low_pct,
                    WarningRecord.precision_high_pct,
                    WarningRecord.recall_pct,
                    WarningRecord.recall_low_pct,
                    WarningRecord.recall_high_pct,
                )
            ),
        ]
        for row in whole.to_dict("records")
    ]
    headings = ["Ranked by", "Alerts", "Precision", "from", "to", "Recall", "from", "to"]
    return figure_table(
        "warning-record",
        "How such alerts did",
        [Column(name) for name in headings],
        lines,
        figures=figures,
        data=record,
        note="Precision: alerts followed by a breach within the horizon. Recall: project months before a breach that "
        "were warned of. From and to are the 95 % interval.",
        absent="Too few breaches are known to hold alerts against.",
        folded="The record by rule",
    )
