"""Hours booked by project in a month, against the months before.

This project's own comparison: the months before are the plainest baseline there
is, and no forecast.

Worked example: a project booked 30, 36 and 24 hours in the three months before
and 40 in the reporting month: 40 hours against an average of 30.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.portfolio import Project

UNMAPPED = "Not mapped to a project"
_MONTHS_BEFORE = 3


class ProjectEffort(Contract):
    """One row per project with time in the reporting month or the three before, most time first.

    An empty project_id gathers the time on unmapped projects. `name` falls
    back to the identifier. `average_before_seconds` is the mean of the three
    months before, a month without time counting as 0.
    """

    project_id: Text = optional()
    name: Text = required()
    period_month: Date = required()
    duration_seconds: Number = required()
    average_before_seconds: Number = required()


def effort_by_project(
    effort_by_person_month: pd.DataFrame, project: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[ProjectEffort]:
    """Time booked by project in the month of `status_date` and on average in the three months before.

    Takes the mart of effort and the register `project`, for the names alone.
    """
    month = status_date.normalize().replace(day=1)
    begin = month - pd.DateOffset(months=_MONTHS_BEFORE)
    near = effort_by_person_month[effort_by_person_month[Effort.period_month].between(begin, month)]
    is_now = near[Effort.period_month] == month
    rows = near.assign(
        duration_seconds=near[Effort.duration_seconds].where(is_now, 0.0),
        average_before_seconds=near[Effort.duration_seconds].where(~is_now, 0.0) / _MONTHS_BEFORE,
    )
    sums = [ProjectEffort.duration_seconds, ProjectEffort.average_before_seconds]
    grouped = rows.groupby(Effort.project_id, as_index=False, dropna=False)[sums].sum()
    names = project.drop_duplicates(Project.project_id).set_index(Project.project_id)[Project.name]
    grouped[ProjectEffort.name] = (
        grouped[Effort.project_id].map(names).fillna(grouped[Effort.project_id]).fillna(UNMAPPED)
    )
    grouped[ProjectEffort.period_month] = month
    grouped = grouped.sort_values(
        [ProjectEffort.duration_seconds, ProjectEffort.name], ascending=[False, True], ignore_index=True
    )
    ordered = grouped.reindex(columns=list(ProjectEffort.to_schema().columns))
    return checked(ProjectEffort, ordered)
