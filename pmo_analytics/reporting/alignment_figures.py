"""Headline and key figures of the page on strategy."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.portfolio.alignment import AlignmentConcentration, ObjectiveAlignment
from pmo_analytics.portfolio.alignment_charts import main_measure
from pmo_analytics.portfolio.alignment_checks import ObjectiveCoverage
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Reference, Shown, refer

_KEY = (ObjectiveAlignment.measure_kind, ObjectiveAlignment.unit, ObjectiveAlignment.objective_id)
_PERCENT = Shown("percent")


def _main(alignment: pd.DataFrame, concentration: pd.DataFrame) -> pd.Series | None:
    """The row of `AlignmentConcentration` of the measure that charts show."""
    shown = main_measure(alignment)
    if shown.empty:
        return None
    kind, unit = shown[ObjectiveAlignment.measure_kind].iloc[0], shown[ObjectiveAlignment.unit].iloc[0]
    rows = concentration[
        (concentration[AlignmentConcentration.measure_kind] == kind)
        & (concentration[AlignmentConcentration.unit] == unit)
    ]
    return None if rows.empty else rows.iloc[0]


def _measure(row: pd.Series) -> str:
    kind, unit = str(row[AlignmentConcentration.measure_kind]), str(row[AlignmentConcentration.unit])
    return kind if kind == unit else f"{kind} in {unit}"


def headline(
    objective: pd.DataFrame, alignment: pd.DataFrame, concentration: pd.DataFrame, coverage: pd.DataFrame
) -> str:
    """What a board has to know, from the register and three analyses."""
    if objective.empty:
        return "No objective is known: this page names what is missing."
    row = _main(alignment, concentration)
    if row is None:
        return "Objectives are known, and neither budgets nor spend nor hours to hold against them."
    parts = [f"{_PERCENT.text(row[AlignmentConcentration.unaligned_share])} of {_measure(row)} serves no objective"]
    orphans = int(coverage[ObjectiveCoverage.orphan_count].iloc[0]) if len(coverage) else 0
    if orphans:
        count = int(coverage[ObjectiveCoverage.objective_count].iloc[0])
        parts.append(f"no project serves {numerals.number(orphans)} of {numerals.number(count)} objectives")
    return f"{'; '.join(parts)}."


def unaligned_figure(alignment: pd.DataFrame, concentration: pd.DataFrame) -> KeyFigure | None:
    """The share that serves no objective, of the measure that charts show."""
    row = _main(alignment, concentration)
    if row is None:
        return None
    return KeyFigure(
        "Serves no objective", _PERCENT.text(row[AlignmentConcentration.unaligned_share]), f"of {_measure(row)}",
        reference=_refer(concentration, row, AlignmentConcentration.unaligned_share, _PERCENT),
        exact=float(row[AlignmentConcentration.unaligned_share]), unit="ratio", form=_PERCENT,
    )  # fmt: skip


def orphan_figure(coverage: pd.DataFrame) -> KeyFigure | None:
    """How many objectives no project serves."""
    if coverage.empty:
        return None
    row = coverage.iloc[0]
    shown = Shown("number", behind=f" of {int(row[ObjectiveCoverage.objective_count])}")
    return KeyFigure(
        "Objectives nothing serves", shown.text(row[ObjectiveCoverage.orphan_count]),
        "no project with budget, spend or hours serves them or any below them",
        reference=refer(coverage, {}, ObjectiveCoverage.orphan_count, shown),
        exact=float(row[ObjectiveCoverage.orphan_count]), unit="objectives", form=shown,
    )  # fmt: skip


def concentration_figure(alignment: pd.DataFrame, concentration: pd.DataFrame) -> KeyFigure | None:
    """How many equal projects would be as concentrated."""
    row = _main(alignment, concentration)
    if row is None:
        return None
    shown = Shown("number", (1,), behind=f" of {int(row[AlignmentConcentration.project_count])}")
    return KeyFigure(
        "Lies as on equal projects", shown.text(row[AlignmentConcentration.equal_projects]),
        f"{_measure(row)}; the index of Herfindahl and Hirschman is "
        f"{numerals.number(row[AlignmentConcentration.concentration_index], 2)}",
        reference=_refer(concentration, row, AlignmentConcentration.equal_projects, shown),
        exact=float(row[AlignmentConcentration.equal_projects]), unit="projects", form=shown,
    )  # fmt: skip


def gap_figure(alignment: pd.DataFrame) -> KeyFigure | None:
    """The objective whose share lies farthest from its weight."""
    rows = main_measure(alignment)
    rows = rows[rows[ObjectiveAlignment.gap_points].notna()]
    if rows.empty:
        return None
    row = rows.iloc[int(rows[ObjectiveAlignment.gap_points].abs().to_numpy(dtype=float).argmax())]
    shown = Shown("signed", (0,), behind="\u00a0points")
    return KeyFigure(
        "Farthest from its weight", shown.text(row[ObjectiveAlignment.gap_points]),
        f"{row[ObjectiveAlignment.name]}: {_PERCENT.text(row[ObjectiveAlignment.measure_share])} of "
        f"{row[ObjectiveAlignment.measure_kind]} for a weight of {_PERCENT.text(row[ObjectiveAlignment.weight_share])}",
        reference=refer(alignment, {name: row[name] for name in _KEY}, ObjectiveAlignment.gap_points, shown),
        exact=float(row[ObjectiveAlignment.gap_points]), unit="points", form=shown,
    )  # fmt: skip


def _refer(concentration: pd.DataFrame, row: pd.Series, column: str, shown: Shown) -> Reference | None:
    key = {name: row[name] for name in (AlignmentConcentration.measure_kind, AlignmentConcentration.unit)}
    return refer(concentration, key, column, shown)
