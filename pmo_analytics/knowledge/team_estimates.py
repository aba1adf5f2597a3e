"""Estimates and actuals of the work of teams: items of projects on which one team does half of the work or more.

The history of estimates names no persons, and nobody is looked at: a team
answers for a project where half or more of the time booked on it is its
members'. Teams of fewer than five are no group. Source: this project's own
convention.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.marts import EstimateHistory as Item
from pmo_analytics.contracts.people import Person

FEWEST_PERSONS, FEWEST_ITEMS = 5, 9
HALF = 0.5


def groups(person: pd.DataFrame, status_date: pd.Timestamp, minimum_group_size: int) -> dict[str, set[str]]:
    """Members by team of the register `person` who have not left; teams of fewer than asked are in nothing."""
    here = person[person[Person.team].notna() & ~(person[Person.left_date] < status_date)]
    teams = {str(team): set(rows[Person.person_id]) for team, rows in here.groupby(Person.team)}
    return {team: members for team, members in teams.items() if len(members) >= minimum_group_size}


def team_of_project(effort_by_person_month: pd.DataFrame, person: pd.DataFrame) -> dict[str, str]:
    """The team that did half or more of what was booked on each project, whoever has left since."""
    rows = effort_by_person_month.merge(person[[Person.person_id, Person.team]], on=Effort.person_id, how="left")
    totals = rows.groupby(Effort.project_id)[Effort.duration_seconds].sum()
    shares = rows.groupby([Effort.project_id, Person.team])[Effort.duration_seconds].sum()
    found: dict[str, str] = {}
    rows = shares.rename("seconds").reset_index()
    for project, team, seconds in rows[[Effort.project_id, Person.team, "seconds"]].itertuples(index=False):
        if seconds > 0 and seconds >= HALF * totals[project]:
            found.setdefault(str(project), str(team))
    return found


def items_of_teams(estimate_history: pd.DataFrame, teams: dict[str, str], status_date: pd.Timestamp) -> pd.DataFrame:
    """Finished items with estimate and actual by the reporting date: team, `log_ratio` of A/E, and their dates."""
    rows = estimate_history[
        (estimate_history[Item.state] == "finished")
        & (estimate_history[Item.finished_on_date] <= status_date)
        & (estimate_history[Item.estimate_seconds] > 0)
        & (estimate_history[Item.actual_seconds] > 0)
    ]
    ratio = rows[Item.actual_seconds].astype(float) / rows[Item.estimate_seconds].astype(float)
    found = rows.assign(log_ratio=np.log(ratio), team=rows[Item.project_id].map(teams))
    return found[found["team"].notna()]
