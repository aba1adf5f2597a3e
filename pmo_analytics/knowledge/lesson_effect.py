"""What goes with applying lessons: projects that did against like projects that did not.

Projects that acted on at least half of the lessons they were shown are compared with
others of the same size band, methodology, portfolio and year of start: by the share of
shown lessons whose matter happened again, by cost over budget and by finish after plan.
The project is the unit, since uses within one are not independent. Below eight
projects on either side, after matching, nothing is told. A difference is associated
with applying lessons and no more: projects that apply lessons may differ in what
nobody recorded. Sources: Rosenbaum (2002) for matched comparison and its exact test,
`forecasting.matched_comparison`; the limit of eight is this project's own.

Worked example: of one stratum eight projects applied what they were shown, and it
recurred in none; of eight others it recurred in all. The difference is −1, and chance
alone gives as much in (0 + 0.5 · 2) / 12,870 of all assignments.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.knowledge import LessonUse
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.forecasting.matched_comparison import matched_difference

LEAST_PROJECTS = 8
RECURRENCE, COST, FINISH = "recurrence", "cost over budget", "finish after plan"
_UNITS = {RECURRENCE: "share of lessons", COST: "% of budget", FINISH: "days"}
_APPLIED_SHARE = 0.5


class LessonEffect(Contract):
    """One row per measure: recurrence, cost over budget, finish after plan.

    Means and `mean_difference`, applied less others within like projects, are in
    `difference_unit`, less being better; the interval covers 95 %, and an end
    that the data do not bound is missing. `chance_probability` is the two-sided
    mid-p value. All are missing where `quality_note` says why. A difference is
    an association, never an effect that is proven.
    """

    effect_measure: Text = required()
    difference_unit: Text = required()
    applied_project_count: Whole = required(ge=0)
    other_project_count: Whole = required(ge=0)
    unmatched_count: Whole = required(ge=0)
    stratum_count: Whole = required(ge=0)
    applied_mean: Number = optional()
    other_mean: Number = optional()
    mean_difference: Number = optional()
    mean_difference_low: Number = optional()
    mean_difference_high: Number = optional()
    chance_probability: Number = optional(ge=0, le=1)
    quality_note: Text = required()


def lesson_effect(
    lesson_use: pd.DataFrame,
    project: pd.DataFrame,
    review_outcomes: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    least_projects: int = LEAST_PROJECTS,
) -> DataFrame[LessonEffect]:
    """Projects that applied lessons against like ones that did not, up to `status_date`.

    Takes the registers `lesson_use` and `project` and the analysis
    `review_outcomes`, of which finished projects count; lessons shown after a
    project's finish do not. Counts are of projects in strata that hold both.
    """
    if project.empty:
        return checked(LessonEffect, pd.DataFrame(columns=list(LessonEffect.to_schema().columns)))
    uses = lesson_use[lesson_use[LessonUse.shown_on_date] <= status_date]
    named = project.drop_duplicates(Project.project_id).set_index(Project.project_id)
    stratum = _stratum(named)
    recurred = uses[uses[LessonUse.recurred].notna()].astype({LessonUse.recurred: float})
    again = recurred.groupby(LessonUse.project_id)[LessonUse.recurred].mean()
    rows = [_compared(RECURRENCE, again, _is_applied(uses), stratum, least_projects)]
    finished = review_outcomes[review_outcomes["finished_on_date"].notna()].set_index(Project.project_id)
    ends = finished["finished_on_date"].reindex(uses[LessonUse.project_id]).to_numpy()
    by_finish = uses[uses[LessonUse.shown_on_date].to_numpy() <= ends]
    applied = _is_applied(by_finish).reindex(finished.index, fill_value=False)
    for measure, column in ((COST, "cost_over_budget_pct"), (FINISH, "finish_after_plan_days")):
        outcome = finished[column].dropna().astype(float)
        rows.append(_compared(measure, outcome, applied, stratum, least_projects))
    return checked(LessonEffect, pd.DataFrame(rows, columns=list(LessonEffect.to_schema().columns)))


def _stratum(projects: pd.DataFrame) -> pd.Series:
    """Size band, methodology, portfolio and year of start as one text by project; what is not stated is a value too."""
    year = projects[Project.baseline_start_date].dt.year.fillna(0).astype(int).astype(str)
    parts = [
        projects[name].fillna("").astype(str) for name in (Project.size_band, Project.methodology, Project.portfolio)
    ]
    joined: pd.Series = parts[0] + "\n" + parts[1] + "\n" + parts[2] + "\n" + year
    return joined


def _is_applied(uses: pd.DataFrame) -> pd.Series:
    """Whether each project acted on at least half of the lessons of which it is known whether it did."""
    known = uses[uses[LessonUse.applied].notna()].astype({LessonUse.applied: float})
    shares: pd.Series = known.groupby(LessonUse.project_id)[LessonUse.applied].mean() >= _APPLIED_SHARE
    return shares


def _compared(
    measure: str, outcome: pd.Series, applied: pd.Series, stratum: pd.Series, least_projects: int
) -> dict[str, Any]:
    units = pd.DataFrame({"outcome": outcome, "applied": applied, "stratum": stratum}).dropna()
    units = units.astype({"applied": bool, "outcome": float}).sort_index()
    both = units.groupby("stratum")["applied"].transform("nunique") == 2
    matched = units[both.astype(bool)]
    first = matched["applied"].to_numpy(dtype=bool)
    row: dict[str, Any] = {
        "effect_measure": measure,
        "difference_unit": _UNITS[measure],
        "applied_project_count": int(first.sum()),
        "other_project_count": int((~first).sum()),
        "unmatched_count": len(units) - len(matched),
        "stratum_count": int(matched["stratum"].nunique()),
    }
    if min(row["applied_project_count"], row["other_project_count"]) < least_projects:
        found = f"{row['applied_project_count']} that applied lessons and {row['other_project_count']} like them"
        alone = f", {row['unmatched_count']} without any like them" if row["unmatched_count"] else ""
        note = f"too few projects to compare: {found}{alone}; {least_projects} of each are needed"
        return row | {"quality_note": note}
    compared = matched_difference(
        matched["outcome"].to_list(), matched["applied"].to_list(), matched["stratum"].to_list()
    )
    return row | {
        "applied_mean": float(matched["outcome"][first].mean()),
        "other_mean": float(matched["outcome"][~first].mean()),
        "mean_difference": compared.difference,
        "mean_difference_low": compared.low if np.isfinite(compared.low) else np.nan,
        "mean_difference_high": compared.high if np.isfinite(compared.high) else np.nan,
        "chance_probability": compared.chance,
        "quality_note": "",
    }
