"""What projects may come to cost with their ranges and risks, and what a portfolio may, by joint draws.

`cost_model` says what is drawn. Lines of one project are tied by a correlation
of 0.25, GAO's where none is known; risks of one driver by `driver_correlation`,
within and across projects. Contingency is P80 less the base: what the risks
that are known take to be covered four times in five. A management reserve, for
what nobody has named, is no part of it: it is a stated share of the base, or
missing. A portfolio's P80 is that of its joint draws; P80s are not summed, for
not all projects have their bad case at once. The seed and the number of draws
are options; a project has the same draws whichever others are simulated.
Sources: GAO-20-195G, step 9 (P80, correlation, contingency); AACE 57R-09;
Rockafellar and Uryasev (2000) for the conditional value at risk.

Worked example: a base of 100 and one risk of 0.3 that costs 50. Mean 115; seven
draws in ten are 100, so P50 is 100, P80 is 150 and the contingency is 50; the
worst fifth of draws is 150 throughout. With a base that is met in 70 % of
draws, confidence in the base is 70 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.discrete_risks import EventDraws, conditional_value_at_risk, stream
from pmo_analytics.forecasting.monte_carlo import simulated_totals
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.cost_model import ProjectCost, project_costs

DRAWS = 10_000
SEED = 20_195
LINE_CORRELATION = 0.25
# Risks of one driver are held to be clearly tied, not one and the same: this project's convention.
DRIVER_CORRELATION = 0.5
LEVEL = 0.8
CURVE_LEVELS = tuple(range(1, 100))


class CostRisk(Contract):
    """One row per running project with a budget: what it may come to cost, in its currency.

    Key: project_id. `base_amount` is AC + BAC - EV. `contingency_amount` is P80
    less the base, `management_reserve_amount` missing where no share is stated.
    `conditional_value_at_risk_amount` is the mean of the worst fifth of draws,
    `base_confidence_pct` the share of draws within the base. `risk_count` are
    the risks drawn, `unquantified_count` those that could not be. Without a range
    or a risk with figures nothing is known of the spread: all but the base is
    missing.
    """

    project_id: Text = required()
    currency: Text = required()
    base_amount: Number = required()
    mean_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()
    conditional_value_at_risk_amount: Number = optional()
    contingency_amount: Number = optional()
    management_reserve_amount: Number = optional()
    base_confidence_pct: Number = optional(ge=0, le=100)
    risk_count: Whole = required()
    unquantified_count: Whole = required()
    quality_note: Text = required()


class PortfolioCostRisk(Contract):
    """One row per currency: what its running projects may come to cost together.

    Key: currency. Columns as in `CostRisk`. `summed_p80_amount` is the sum of
    the projects' P80s, which is not a P80; `independent_p80_amount` is P80 where
    drivers and correlation are left out, which is too low where they are real.
    """

    currency: Text = required()
    project_count: Whole = required()
    base_amount: Number = required()
    mean_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()
    conditional_value_at_risk_amount: Number = optional()
    contingency_amount: Number = optional()
    management_reserve_amount: Number = optional()
    base_confidence_pct: Number = optional(ge=0, le=100)
    summed_p80_amount: Number = optional()
    independent_p80_amount: Number = optional()
    risk_count: Whole = required()
    unquantified_count: Whole = required()
    quality_note: Text = required()


class CostRiskCurve(Contract):
    """One row per currency and whole per cent: the cost that the projects stay within in that share of draws.

    Key: currency, level_pct.
    """

    currency: Text = required()
    level_pct: Number = required(gt=0, lt=100)
    amount: Number = required()


def line_draws(cost: ProjectCost, draws: int, seed: int, *, correlation: float) -> Floats:
    """What a project's remaining work comes to in each draw, without its risks, shape (draws,)."""
    return simulated_totals(cost.lines, draws, stream(seed, "lines", cost.project_id), correlation=correlation)


def project_totals(
    costs: Sequence[ProjectCost], *, draws: int, seed: int, line_correlation: float, driver_correlation: float
) -> dict[str, Floats]:
    """Joint draws of every project's cost at completion by project, arrays of shape (draws,)."""
    events = EventDraws(draws, seed, driver_correlation=driver_correlation)
    made = {}
    for cost in costs:
        total = cost.spent + line_draws(cost, draws, seed, correlation=line_correlation)
        for event in cost.risks:
            total += events.of(event)
        made[cost.project_id] = total
    return made


def _figures(totals: Floats, base: float, management_reserve_pct: float | None, *, is_drawn: bool) -> dict[str, float]:
    if not is_drawn:
        return {CostRisk.base_amount: base}
    p50, p80 = np.quantile(totals, [0.5, LEVEL])
    # Sums of many lines may differ from the base in the last digit alone.
    within = totals <= base + 1e-9 * abs(base)
    return {
        CostRisk.base_amount: base,
        CostRisk.mean_amount: float(totals.mean()),
        CostRisk.p50_amount: float(p50),
        CostRisk.p80_amount: float(p80),
        CostRisk.conditional_value_at_risk_amount: conditional_value_at_risk(totals, LEVEL),
        CostRisk.contingency_amount: float(p80) - base,
        CostRisk.management_reserve_amount: np.nan
        if management_reserve_pct is None
        else base * management_reserve_pct / 100,
        CostRisk.base_confidence_pct: 100 * float(within.mean()),
    }


