"""How far departments run their projects by the methods: named, with gates reviewed, and passed on evidence.

A project belongs to the department of its manager's team. Counts are of
projects and gates, not of persons; a department of fewer than five persons is
folded with the others into one row, since it would say what one manager does.
Source: this project's own definition, after PMI's OPM view of adoption as use
with evidence.

Worked example: a department of six manages two projects. One names no method;
the other passed two gates, one of them on evidence: one project of two has a
method, one of two a review, and one passed gate of two is evidenced, 50 %.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.people import Person, Team
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.governance.gate_standing import THROUGH, UNEVIDENCED, ProjectGate

SMALLEST_GROUP = 5
SMALL_DEPARTMENTS, NO_DEPARTMENT = "departments below five persons", "no department"


class MethodAdoption(Contract):
    """One row per department, by name; small ones are one row, and so are projects whose department is not known.

    Key: department. `evidenced_pct` is missing where no gate was passed.
    """

    department: Text = required()
    project_count: Whole = required(ge=0)
    with_method_count: Whole = required(ge=0)
    reviewed_count: Whole = required(ge=0)
    gates_passed_count: Whole = required(ge=0)
    unevidenced_count: Whole = required(ge=0)
    evidenced_pct: Number = optional(ge=0, le=100)


def method_adoption(
    project: pd.DataFrame,
    person: pd.DataFrame,
    team: pd.DataFrame,
    project_methods: pd.DataFrame,
    project_gates: pd.DataFrame,
) -> DataFrame[MethodAdoption]:
    """Use of methods by department, from registers and `ProjectMethod` and `ProjectGate` frames."""
    department_of = dict(zip(team[Team.team], team[Team.department], strict=True))
    departments = person[Person.team].map(department_of)
    sizes = departments.value_counts()
    small = set(sizes[sizes < SMALLEST_GROUP].index)
    of_person = dict(zip(person[Person.person_id], departments, strict=True))
    of = project[Project.project_manager_id].map(of_person)
    of = of.where(~of.isin(small), SMALL_DEPARTMENTS).where(of.notna(), NO_DEPARTMENT)
    rows = pd.DataFrame({"project_id": project[Project.project_id], "department": of.astype(object)})
    known = project_methods.set_index("project_id")["methodology_id"].notna()
    passed = project_gates[project_gates[ProjectGate.gate_state].isin(THROUGH)]
    rows["has_method"] = rows["project_id"].map(known).fillna(False).astype(bool)
    reviewed = set(project_gates.loc[project_gates[ProjectGate.review_date].notna(), "project_id"])
    rows["is_reviewed"] = rows["project_id"].isin(reviewed)
    rows["passed"] = rows["project_id"].map(passed.groupby("project_id").size()).fillna(0).astype(int)
    without = passed[passed[ProjectGate.gate_state] == UNEVIDENCED]
    rows["unevidenced"] = rows["project_id"].map(without.groupby("project_id").size()).fillna(0).astype(int)
    groups = rows.groupby("department", sort=True)
    found = groups.agg(
        project_count=("project_id", "size"), with_method_count=("has_method", "sum"),
        reviewed_count=("is_reviewed", "sum"), gates_passed_count=("passed", "sum"),
        unevidenced_count=("unevidenced", "sum"),
    ).reset_index()  # fmt: skip
    gates = found["gates_passed_count"].astype(float)
    found["evidenced_pct"] = 100 * (1 - found["unevidenced_count"].astype(float) / gates.where(gates > 0))
    return checked(MethodAdoption, found.reindex(columns=list(MethodAdoption.to_schema().columns)))
