"""What is wrong with stated weights and contributions, and which objectives nothing serves.

Shares of `alignment` are made to sum whatever was stated, so that what was stated
has to be said beside them: a project that is said to serve its objectives with
more than itself, weights that sum to neither 1 nor 100, or that some objectives of
one parent lack. Source: the project's own reading of a contribution matrix, whose
rows are parts of one project.

Worked example: a project states 80 and 60 for two objectives that weigh 40 and 50,
and a third weighs nothing that is stated: its contributions sum to 140 %, the
weights to 90, and the third counts as nothing.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Text, Whole, checked, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.selection import Contribution, Objective
from pmo_analytics.portfolio.alignment import ObjectiveAlignment

_WHOLES = (1.0, 100.0)
_NEAR = 1e-6


class AlignmentFinding(Contract):
    """One row per finding about what is stated of a project or an objective, those of projects first.

    Key: subject_id, finding.
    """

    subject_id: Text = required()
    finding: Text = required()


class ObjectiveCoverage(Contract):
    """One row, where there is any objective and anything to measure: objectives, and those that no project serves."""

    objective_count: Whole = required(ge=1)
    orphan_count: Whole = required(ge=0)


def alignment_findings(
    objective: pd.DataFrame, contribution: pd.DataFrame, project: pd.DataFrame
) -> DataFrame[AlignmentFinding]:
    """What is stated and cannot be so, from three registers."""
    found = [
        *_of_contributions(contribution, set(objective[Objective.objective_id]), set(project[Project.project_id])),
        *_of_weights(objective),
    ]
    return checked(AlignmentFinding, pd.DataFrame(found, columns=list(AlignmentFinding.to_schema().columns)))


def objective_coverage(objective_alignment: pd.DataFrame) -> DataFrame[ObjectiveCoverage]:
    """Objectives that no project with budget, spend or hours serves, from an `ObjectiveAlignment` frame."""
    columns = list(ObjectiveCoverage.to_schema().columns)
    known = objective_alignment[objective_alignment[ObjectiveAlignment.objective_id].notna()]
    if known.empty:
        return checked(ObjectiveCoverage, pd.DataFrame(columns=columns))
    is_orphan = known.groupby(ObjectiveAlignment.objective_id)[ObjectiveAlignment.is_orphan].all()
    row = {
        ObjectiveCoverage.objective_count: len(is_orphan),
        ObjectiveCoverage.orphan_count: int(is_orphan.astype(bool).sum()),
    }
    return checked(ObjectiveCoverage, pd.DataFrame([row], columns=columns))


def _of_contributions(contribution: pd.DataFrame, objectives: set[str], projects: set[str]) -> list[tuple[str, str]]:
    found = []
    for name, rows in contribution.groupby(Contribution.project_id, sort=True):
        stated = float(rows[Contribution.share_pct].sum())
        if stated > 100.0 + _NEAR:
            found.append((str(name), f"its contributions sum to {stated:g} %: they count in proportion, as 100 %"))
        unknown = sorted(set(rows[Contribution.objective_id]) - objectives)
        if unknown:
            found.append(
                (str(name), f"it is to serve objectives that the register does not know: {', '.join(unknown)}")
            )
        if name not in projects:
            found.append((str(name), "contributions are stated, and the register of projects does not know it"))
    return found


def _of_weights(objective: pd.DataFrame) -> list[tuple[str, str]]:
    found = []
    names = set(objective[Objective.objective_id])
    parents = objective[Objective.parent_objective_id]
    above = parents.where(parents.isin(names), "")
    for parent, rows in objective.groupby(above, sort=True):
        weights = rows.set_index(Objective.objective_id)[Objective.weight].astype(float)
        if not weights.notna().any():
            continue
        total = float(weights.sum())
        if all(abs(total - whole) > _NEAR * whole for whole in _WHOLES):
            where = f"the objectives under {parent}" if parent else "the objectives at the top"
            told = f"weights of {where} sum to {total:g}, neither 1 nor 100: only their proportions count"
            found.append((str(parent or weights.index[0]), told))
        found += [
            (str(name), "it has no weight, and others beside it have one: it counts as nothing")
            for name in weights.index[weights.isna()]
        ]
    return found
