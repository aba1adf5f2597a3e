"""How budget, spend and hours serve the strategy: shares by objective beside the weights that were stated.

Objectives form a tree. A weight counts among those of the same parent, so that an
objective's share of the whole is the product of the shares above it; what serves
an objective serves all it belongs to. A project's contributions are divided by
their sum, since none can serve more than itself; without stated shares it serves
its objectives alike. What serves no objective stands in a row of its own, so that
the top objectives and it sum to the whole. Sources: the usual contribution
matrix; Herfindahl and Hirschman for concentration.

Worked example: two objectives weigh 3 and 1. A project of 100 serves the first
with 50 and the second with 50, another of 300 serves neither: 12.5 % of the money
each against weights of 75 and 25 %, and 75 % is unaligned.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.budget_marts import SpendByProjectMonth as Spend
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.selection import Contribution, Objective
from pmo_analytics.errors import UsageError

BUDGET, SPEND, HOURS = "budget", "spend", "hours"
_UNIT = "unit"
_NONE = pd.Series({Objective.name: "no objective", Objective.parent_objective_id: None})


class ObjectiveAlignment(Contract):
    """One row per measure, unit and objective, and one without an objective for what serves none.

    Key: measure_kind, unit, objective_id. `measure_value` is in the unit, a
    currency or hours, and holds what serves the objectives below it too.
    `weight_share` is of the whole; the gap is the measure's share less it, in
    points. Top objectives and the row without one sum to 100 %. `is_orphan`: no
    project serves it or any below it.
    """

    measure_kind: Text = required(isin=[BUDGET, SPEND, HOURS])
    unit: Text = required()
    objective_id: Text = optional()
    parent_objective_id: Text = optional()
    name: Text = required()
    weight_share: Number = optional(ge=0, le=1)
    project_count: Whole = required(ge=0)
    measure_value: Number = required(ge=0)
    measure_share: Number = optional(ge=0, le=1)
    gap_points: Number = optional()
    is_orphan: Flag = required()


class AlignmentDrift(Contract):
    """One row per month and top objective, and one without for what serves none: its share of the hours booked.

    Key: period_month, objective_id.
    """

    period_month: Date = required()
    objective_id: Text = optional()
    measure_share: Number = required(ge=0, le=1)


class AlignmentConcentration(Contract):
    """One row per measure and unit: how far it lies on few projects.

    Key: measure_kind, unit. The index of Herfindahl and Hirschman is the sum of
    squared shares, 1 where one project has all; its inverse is how many equal
    projects would give it.
    """

    measure_kind: Text = required()
    unit: Text = required()
    project_count: Whole = required(ge=1)
    concentration_index: Number = required(gt=0, le=1)
    equal_projects: Number = required(ge=1)
    unaligned_share: Number = required(ge=0, le=1)


def objective_alignment(
    objective: pd.DataFrame,
    contribution: pd.DataFrame,
    project: pd.DataFrame,
    spend_by_project_month: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
) -> DataFrame[ObjectiveAlignment]:
    """Budget, spend and hours by objective, from three registers and two marts; the heaviest objectives first.

    Spend is the ledger's, or timesheets' at dated rates; time without a rate is not in it. UsageError
    where objectives form a circle, or weights of one parent are none.
    """
    names, weights, above = _tree(objective)
    served = contribution_shares(contribution, set(names))
    measures = _measures(project, spend_by_project_month, effort_by_person_month)
    found = []
    for (kind, unit), values in measures.groupby(["measure_kind", _UNIT], sort=True):
        amounts = values.groupby(Project.project_id, dropna=False)["measure_value"].sum()
        total = float(amounts.sum())
        by_objective, projects = _rolled_up(served, above, amounts)
        rows = [
            _row(name, names[name], weights[name], by_objective.get(name, 0.0), len(projects.get(name, ())))
            for name in sorted(names, key=lambda each: (-weights[each], each))
        ]
        rest = amounts[[name not in served for name in amounts.index]]
        rows.append(_row(None, _NONE, None, float(rest.sum()), int((rest > 0).sum())))
        found += [row | {"measure_kind": kind, "unit": unit, "total": total} for row in rows]
    columns = list(ObjectiveAlignment.to_schema().columns)
    frame = pd.DataFrame(found, columns=[*columns, "total"])
    wholes: pd.Series[float] = frame["total"].astype(float)
    frame["measure_share"] = (frame["measure_value"] / wholes.where(wholes > 0)).clip(0.0, 1.0)
    frame["gap_points"] = 100 * (frame["measure_share"] - frame["weight_share"].astype(float))
    return checked(ObjectiveAlignment, frame[columns])


def alignment_drift(
    objective: pd.DataFrame, contribution: pd.DataFrame, effort_by_person_month: pd.DataFrame
) -> DataFrame[AlignmentDrift]:
    """Shares of the hours booked by month and top objective, by today's contributions."""
    names, _, above = _tree(objective)
    served = contribution_shares(contribution, set(names))
    tops = [name for name in names if above[name] == (name,)]
    found = []
    for month, rows in effort_by_person_month.groupby(Effort.period_month):
        hours = rows.groupby(Effort.project_id, dropna=False)[Effort.duration_seconds].sum().clip(lower=0.0)
        total = float(hours.sum())
        if total <= 0:
            continue
        by_objective, _ = _rolled_up(served, above, hours)
        shares = {name: by_objective.get(name, 0.0) / total for name in tops}
        unaligned = float(hours[[name not in served for name in hours.index]].sum()) / total
        told: list[tuple[str | None, float]] = [*shares.items(), (None, unaligned)]
        found += [(month, name, share) for name, share in told]
    columns = list(AlignmentDrift.to_schema().columns)
    frame = pd.DataFrame(found, columns=columns)
    return checked(AlignmentDrift, frame.assign(measure_share=frame["measure_share"].clip(0.0, 1.0)))


