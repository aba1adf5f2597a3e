"""What each gate of a project's method asks for, and whether it stood when the gate was passed.

A gate is passed where the outcome of its last review says so. It is passed over
where the project has reported a stage that comes after the one it ends, or has
passed a later gate, and no review has passed it. Source: stage gates after Cooper 1990 and PRINCE2's stage
boundaries; what counts as a pass is this project's own convention.

Worked example: gate G1 asks for a charter and a plan. It was passed on 1 March;
the charter was approved on 20 February, the plan on 9 March: the charter is
approved, the plan approved late. G2 ends the stage build; a project that reports
the stage closing without a review of G2 has passed over it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.assurance import Artefact, GateReview, RequiredArtefact, StageGate
from pmo_analytics.contracts.base import Contract, Date, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.governance.register_rows import by_project, folded, last_rows, rows_of

PASSED, PASSED_OVER, TO_COME = "passed", "passed over", "to come"
APPROVED, LATE, NOT_APPROVED, MISSING, NONE_ASKED = (
    "approved", "approved late", "not approved", "missing", "none asked",
)  # fmt: skip
# Outcomes of a review after which a project goes on; any other holds it.
PASSING = frozenset(
    {"passed", "pass", "approved", "go", "accepted", "conditional", "conditional go", "passed with conditions"}
)


class GateEvidence(Contract):
    """One row per project, gate of its method and artefact that the gate must have, in the order of gates.

    Key: project_id, gate_id, artefact_kind; a gate that must have none has one
    row without a kind. `gate_state` is passed, passed over or to come;
    `evidence_state` of a gate to come is to come. A project whose method is not
    stated, or has no gates in the registers, has no row.
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
    stage_gate: pd.DataFrame,
    required_artefact: pd.DataFrame,
    artefact: pd.DataFrame,
    *,
    gate_review: pd.DataFrame,
    status_date: pd.Timestamp,
) -> DataFrame[GateEvidence]:
    """The mandatory artefacts of every gate of each project's method, as they stand on `status_date`.

    A project that states no version of its method has the latest one. An
    artefact that does not say whether it is mandatory is.
    """
    gates, needed = rows_of(stage_gate), rows_of(required_artefact)
    held, reviews = by_project(rows_of(artefact)), by_project(rows_of(gate_review))
    stages = {
        row["project_id"]: row["stage"]
        for row in last_rows(rows_of(project_status), ("project_id",), ProjectStatus.status_date, status_date)
    }
    rows = []
    for one in rows_of(project):
        of_method = _gates(one, gates)
        name = one["project_id"]
        own = held.get(name, [])
        last = {
            folded(row["gate_id"]): row
            for row in last_rows(reviews.get(name, []), (GateReview.gate_id,), GateReview.review_date, status_date)
        }
        reached = [row["position"] for row in of_method if folded(row["stage"]) == folded(stages.get(name))]
        reached = reached if stages.get(name) is not None else []
        reached += [gate["position"] for gate in of_method if _is_passed(last.get(folded(gate["gate_id"])))]
        before = max(reached, default=None)
        for gate in of_method:
            review = last.get(folded(gate["gate_id"]))
            state = _gate_state(gate, review, before)
            base = {column: gate[column] for column in ("methodology_id", "version", "gate_id", "position")}
            base |= {"project_id": name, "gate_state": state}
            base["review_date"] = review["review_date"] if review is not None and state == PASSED else None
            rows += [base | _evidence(base, kind, own, status_date) for kind in _kinds(gate, needed)]
    columns = list(GateEvidence.to_schema().columns)
    frame = pd.DataFrame(rows, columns=columns)
    return checked(GateEvidence, frame.sort_values(["project_id", "position", "gate_id"], ignore_index=True))


def _gates(project: dict[str, Any], gates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The gates of a project's method in its version, in their order."""
    method, version = folded(project[Project.methodology]), folded(project[Project.methodology_version])
    if not method:
        return []
    of = [row for row in gates if folded(row[StageGate.methodology_id]) == method]
    if not version and of:
        version = folded(max(of, key=lambda row: (row["status_date"], row["version"]))["version"])
    found = [row for row in of if folded(row["version"]) == version]
    return sorted(found, key=lambda row: (row["position"], row["gate_id"]))


def _kinds(gate: dict[str, Any], needed: list[dict[str, Any]]) -> list[str | None]:
    """The artefacts that a gate must have, or none."""
    found = [
        row[RequiredArtefact.artefact_kind]
        for row in needed
        if all(folded(row[column]) == folded(gate[column]) for column in ("methodology_id", "version", "gate_id"))
        and row[RequiredArtefact.is_mandatory] is not False
    ]
    return sorted(found) or [None]


def _gate_state(gate: dict[str, Any], review: dict[str, Any] | None, before: int | None) -> str:
    if _is_passed(review):
        return PASSED
    return PASSED_OVER if before is not None and gate["position"] < before else TO_COME


def _is_passed(review: dict[str, Any] | None) -> bool:
    return review is not None and folded(review[GateReview.outcome]) in PASSING


def _evidence(
    gate: dict[str, Any], kind: str | None, own: list[dict[str, Any]], status_date: pd.Timestamp
) -> dict[str, Any]:
    """Whether the artefact of this kind was approved by the review of the gate, or since."""
    if gate["gate_state"] == TO_COME or kind is None:
        state = TO_COME if gate["gate_state"] == TO_COME else NONE_ASKED
        return {"artefact_kind": kind, "evidence_state": state, "approved_on_date": None}
    of = [row for row in own if folded(row[Artefact.artefact_kind]) == folded(kind)]
    days = [row["approved_on_date"] for row in of if row["approved_on_date"] is not None]
    first = min((day for day in days if day <= status_date), default=None)
    by = gate["review_date"] if gate["review_date"] is not None else status_date
    unapproved = NOT_APPROVED if of else MISSING
    state = unapproved if first is None else APPROVED if first <= by else LATE
    return {"artefact_kind": kind, "evidence_state": state, "approved_on_date": first}
