"""What gates asked for, and whether it stood when they were passed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.audits import audited
from tests.frames import project_row

D = pd.Timestamp
METHOD = {"methodology_id": "House", "version": "1", "status_date": D("2025-01-01")}
HOUSE = [METHOD | {"version": version, "name": "House"} for version in ("1", "2")]
GATES = [
    METHOD | {"gate_id": "G1", "position": 1, "name": "Start", "stage": "define"},
    METHOD | {"gate_id": "G2", "position": 2, "name": "Build", "stage": "build"},
]
NEEDED = [
    METHOD | {"gate_id": "G1", "artefact_kind": "charter", "is_mandatory": True},
    METHOD | {"gate_id": "G1", "artefact_kind": "plan", "is_mandatory": None},
    METHOD | {"gate_id": "G1", "artefact_kind": "poster", "is_mandatory": False},
]


def artefact(kind: str, approved: str | None, version: str = "1") -> dict[str, Any]:
    day = None if approved is None else D(approved)
    return {"project_id": "A", "artefact_kind": kind, "version": version, "status_date": D("2026-06-01"),
            "approved_on_date": day}  # fmt: skip


def review(gate: str, day: str, outcome: str = "passed") -> dict[str, Any]:
    return {"project_id": "A", "gate_id": gate, "review_date": D(day), "outcome": outcome}


def rows(**given: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    base = {
        "project": [project_row("A", methodology=" house ")], "methodology": HOUSE[:1], "stage_gate": GATES,
        "required_artefact": NEEDED,
        "project_status": [{"project_id": "A", "status_date": D("2026-06-20"), "state": "active", "stage": "define"}],
    }  # fmt: skip
    return base | given


def states(**given: list[dict[str, Any]]) -> dict[tuple[str, str | None], tuple[str, str]]:
    found = audited(rows(**given)).gates
    return {
        (row["gate_id"], None if pd.isna(row["artefact_kind"]) else row["artefact_kind"]): (
            row["gate_state"],
            row["evidence_state"],
        )
        for row in found.to_dict("records")
    }


def test_the_worked_example() -> None:
    held = [artefact("Charter", "2026-02-20"), artefact("plan", "2026-03-09")]
    assert states(artefact=held, gate_review=[review("G1", "2026-03-01")]) == {
        ("G1", "charter"): ("passed", "approved"),
        ("G1", "plan"): ("passed", "approved late"),
        ("G2", None): ("to come", "to come"),
    }
    closing = [{"project_id": "A", "status_date": D("2026-06-20"), "state": "active", "stage": "closing"}]
    third = METHOD | {"gate_id": "G3", "position": 3, "name": "End", "stage": "closing"}
    found = states(project_status=closing, stage_gate=[*GATES, third], gate_review=[review("G1", "2026-03-01")])
    assert found["G2", None] == ("passed over", "none asked")


def test_an_artefact_of_the_day_of_the_review_is_in_time_and_one_without_approval_is_not_approved() -> None:
    held = [artefact("charter", "2026-03-01"), artefact("plan", None), artefact("plan", None, "2")]
    found = states(artefact=held, gate_review=[review("G1", "2026-03-01")])
    assert (found["G1", "charter"][1], found["G1", "plan"][1]) == ("approved", "not approved")


def test_the_last_review_counts_and_one_of_a_later_day_does_not() -> None:
    reviews = [review("G1", "2026-03-01"), review("G1", "2026-04-01", "Failed")]
    assert states(gate_review=reviews)["G1", "plan"] == ("to come", "to come")
    assert states(gate_review=[review("G1", "2026-07-01")])["G1", "plan"] == ("to come", "to come")


def test_a_gate_before_one_that_was_passed_was_passed_over() -> None:
    assert states(gate_review=[review("G2", "2026-03-01")])["G1", "plan"] == ("passed over", "missing")


def test_a_project_has_the_gates_of_its_own_version_else_of_the_latest() -> None:
    second = METHOD | {"version": "2", "status_date": D("2026-01-01"), "gate_id": "N1", "position": 1, "name": "New"}
    named = [project_row("A", methodology="house", methodology_version="1")]
    assert {gate for gate, _ in states(stage_gate=[*GATES, second], methodology=HOUSE)} == {"N1"}
    assert {gate for gate, _ in states(stage_gate=[*GATES, second], methodology=HOUSE, project=named)} == {"G1", "G2"}
    assert states(project=[project_row("A", methodology="other")]) == {}


def test_a_gate_passed_without_its_evidence_fails_a_project_whatever_else_is_well() -> None:
    found = audited(rows(gate_review=[review("G1", "2026-03-01")], artefact=[artefact("charter", "2026-02-01")]))
    assert ("A", "GATE-EVIDENCE", "G1 plan") in found.found
    assert ("A", "GATE-EVIDENCE", "G1 charter") not in found.found
    assert found.state("A", "GATE-ORDER") == "passed"
    nothing = audited(rows(stage_gate=[]))
    assert nothing.state("A", "GATE-EVIDENCE") == "no evidence"
