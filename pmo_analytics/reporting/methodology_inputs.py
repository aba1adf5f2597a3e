"""The analyses of methods and gates, run in their order on a view: what the page and the command show."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts import stored
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
    evidence: pd.DataFrame
    project_gates: pd.DataFrame
    standing: pd.DataFrame
    adoption: pd.DataFrame
    summary: pd.DataFrame


@dataclass(frozen=True)
class Gates:
    """Gates of methods, what they ask of projects, and how projects passed them."""

    of_projects: pd.DataFrame
    gates: pd.DataFrame
    requirements: pd.DataFrame
    evidence: pd.DataFrame
    project_gates: pd.DataFrame


def gates_of(view: View, project: pd.DataFrame | None = None) -> Gates:
    """What the page on methods, the command and a project's page share: of all projects, or of those of a register."""
    of = {} if project is None else {"project": project}
    of_projects = view.run(project_methods, **of)
    gates = view.run(method_gates, **of)
    requirements = view.run(method_requirements, method_gates=gates, **of)
    risk_levels = view.run(project_risk_level, open_risks=view.run(open_risks), **of)
    made = {"project_methods": of_projects, "method_gates": gates, "project_risk_level": risk_levels}
    evidence = view.run(gate_requirements, method_requirements=requirements, **made)
    passed = view.run(project_gates, gate_requirements=evidence, **made)
    return Gates(of_projects, gates, requirements, evidence, passed)


def standing_of(view: View, gates: Gates) -> pd.DataFrame:
    """Where each project stands between its gates, by the PMO's type of `pmo.toml`."""
    found: pd.DataFrame = view.run(
        gate_standing, project_methods=gates.of_projects, project_gates=gates.project_gates,
        pmo_type=view.workspace.pmo_type,
    )  # fmt: skip
    return found


def methods(view: View) -> Methods:
    """All of them, as of the view's date; the PMO's type is that of `pmo.toml`."""
    found = gates_of(view)
    of_projects, passed = found.of_projects, found.project_gates
    standing = standing_of(view, found)
    return Methods(
        in_force=view.run(methods_in_force, project_methods=of_projects),
        of_projects=of_projects,
        gates=found.gates,
        requirements=found.requirements,
        changes=view.run(method_changes, method_gates=found.gates, method_requirements=found.requirements),
        evidence=found.evidence,
        project_gates=passed,
        standing=standing,
        adoption=view.run(method_adoption, project_methods=of_projects, project_gates=passed),
        summary=view.run(gate_summary, gate_standing=standing),
    )


def method_named(view: View | None, name: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The methods of the registers, and the given one of this name although no project is run by it.

    `MethodInForce`, `MethodGate` and `MethodRequirement` frames; projects are
    not counted. Without a view the registers are empty.
    """
    project = pd.DataFrame({"methodology": pd.Series([name], dtype=object)})
    register, stage_gate, required = (
        view.table(each) if view is not None else pd.DataFrame(columns=stored()[each].columns, dtype=object)
        for each in ("methodology", "stage_gate", "required_artefact")
    )
    gates = method_gates(project, register, stage_gate)
    requirements = method_requirements(project, register, required, gates)
    nobody = pd.DataFrame(columns=list(ProjectMethod.to_schema().columns))
    return methods_in_force(project, register, nobody), gates, requirements
