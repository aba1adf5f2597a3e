"""Working time that will be asked for by skill and level, as draws: plans times chance times what estimates became.

In each draw a project comes about or not, in all its months together, with the
certainty that its plan states; a proposal without one has the share of decided
proposals that were approved. What comes about takes as many times its plan as a
past project drawn at random took its estimates, sums over sums of a project's
finished items. The past projects are themselves drawn anew for every draw, so
that their small number shows. Sources: Flyvbjerg (2006) for outcomes of past
projects; Rubin (1981) for the second drawing.

Worked example: a project asks for 100 hours with a certainty of 0.5; all past
projects took 1.2 times their estimates. Half of the draws are 120, half 0.
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
    """One row per project with five finished items or more: what they took of their estimates, sum over sum.

    Key: project_id.
    """

    project_id: Text = required()
    item_count: Whole = required(ge=1)
    pooled_ratio: Number = required(gt=0)


@dataclass(frozen=True)
class AskedTime:
    """Planned time by group of rows that come about together: `seconds` (groups, skills, levels 0 to 7, months).

    `certainty` (groups,) is the chance of each, `projects` numbers the project
    that it is part of: rows of one project with another certainty are a group
    of their own, and come about wherever a less certain one does.
    """

    seconds: Floats
    certainty: Floats
    projects: NDArray[np.int64]


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
    """What each project took of its estimates, from the mart `estimate_history`; projects by name."""
    is_used = (
        (estimate_history[EstimateHistory.state] == "finished")
        & (estimate_history[EstimateHistory.estimate_seconds] > 0)
        & (estimate_history[EstimateHistory.actual_seconds] > 0)
    )
    by_project = estimate_history[is_used].groupby(EstimateHistory.project_id)
    sums = by_project[[EstimateHistory.actual_seconds, EstimateHistory.estimate_seconds]].sum()
    sums[ProjectEffortRatio.item_count] = by_project.size()
    sums[ProjectEffortRatio.pooled_ratio] = (
        sums[EstimateHistory.actual_seconds] / sums[EstimateHistory.estimate_seconds]
    )
    rows = sums[sums[ProjectEffortRatio.item_count] >= FEWEST_ITEMS].reset_index()
    return checked(ProjectEffortRatio, rows[list(ProjectEffortRatio.to_schema().columns)])


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
    return AskedTime(
        seconds, keys[Demand.certainty].to_numpy(dtype=float), pd.factorize(keys[Demand.project_id])[0].astype(np.int64)
    )


def demand_draws(asked: AskedTime, ratios: Floats, generator: np.random.Generator, *, draws: int) -> Floats:
    """Time asked for, shape (draws, skills, levels, months); without ratios plans take what they say."""
    projects = int(asked.projects.max(initial=-1)) + 1
    factors = np.ones((draws, projects))
    if len(ratios):
        pools = ratios[generator.integers(0, len(ratios), size=(draws, len(ratios)))]
        factors = np.take_along_axis(pools, generator.integers(0, len(ratios), size=(draws, projects)), axis=1)
    comes = generator.random((draws, projects))[:, asked.projects] < asked.certainty
    groups = comes * factors[:, asked.projects]
    shape = asked.seconds.shape[1:]
    found: Floats = (groups @ asked.seconds.reshape(len(asked.certainty), int(np.prod(shape)))).reshape(draws, *shape)
    return found
