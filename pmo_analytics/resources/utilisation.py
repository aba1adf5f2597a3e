"""Hours booked against hours available, by person and month, and by team.

Persons are never ranked: what leaves the analyst's desk is by team, and a
group too small to hide a person is folded with others or suppressed.

Worked example, by the usual definition of utilisation (time booked over time
available): one of five persons of a team booked 160 hours of 160 available, the
other four 80 of 160 each; the team's utilisation is 480/800 = 0.60, and no
mean of five ratios is taken. A sixth person without a calendar booked 40
hours, which stand apart as left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import AvailabilityByPersonMonth as Available
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Person

SMALL_TEAMS = "Small teams together"
NO_TEAM = "No team"
_SUMS = ["persons", "duration_seconds", "available_seconds", "hours_left_out_seconds"]


class Utilisation(Contract):
    """One row per person and month up to the status date with time booked or available.

    `utilisation_ratio` is booked over available time, 1 being full; missing
    where no availability is known, which `quality_note` says.
    """

    person_id: Text = required()
    period_month: Date = required()
    duration_seconds: Number = required()
    unmapped_seconds: Number = required()
    available_seconds: Number = optional()
    utilisation_ratio: Number = optional()
    quality_note: Text = required()


class TeamUtilisation(Contract):
    """One row per team and month: Σ booked over Σ available of its persons with known availability.

    `persons` counts them; `hours_left_out_seconds` are booked by persons
    without known availability. Ratio and times are missing where the group is
    too small to be shown, which `quality_note` says.
    """

    team: Text = required()
    period_month: Date = required()
    persons: Whole = required()
    duration_seconds: Number = optional()
    available_seconds: Number = optional()
    utilisation_ratio: Number = optional()
    hours_left_out_seconds: Number = optional()
    quality_note: Text = required()


class OrganisationUtilisation(Contract):
    """One row per month: Σ booked over Σ available of everyone with known availability.

    `persons` counts them. `hours_left_out_seconds` are booked by others.
    """

    period_month: Date = required()
    persons: Whole = required()
    duration_seconds: Number = required()
    available_seconds: Number = required()
    utilisation_ratio: Number = optional()
    hours_left_out_seconds: Number = required()


def utilisation(
    effort_by_person_month: pd.DataFrame,
    availability_by_person_month: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[Utilisation]:
    """Booked against available time of every person and month up to `status_date`.

    Takes the marts of effort and availability. Time on unmapped projects is in
    the booked time and beside it. A month with availability and nothing booked
    has ratio 0.
    """
    key = [Effort.person_id, Effort.period_month]
    effort = effort_by_person_month.assign(
        unmapped_seconds=effort_by_person_month[Effort.duration_seconds].where(
            effort_by_person_month[Effort.project_id].isna(), 0.0
        )
    )
    booked = effort.groupby(key, as_index=False)[[Effort.duration_seconds, "unmapped_seconds"]].sum()
    available = availability_by_person_month[[*key, Available.available_seconds]]
    rows = booked.merge(available, on=key, how="outer").sort_values(key, ignore_index=True)
    rows = rows[rows[Effort.period_month] <= status_date].reset_index(drop=True)
    filled = {Utilisation.duration_seconds: 0.0, Utilisation.unmapped_seconds: 0.0}
    rows = rows.fillna(filled)
    known = rows[Utilisation.available_seconds]
    rows[Utilisation.utilisation_ratio] = rows[Utilisation.duration_seconds] / known.where(known > 0)
    rows[Utilisation.quality_note] = np.where(known.isna(), "no availability known", "")
    ordered = rows.reindex(columns=list(Utilisation.to_schema().columns))
    return checked(Utilisation, ordered)


def team_utilisation(
    utilisation: pd.DataFrame, person: pd.DataFrame, *, minimum_group_size: int = 5
) -> DataFrame[TeamUtilisation]:
    """A `Utilisation` frame by team; groups smaller than `minimum_group_size` are folded or suppressed.

    The size of a team is its persons in the register. Small teams are folded
    into one row; when even that has too few persons in a month, or a team has
    too few with time in a month, the month's figures are left out.
    """
    teams = shown_teams(person, minimum_group_size)
    rows = _parted(utilisation).merge(teams, on=Utilisation.person_id, how="left")
    rows[Person.team] = rows[Person.team].fillna(NO_TEAM)
    grouped = rows.groupby([TeamUtilisation.team, TeamUtilisation.period_month], as_index=False)[_SUMS].sum()
    shown = grouped[TeamUtilisation.persons] >= minimum_group_size
    for column in _SUMS[1:]:
        grouped[column] = grouped[column].where(shown)
    grouped[TeamUtilisation.utilisation_ratio] = (
        grouped[TeamUtilisation.duration_seconds] / grouped[TeamUtilisation.available_seconds]
    )
    grouped[TeamUtilisation.quality_note] = np.where(shown, "", f"fewer than {minimum_group_size} persons: not shown")
    ordered = grouped.reindex(columns=list(TeamUtilisation.to_schema().columns))
    return checked(TeamUtilisation, ordered)


def shown_teams(person: pd.DataFrame, minimum_group_size: int) -> pd.DataFrame:
    """Person and team of the register `person`, teams with fewer persons than asked under one name together."""
    teams = person[[Person.person_id, Person.team]].copy()
    sizes = teams.groupby(Person.team)[Person.person_id].nunique()
    small = set(sizes[sizes < minimum_group_size].index)
    teams[Person.team] = teams[Person.team].where(~teams[Person.team].isin(small), SMALL_TEAMS)
    return teams


def organisation_utilisation(utilisation: pd.DataFrame) -> DataFrame[OrganisationUtilisation]:
    """A `Utilisation` frame summed over all persons, by month."""
    months = _parted(utilisation).groupby(Utilisation.period_month, as_index=False)[_SUMS].sum()
    months[OrganisationUtilisation.utilisation_ratio] = months[OrganisationUtilisation.duration_seconds] / months[
        OrganisationUtilisation.available_seconds
    ].where(months[OrganisationUtilisation.available_seconds] > 0)
    ordered = months.reindex(columns=list(OrganisationUtilisation.to_schema().columns))
    return checked(OrganisationUtilisation, ordered)


def _parted(utilisation: pd.DataFrame) -> pd.DataFrame:
    """Rows with `persons` 1 where availability is known; elsewhere the time booked is moved to what is left out."""
    is_known = utilisation[Utilisation.available_seconds].fillna(0) > 0
    booked = utilisation[Utilisation.duration_seconds]
    return utilisation.assign(
        persons=is_known.astype("int64"),
        hours_left_out_seconds=booked.where(~is_known, 0.0),
        duration_seconds=booked.where(is_known, 0.0),
        available_seconds=utilisation[Utilisation.available_seconds].where(is_known, 0.0),
    )
