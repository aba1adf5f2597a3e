"""Hours that teams will book on projects in the next six months, with the record of such forecasts here.

What is shown is the last twelve months by exact ranks, or whatever beat it on
this history (`forecasting.monthly_levels`, with the sources). Teams smaller than
asked for are folded together; nothing is said of persons.

Worked example: a team of six booked 100 to 210 hours in the twelve months before
June, ten more every month. P50 of July is 155 hours, P80 the value at rank 10.4,
194 hours.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Person
from pmo_analytics.forecasting.champion_gate import Gate
from pmo_analytics.forecasting.monthly_levels import LEVELS, MONTHS, monthly_contest, monthly_gate, months_ahead
from pmo_analytics.forecasting.passport import ForecastPassport
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.utilisation import NO_TEAM, shown_teams

SEED = 20_261_127
EVERYBODY = "Everybody"
_SHOWN = (10, 20, 50, 80, 90)


class DeliveredHours(Contract):
    """One row per team, everybody among them, and month of the six after the last whole one.

    Key: team, period_month. Quantiles are of time booked on known projects. They
    are missing where fewer than twelve months are known or the team has booked
    nothing for three months; `verdict` says how such forecasts did, or why
    there is no record of them.
    """

    team: Text = required()
    period_month: Date = required()
    p10_seconds: Number = optional(ge=0)
    p20_seconds: Number = optional(ge=0)
    p50_seconds: Number = optional(ge=0)
    p80_seconds: Number = optional(ge=0)
    p90_seconds: Number = optional(ge=0)
    method: Text = required()
    is_refused: Flag = required()
    verdict: Text = required()


def _by_team(
    effort: pd.DataFrame, person: pd.DataFrame, status_date: pd.Timestamp, minimum_group_size: int
) -> tuple[list[str], NDArray[np.datetime64], Floats]:
    """Teams, months and time booked on projects, shape (months, teams), of the whole months up to `status_date`."""
    month = effort[Effort.period_month]
    is_whole = month + pd.offsets.MonthBegin(1) <= status_date + pd.Timedelta(days=1)
    rows = effort[is_whole & effort[Effort.project_id].notna()]
    rows = rows.merge(shown_teams(person, minimum_group_size), on=Effort.person_id, how="left")
    rows[Person.team] = rows[Person.team].fillna(NO_TEAM)
    table = rows.pivot_table(
        index=Effort.period_month, columns=Person.team, values=Effort.duration_seconds, aggfunc="sum"
    )
    if not len(table):
        return [], np.empty(0, dtype="datetime64[ns]"), np.empty((0, 0))
    table = table.reindex(pd.date_range(table.index.min(), table.index.max(), freq="MS")).fillna(0.0)
    table.insert(0, EVERYBODY, table.sum(axis=1))
    return [str(team) for team in table.columns], table.index.to_numpy(), table.to_numpy(dtype=float).clip(min=0.0)


def _gate(values: Floats, months: NDArray[np.datetime64]) -> Gate:
    return monthly_gate(monthly_contest(values, months), np.random.default_rng(SEED))


def delivered_hours(
    effort_by_person_month: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = 5,
) -> DataFrame[DeliveredHours]:
    """Quantiles of the time that each team books on projects in each of the next six months, everybody first.

    Takes the mart of effort by person and month and the register `person`.
    """
    teams, months, values = _by_team(effort_by_person_month, person, status_date, minimum_group_size)
    columns = list(DeliveredHours.to_schema().columns)
    if len(values) < MONTHS:
        return checked(DeliveredHours, pd.DataFrame(columns=columns))
    gate = _gate(values, months)
    found = []
    for horizon, quantiles in months_ahead(values, gate.method).items():
        month = pd.Timestamp(months[-1]) + pd.DateOffset(months=horizon)
        for place, team in enumerate(teams):
            row = {DeliveredHours.team: team, DeliveredHours.period_month: month, "place": place}
            found.append(row | {f"p{p}_seconds": quantiles[place, LEVELS.index(p / 100)] for p in _SHOWN})
    rows = pd.DataFrame(found).sort_values(["place", DeliveredHours.period_month], ignore_index=True)
    rows[DeliveredHours.method] = gate.method
    rows[DeliveredHours.is_refused] = gate.passport.is_refused
    rows[DeliveredHours.verdict] = gate.passport.verdict
    return checked(DeliveredHours, rows[columns])


def delivered_hours_passport(
    effort_by_person_month: pd.DataFrame,
    person: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    minimum_group_size: int = 5,
) -> DataFrame[ForecastPassport]:
    """How forecasts of `delivered_hours` did on this history, by months ahead and level."""
    teams, months, values = _by_team(effort_by_person_month, person, status_date, minimum_group_size)
    if not teams:
        values, months = np.zeros((1, 1)), np.array(["1970-01-01"], dtype="datetime64[ns]")
    return DataFrame[ForecastPassport](_gate(values, months).passport.frame())
