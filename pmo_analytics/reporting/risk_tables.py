"""Tables of the page on risk: cost by project, shared causes, the register's quality, stated probabilities scored."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.performance.cost_risk import CostRisk
from pmo_analytics.performance.risk_calibration import ALL, RiskCalibration
from pmo_analytics.performance.risk_register import FINDINGS, RegisterQuality, RiskFinding
from pmo_analytics.performance.schedule_risk import ScheduleRisk
from pmo_analytics.performance.systemic_risk import DRIVER, SharedCause
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 40
_WHOLE, _SHARE, _RATIO = Shown("number"), Shown("number", (0,), behind="\u00a0%"), Shown("number", (2,))
_THOUSANDS = Shown("number")
_REMEDY = "Fill registers/risk.csv (`pmo init --register risk`) and load it with `pmo ingest`."


def _names(project: pd.DataFrame) -> dict[str, str]:
    pairs = zip(project[Project.project_id], project[Project.name], strict=True)
    return {str(identifier): str(name) for identifier, name in pairs}


def _project(identifier: object, names: dict[str, str]) -> Cell:
    text = str(identifier)
    return Cell(names.get(text, text), id=text if text in names else "")


def _columns(*labels: str, texts: int = 1, remarks: Sequence[str] = ()) -> list[Column]:
    """Headings, the first `texts` of them of texts, the others of numbers."""
    return [
        Column(label, is_number=place >= texts and label not in remarks, is_remark=label in remarks)
        for place, label in enumerate(labels)
    ]


def cost_risk_table(costs: pd.DataFrame, project: pd.DataFrame, finishes: pd.DataFrame) -> Fragment:
    """What each running project may come to cost, from `CostRisk`; those that only `ScheduleRisk` has are named."""
    names = _names(project)
    figures = TableFigures("cost-risk", costs, (CostRisk.project_id,))
    amounts = (
        CostRisk.base_amount, CostRisk.p50_amount, CostRisk.p80_amount, CostRisk.contingency_amount,
        CostRisk.conditional_value_at_risk_amount,
    )  # fmt: skip
    rows = [
        [
            _project(row[CostRisk.project_id], names),
            *(figures.cell(row, name, _THOUSANDS) for name in amounts),
            figures.cell(row, CostRisk.base_confidence_pct, _SHARE),
            figures.cell(row, CostRisk.risk_count, _WHOLE),
            figures.cell(row, CostRisk.unquantified_count, _WHOLE, is_off=bool(row[CostRisk.unquantified_count])),
        ]
        for row in costs.head(_MOST).to_dict("records")
    ]
    currencies = " and ".join(sorted(costs[CostRisk.currency].unique()))
    unranged = int(costs[CostRisk.quality_note].str.contains("has no range|not simulated").sum())
    note = (
        f"In {currencies}. Base: spent and the rest at plan. Contingency: P80 less the base; a management reserve is "
        "apart from it. Bad case: mean of the worst fifth of draws. Base holds: share of draws within it."
    )
    if unranged:
        note += (
            f" {unranged} of {len(costs)} projects state no range for their remaining work: their spread is that of "
            "the register's risks alone, and too small."
        )
    known = set(costs[CostRisk.project_id])
    without = [_project(each, names).text for each in finishes[ScheduleRisk.project_id] if each not in known]
    if without:
        note += f" Running without a budget, progress or cost, and so without a base: {', '.join(without)}."
    largest = costs[costs[CostRisk.contingency_amount].notna()].head(1)
    top = "".join(_project(each, names).text for each in largest[CostRisk.project_id])
    return figure_table(
        "cost-risk", f"{top} needs the largest contingency" if top else "Cost risk by project",
        _columns("Project", "Base", "P50", "P80", "Contingency", "Bad case", "Base holds", "Risks", "Without figures"),
        rows, figures=figures, data=costs, note=note if rows else "", left_out=max(0, len(costs) - _MOST),
        all_of="the page's workbook has all.", absent="No running project has a budget and work left.",
        remedy="Fill registers/project.csv or registers/budget.csv and load it with `pmo ingest`.",
    )  # fmt: skip


def finish_risk_table(finishes: pd.DataFrame, project: pd.DataFrame) -> Fragment:
    """When running projects may finish with the delays of their open risks, from `ScheduleRisk`."""
    names = _names(project)
    figures = TableFigures("finish-risk", finishes, (ScheduleRisk.project_id,))
    days = (
        ScheduleRisk.forecast_finish_date, ScheduleRisk.baseline_finish_date, ScheduleRisk.parallel_p80_finish_date,
        ScheduleRisk.serial_p80_finish_date,
    )  # fmt: skip
    rows = [
        [
            _project(row[ScheduleRisk.project_id], names),
            *(figures.cell(row, name, Shown("day")) for name in days),
            figures.cell(row, ScheduleRisk.serial_p80_delay_days, Shown("signed")),
            figures.cell(row, ScheduleRisk.baseline_confidence_pct, _SHARE),
            figures.cell(row, ScheduleRisk.joint_confidence_pct, _SHARE),
            figures.cell(row, ScheduleRisk.unquantified_count, _WHOLE, is_off=bool(row["unquantified_count"])),
        ]
        for row in finishes.head(_MOST).to_dict("records")
    ]
    title = "Finish with the delays of open risks"
    if len(finishes) and finishes[ScheduleRisk.serial_p80_delay_days].iloc[0] >= 1:
        first = finishes.iloc[0]
        late = numerals.number(first[ScheduleRisk.serial_p80_delay_days])
        title = f"Known risks may put off {_project(first[ScheduleRisk.project_id], names).text} by {late} days at P80"
    return figure_table(
        "finish-risk", title,
        _columns("Project", "Declared", "Baseline", "P80, longest delay", "P80, delays added", "Days", "By baseline",
                 "Cost and finish", "Without days"),
        rows, figures=figures, data=finishes,
        note="After the finish that was declared. The register names no tasks: the longest delay alone counts, or all "
        "are added; less than the longest only where it meets float. By baseline: share of draws, delays added. Cost "
        "and finish: share of draws within P80 of both." if rows else "",
        left_out=max(0, len(finishes) - _MOST), all_of="the page's workbook has all.",
        absent="No running project has declared a finish.",
        remedy="Fill registers/project_status.csv and load it with `pmo ingest`.",
    )  # fmt: skip


def shared_cause_table(causes: pd.DataFrame) -> Fragment:
    """Causes that several projects share, from `SharedCause`."""
    keys = (SharedCause.currency, SharedCause.cause_kind, SharedCause.cause)
    figures = TableFigures("cause", causes, keys)
    rows = [
        [
            Cell(str(row[SharedCause.cause])),
            Cell(str(row[SharedCause.cause_kind])),
            figures.cell(row, SharedCause.project_count, _WHOLE),
            figures.cell(row, SharedCause.risk_count, _WHOLE),
            figures.cell(row, SharedCause.exposure_amount, _THOUSANDS),
            figures.cell(row, SharedCause.independent_p80_amount, _THOUSANDS),
            figures.cell(row, SharedCause.joint_p80_amount, _THOUSANDS),
            figures.cell(row, SharedCause.hidden_pct, _SHARE),
            Cell(str(row[SharedCause.project_names])),
        ]
        for row in causes.head(_MOST).to_dict("records")
    ]
    drivers = causes[causes[SharedCause.cause_kind] == DRIVER]
    title = "Causes that several projects share"
    if len(drivers):
        worst = drivers.sort_values(SharedCause.exposure_amount, kind="stable").iloc[-1]
        title = f"“{worst[SharedCause.cause]}” puts {int(worst[SharedCause.project_count])} projects at risk at once"
    currencies = " and ".join(sorted(causes[SharedCause.currency].unique()))
    return figure_table(
        "shared-causes", title,
        _columns("Cause", "Kind", "Projects", "Risks", "Exposure", "P80 if independent", "P80 together", "Hidden",
                 "Which", texts=2, remarks=("Which",)),
        rows, figures=figures, data=causes,
        note=f"In {currencies}, open risks. Hidden: by how much the standard deviation is too small where the risks "
        "are held to be independent. A category is a heading, and no correlation is claimed for it." if rows else "",
        left_out=max(0, len(causes) - _MOST), all_of="the page's workbook has all.",
        absent="No driver or category is shared by open risks of two projects.", remedy="",
    )  # fmt: skip


def calibration_table(calibration: pd.DataFrame) -> Fragment:
    """How stated probabilities did by group, from `RiskCalibration`; what is not scored says why."""
    figures = TableFigures("calibration", calibration, (RiskCalibration.group_kind, RiskCalibration.group_name))
    counts = (RiskCalibration.risk_count, RiskCalibration.happened_count, RiskCalibration.unscored_count,
              RiskCalibration.open_count)  # fmt: skip
    scores = (RiskCalibration.brier_score, RiskCalibration.reliability, RiskCalibration.resolution_score,
              RiskCalibration.uncertainty, RiskCalibration.brier_skill)  # fmt: skip

    def cells(row: Row) -> list[Cell]:
        is_all = row[RiskCalibration.group_kind] == ALL
        name = "All risks" if is_all else str(row[RiskCalibration.group_name])
        return [
            Cell(name, sub="" if is_all else str(row[RiskCalibration.group_kind])),
            *(figures.cell(row, column, _WHOLE) for column in counts),
            figures.cell(row, RiskCalibration.stated_pct, _SHARE),
            figures.cell(row, RiskCalibration.happened_pct, _SHARE),
            *(figures.cell(row, column, Shown("number", (3,))) for column in scores[:4]),
            figures.cell(row, RiskCalibration.brier_skill, _RATIO, sub=_interval(row)),
            Cell(str(row[RiskCalibration.quality_note])),
        ]

    rows = [cells(row) for row in calibration.head(_MOST).to_dict("records")]
    first = calibration.iloc[0]
    title = _calibration_title(first)
    return figure_table(
        "calibration", title,
        _columns("Group", "Scored", "Happened", "Not scored", "Open", "Said", "Came", "Brier", "Reliability",
                 "Resolution", "Base rate", "Skill", "Why not", remarks=("Why not",)),
        rows, figures=figures, data=calibration,
        note="Brier: mean squared miss of the probability last stated before a risk closed; reliability less "
        "resolution and the base rate's score make it up. Skill: 1 less Brier over the base rate, with 95 % interval. "
        "Closed without an outcome or a probability before: not scored. Groups alone, never persons.",
        left_out=max(0, len(calibration) - _MOST), all_of="the page's workbook has all.",
        folded=f"{len(calibration)} groups" if len(calibration) > 1 else "",
    )  # fmt: skip


def _interval(row: Row) -> str:
    low, high = row[RiskCalibration.brier_skill_low], row[RiskCalibration.brier_skill_high]
    return "" if is_missing(low) else f"{numerals.number(low, 2)} to {numerals.number(high, 2)}"


def _calibration_title(row: pd.Series) -> str:
    if row[RiskCalibration.quality_note]:
        return "Stated probabilities cannot be scored yet"
    low, high = row[RiskCalibration.brier_skill_low], row[RiskCalibration.brier_skill_high]
    if low > 0:
        return "Stated probabilities are better than the base rate"
    return "Stated probabilities are worse than the base rate" if high < 0 else (
        "Stated probabilities are not proven better than the base rate"
    )  # fmt: skip


def quality_table(quality: pd.DataFrame, project: pd.DataFrame) -> Fragment:
    """Entries that lack something by project, from `RegisterQuality`; findings that nobody has are left out."""
    names = _names(project)
    figures = TableFigures("quality", quality, (RegisterQuality.project_id, RegisterQuality.finding))
    counts = quality.groupby(RegisterQuality.finding)[RegisterQuality.risk_count].sum()
    shown = [name for name in FINDINGS if counts.get(name, 0)]
    rows = []
    projects = list(quality.groupby(RegisterQuality.project_id, sort=True))
    for identifier, group in projects[:_MOST]:
        of: dict[str, Row] = {str(row[RegisterQuality.finding]): row for row in group.to_dict("records")}
        rows.append([
            _project(identifier, names),
            *(
                figures.cell(of[name], RegisterQuality.risk_count, _WHOLE, is_off=bool(of[name]["risk_count"]))
                if name in of
                else Cell(numerals.MISSING)
                for name in shown
            ),
        ])  # fmt: skip
    worst = counts.loc[shown].idxmax() if shown else ""
    title = ("The register's entries lack nothing" if len(quality) else "Entries by project") if not shown else (
        f"Most often an entry is {worst}" if not str(worst).startswith("no ") else f"Most often an entry has {worst}"
    )  # fmt: skip
    return figure_table(
        "register-quality", title, _columns("Project", *(name[:1].upper() + name[1:] for name in shown)),
        rows if shown else [], figures=figures, data=quality,
        note="Risks by their last reports; open ones, and for outcomes closed ones. Findings that no entry has are "
        "left out. Stale: not reported for a quarter." if shown else "",
        left_out=max(0, len(projects) - _MOST), all_of="the page's workbook has all.",
        absent="No entry of the register lacks anything." if len(quality) else "No risk register is loaded.",
        remedy="" if len(quality) else _REMEDY,
    )  # fmt: skip


def finding_table(findings: pd.DataFrame) -> Fragment:
    """The entries that lack something by name, from `RiskFinding`."""
    figures = TableFigures("finding", findings, (RiskFinding.risk_id, RiskFinding.finding))
    groups = list(findings.groupby([RiskFinding.project_id, RiskFinding.risk_id], sort=True))
    rows = []
    for (project, risk_id), group in groups[:_MOST]:
        first: Row = group.to_dict("records")[0]
        rows.append([
            Cell(str(first[RiskFinding.title]), id=str(risk_id)),
            Cell(str(project)),
            Cell(", ".join(group[RiskFinding.finding])),
            figures.cell(first, RiskFinding.status_date, Shown("day")),
        ])  # fmt: skip
    return figure_table(
        "risk-findings", "What to mend, entry by entry",
        [Column("Risk"), Column("Project"), Column("Lacks", is_remark=True), Column("Last report", is_number=True)],
        rows, figures=figures, data=findings, left_out=max(0, len(groups) - _MOST),
        all_of="the page's workbook has all.", absent="No entry of the register lacks anything.", remedy="",
        folded=f"{len(groups)} entries" if groups else "",
    )  # fmt: skip
