"""What each gate of a project's method asks for, and whether it stood when the gate was passed, as the audit sees it.

Gates, what they ask of a project by its size and risk, and their reviews are
those of `gate_standing`; gates that a project is excused from are none of its.
A gate is passed over where the project has reported a stage that comes after
the one it ends, or has passed a later gate, and no review has passed it.
Sources: stage gates after Cooper 1990 and PRINCE2's stage boundaries.

Worked example: gate G1 asks for a charter and a plan. It was passed on 1 March;
the charter was approved on 20 February, the plan on 9 March: the charter is
approved, the plan approved late. G2 ends the stage build; a project that reports
the stage closing without a review of G2 has passed over it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.governance.gate_requirements import MISSING, gate_requirements
from pmo_analytics.governance.gate_standing import EXCUSED, THROUGH, ProjectGate, project_gates
from pmo_analytics.governance.methodology import method_gates, method_requirements, project_methods
from pmo_analytics.governance.project_risk_level import project_risk_level
from pmo_analytics.governance.register_rows import folded, last_rows, rows_of

PASSED, PASSED_OVER, TO_COME = "passed", "passed over", "to come"
APPROVED, LATE, NOT_APPROVED, NONE_ASKED = "approved", "approved late", "not approved", "none asked"


class GateEvidence(Contract):
    """One row per project, gate of its method and artefact that the gate must have, in the order of gates.

    Key: project_id, gate_id, artefact_kind; a gate that must have none has one
    row without a kind. `gate_state` is passed, passed over or to come;
    `evidence_state` of a gate to come is to come. A project whose method is not
    stated, or is not known, has no row.
    """

    project_id: Text = required()
    methodology_id: Text = required()
    version: Text = required()
    gate_id: Text = required()
    position: Whole = required()
    gate_state: Text = required(isin=[PASSED, PASSED_OVER, TO_COME])
    review_date: Date = optional()
    artefact_kind: Text = optional()
    evidence_state: Text = required(isin=[APPROVED, LATE, NOT_APPROVED, MISSING, NONE_ASKED, TO_COME])
    approved_on_date: Date = optional()


def gate_evidence(
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    methodology: pd.DataFrame,
    stage_gate: pd.DataFrame,
    required_artefact: pd.DataFrame,
    *,
    artefact: pd.DataFrame,
    gate_review: pd.DataFrame,
    open_risks: pd.DataFrame,
    status_date: pd.Timestamp,
) -> DataFrame[GateEvidence]:
    """The artefacts that gates require, as they stand on `status_date`, from registers and an `OpenRisk` frame."""
    of_projects = project_methods(project, methodology)
    gates = method_gates(project, methodology, stage_gate)
    asked = method_requirements(project, methodology, required_artefact, gates)
    levels = project_risk_level(project, open_risks)
    needed = gate_requirements(of_projects, gates, asked, levels, artefact, status_date=status_date)
    passed = project_gates(of_projects, gates, needed, levels, gate_review, status_date=status_date)
    return _held(passed, needed, project_status, status_date)


def _held(
    project_gates: pd.DataFrame, requirements: pd.DataFrame, project_status: pd.DataFrame, status_date: pd.Timestamp
) -> DataFrame[GateEvidence]:
    """From `ProjectGate` and `GateRequirement` frames and reports."""
    needed: dict[tuple[str, str], list[dict[Any, Any]]] = {}
    for row in rows_of(requirements):
        if row["is_required"]:
            needed.setdefault((row["project_id"], row["gate_id"]), []).append(row)
    reports = last_rows(rows_of(project_status), ("project_id",), ProjectStatus.status_date, status_date)
    stages = {row["project_id"]: folded(row["stage"]) for row in reports if row["stage"] is not None}
    gates = [row for row in rows_of(project_gates) if row[ProjectGate.gate_state] != EXCUSED]
    reached: dict[str, int] = {}
    for gate in gates:
        name = gate["project_id"]
        is_there = folded(gate["stage"]) == stages[name] if name in stages and gate["stage"] is not None else False
        if is_there or gate["gate_state"] in THROUGH:
            reached[name] = max(reached.get(name, 0), gate["position"])
    found = []
    for gate in gates:
        is_passed = gate["gate_state"] in THROUGH
        is_before = gate["position"] < reached.get(gate["project_id"], 0)
        state = PASSED if is_passed else PASSED_OVER if is_before else TO_COME
        base = {name: gate[name] for name in ("project_id", "methodology_id", "version", "gate_id", "position")}
        base |= {"gate_state": state, "review_date": gate["review_date"] if is_passed else None}
        kinds: list[dict[Any, Any] | None] = [*needed.get((gate["project_id"], gate["gate_id"]), [])]
        found += [base | _evidence(base, row, status_date) for row in kinds or [None]]
    frame = pd.DataFrame(found, columns=list(GateEvidence.to_schema().columns))
    return checked(GateEvidence, frame.sort_values(["project_id", "position", "gate_id"], ignore_index=True))


def _evidence(gate: dict[str, Any], row: dict[Any, Any] | None, status_date: pd.Timestamp) -> dict[str, Any]:
    """Whether an artefact was approved by the review of the gate, or since."""
    kind = None if row is None else row["artefact_kind"]
    if gate["gate_state"] == TO_COME or row is None:
        state = TO_COME if gate["gate_state"] == TO_COME else NONE_ASKED
        return {"artefact_kind": kind, "evidence_state": state, "approved_on_date": None}
    first = row["first_approved_on_date"]
    by = gate["review_date"] if gate["review_date"] is not None else status_date
    is_there = row["artefact_state"] != MISSING
    unapproved = NOT_APPROVED if is_there else MISSING
    state = unapproved if first is None else APPROVED if first <= by else LATE
    return {"artefact_kind": kind, "evidence_state": state, "approved_on_date": first}
