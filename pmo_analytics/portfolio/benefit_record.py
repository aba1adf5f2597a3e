"""How forecasts of benefits by past benefits would have done on these very benefits.

Each benefit whose plan has run out, or that has a year of figures, is forecast
from all others: P20, P50 and P80 of what they came to, over their plans. Taking
the plan as it stands is the naive forecast. They have no order, since all that is known
of one may be known of the next at the same time; leaving one out flatters where
benefits come otherwise now than before. Source: Flyvbjerg (2006) for the reference
class; the gate is the project's own (`forecasting.champion_gate`).

Worked example: of ten benefits nine came to half of their plans and one to all of
it. By the nine others that one was forecast as 0.5 and came to more than P80; each
of the nine was forecast as 0.5 at P50, and as planned 1.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import checked
from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.champion_gate import Contest, champion_gate
from pmo_analytics.forecasting.passport import ALL_SIZES, LEAVE_ONE_OUT, ForecastPassport
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.portfolio.benefit_realisation import FEWEST, mature_ratios

AS_PLANNED, PAST_BENEFITS = "as planned", "past benefits"
LEVELS = (0.2, 0.5, 0.8)


def benefit_record(benefit_realisation: pd.DataFrame, *, seed: int = 20_260_101) -> DataFrame[ForecastPassport]:
    """The passport of forecasts of realised over planned value, from a `BenefitRealisation` frame."""
    ratios = mature_ratios(benefit_realisation)
    if len(ratios) <= FEWEST:
        # Each is forecast by nine others at least.
        ratios = ratios[:0]
    order = np.arange(len(ratios)).astype("datetime64[us]")
    quantiles = {AS_PLANNED: np.ones((len(ratios), len(LEVELS))), PAST_BENEFITS: _by_others(ratios)}
    contest = Contest(
        quantiles=quantiles,
        scores={name: mean_pinball(ratios, each, LEVELS) for name, each in quantiles.items()},
        naive=(AS_PLANNED,),
        levels=LEVELS,
        actual=ratios,
        size_bands=np.full(len(ratios), ALL_SIZES),
        clocks=TwoClocks(order, order),
        positions=np.arange(len(ratios)),
    )
    gate = champion_gate(
        contest, np.random.default_rng(seed), clock=LEAVE_ONE_OUT, minimum_scored=FEWEST, block_length=1
    )
    return checked(ForecastPassport, gate.passport.frame())


def _by_others(ratios: Floats) -> Floats:
    """Quantiles of all other ratios, shape (n, levels)."""
    made = [np.quantile(np.delete(ratios, place), LEVELS, method="weibull") for place in range(len(ratios))]
    return np.array(made).reshape(len(ratios), len(LEVELS))
