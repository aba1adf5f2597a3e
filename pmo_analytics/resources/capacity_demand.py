"""Working time that will be asked for by skill and level, as draws: plans times chance times what estimates became.

In each draw a project comes about or not, in all its months together, with the
certainty that its plan states; a proposal without one has the share of decided
proposals that were approved. What comes about takes as many times its plan as a
past project drawn at random took its estimates, sums over sums of a project's
finished items, the past projects drawn anew for every draw, so that their small
number shows. All projects of a calendar year share that year's luck
(`forecasting.common_effect`). A skill's hours of a month are no whole project:
they scatter about it by what single items scatter, less the more hours there
are. Draws are named by what they are of. Sources: Flyvbjerg (2006) for outcomes
of past projects; Rubin (1981) for the second drawing; Cochran (1977) for the
variance of a ratio of sums.

Worked example: a project asks for 100 hours with a certainty of 0.5; all past
projects took 1.2 times their estimates, item by item. Half of the draws are 120,
half 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.contracts.people import Demand
from pmo_analytics.contracts.selection import PortfolioDecision, Proposal
from pmo_analytics.forecasting.common_effect import common_effect
from pmo_analytics.forecasting.discrete_risks import stream
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.resources.capacity_supply import TOP_LEVEL

FEWEST_PROJECTS, FEWEST_ITEMS, FEWEST_DECISIONS = 9, 5, 9
STATED, APPROVED, FIRM = "stated", "share of proposals approved", "taken as firm"


class PlannedDemand(Contract):
    """One row per project, skill and whole month to come that a plan asks time for.

    Key: project_id, skill_id, period_month. `certainty` is the chance that the
    demand comes about; `certainty_basis` says whether it is stated, the share of
    proposals that were approved, or taken as firm because nothing is known.
    """

    project_id: Text = required()
    skill_id: Text = required()
    period_month: Date = required()
    level: Whole = optional(ge=0, le=7)
    demand_seconds: Number = required(gt=0)
    certainty: Number = required(ge=0, le=1)
    certainty_basis: Text = required(isin=[STATED, APPROVED, FIRM])
    expected_seconds: Number = required(ge=0)


class ProjectEffortRatio(Contract):
    """One row per project and year of finish with five finished items or more: what they took of their estimates.

    Key: project_id, finish_year, which is missing for items without a date;
    items of no known project are left out.
    `pooled_ratio` is sum over sum, `estimate_seconds` the sum of the estimates,
    `item_seconds` an item's size as an hour of estimate meets it, Σe²/Σe, and
    `scatter_seconds` Σ(a/r - e)²/Σe: the share of `hours` of estimates that
    single items make them scatter by is √(scatter/hours).
    """

    project_id: Text = required()
    finish_year: Whole = optional()
    item_count: Whole = required(ge=1)
    estimate_seconds: Number = required(gt=0)
    pooled_ratio: Number = required(gt=0)
    item_seconds: Number = required(gt=0)
    scatter_seconds: Number = required(ge=0)


@dataclass(frozen=True)
class AskedTime:
    """Planned time by group of rows that come about together: `seconds` (groups, skills, levels 0 to 7, months).

    `certainty` (groups,) is the chance of each, `project` the place in
    `projects` of what it is part of: rows of one project with another certainty
    are a group of their own, and come about wherever a less certain one does.
    `years` (months,) numbers the calendar years of the months.
    """

    seconds: Floats
    certainty: Floats
    project: NDArray[np.int64]
    projects: tuple[str, ...]
    years: NDArray[np.int64]


@dataclass(frozen=True)
class ProjectLuck:
    """What happens to projects in draws: `comes` (draws, groups), `factors` (draws, groups, years) over their plans.

    Of a number of seconds of plans, √(scatter_seconds/seconds) is how far single
    items make them scatter, and never more than of one item of `item_seconds`.
    """

    comes: NDArray[np.bool_]
    factors: Floats
    scatter_seconds: float
    item_seconds: float
    seed: int


def planned_demand(
    demand: pd.DataFrame, proposal: pd.DataFrame, portfolio_decision: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[PlannedDemand]:
    """What plans ask for in whole months after `status_date`, each row with its certainty and what that rests on.

    Takes the registers of these names. A proposal whose plan states no certainty
    has the share of decided proposals that were approved first, where nine are
    decided.
    """
    is_to_come = (demand[Demand.period_month] > status_date) & (demand[Demand.demand_seconds] > 0)
    rows = demand[is_to_come].copy()
    share = _approval(proposal, portfolio_decision)
    is_stated = rows[Demand.certainty].notna()
    is_proposal = rows[Demand.project_id].isin(proposal[Proposal.proposal_id]) & (share is not None)
    rows[PlannedDemand.certainty_basis] = np.select([is_stated, is_proposal], [STATED, APPROVED], FIRM)
    assumed = pd.Series(np.where(is_proposal, 1.0 if share is None else share, 1.0), index=rows.index)
    rows[Demand.certainty] = rows[Demand.certainty].fillna(assumed)
    rows[PlannedDemand.expected_seconds] = rows[Demand.demand_seconds] * rows[Demand.certainty]
    ordered = rows.sort_values([Demand.project_id, Demand.skill_id, Demand.period_month], ignore_index=True)
    return checked(PlannedDemand, ordered[list(PlannedDemand.to_schema().columns)])


def _approval(proposal: pd.DataFrame, portfolio_decision: pd.DataFrame) -> float | None:
    """Share of decided proposals whose first decision was to approve; None below nine decided."""
    decided = portfolio_decision[portfolio_decision[PortfolioDecision.subject_id].isin(proposal[Proposal.proposal_id])]
    first = decided.sort_values(PortfolioDecision.decided_on_date).drop_duplicates(PortfolioDecision.subject_id)
    if len(first) < FEWEST_DECISIONS:
        return None
    return float((first[PortfolioDecision.decision] == "approved").mean())


def project_effort_ratio(estimate_history: pd.DataFrame) -> DataFrame[ProjectEffortRatio]:
    """What each project took of its estimates, by year of finish, from the mart `estimate_history`."""
    is_used = (
        (estimate_history[EstimateHistory.state] == "finished")
        & (estimate_history[EstimateHistory.estimate_seconds] > 0)
        & (estimate_history[EstimateHistory.actual_seconds] > 0)
        # Items that no register maps may be of any number of projects.
        & estimate_history[EstimateHistory.project_id].notna()
    )
    items = estimate_history[is_used]
    # Of the items themselves: a frame without rows would take those of whatever longer column it is given.
    items = items.assign(finish_year=items[EstimateHistory.finished_on_date].dt.year.astype("Int64"))
    key = [ProjectEffortRatio.project_id, ProjectEffortRatio.finish_year]
    estimate, actual = items[EstimateHistory.estimate_seconds], items[EstimateHistory.actual_seconds]
    items = items.assign(square=estimate**2, product=estimate * actual, actual_square=actual**2)
    sums = items.groupby(key, dropna=False)[
        [estimate.name, actual.name, "square", "product", "actual_square"]
    ].sum()  # fmt: skip
    sums[ProjectEffortRatio.item_count] = items.groupby(key, dropna=False).size()
    sums = sums[sums[ProjectEffortRatio.item_count] >= FEWEST_ITEMS]
    n, total = sums[ProjectEffortRatio.item_count], sums[EstimateHistory.estimate_seconds]
    ratio = sums[EstimateHistory.actual_seconds] / total
    squares = sums["actual_square"] / ratio**2 - 2 * sums["product"] / ratio + sums["square"]
    sums[ProjectEffortRatio.pooled_ratio] = ratio
    sums[ProjectEffortRatio.item_seconds] = sums["square"] / total
    # A rest of the last digits is no scatter.
    scatter = (squares / total * n / (n - 1)).clip(lower=0.0)
    is_rest = scatter <= 1e-12 * sums[ProjectEffortRatio.item_seconds]
    sums[ProjectEffortRatio.scatter_seconds] = scatter.mask(is_rest, 0.0)
    return checked(ProjectEffortRatio, sums.reset_index()[list(ProjectEffortRatio.to_schema().columns)])


def asked_time(planned_demand: pd.DataFrame, skills: tuple[str, ...], months: tuple[pd.Timestamp, ...]) -> AskedTime:
    """Planned time of a `PlannedDemand` frame on the axes given; other skills and months are left."""
    rows = planned_demand[
        planned_demand[Demand.skill_id].isin(skills) & planned_demand[Demand.period_month].isin(months)
    ]
    keys = rows[[Demand.project_id, Demand.certainty]].drop_duplicates().sort_values([Demand.project_id, "certainty"])
    group = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(rows[list(keys.columns)]))
    seconds = np.zeros((len(keys), len(skills), TOP_LEVEL + 1, len(months)))
    places = (
        group,
        pd.Index(skills).get_indexer(pd.Index(rows[Demand.skill_id])),
        rows[Demand.level].fillna(0).to_numpy(dtype=np.int64),
        pd.Index(months).get_indexer(pd.Index(rows[Demand.period_month])),
    )
    np.add.at(seconds, places, rows[Demand.demand_seconds].to_numpy(dtype=float))
    project, names = pd.factorize(keys[Demand.project_id])
    years = np.array([month.year for month in months], dtype=np.int64)
    return AskedTime(
        seconds, keys[Demand.certainty].to_numpy(dtype=float), project.astype(np.int64),
        tuple(str(name) for name in names), years - years[:1].sum(),
    )  # fmt: skip


def project_luck(asked: AskedTime, project_effort_ratio: pd.DataFrame, *, draws: int, seed: int) -> ProjectLuck:
    """Which groups come about and how many times their plans they take; with too few past projects, what they say."""
    names, years = asked.projects, int(asked.years.max(initial=0)) + 1
    chance = np.empty((draws, len(names)))
    factors = np.ones((draws, len(names), years))
    rows = project_effort_ratio
    is_known = rows[ProjectEffortRatio.project_id].nunique() >= FEWEST_PROJECTS
    scatter = _over_estimates(rows, ProjectEffortRatio.scatter_seconds) if is_known else 0.0
    if is_known:
        logs, members, shocks = _ratios(rows, scatter, years, draws=draws, seed=seed)
        pools = stream(seed, "past projects").integers(0, len(members), size=(draws, len(members)))
    for place, name in enumerate(names):
        own = stream(seed, "project", name)
        chance[:, place] = own.random(draws)
        if is_known:
            drawn = np.take_along_axis(pools, own.integers(0, len(members), size=(draws, 1)), axis=1)[:, 0]
            factors[:, place] = np.exp(logs + members[drawn][:, None] + shocks)
    comes = chance[:, asked.project] < asked.certainty
    size = _over_estimates(rows, ProjectEffortRatio.item_seconds) if is_known else 0.0
    return ProjectLuck(comes, factors[:, asked.project], scatter, size, seed)


def _over_estimates(rows: pd.DataFrame, column: str) -> float:
    """The mean of a column of a `ProjectEffortRatio` frame, weighted by estimates."""
    return float(np.average(rows[column], weights=rows[ProjectEffortRatio.estimate_seconds]))


def _ratios(
    rows: pd.DataFrame, scatter: float, years: int, *, draws: int, seed: int
) -> tuple[float, Floats, Floats]:  # fmt: skip
    """Mean log ratio, projects' deviations from it, and the luck of years to come, shape (draws, years)."""
    variance = (scatter / rows[ProjectEffortRatio.estimate_seconds]).to_numpy(dtype=float)
    # The logarithm of a ratio of few items lies too low by half of their variance.
    values = np.log(rows[ProjectEffortRatio.pooled_ratio].to_numpy(dtype=float)) + variance / 2
    year = pd.factorize(rows[ProjectEffortRatio.finish_year], use_na_sentinel=False)[0].astype(np.int64)
    found = common_effect(values, year)
    # What single items make of a past project's ratio is drawn with the months, and not twice.
    spread = float(np.mean(found.members**2))
    kept = np.sqrt(max(0.0, 1.0 - float(variance.mean()) / spread)) if spread > 0 else 1.0
    return found.mean, found.members * kept, found.draws(years, stream(seed, "years"), draws=draws)


def skill_demand(asked: AskedTime, skill: str, place: int, luck: ProjectLuck) -> Floats:
    """Time asked of one skill, shape (draws, levels, months)."""
    planned = asked.seconds[:, place]
    who = np.flatnonzero(planned.any(axis=(1, 2)))
    draws, shape = len(luck.comes), planned.shape[1:]
    comes = luck.comes[:, who].astype(float)
    found = np.zeros((draws, *shape))
    for year in range(luck.factors.shape[2]):
        months = np.flatnonzero(asked.years == year)
        part = planned[np.ix_(who, np.arange(shape[0]), months)].reshape(len(who), shape[0] * len(months))
        made = (comes * luck.factors[:, who, year]) @ part
        found[:, :, months] = made.reshape(draws, shape[0], len(months))
    if luck.scatter_seconds > 0:
        hours = comes @ planned[who].sum(axis=1)
        variance = np.log1p(luck.scatter_seconds / np.maximum(hours, luck.item_seconds))
        noise = stream(luck.seed, "items", skill).standard_normal((shape[1], draws)).T
        found *= np.exp(np.sqrt(variance) * noise - variance / 2)[:, None, :]
    return found
