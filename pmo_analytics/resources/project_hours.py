"""Hours booked on a project by month against what was allocated, and by team without persons.

This project's own comparison: what persons were planned for against what they
booked. Groups are shown from five persons on, as in `resources.utilisation`.

Worked example: eight persons of team A booked 100 hours on a project, three of
team B 30 and one of team C 10. B and C together have four persons, so that A
joins them: one row, twelve persons, 140 hours. Shown alone, A would tell the
others' 40 by subtraction. With five persons in B and C together, A stands alone.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Allocation, Person

NO_TEAM, TOGETHER, EVERYONE = "No team", "Small teams together", "All teams together"
_MONTHS = 12


class ProjectHours(Contract):
    """One row per project and month with time booked or allocated; months to come are allocated alone.

    `allocated_seconds` is the sum of its persons' last plan, missing where the
    register allocates nobody to the project in that month.
    """

    project_id: Text = required()
    period_month: Date = required()
    duration_seconds: Number = required()
    allocated_seconds: Number = optional()


class TeamEffort(Contract):
    """One row per project and team, most time first: time booked in the twelve months to the status date.

    `persons` are those with time. A group of fewer persons than the least, or
    one that could be told by subtraction, is folded with others; where even all
    together are too few, the time is missing and `quality_note` says so.
    """

    project_id: Text = required()
    team: Text = required()
    persons: Whole = required(ge=1)
    duration_seconds: Number = optional()
    quality_note: Text = required()


def project_hours(
    effort_by_person_month: pd.DataFrame, allocation: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[ProjectHours]:
    """Time booked up to `status_date` and time allocated, by project and month.

    Takes the mart of effort and the register `allocation` as it was last planned. Time on no known project is left out.
    """
    key = [Effort.project_id, Effort.period_month]
    past = effort_by_person_month[effort_by_person_month[Effort.period_month] <= status_date]
    booked = past[[*key, Effort.duration_seconds]]
    planned = allocation[[*key, Allocation.allocated_seconds]]
    rows = pd.concat([booked, planned], ignore_index=True).groupby(key, as_index=False).sum(min_count=1)
    rows[ProjectHours.duration_seconds] = rows[ProjectHours.duration_seconds].fillna(0.0)
    ordered = rows.reindex(columns=list(ProjectHours.to_schema().columns))
    return checked(ProjectHours, ordered)


def team_effort(
    effort_by_person_month: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = 5,
) -> DataFrame[TeamEffort]:
    """Time booked on each project by team in the twelve months to `status_date`, by groups that tell no person.

    Takes the mart of effort and the register `person`, whose team is the person's on `status_date`.
    """
    begin = status_date.normalize().replace(day=1) - pd.DateOffset(months=_MONTHS - 1)
    months = effort_by_person_month[Effort.period_month]
    near = effort_by_person_month[
        months.between(begin, status_date) & effort_by_person_month[Effort.project_id].notna()
    ]
    teams = person.drop_duplicates(Person.person_id, keep="last")[[Person.person_id, Person.team]]
    rows = near.merge(teams, on=Effort.person_id, how="left")
    rows[TeamEffort.team] = rows[TeamEffort.team].fillna(NO_TEAM)
    grouped = rows.groupby([Effort.project_id, TeamEffort.team], as_index=False).agg(
        persons=(Effort.person_id, "nunique"), duration_seconds=(Effort.duration_seconds, "sum")
    )
    parts = [_folded(found, minimum_group_size) for _, found in grouped.groupby(Effort.project_id, sort=True)]
    columns = list(TeamEffort.to_schema().columns)
    result = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return checked(TeamEffort, result[columns])


def _folded(teams: pd.DataFrame, least: int) -> pd.DataFrame:
    """One project's teams, the small ones in one row that is itself not small."""
    ordered = teams.sort_values(["persons", TeamEffort.team], ignore_index=True)
    small = int((ordered["persons"] < least).sum())
    while 0 < small < len(ordered) and ordered["persons"].iloc[:small].sum() < least:
        small += 1
    # A person is in one team, so that the persons of several may be added.
    folded, shown = ordered.iloc[:small], ordered.iloc[small:]
    if small:
        together = folded.iloc[:1].assign(
            team=EVERYONE if shown.empty else TOGETHER,
            persons=folded["persons"].sum(),
            duration_seconds=folded[TeamEffort.duration_seconds].sum(),
        )
        shown = pd.concat([shown, together])
    shown = shown.sort_values(
        [TeamEffort.duration_seconds, TeamEffort.team], ascending=[False, True], ignore_index=True
    )
    is_told = shown["persons"] >= least
    shown[TeamEffort.duration_seconds] = shown[TeamEffort.duration_seconds].where(is_told)
    shown[TeamEffort.quality_note] = [""] * len(shown)
    shown.loc[~is_told, TeamEffort.quality_note] = f"fewer than {least} persons: not shown"
    return shown