def cost_risk(
    earned_value: pd.DataFrame,
    risk: pd.DataFrame,
    estimate: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
    seed: int = SEED,
    line_correlation: float = LINE_CORRELATION,
    driver_correlation: float = DRIVER_CORRELATION,
    management_reserve_pct: float | None = None,
) -> DataFrame[CostRisk]:
    """What each running project may come to cost, the largest contingency first.

    Takes an `EarnedValue` frame and the registers. ValueError for a correlation
    beyond 0 to 1.
    """
    costs = project_costs(earned_value, risk, estimate, status_date=status_date)
    totals = project_totals(
        costs, draws=draws, seed=seed, line_correlation=line_correlation, driver_correlation=driver_correlation
    )
    rows = [
        {CostRisk.project_id: cost.project_id, CostRisk.currency: cost.currency}
        | _figures(totals[cost.project_id], cost.base, management_reserve_pct, is_drawn=cost.is_drawn)
        | {
            CostRisk.risk_count: len(cost.risks),
            CostRisk.unquantified_count: len(cost.unquantified),
            CostRisk.quality_note: cost.note,
        }
        for cost in costs
    ]
    frame = pd.DataFrame(rows, columns=list(CostRisk.to_schema().columns))
    frame = frame.sort_values(
        [CostRisk.contingency_amount, CostRisk.project_id], ascending=[False, True], ignore_index=True
    )
    return checked(CostRisk, frame)


def by_currency(costs: Iterable[ProjectCost]) -> dict[str, list[ProjectCost]]:
    """The projects of each currency, in order of its code: amounts of two are never added."""
    groups: dict[str, list[ProjectCost]] = {}
    for cost in sorted(costs, key=lambda each: (each.currency, each.project_id)):
        groups.setdefault(cost.currency, []).append(cost)
    return groups


def portfolio_cost_risk(
    earned_value: pd.DataFrame,
    risk: pd.DataFrame,
    estimate: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
    seed: int = SEED,
    line_correlation: float = LINE_CORRELATION,
    driver_correlation: float = DRIVER_CORRELATION,
    management_reserve_pct: float | None = None,
) -> DataFrame[PortfolioCostRisk]:
    """What the running projects of each currency may come to cost together; takes what `cost_risk` does."""
    rows = []
    given = project_costs(earned_value, risk, estimate, status_date=status_date)
    for currency, costs in by_currency(given).items():
        joint, apart = (
            project_totals(costs, draws=draws, seed=seed, line_correlation=lines, driver_correlation=drivers)
            for lines, drivers in ((line_correlation, driver_correlation), (0.0, 0.0))
        )
        ranged = sum(cost.has_ranges for cost in costs)
        is_drawn = any(cost.is_drawn for cost in costs)
        summed = sum(float(np.quantile(each, LEVEL)) for each in joint.values())
        independent = float(np.quantile(sum_of(apart), LEVEL))
        rows.append(
            {PortfolioCostRisk.currency: currency, PortfolioCostRisk.project_count: len(costs)}
            | _figures(sum_of(joint), sum(cost.base for cost in costs), management_reserve_pct, is_drawn=is_drawn)
            | {
                PortfolioCostRisk.summed_p80_amount: summed if is_drawn else np.nan,
                PortfolioCostRisk.independent_p80_amount: independent if is_drawn else np.nan,
                PortfolioCostRisk.risk_count: sum(len(cost.risks) for cost in costs),
                PortfolioCostRisk.unquantified_count: sum(len(cost.unquantified) for cost in costs),
                PortfolioCostRisk.quality_note: ""
                if ranged == len(costs)
                else f"the remaining work of {len(costs) - ranged} of {len(costs)} projects has no range",
            }
        )
    return checked(PortfolioCostRisk, pd.DataFrame(rows, columns=list(PortfolioCostRisk.to_schema().columns)))


def sum_of(totals: dict[str, Floats]) -> Floats:
    """The draws of all projects together."""
    together: Floats = np.sum(list(totals.values()), axis=0)
    return together


def cost_risk_curve(
    earned_value: pd.DataFrame,
    risk: pd.DataFrame,
    estimate: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
    seed: int = SEED,
    line_correlation: float = LINE_CORRELATION,
    driver_correlation: float = DRIVER_CORRELATION,
) -> DataFrame[CostRiskCurve]:
    """The S-curve of cost: its percentiles 1 to 99 by currency, from the draws that `portfolio_cost_risk` makes."""
    parts = []
    given = project_costs(earned_value, risk, estimate, status_date=status_date)
    for currency, costs in by_currency(given).items():
        totals = project_totals(
            costs, draws=draws, seed=seed, line_correlation=line_correlation, driver_correlation=driver_correlation
        )
        levels = np.array(CURVE_LEVELS, dtype=float)
        parts.append(
            pd.DataFrame({
                CostRiskCurve.currency: currency,
                CostRiskCurve.level_pct: levels,
                CostRiskCurve.amount: np.quantile(sum_of(totals), levels / 100),
            })
        )  # fmt: skip
    frame = pd.concat(parts) if parts else pd.DataFrame(columns=list(CostRiskCurve.to_schema().columns))
    return checked(CostRiskCurve, frame.reset_index(drop=True))