def alignment_concentration(
    objective: pd.DataFrame,
    contribution: pd.DataFrame,
    project: pd.DataFrame,
    spend_by_project_month: pd.DataFrame,
    effort_by_person_month: pd.DataFrame,
) -> DataFrame[AlignmentConcentration]:
    """Concentration of budget, spend and hours on projects, and the share that serves no objective."""
    served = contribution_shares(contribution, set(objective[Objective.objective_id].astype(str)))
    found = []
    measures = _measures(project, spend_by_project_month, effort_by_person_month)
    for (kind, unit), values in measures.groupby(["measure_kind", _UNIT], sort=True):
        amounts = values.groupby(Project.project_id, dropna=False)["measure_value"].sum()
        amounts = amounts[amounts > 0]
        if amounts.empty:
            continue
        shares = amounts / amounts.sum()
        index = float((shares**2).sum())
        found.append(
            {
                "measure_kind": kind, "unit": unit, "project_count": len(shares),
                "concentration_index": min(1.0, index), "equal_projects": max(1.0, 1.0 / index),
                "unaligned_share": float(shares[[name not in served for name in shares.index]].sum()),
            }
        )  # fmt: skip
    columns = list(AlignmentConcentration.to_schema().columns)
    frame = pd.DataFrame(found, columns=columns)
    return checked(AlignmentConcentration, frame.assign(unaligned_share=frame["unaligned_share"].clip(0.0, 1.0)))


def contribution_shares(contribution: pd.DataFrame, objectives: set[str]) -> dict[str, dict[str, float]]:
    """By project, the share of it that serves each known objective, summing to 1; without projects that serve none."""
    known = contribution[contribution[Contribution.objective_id].isin(objectives)]
    found = {}
    for project, rows in known.groupby(Contribution.project_id):
        given = rows.set_index(Contribution.objective_id)[Contribution.share_pct].astype(float)
        stated = given.fillna(given.mean() if given.notna().any() else 1.0)
        if stated.sum() > 0:
            found[str(project)] = {str(name): float(each) for name, each in (stated / stated.sum()).items() if each > 0}
    return found


