"""Tables of the page on methods and gates: where projects stand, what they lack, adoption, versions, problems."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.gate_requirements import APPROVED, GateRequirement
from pmo_analytics.governance.gate_standing import OUT_OF_TURN, REFUSED, UNEVIDENCED, GateStanding, ProjectGate
from pmo_analytics.governance.method_adoption import MethodAdoption
from pmo_analytics.governance.method_changes import MethodChange
from pmo_analytics.governance.methodology import MethodInForce
from pmo_analytics.reporting.figure_table import Cell, Column, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST = 60
_ALL = "the page's workbook has all."
_COUNT, _SHARE, _DAY = Shown("number"), Shown("number", (0,), behind=" %"), Shown("date")
_OFF = frozenset({UNEVIDENCED, OUT_OF_TURN, REFUSED})
_REMEDY = "Name each project's method in registers/project.csv; `pmo methodology new hybrid` writes one to begin from."


def standing_table(standing: pd.DataFrame) -> Fragment:
    """Where each project stands, from `GateStanding`: breaches first, then by what the next gate lacks."""
    figures = TableFigures("gate", standing, (GateStanding.project_id,))
    rank = {"block": 0, "warn": 1, "advise": 2, "unknown": 3, "ready": 4, "done": 5, "stopped": 6}
    order = standing.assign(
        breaches=-(standing[GateStanding.unevidenced_count] + standing[GateStanding.out_of_turn_count]),
        rank=standing[GateStanding.gate_verdict].map(rank),
    ).sort_values(["breaches", "rank", GateStanding.project_id], kind="stable")
    rows = []
    for row in order.head(_MOST).to_dict("records"):
        known = not is_missing(row[GateStanding.methodology_id])
        breaches = [
            figures.cell(row, column, _COUNT, is_off=bool(row[column]))
            for column in (GateStanding.unevidenced_count, GateStanding.out_of_turn_count)
        ]
        lacks = row[GateStanding.lacking_artefacts]
        rows.append(
            [
                Cell(str(row[GateStanding.name]), id=str(row[GateStanding.project_id])),
                Cell(f"{row[GateStanding.methodology_id]} {row[GateStanding.version]}" if known else "none"),
                figures.cell(row, GateStanding.gates_passed_count, _COUNT, sub=f"of {row[GateStanding.gate_count]}"),
                *breaches,
                Cell(_text(row[GateStanding.next_gate_name])),
                Cell(str(row[GateStanding.gate_verdict]), is_off=row[GateStanding.gate_verdict] in {"block", "warn"}),
                Cell(_text(lacks).replace("_", " ")),
            ]
        )
    return figure_table(
        "standing", "Where projects stand",
        [Column("Project"), Column("Method"), Column("Gates passed", is_number=True),
         Column("Without evidence", is_number=True), Column("Out of turn", is_number=True), Column("Next gate"),
         Column("It says"), Column("Lacks", is_remark=True)],
        rows, figures=figures, data=standing, left_out=max(0, len(standing) - _MOST), all_of=_ALL,
        note="A gate is passed by its latest review, on evidence where each required artefact was approved by then. "
        "What a gate that lacks evidence says is the PMO's type: advise, warn or block." if rows else "",
        absent="No project is known.", remedy=_REMEDY,
    )  # fmt: skip


def project_gate_table(project_gates: pd.DataFrame) -> Fragment:
    """The gates of one project in their order, from its `ProjectGate` rows."""
    figures = TableFigures("gate", project_gates, (ProjectGate.gate_id,))
    rows = [
        [
            Cell(str(row[ProjectGate.gate_name]), id=str(row[ProjectGate.gate_id])),
            Cell(str(row[ProjectGate.gate_state]), is_off=row[ProjectGate.gate_state] in _OFF),
            Cell("" if is_missing(row[ProjectGate.review_date]) else numerals.day(row[ProjectGate.review_date])),
            figures.cell(row, ProjectGate.approved_count, _COUNT, sub=f"of {row[ProjectGate.required_count]}"),
            Cell(_text(row[ProjectGate.lacking_artefacts]).replace("_", " ")),
        ]
        for row in project_gates.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "gates", "Gates",
        [Column("Gate"), Column("It is"), Column("Reviewed"), Column("Approved evidence", is_number=True),
         Column("Lacks", is_remark=True)],
        rows, figures=figures, data=project_gates, left_out=max(0, len(project_gates) - _MOST), all_of=_ALL,
        note="What is required by the project's method, size and risk; of a gate that was passed, what lacked by its "
        "review." if rows else "",
        absent="No method of this project is known.", remedy=_REMEDY,
    )  # fmt: skip


def lacking_table(requirements: pd.DataFrame, standing: pd.DataFrame) -> Fragment:
    """What next gates require and is not approved, from `GateRequirement` and `GateStanding`."""
    ahead = set(zip(standing[GateStanding.project_id], standing[GateStanding.next_gate_id], strict=True))
    places = zip(requirements[GateRequirement.project_id], requirements[GateRequirement.gate_id], strict=True)
    is_next = pd.Series([place in ahead for place in places], index=requirements.index, dtype=bool)
    is_lacking = requirements[GateRequirement.is_required].astype(bool) & (
        requirements[GateRequirement.artefact_state] != APPROVED
    )
    found = requirements[is_next & is_lacking]
    key = (GateRequirement.project_id, GateRequirement.gate_id, GateRequirement.artefact_kind)
    figures = TableFigures("lacking", requirements, key)
    rows = [
        [
            Cell(str(row[GateRequirement.project_id])), Cell(str(row[GateRequirement.gate_id])),
            Cell(str(row[GateRequirement.artefact_kind]).replace("_", " ")),
            Cell(str(row[GateRequirement.artefact_state]), is_off=True),
            Cell(str(row[GateRequirement.requirement_basis])),
        ]
        for row in found.head(_MOST).to_dict("records")
    ]  # fmt: skip
    return figure_table(
        "lacking", "What next gates lack",
        [Column("Project"), Column("Gate"), Column("Artefact"), Column("It is"), Column("Required as", is_remark=True)],
        rows, figures=figures, data=found, left_out=max(0, len(found) - _MOST), all_of=_ALL,
        note="Load registers/artefact.csv with the day of each approval." if rows else "",
        absent="Nothing that a next gate requires is missing." if len(requirements) else "No gate asks for anything.",
        remedy="" if len(requirements) else _REMEDY,
    )  # fmt: skip


def adoption_table(adoption: pd.DataFrame) -> Fragment:
    """Use of methods by department, from `MethodAdoption`."""
    figures = TableFigures("adoption", adoption, (MethodAdoption.department,))
    columns = (
        (MethodAdoption.project_count, "Projects", _COUNT), (MethodAdoption.with_method_count, "With a method", _COUNT),
        (MethodAdoption.reviewed_count, "With a review", _COUNT),
        (MethodAdoption.gates_passed_count, "Gates passed", _COUNT),
        (MethodAdoption.evidenced_pct, "On evidence", _SHARE),
    )  # fmt: skip
    rows = [
        [Cell(str(row[MethodAdoption.department])), *(figures.cell(row, name, shown) for name, _, shown in columns)]
        for row in adoption.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "adoption", "Use of methods by department",
        [Column("Department"), *(Column(label, is_number=True) for _, label, _ in columns)], rows, figures=figures,
        data=adoption, left_out=max(0, len(adoption) - _MOST), all_of=_ALL,
        note="A project belongs to the department of its manager's team; departments below five persons are one row."
        if rows else "",
        absent="No project is known.", remedy=_REMEDY,
    )  # fmt: skip


def method_table(in_force: pd.DataFrame) -> Fragment:
    """The methods in force and how many projects go by each version, from `MethodInForce`."""
    figures = TableFigures("method", in_force, (MethodInForce.methodology_id, MethodInForce.version))
    rows = [
        [
            Cell(str(row[MethodInForce.name]), id=str(row[MethodInForce.methodology_id])),
            Cell(str(row[MethodInForce.version]), sub="latest" if row[MethodInForce.is_latest] else ""),
            Cell("the package" if row[MethodInForce.is_given] else numerals.day(row[MethodInForce.status_date])),
            figures.cell(row, MethodInForce.project_count, _COUNT),
        ]
        for row in in_force.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "methods", "Methods in force",
        [Column("Method"), Column("Version"), Column("From"), Column("Projects", is_number=True)], rows,
        figures=figures, data=in_force, left_out=max(0, len(in_force) - _MOST), all_of=_ALL,
        absent="No method is stated or named.", remedy=_REMEDY,
    )  # fmt: skip


def change_table(changes: pd.DataFrame) -> Fragment:
    """What changed between versions, from `MethodChange`."""
    key = ("methodology_id", "to_version", "gate_id", "artefact_kind", "method_change")
    rows = [
        [
            Cell(str(row[MethodChange.methodology_id])),
            Cell(f"{row[MethodChange.from_version]} to {row[MethodChange.to_version]}"),
            Cell(str(row[MethodChange.gate_id])),
            Cell(_text(row[MethodChange.artefact_kind]).replace("_", " ")),
            Cell(str(row[MethodChange.method_change])),
            *(Cell(_text(row[name]).replace("_", " ")) for name in (MethodChange.from_text, MethodChange.to_text)),
        ]
        for row in changes.head(_MOST).to_dict("records")
    ]  # fmt: skip
    return figure_table(
        "changes", "What changed between versions",
        [Column("Method"), Column("Versions"), Column("Gate"), Column("Artefact"), Column("Change"), Column("Was"),
         Column("Is", is_remark=True)],
        rows, figures=TableFigures("change", changes, key), data=changes, left_out=max(0, len(changes) - _MOST),
        all_of=_ALL, absent="No method has two versions.", remedy="",
    )  # fmt: skip


def problem_table(gates: pd.DataFrame, requirements: pd.DataFrame, of_projects: pd.DataFrame) -> Fragment:
    """What is wrong with methods and with what projects name, from three frames of `governance.methodology`."""
    found = [
        *(
            (f"{row['methodology_id']} {row['version']}", _text(row.get("artefact_kind")) or row["gate_id"],
             row["method_problem"])
            for frame in (gates, requirements)
            for row in frame[frame["method_problem"].notna()].to_dict("records")
        ),
        *(
            (row["project_id"], "project", row["method_problem"])
            for row in of_projects[of_projects["method_problem"].notna()].to_dict("records")
        ),
    ]  # fmt: skip
    data = pd.DataFrame(found, columns=["subject", "part", "finding"])
    rows = [[Cell(str(cell)) for cell in row] for row in found[:_MOST]]
    return figure_table(
        "problems", "What cannot be taken as stated" if rows else "What is stated",
        [Column("Method or project"), Column("Of"), Column("Finding", is_remark=True)], rows,
        figures=TableFigures("problem", data, ("subject", "part")), data=data, left_out=max(0, len(found) - _MOST),
        all_of=_ALL, absent="Every gate can be reached, and every project names a method that is known.", remedy="",
    )  # fmt: skip


def _text(value: object) -> str:
    return "" if is_missing(value) else str(value)
