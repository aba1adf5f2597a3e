"""Tables of the page on strategy: objectives against their weights, concentration, what is stated and cannot be."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.portfolio.alignment import HOURS, AlignmentConcentration, ObjectiveAlignment
from pmo_analytics.portfolio.alignment_charts import in_tree_order
from pmo_analytics.portfolio.alignment_checks import AlignmentFinding
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 60
_ALL = "the page's workbook has all."
_COUNT, _SHARE, _INDEX, _ONE = Shown("number"), Shown("percent"), Shown("number", (3,)), Shown("number", (1,))
_POINTS = Shown("signed", (1,))
_KEY = (ObjectiveAlignment.measure_kind, ObjectiveAlignment.unit, ObjectiveAlignment.objective_id)
_REMEDY = "Fill registers/objective.csv and registers/contribution.csv and load them with `pmo ingest`."
_INDENT = "\u00a0\u00a0\u00a0"


def _measure(kind: str, unit: str) -> str:
    return kind.capitalize() if kind == HOURS else f"{kind.capitalize()}, {unit}"


def objective_table(alignment: pd.DataFrame) -> Fragment:
    """Objectives below what they belong to, with amounts and shares by measure, from `ObjectiveAlignment`."""
    figures = TableFigures("objective", alignment, _KEY)
    measures = list(
        alignment[[ObjectiveAlignment.measure_kind, ObjectiveAlignment.unit]]
        .drop_duplicates().itertuples(index=False, name=None)
    )  # fmt: skip
    by_place = {
        tuple(None if is_missing(row[n]) else row[n] for n in _KEY): row for row in alignment.to_dict("records")
    }
    one = alignment
    if measures:
        one = alignment[
            (alignment[ObjectiveAlignment.measure_kind] == measures[0][0])
            & (alignment[ObjectiveAlignment.unit] == measures[0][1])
        ]
    names: list[tuple[str | None, int]] = [*in_tree_order(one)]
    if names:
        names.append((None, 0))
    rows = [_objective_row(figures, by_place, measures, name, depth) for name, depth in names[:_MOST]]
    columns = [Column("Objective"), Column("Weight", is_number=True)]
    for measure in measures:
        text = _measure(*measure)
        columns += [
            Column(text, is_number=True),
            Column(f"{text}: share", is_number=True),
            Column(f"{text}: gap", is_number=True),
        ]
    return figure_table(
        "objectives", "Objectives against their weights", [*columns, Column("Projects", is_number=True)], rows,
        figures=figures, data=alignment,
        note="An objective holds what serves those below it; the gap is its share less its weight, in points. "
        "Contributions of a project are divided by their sum. Spend is the ledger's, or hours at dated rates."
        if rows else "",
        left_out=max(0, len(names) - _MOST), all_of=_ALL,
        absent="No objective is known, or nothing to hold against one.", remedy=_REMEDY,
    )  # fmt: skip


def _objective_row(
    figures: TableFigures, by_place: dict[tuple[object, ...], Row], measures: list[tuple[str, str]], name: str | None,
    depth: int,
) -> list[Cell]:  # fmt: skip
    of = [by_place[kind, unit, name] for kind, unit in measures]
    first = of[0]
    is_orphan = all(bool(row[ObjectiveAlignment.is_orphan]) for row in of)
    most = max(of, key=lambda row: int(row[ObjectiveAlignment.project_count]))
    cells = [
        Cell(f"{_INDENT * depth}{first[ObjectiveAlignment.name]}", id=name or ""),
        figures.cell(first, ObjectiveAlignment.weight_share, _SHARE),
    ]
    for row in of:
        cells += [
            figures.cell(row, ObjectiveAlignment.measure_value, _COUNT),
            figures.cell(row, ObjectiveAlignment.measure_share, _SHARE),
            figures.cell(row, ObjectiveAlignment.gap_points, _POINTS),
        ]
    sub = "nothing serves it" if is_orphan else ""
    return [*cells, figures.cell(most, ObjectiveAlignment.project_count, _COUNT, sub=sub, is_off=is_orphan)]


def concentration_table(concentration: pd.DataFrame) -> Fragment:
    """How far each measure lies on few projects, from `AlignmentConcentration`."""
    figures = TableFigures(
        "concentration", concentration, (AlignmentConcentration.measure_kind, AlignmentConcentration.unit)
    )
    rows = [
        [
            Cell(_measure(str(row[AlignmentConcentration.measure_kind]), str(row[AlignmentConcentration.unit]))),
            figures.cell(row, AlignmentConcentration.project_count, _COUNT),
            figures.cell(row, AlignmentConcentration.equal_projects, _ONE),
            figures.cell(row, AlignmentConcentration.concentration_index, _INDEX),
            figures.cell(row, AlignmentConcentration.unaligned_share, _SHARE),
        ]
        for row in concentration.to_dict("records")
    ]
    labels = ("Projects", "As on equal projects", "Index", "Serves no objective")
    return figure_table(
        "concentration", "How far it lies on few projects",
        [Column("Measure"), *(Column(label, is_number=True) for label in labels)], rows, figures=figures,
        data=concentration,
        note="The index of Herfindahl and Hirschman is the sum of squared shares, 1 where one project has all; its "
        "inverse is how many equal projects would give it." if rows else "",
        absent="No project has budget, spend or hours.", remedy="",
    )  # fmt: skip


def finding_table(findings: pd.DataFrame, project: pd.DataFrame, objective: pd.DataFrame) -> Fragment:
    """What is stated of weights and contributions and cannot be so, from `AlignmentFinding`."""
    names = {
        **dict(zip(objective["objective_id"], objective["name"], strict=True)),
        **dict(zip(project["project_id"], project["name"], strict=True)),
    }
    rows = [
        [_subject(str(row[AlignmentFinding.subject_id]), names), Cell(str(row[AlignmentFinding.finding]))]
        for row in findings.head(_MOST).to_dict("records")
    ]
    count = f"{numerals.number(len(findings))} statement{'' if len(findings) == 1 else 's'}"
    return figure_table(
        "statements", f"{count} that cannot be taken as stated" if rows else "What is stated",
        [Column("Project or objective"), Column("Finding", is_remark=True)], rows,
        figures=TableFigures("statement", findings, (AlignmentFinding.subject_id, AlignmentFinding.finding)),
        data=findings, left_out=max(0, len(findings) - _MOST), all_of=_ALL,
        note="Correct registers/objective.csv or registers/contribution.csv and load them anew." if rows else "",
        absent="Weights and contributions sum as they are to." if len(objective) else "No objective is known.",
        remedy="" if len(objective) else _REMEDY,
    )  # fmt: skip


def _subject(identifier: str, names: dict[str, str]) -> Cell:
    name = names.get(identifier)
    return Cell(identifier) if name is None or is_missing(name) else Cell(str(name), id=identifier)