def _tree(objective: pd.DataFrame) -> tuple[dict[str, pd.Series], dict[str, float], dict[str, tuple[str, ...]]]:
    """Rows of objectives by name, their share of the whole, and each with all that it belongs to, itself first."""
    names = {str(row[Objective.objective_id]): row for _, row in objective.iterrows()}
    parents = {name: row[Objective.parent_objective_id] for name, row in names.items()}
    above: dict[str, tuple[str, ...]] = {}
    for name in names:
        way = [name]
        while (parent := parents[way[-1]]) in names:
            if parent in way:
                raise UsageError(
                    "objectives form a circle",
                    found=" serves ".join([*way, str(parent)]),
                    expected="each under a wider one, up to one at the top",
                    hint="correct parent_objective_id in registers/objective.csv",
                )
            way.append(str(parent))
        above[name] = tuple(way)
    own: dict[str, float] = {}
    siblings: dict[str, list[str]] = {}
    for name in names:
        siblings.setdefault(above[name][1] if len(above[name]) > 1 else "", []).append(name)
    for parent, members in siblings.items():
        given = objective.set_index(Objective.objective_id)[Objective.weight].reindex(members).astype(float)
        if given.notna().any() and not given.fillna(0).sum() > 0:
            raise UsageError(
                f"the weights of the objectives {'under ' + parent if parent else 'at the top'} are all 0",
                found=", ".join(members),
                expected="one above 0",
                hint="state weights in registers/objective.csv; only their proportions count",
            )
        stated = given.fillna(0.0 if given.notna().any() else 1.0)
        own |= {name: float(stated[name] / stated.sum()) for name in members}
    return names, {name: float(np.prod([own[each] for each in way])) for name, way in above.items()}, above


def _measures(project: pd.DataFrame, spent: pd.DataFrame, effort: pd.DataFrame) -> pd.DataFrame:
    """Budget, spend and hours as rows of one shape; amounts below 0 count as nothing."""
    budget = project[project[Project.budget_at_completion_amount].notna() & project[Project.currency].notna()]
    spend = spent[spent[Spend.currency].notna()]
    hours = effort.assign(**{_UNIT: "hours"})
    parts = [
        _as_measure(BUDGET, budget, Project.budget_at_completion_amount, Project.currency, 1.0),
        _as_measure(SPEND, spend, Spend.actual_amount, Spend.currency, 1.0),
        _as_measure(HOURS, hours, Effort.duration_seconds, _UNIT, 3600.0),
    ]
    rows = pd.concat([each for each in parts if len(each)] or parts[:1], ignore_index=True)
    keys = ["measure_kind", _UNIT, Project.project_id]
    found: pd.DataFrame = rows.groupby(keys, dropna=False, as_index=False)[["measure_value"]].sum()
    return found.assign(measure_value=found["measure_value"].clip(lower=0.0))


def _as_measure(kind: str, rows: pd.DataFrame, value: str, unit: str, scale: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            Project.project_id: rows[Project.project_id],
            "measure_kind": kind,
            _UNIT: rows[unit].astype(str),
            "measure_value": rows[value].astype(float) / scale,
        }
    )


def _rolled_up(
    served: Mapping[str, Mapping[str, float]], above: Mapping[str, tuple[str, ...]], amounts: pd.Series
) -> tuple[dict[str, float], dict[str, set[str]]]:
    """What serves each objective, those below it included, and by which projects."""
    values: dict[str, float] = {}
    projects: dict[str, set[str]] = {}
    for project, amount in amounts.items():
        for name, share in served.get(str(project), {}).items():
            for each in above[name]:
                values[each] = values.get(each, 0.0) + share * float(amount)
                projects.setdefault(each, set()).add(str(project))
    return values, projects


def _row(name: str | None, row: pd.Series, weight: float | None, value: float, projects: int) -> dict[str, object]:
    return {
        ObjectiveAlignment.objective_id: name,
        ObjectiveAlignment.parent_objective_id: row[Objective.parent_objective_id],
        ObjectiveAlignment.name: row[Objective.name],
        ObjectiveAlignment.weight_share: weight,
        ObjectiveAlignment.project_count: projects,
        ObjectiveAlignment.measure_value: value,
        ObjectiveAlignment.is_orphan: name is not None and projects == 0,
    }
