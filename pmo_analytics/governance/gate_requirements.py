"""What each gate asks of each project by its size and risk, and what there is of it.

A gate's own tailoring goes before that of what it asks for. What is not
mandatory is recommended: it is shown and never lacks. An artefact is known by
its kind, whatever the case of its letters; one is approved from the day of its
approval on. Source: products and their approval after PRINCE2; tailoring as in
`tailoring`.

Worked example: a gate asks for a charter of all and for a test report of `size
large`. A small project of low risk with an approved charter is asked for the
charter alone, approved; the test report is not needed. A large one without
either lacks both.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.assurance import Artefact
from pmo_analytics.contracts.base import Contract, Date, Flag, Text, checked, optional, required
from pmo_analytics.governance.register_rows import folded, joined, text_of
from pmo_analytics.governance.tailoring import UNKNOWN, Tailoring, reading

APPROVED, NOT_APPROVED, MISSING, NOT_NEEDED = "approved", "not approved", "missing", "not needed"
ARTEFACT_STATES = (APPROVED, NOT_APPROVED, MISSING, NOT_NEEDED)


class GateRequirement(Contract):
    """One row per project, gate of its method and kind of artefact that the gate asks for.

    Key: project_id, gate_id, artefact_kind. `requirement_basis` says why it is
    required or not. Of several versions of an artefact the latest approved one
    counts, else the latest; `first_approved_on_date` is the day that any of
    them was first approved, by which a gate already passed is judged.
    """

    project_id: Text = required()
    gate_id: Text = required()
    artefact_kind: Text = required()
    is_required: Flag = required()
    requirement_basis: Text = required()
    artefact_state: Text = required(isin=ARTEFACT_STATES)
    artefact_version: Text = optional()
    approved_on_date: Date = optional()
    first_approved_on_date: Date = optional()
    location: Text = optional()


def gate_requirements(
    project_methods: pd.DataFrame,
    method_gates: pd.DataFrame,
    method_requirements: pd.DataFrame,
    project_risk_level: pd.DataFrame,
    artefact: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[GateRequirement]:
    """What each gate asks of each project by its size and risk, and what there is of it at `status_date`.

    Takes `ProjectMethod`, `MethodGate`, `MethodRequirement` and
    `ProjectRiskLevel` frames and the register of artefacts.
    """
    place = ["methodology_id", "version"]
    rows = joined(project_methods[["project_id", "size_band", *place]], method_requirements, place, how="inner")
    gates = method_gates[[*place, "gate_id", "position", "tailoring"]].rename(columns={"tailoring": "gate_tailoring"})
    rows = joined(rows, gates, [*place, "gate_id"], how="inner")
    rows = joined(rows, project_risk_level[["project_id", "risk_level"]], ["project_id"], how="left")
    there = _best(artefact, status_date)
    found = [_requirement(row, there) for row in rows.to_dict("records")]
    columns = list(GateRequirement.to_schema().columns)
    kept = pd.DataFrame(found, columns=[*columns, "position"])
    kept = kept.sort_values(["project_id", "position", "gate_id", "artefact_kind"]).reset_index(drop=True)
    return checked(GateRequirement, kept[columns])


def _best(artefact: pd.DataFrame, status_date: pd.Timestamp) -> dict[tuple[str, str], dict[Any, Any]]:
    """By project and kind the artefact that counts: the one approved last by the date, else the last one stated."""
    rows = artefact[artefact[Artefact.status_date] <= status_date].copy()
    later = rows[Artefact.approved_on_date] > status_date
    rows.loc[later, Artefact.approved_on_date] = pd.NaT
    kinds = [rows[Artefact.project_id], rows[Artefact.artefact_kind].map(folded)]
    rows["first_approved_on_date"] = rows.groupby(kinds)[Artefact.approved_on_date].transform("min")
    rows = rows.sort_values([Artefact.approved_on_date, Artefact.status_date, Artefact.version], na_position="first")
    return {(row["project_id"], folded(row["artefact_kind"])): row for row in rows.to_dict("records")}


def _requirement(row: dict[Any, Any], there: dict[tuple[str, str], dict[Any, Any]]) -> dict[str, Any]:
    size, risk = text_of(row["size_band"]), text_of(row["risk_level"]) or UNKNOWN
    of_gate, own = reading(text_of(row["gate_tailoring"])), reading(text_of(row["tailoring"]))
    found = there.get((row["project_id"], folded(row["artefact_kind"])))
    is_asked = of_gate.is_required(size, risk) and own.is_required(size, risk)
    is_required = bool(row["is_mandatory"]) and is_asked
    if not is_asked:
        basis = f"excused: size {size or UNKNOWN}, risk {risk}"
    elif not row["is_mandatory"]:
        basis = "recommended"
    else:
        basis = _basis(own, size, risk)
    approved = found is not None and pd.notna(found["approved_on_date"])
    state = APPROVED if approved else NOT_APPROVED if found is not None else MISSING if is_required else NOT_NEEDED
    return {
        "project_id": row["project_id"], "gate_id": row["gate_id"], "artefact_kind": row["artefact_kind"],
        "is_required": is_required, "requirement_basis": basis, "artefact_state": state, "position": row["position"],
        "artefact_version": found["version"] if found else None,
        "approved_on_date": found["approved_on_date"] if found else pd.NaT,
        "first_approved_on_date": found["first_approved_on_date"] if found else pd.NaT,
        "location": found["location"] if found else None,
    }  # fmt: skip


def _basis(tailoring: Tailoring, size: str | None, risk: str) -> str:
    if not (tailoring.sizes or tailoring.risks):
        return "mandatory"
    by_size = tailoring.sizes and (not size or size.casefold() in tailoring.sizes)
    return f"since its size is {size or UNKNOWN}" if by_size else f"since its risk is {risk}"
