"""What projects weigh against each other when they compete for people, from the portfolio's own order.

A project's weight is its weighted value under the board's criteria, a tenth at
least, since the last of an order is not worthless, over the mean of all projects
that are scored: one that nobody scored weighs 1, as their average. Source: the
order is that of `prioritisation`; its use as a weight is this project's own
convention.

Worked example: A's weighted value is 0.75, B's 0.25 and that of a proposal 1. A
weighs 0.75 over 0.5, 1.5; B 0.5; the proposal is no project and has no row.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import checked
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.priorities import ProjectPriority
from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.prioritisation import PriorityScore, priority_score

LEAST = 0.1


def project_priority(
    criterion: pd.DataFrame, criterion_score: pd.DataFrame, project: pd.DataFrame
) -> DataFrame[ProjectPriority]:
    """Weights of the projects that are scored, from the registers `criterion`, `criterion_score` and `project`.

    None has one where no criterion that is scored has a weight, or scores stand
    under unknown criteria: `priority_score` says so.
    """
    try:
        scores = priority_score(criterion, criterion_score)
    except UsageError:
        scores = priority_score(criterion, criterion_score.iloc[0:0])
    rows = scores[scores[PriorityScore.subject_id].isin(project[Project.project_id])]
    value = rows[PriorityScore.weighted_value].astype(float).clip(lower=LEAST)
    found = pd.DataFrame(
        {ProjectPriority.project_id: rows[PriorityScore.subject_id], ProjectPriority.weight: value / value.mean()}
    )
    return checked(ProjectPriority, found.reset_index(drop=True))
