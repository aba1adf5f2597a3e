"""What each running project has told of a month: its status report, and its manager's commentary.

A project runs from its first report, or its planned start, until a report says
that it is complete or cancelled. Source: this project's own check before a
month is closed.

Worked example: at the end of June a project was last reported on 20 May: the
report is 41 days old and none is of June. Its manager wrote a summary of June
and nothing on cost: commentary is there, with one section.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.contracts.month_close import PROJECT, Commentary
from pmo_analytics.contracts.portfolio import Project, ProjectStatus

_OVER = ("complete", "cancelled")


class MonthReport(Contract):
    """One row per running project of the register: what it told of the month of the reporting date. Key: project_id.

    `reported_on_date` is the day of its last report, of whatever month;
    `status_age_days` how old that is. `commentary_count` counts the sections
    that were written of the month.
    """

    project_id: Text = required()
    name: Text = required()
    project_manager_id: Text = optional()
    reported_on_date: Date = optional()
    status_age_days: Whole = optional(ge=0)
    is_reported: Flag = required()
    commentary_count: Whole = required(ge=0)


def month_reports(
    project: pd.DataFrame, project_status: pd.DataFrame, commentary: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[MonthReport]:
    """Reports and commentary of the month by running project, from three registers."""
    day = status_date.normalize()
    month = day.replace(day=1)
    told = project_status[project_status[ProjectStatus.status_date] <= day].sort_values(ProjectStatus.status_date)
    last = told.groupby(ProjectStatus.project_id).tail(1).set_index(ProjectStatus.project_id)
    rows = project[[Project.project_id, Project.name, Project.project_manager_id, Project.baseline_start_date]].copy()
    names = rows[Project.project_id]
    state = names.map(last[ProjectStatus.state].astype(object).to_dict())
    reported = pd.to_datetime(names.map(last[ProjectStatus.status_date].to_dict()))
    has_begun = reported.notna() | ~(pd.to_datetime(rows[Project.baseline_start_date]) > day)
    written = commentary[
        (commentary[Commentary.subject_kind] == PROJECT)
        & (pd.to_datetime(commentary[Commentary.period_month]) == month)
    ]
    sections = written.groupby(Commentary.subject_id).size().to_dict()
    rows[MonthReport.reported_on_date] = reported
    rows[MonthReport.status_age_days] = (day - reported).dt.days.astype("Int64")
    rows[MonthReport.is_reported] = (reported >= month).astype(bool)
    rows[MonthReport.commentary_count] = names.map(sections).fillna(0).astype("int64")
    # What ended is told of once more, in the month that it ended in.
    is_over = state.isin(_OVER) & ~(reported >= month)
    shown = rows[has_begun & ~is_over].sort_values(Project.project_id, ignore_index=True)
    return checked(MonthReport, shown.reindex(columns=list(MonthReport.to_schema().columns)))
