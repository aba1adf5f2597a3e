"""What slips if this slips: late hand-overs passed on from project to project, and how likely that is.

A project that gets what it waits for later than needed slips by as many days:
no float is known between hand-over and finish, so this is the most that a
hand-over passes on. A day needed that has passed counts as today: the waiting
project's own forecast was made without the hand-over. A giver's own slip moves
all it gives. The slip of a
project is the longest path of hand-overs into it. Source: the critical path
method on hand-overs (Kelley and Walker 1959), merge bias by Monte Carlo (Van
Slyke 1963). For the probabilities each time to go, of a hand-over and of a
project, is drawn from what forecasts turned into here
(`forecasting.time_to_go`), independently of the others; without nine such
outcomes they are refused. Ties that run in a circle pass nothing on; they are
counted.

Worked example: B needs it by 10 June and A gives on 20 June: B slips by 10
days. C needs B's result by 1 August, which B forecast for 25 July and now gives
on 4 August: C slips by 3, through A → B → C.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.dependency_marts import OPEN
from pmo_analytics.contracts.dependency_marts import ProjectDependency as Tie
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.forecasting.critical_path import critical_path
from pmo_analytics.forecasting.input_distributions import Empirical, InputDistribution
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import ScheduleNetwork, circles, schedule_network
from pmo_analytics.forecasting.schedule_simulation import simulated_schedule
from pmo_analytics.forecasting.time_to_go import LEAST_RATIOS, time_ratios

DRAWS, SEED = 10_000, 20_260_630
ENDED = ("complete", "cancelled")


class ProjectSlip(Contract):
    """One row per project that gives or waits and has not ended, by the finish with slip.

    Key: project_id. `own_slip_days` is forecast against baseline, `passed_on_days`
    what hand-overs add to the forecast, `slip_path` the projects it comes
    through. `in_circle_count` counts ties of the project that were left out as
    they run in a circle.
    """

    project_id: Text = required()
    name: Text = optional()
    baseline_start_date: Date = optional()
    baseline_finish_date: Date = optional()
    forecast_finish_date: Date = required()
    own_slip_days: Number = optional()
    passed_on_days: Number = required(ge=0)
    slipped_finish_date: Date = required()
    slip_path: Text = optional()
    in_circle_count: Whole = required(ge=0)


class SlipProbability(Contract):
    """One row per project of `ProjectSlip`: its finish in 10,000 draws, or why there are none.

    Key: project_id. `slip_probability` is the share of draws in which a late
    hand-over moves it, 0 to 1; `after_forecast_probability` that it ends after
    its own forecast. Missing where refused.
    """

    project_id: Text = required()
    p50_finish_date: Date = optional()
    p80_finish_date: Date = optional()
    slip_probability: Number = optional(ge=0, le=1)
    after_forecast_probability: Number = optional(ge=0, le=1)
    outcome_count: Whole = required(ge=0)
    is_refused: Flag = required()
    verdict: Text = required()


@dataclass(frozen=True)
class _Handovers:
    """Projects with days to go, ties with days to go and days until needed; all from the reporting date."""

    projects: pd.DataFrame
    ties: pd.DataFrame
    circled: pd.Series

    def network(self) -> ScheduleNetwork:
        """For each project its slip, which takes no time, then its finish; for each tie the hand-over.

        A hand-over begins when its giver's slip ends, and its finish less the days until it is needed is the
        least slip of what waits.
        """
        names, ties = self.projects[Project.project_id].to_list(), range(len(self.ties))
        before = self.ties[Tie.predecessor_project_id].to_list()
        after = self.ties[Tie.successor_project_id].to_list()
        tasks = [*(("slip", n) for n in names), *(("finish", n) for n in names), *(("tie", k) for k in ties)]
        given = [*(("slip", n) for n in names), *(("slip", n) for n in before), *(("tie", k) for k in ties)]
        taken = [*(("finish", n) for n in names), *(("tie", k) for k in ties), *(("slip", n) for n in after)]
        lags = np.concatenate([np.zeros(len(names) + len(ties)), -self.ties["needed_in"].to_numpy(dtype=float)])
        return schedule_network(tasks, given, taken, None, lags)

    def durations(self) -> Floats:
        """Days that each task of the network takes as forecast."""
        to_go = [self.projects["to_go"].to_numpy(dtype=float), self.ties["to_go"].to_numpy(dtype=float)]
        return np.concatenate([np.zeros(len(self.projects)), *to_go])


def _handovers(
    project_dependency: pd.DataFrame, project: pd.DataFrame, project_status: pd.DataFrame, status_date: pd.Timestamp
) -> _Handovers:
    told = project_status.sort_values(ProjectStatus.status_date).groupby(ProjectStatus.project_id).tail(1)
    told = told[[ProjectStatus.project_id, ProjectStatus.state, ProjectStatus.forecast_finish_date]]
    known = project.merge(told, on=Project.project_id, how="left")
    finish = known[ProjectStatus.forecast_finish_date].fillna(known[Project.baseline_finish_date])
    known[ProjectStatus.forecast_finish_date] = finish
    live = known[~known["state"].isin(ENDED) & known["forecast_finish_date"].notna()]
    names = set(live[Project.project_id])
    ties = project_dependency[
        (project_dependency[Tie.link_state] == OPEN)
        & project_dependency[Tie.needed_by_date].notna()
        & project_dependency[Tie.forecast_date].notna()
        & project_dependency[Tie.predecessor_project_id].isin(names)
        & project_dependency[Tie.successor_project_id].isin(names)
    ].reset_index(drop=True)
    comes = (ties[Tie.forecast_date] - status_date).dt.days.clip(lower=0).astype(float)
    needed = (ties[Tie.needed_by_date] - status_date).dt.days.clip(lower=0).astype(float)
    needed -= ties[Tie.lag_days].fillna(0.0)
    ties = ties.assign(to_go=comes, needed_in=needed)
    is_free = _is_free(ties)
    in_circle = ties[~is_free]
    ends = pd.concat([in_circle[Tie.predecessor_project_id], in_circle[Tie.successor_project_id]])
    tied = {*ties[Tie.predecessor_project_id], *ties[Tie.successor_project_id]}
    shown = live[live[Project.project_id].isin(tied)].sort_values(Project.project_id, ignore_index=True)
    shown = shown.assign(to_go=(shown["forecast_finish_date"] - status_date).dt.days.clip(lower=0).astype(float))
    return _Handovers(shown, ties[is_free].reset_index(drop=True), ends.value_counts())


def _is_free(ties: pd.DataFrame) -> pd.Series:
    """Whether each tie is on none of the circles that are found and cut one after the other."""
    before, after = ties[Tie.predecessor_project_id], ties[Tie.successor_project_id]
    is_free = before != after
    names = list(dict.fromkeys([*before, *after]))
    while found := circles(names, before[is_free].to_list(), after[is_free].to_list()):
        steps = {step for path in found for step in pairwise(path)}
        is_free &= ~pd.Series(list(zip(before, after, strict=True)), index=ties.index).isin(steps)
    return is_free


def project_slip(
    project_dependency: pd.DataFrame,
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[ProjectSlip]:
    """What hand-overs that are forecast late add to the finish of each project.

    Takes the mart `project_dependency` and the registers `project` and
    `project_status`; a project that reports no forecast is taken to end as its
    baseline has it.
    """
    found = _handovers(project_dependency, project, project_status, status_date)
    rows = found.projects.reset_index(drop=True)
    if rows.empty:
        return checked(ProjectSlip, pd.DataFrame(columns=list(ProjectSlip.to_schema().columns)))
    start = critical_path(found.network(), found.durations()).earliest_start
    slip = pd.Series(start[: len(rows)], index=rows[Project.project_id])
    forecast = rows["forecast_finish_date"].where(rows["forecast_finish_date"] > status_date, status_date)
    rows[ProjectSlip.own_slip_days] = (rows["forecast_finish_date"] - rows[Project.baseline_finish_date]).dt.days
    rows[ProjectSlip.passed_on_days] = slip.to_numpy(dtype=float)
    rows[ProjectSlip.slipped_finish_date] = forecast + pd.to_timedelta(rows[ProjectSlip.passed_on_days], unit="D")
    rows[ProjectSlip.slip_path] = pd.Series(
        [_path(name, found.ties, slip) for name in rows[Project.project_id]], dtype=object
    )
    rows[ProjectSlip.in_circle_count] = rows[Project.project_id].map(found.circled).fillna(0).astype(int)
    rows = rows.sort_values([ProjectSlip.slipped_finish_date, ProjectSlip.project_id], ignore_index=True)
    return checked(ProjectSlip, rows.reindex(columns=list(ProjectSlip.to_schema().columns)))


def _path(name: str, ties: pd.DataFrame, slip: pd.Series) -> str | None:
    """The projects that a slip comes through, the first giver first; None without a slip."""
    path = [name]
    while slip[path[0]] > 0:
        into = ties[ties[Tie.successor_project_id] == path[0]]
        passed = slip.reindex(into[Tie.predecessor_project_id]).to_numpy() + into["to_go"] - into["needed_in"]
        path.insert(0, str(into.loc[passed.idxmax(), Tie.predecessor_project_id]))
    return " → ".join(path) if len(path) > 1 else None


def slip_probability(
    project_dependency: pd.DataFrame,
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    milestone_slip: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
) -> DataFrame[SlipProbability]:
    """How likely hand-overs move each project, and when it ends, by draws from this organisation's own record.

    Takes the marts `project_dependency` and `milestone_slip` and the registers
    `project` and `project_status`. The same tables give the same draws.
    """
    found = _handovers(project_dependency, project, project_status, status_date)
    names = found.projects[Project.project_id]
    told = project_status.sort_values(ProjectStatus.status_date).groupby(ProjectStatus.project_id).tail(1)
    ended = frozenset(told.loc[told[ProjectStatus.state].isin(ENDED), ProjectStatus.project_id])
    ratios = time_ratios(milestone_slip, status_date, ended)
    is_refused = len(ratios) < LEAST_RATIOS
    rows = pd.DataFrame({SlipProbability.project_id: names}).reindex(columns=list(SlipProbability.to_schema().columns))
    rows[SlipProbability.outcome_count] = len(ratios)
    rows[SlipProbability.is_refused] = is_refused
    rows[SlipProbability.verdict] = (
        f"refused: {len(ratios)} milestones were reported thirty days ahead and reached, {LEAST_RATIOS} are needed"
        if is_refused
        else f"drawn from {len(ratios)} milestones, which took {np.median(ratios):.2f} times the time forecast"
    )
    dated = {SlipProbability.p50_finish_date: "datetime64[ns]", SlipProbability.p80_finish_date: "datetime64[ns]"}
    if is_refused or rows.empty:
        return checked(SlipProbability, rows.astype(dated))
    count = len(names)
    lines: list[InputDistribution | float] = [
        Empirical(tuple(days * ratios)) if days > 0 else 0.0 for days in found.durations()
    ]
    run = simulated_schedule(
        found.network(), lines, draws, np.random.default_rng(SEED), is_criticality_wanted=False,
        watched=range(2 * count),
    )  # fmt: skip
    slips, finishes = run.watched[:count], run.watched[count:]
    for column, share in ((SlipProbability.p50_finish_date, 0.5), (SlipProbability.p80_finish_date, 0.8)):
        days = np.ceil(np.quantile(finishes, share, axis=1))
        rows[column] = status_date + pd.to_timedelta(days, unit="D")
    rows[SlipProbability.slip_probability] = (slips > 0).mean(axis=1)
    to_go = found.projects["to_go"].to_numpy(dtype=float)
    rows[SlipProbability.after_forecast_probability] = (finishes > to_go[:, None]).mean(axis=1)
    return checked(SlipProbability, rows)
