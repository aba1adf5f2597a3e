"""Frames of a small method and its projects, for the tests of methods and gates."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.governance.gate_requirements import gate_requirements
from pmo_analytics.governance.gate_standing import gate_standing, project_gates
from pmo_analytics.governance.methodology import method_gates, method_requirements, project_methods
from pmo_analytics.governance.project_risk_level import project_risk_level
from pmo_analytics.performance.raid_log import open_risks
from tests.frames import contract_frame, project_row

TODAY = pd.Timestamp("2026-06-30")
YEAR = pd.Timestamp("2026-01-01")


def method_row(name: str = "own", version: str = "1", **values: Any) -> dict[str, Any]:
    return {"methodology_id": name, "version": version, "status_date": YEAR, "name": name.title(), **values}


def gate_row(gate: str, position: int, *, name: str = "own", version: str = "1", **values: Any) -> dict[str, Any]:
    place = {"methodology_id": name, "version": version, "gate_id": gate}
    return {**place, "status_date": YEAR, "position": position, "name": f"Gate {gate}", **values}


def asked_row(gate: str, kind: str, *, name: str = "own", version: str = "1", **values: Any) -> dict[str, Any]:
    place = {"methodology_id": name, "version": version, "gate_id": gate, "artefact_kind": kind}
    return {**place, "status_date": YEAR, **values}


def artefact_row(project: str, kind: str, approved: str | None = None, version: str = "1") -> dict[str, Any]:
    day = pd.NaT if approved is None else pd.Timestamp(approved)
    place = {"project_id": project, "artefact_kind": kind, "version": version}
    return {**place, "status_date": YEAR, "approved_on_date": day}


def review_row(project: str, gate: str, day: str, outcome: str = "passed") -> dict[str, Any]:
    return {"project_id": project, "gate_id": gate, "review_date": pd.Timestamp(day), "outcome": outcome}


class Office:
    """Every frame of methods and gates, made of the few rows that a test is about."""

    def __init__(
        self, projects: list[dict[str, Any]], methods: list[dict[str, Any]], gates: list[dict[str, Any]],
        asked: list[dict[str, Any]], *, artefacts: list[dict[str, Any]] | None = None,
        reviews: list[dict[str, Any]] | None = None, risks: list[dict[str, Any]] | None = None,
        reports: list[dict[str, Any]] | None = None, pmo_type: str = "controlling",
    ) -> None:  # fmt: skip
        project, method = contract_frame("project", projects), contract_frame("methodology", methods)
        self.project = project
        self.methods = project_methods(project, method)
        self.gates = method_gates(project, method, contract_frame("stage_gate", gates))
        asked_frame = contract_frame("required_artefact", asked)
        self.requirements = method_requirements(project, method, asked_frame, self.gates)
        risk = open_risks(contract_frame("risk", risks or []), status_date=TODAY)
        self.levels = project_risk_level(project, risk)
        self.evidence = gate_requirements(
            self.methods, self.gates, self.requirements, self.levels, contract_frame("artefact", artefacts or []),
            status_date=TODAY,
        )  # fmt: skip
        self.project_gates = project_gates(
            self.methods, self.gates, self.evidence, self.levels, contract_frame("gate_review", reviews or []),
            status_date=TODAY,
        )  # fmt: skip
        reported = contract_frame("project_status", reports or [])
        self.standing = gate_standing(self.methods, self.project_gates, reported, status_date=TODAY, pmo_type=pmo_type)

    def states(self, project: str = "A") -> dict[str, str]:
        of = self.project_gates[self.project_gates["project_id"] == project]
        return dict(zip(of["gate_id"], of["gate_state"], strict=True))


def run_by(project: str, method: str | None = "own", **values: Any) -> dict[str, Any]:
    return project_row(project, methodology=method, **values)
