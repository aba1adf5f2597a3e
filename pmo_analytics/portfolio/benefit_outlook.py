"""Benefits over time: the baseline, the plan, what was realised, and what is to come as a cone.

What is to come of a benefit is its plan, as late as the benefit or its project is,
times one ratio of realised to planned that past benefits came to, drawn for each
benefit. Benefits of one organisation come or fail together: ratios are drawn with
a Gaussian copula, whose correlation is an assumption and an option. Drawbacks
are drawn alike and taken off. Money alone is summed, and each currency for itself; a
benefit that leads to another one of its currency is counted once, where it ends
(`benefit_realisation.benefit_double_count`). Sources: Managing Successful
Programmes for profiles; Flyvbjerg (2006) for the reference class; GAO-20-195G on
correlation, without which a sum of many looks too sure.

Worked example: 8 of 10 came in March, and 10 are planned for April. Nine past
benefits came to half of their plans each: by the end of April P20, P50 and P80
are 13.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import BenefitByMonth as Value
from pmo_analytics.forecasting.monte_carlo import Correlation, correlation_of
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.benefit_realisation import (
    FEWEST,
    BenefitDoubleCount,
    mature_ratios,
)
from pmo_analytics.portfolio.benefit_timing import BenefitTiming

CORRELATION, DRAWS, SEED = 0.3, 2_000, 20_260_101
_LEVELS = {"p20_amount": 0.2, "p50_amount": 0.5, "p80_amount": 0.8}


class BenefitOutlook(Contract):
    """One row per currency and month from the first planned to the last that something may come in, cumulative.

    Key: currency, period_month. Amounts are benefits less drawbacks since the
    first month. Past months have what was realised, missing in months to come;
    these have P20, P50 and P80 of what will have been realised by then, missing
    below nine past benefits.
    """

    currency: Text = required()
    period_month: Date = required()
    baseline_amount: Number = required()
    planned_amount: Number = required()
    realised_amount: Number = optional()
    p20_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()


def benefit_outlook(
    benefit_timing: pd.DataFrame,
    benefit_realisation: pd.DataFrame,
    benefit_double_count: pd.DataFrame,
    *,
    correlation: float = CORRELATION,
    draws: int = DRAWS,
    seed: int = SEED,
) -> DataFrame[BenefitOutlook]:
    """Cumulative money by month, from frames of the analyses of these names, of the same date."""
    twice = set(benefit_double_count[BenefitDoubleCount.benefit_id])
    values = benefit_timing
    is_counted = values[Value.is_financial].fillna(value=False) & values[Value.currency].notna()
    values = values[is_counted & ~values[Value.benefit_id].isin(twice)]
    columns = list(BenefitOutlook.to_schema().columns)
    if values.empty:
        return checked(BenefitOutlook, pd.DataFrame(columns=columns))
    ratios = mature_ratios(benefit_realisation)
    generator = np.random.default_rng(seed)

    def drawn(benefits: int) -> Floats:
        return _ratios(ratios, correlation_of(correlation, benefits), generator.standard_normal((draws, benefits)))

    known = drawn if len(ratios) >= FEWEST else None
    parts = [_of_currency(rows, known).assign(currency=name) for name, rows in values.groupby(Value.currency)]
    return checked(BenefitOutlook, pd.concat(parts, ignore_index=True)[columns])


def _of_currency(rows: pd.DataFrame, drawn: Callable[[int], Floats] | None) -> pd.DataFrame:
    """Cumulative amounts by month of one currency's rows; `drawn` gives ratios of so many benefits by draw."""
    sign = np.where(rows[Value.is_dis_benefit].fillna(value=False), -1.0, 1.0)
    is_to_come = rows[BenefitTiming.is_to_come]
    months = pd.date_range(
        rows[Value.period_month].min(),
        max(rows[Value.period_month].max(), rows[BenefitTiming.expected_month].max()),
        freq="MS",
    )

    def by_month(amounts: pd.Series, when: str = Value.period_month) -> pd.Series:
        return (amounts.fillna(0.0) * sign).groupby(rows[when]).sum().reindex(months, fill_value=0.0)

    realised = by_month(rows[Value.realised_amount].where(rows[BenefitTiming.is_known]))
    first_to_come = (
        rows[is_to_come][BenefitTiming.expected_month].min() if is_to_come.any() else months[-1] + pd.DateOffset(days=1)
    )
    found = pd.DataFrame(
        {
            "period_month": months,
            "baseline_amount": by_month(rows[Value.baseline_amount]).cumsum().to_numpy(),
            "planned_amount": by_month(rows[Value.planned_amount]).cumsum().to_numpy(),
            "realised_amount": realised.cumsum().where(months < first_to_come).to_numpy(),
        }
    ).assign(**dict.fromkeys(_LEVELS, np.nan))
    is_ahead = months >= first_to_come
    if drawn is None or not is_ahead.any():
        return found
    ahead = rows[is_to_come].assign(amount=(rows[Value.planned_amount].fillna(0.0) * sign)[is_to_come])
    plans = ahead.pivot_table("amount", Value.benefit_id, BenefitTiming.expected_month, aggfunc="sum", fill_value=0.0)
    plans = plans.reindex(columns=months, fill_value=0.0)
    cumulative = realised.sum() + np.cumsum(drawn(len(plans)).T @ plans.to_numpy(), axis=1)
    for name, level in _LEVELS.items():
        found.loc[is_ahead, name] = np.quantile(cumulative[:, is_ahead], level, axis=0, method="weibull")
    return found


def _ratios(past: Floats, correlation: Correlation, independent: Floats) -> Floats:
    """Past ratios for each benefit, shape (benefits, draws), by ranks of normal scores of shape (draws, benefits)."""
    from scipy.special import ndtr

    places = np.minimum((ndtr(correlation.scores(independent)) * len(past)).astype(int), len(past) - 1)
    found: Floats = np.sort(past)[places]
    return found
