"""What the spread of a portfolio's cost is made of: each risk and each project's remaining work, for a tornado.

The contribution of a line is its covariance with the total over the variance of
the total: the shares sum to 100 %, correlation included, and one that moves
against the rest is negative. Beside it stands how far the mean of the total
moves: with a risk happening and not, and with a remaining work in the highest
and in the lowest fifth of its draws (a conditional mean swing). A risk tied to
others by its driver moves the total by more than its own cost.
Sources: by the usual definition, the covariance decomposition of a variance
(Euler allocation; Tasche 1999); GAO-20-195G, step 7, for the swing.

Worked example: two independent risks of 0.5 that cost 30 and 40. Their variances
are 225 and 400 of 625, so that they contribute 36 % and 64 %. The mean of the
total is 20 where the first does not happen and 50 where it does.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, checked, optional, required
from pmo_analytics.forecasting.discrete_risks import EventDraws
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.cost_model import ProjectCost, project_costs
from pmo_analytics.performance.cost_risk import (
    DRAWS,
    DRIVER_CORRELATION,
    LINE_CORRELATION,
    SEED,
    by_currency,
    line_draws,
    project_totals,
    sum_of,
)

REMAINING_WORK = "remaining work"
RISK = "risk"


class CostRiskDriver(Contract):
    """One row per currency and line that spreads the cost, the largest contribution first.

    Key: currency, kind, project_id, risk_id. A row of remaining work is of a
    project and has no risk. `contribution_pct` sums to 100 in each currency.
    `low_mean_amount` and `high_mean_amount` are means of the total where the
    line is low and high, missing where it never or always happens in the draws.
    """

    currency: Text = required()
    kind: Text = required(isin=[RISK, REMAINING_WORK])
    project_id: Text = required()
    risk_id: Text = optional()
    title: Text = required()
    driver: Text = optional()
    contribution_pct: Number = required()
    low_mean_amount: Number = optional()
    high_mean_amount: Number = optional()


def contribution(line: Floats, total: Floats) -> float:
    """Covariance of the line with the total over the variance of the total.

    >>> first, second = np.array([0.0, 30, 0, 30]), np.array([0.0, 0, 40, 40])
    >>> contribution(first, first + second), contribution(second, first + second)
    (0.36, 0.64)
    """
    return float(((line - line.mean()) * (total - total.mean())).mean() / total.var())


def swing(line: Floats, total: Floats, *, is_event: bool) -> tuple[float, float]:
    """Mean of the total where the line is low and where it is high: not happening and happening, or its end fifths."""
    low, high = (line == 0, line != 0) if is_event else (line <= np.quantile(line, 0.2), line >= np.quantile(line, 0.8))
    if not low.any() or not high.any():
        return float("nan"), float("nan")
    return float(total[low].mean()), float(total[high].mean())


def cost_risk_drivers(
    earned_value: pd.DataFrame,
    risk: pd.DataFrame,
    estimate: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
    seed: int = SEED,
    line_correlation: float = LINE_CORRELATION,
    driver_correlation: float = DRIVER_CORRELATION,
) -> DataFrame[CostRiskDriver]:
    """What spreads the cost of the running projects together, from the draws that `portfolio_cost_risk` makes."""
    rows: list[dict[str, object]] = []
    given = project_costs(earned_value, risk, estimate, status_date=status_date)
    for costs in by_currency(given).values():
        total = sum_of(project_totals(
            costs, draws=draws, seed=seed, line_correlation=line_correlation, driver_correlation=driver_correlation
        ))  # fmt: skip
        if not total.var() > 0:
            continue
        events = EventDraws(draws, seed, driver_correlation=driver_correlation)
        for cost in costs:
            if cost.has_ranges:
                line = line_draws(cost, draws, seed, correlation=line_correlation)
                named: dict[str, object] = {CostRiskDriver.kind: REMAINING_WORK, CostRiskDriver.title: REMAINING_WORK}
                rows.append({**named, **_of(cost), **_figures(line, total, is_event=False)})
            for event in cost.risks:
                named = {
                    CostRiskDriver.kind: RISK,
                    CostRiskDriver.risk_id: event.name,
                    CostRiskDriver.title: cost.titles.get(event.name, event.name),
                    CostRiskDriver.driver: event.driver,
                }
                rows.append({**named, **_of(cost), **_figures(events.of(event), total, is_event=True)})
    frame = pd.DataFrame(rows, columns=list(CostRiskDriver.to_schema().columns))
    frame = frame.sort_values(
        [CostRiskDriver.currency, CostRiskDriver.contribution_pct, CostRiskDriver.project_id, CostRiskDriver.risk_id],
        ascending=[True, False, True, True],
        ignore_index=True,
    )
    return checked(CostRiskDriver, frame)


def _of(cost: ProjectCost) -> dict[str, object]:
    return {CostRiskDriver.currency: cost.currency, CostRiskDriver.project_id: cost.project_id}


def _figures(line: Floats, total: Floats, *, is_event: bool) -> dict[str, object]:
    low, high = swing(line, total, is_event=is_event)
    return {
        CostRiskDriver.contribution_pct: 100 * contribution(line, total),
        CostRiskDriver.low_mean_amount: low,
        CostRiskDriver.high_mean_amount: high,
    }
