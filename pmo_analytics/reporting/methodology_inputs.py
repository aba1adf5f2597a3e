"""The analyses of methods and gates, run in their order on a view: what the page and the command show."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmo_analytics.governance.gate_requirements import gate_requirements
from pmo_analytics.governance.gate_standing import gate_standing, project_gates
from pmo_analytics.governance.gate_summary import gate_summary
from pmo_analytics.governance.method_adoption import method_adoption
from pmo_analytics.governance.method_changes import method_changes
from pmo_analytics.governance.methodology import (
    ProjectMethod,
    method_gates,
    method_requirements,
    methods_in_force,
    project_methods,
)
from pmo_analytics.governance.project_risk_level import project_risk_level
from pmo_analytics.performance.raid_log import open_risks
from pmo_analytics.warehouse.view import View


@dataclass(frozen=True)
class Methods:
    """Frames of methods, what their gates ask for, and where projects stand between them."""

    in_force: pd.DataFrame
    of_projects: pd.DataFrame
    gates: pd.DataFrame
    requirements: pd.DataFrame
    changes: pd.DataFrame
    risk_levels: pd.DataFrame
    evidence: pd.DataFrame
    project_gates: pd.DataFrame
    standing: pd.DataFrame
    adoption: pd.DataFrame
    summary: pd.DataFrame


def methods(view: View) -> Methods:
    """All of them, as of the view's date; the PMO's type is that of `pmo.toml`."""
    of_projects = view.run(project_methods)
    in_force = view.run(methods_in_force, project_methods=of_projects)
    gates = view.run(method_gates)
    requirements = view.run(method_requirements, method_gates=gates)
    risk_levels = view.run(project_risk_level, open_risks=view.run(open_risks))
    evidence = view.run(
        gate_requirements, project_methods=of_projects, method_gates=gates, method_requirements=requirements,
        project_risk_level=risk_levels,
    )  # fmt: skip
    passed = view.run(
        project_gates, project_methods=of_projects, method_gates=gates, gate_requirements=evidence,
        project_risk_level=risk_levels,
    )  # fmt: skip
    standing = view.run(
        gate_standing, project_methods=of_projects, project_gates=passed, pmo_type=view.workspace.pmo_type
    )
    adoption = view.run(method_adoption, project_methods=of_projects, project_gates=passed)
    changes = view.run(method_changes, method_gates=gates, method_requirements=requirements)
    summary = view.run(gate_summary, gate_standing=standing)
    return Methods(
        in_force, of_projects, gates, requirements, changes, risk_levels, evidence, passed, standing, adoption, summary
    )


def method_named(view: View, name: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The methods of the registers, and the given one of this name although no project is run by it.

    `MethodInForce`, `MethodGate` and `MethodRequirement` frames; projects are not counted.
    """
    project = pd.DataFrame({"methodology": pd.Series([name], dtype=object)})
    register = view.table("methodology")
    gates = method_gates(project, register, view.table("stage_gate"))
    requirements = method_requirements(project, register, view.table("required_artefact"), gates)
    nobody = pd.DataFrame(columns=list(ProjectMethod.to_schema().columns))
    return methods_in_force(project, register, nobody), gates, requirements
