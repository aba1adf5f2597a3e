"""What a project comes to cost and when it ends, one named forecast per assumption about the rest of the work.

Cost follows PMI and ISO 21508: EAC is what was spent plus the rest at its plan,
or at the plan divided by an index of the past. Time follows Lipke's earned
schedule ("Schedule is different", 2003) and Flyvbjerg (2006) for reference
classes. An exponent on CPI that grows with progress lets a young project's
index count for little (this project's own, tried on the history it is used on).

Worked example: of a budget of 100, 40 is earned and 50 spent, so that CPI is
0.8. The rest of 60 at plan makes 110; at CPI 50 + 60 / 0.8 = 125; at CPI by
progress 50 + 60 / 0.8^0.4 = 115.6. Of a plan of ten months, four are earned
after five: the rest of six at plan ends in month eleven, at SPI(t) in month
10 / 0.8 = 12.5. Where finished projects took 1.2 times their plans, a quarter
of 12 and three quarters of 11 are 11.25.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.quantile_scores import Floats

AT_PLAN, AT_CPI, BY_PROGRESS = "rest at plan", "rest at CPI", "rest at CPI, by progress"
AT_CPI_SPI, AT_CPI_SPI_T = "rest at CPI and SPI", "rest at CPI and SPI(t)"
COST_ASSUMPTIONS = (AT_PLAN, AT_CPI, BY_PROGRESS, AT_CPI_SPI, AT_CPI_SPI_T)
AS_PLANNED, REST_PLANNED, AT_SPI_T, WITH_CLASS = "plan", "rest at plan", "rest at SPI(t)", "rest at plan, with class"
AS_REPORTED = "as its manager reports"
FINISH_ASSUMPTIONS = (AS_PLANNED, REST_PLANNED, AT_SPI_T, WITH_CLASS, AS_REPORTED)
_CLASS_SHARE = 0.25
# What is earned or spent below this share says nothing yet.
_SMALLEST = 1e-9


def _divided(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """The ratio, NaN where the denominator is not above 0, to nine decimals."""
    top, bottom = np.broadcast_arrays(np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float))
    ratio: Floats = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > _SMALLEST)
    return ratio


def estimate_at_completion(budget: ArrayLike, earned: ArrayLike, actual: ArrayLike, factor: ArrayLike = 1.0) -> Floats:
    """EAC = AC + (BAC - EV) / factor, in the unit of the three; NaN where the factor is not above 0.

    The factor is the efficiency that the rest is expected at: 1 is the plan's.
    """
    spent, left = np.asarray(actual, dtype=float), np.asarray(budget, dtype=float) - np.asarray(earned, dtype=float)
    return spent + _divided(left, factor)


def cost_estimates(
    budget: ArrayLike, planned: ArrayLike, earned: ArrayLike, actual: ArrayLike, time_index: ArrayLike
) -> dict[str, Floats]:
    """EAC under each of `COST_ASSUMPTIONS`, of one shape, NaN where an index is unknown; `time_index` is SPI(t)."""
    cpi, spi = _divided(earned, actual), _divided(earned, planned)
    progress = _divided(earned, budget)
    factors = {
        AT_PLAN: np.ones_like(cpi),
        AT_CPI: cpi,
        BY_PROGRESS: np.power(np.where(cpi > 0, cpi, np.nan), progress),
        AT_CPI_SPI: cpi * spi,
        AT_CPI_SPI_T: cpi * np.asarray(time_index, dtype=float),
    }
    return {name: estimate_at_completion(budget, earned, actual, factor) for name, factor in factors.items()}


def finish_estimates(
    planned_duration: ArrayLike, actual_time: ArrayLike, earned_schedule: ArrayLike, class_ratio: ArrayLike
) -> dict[str, Floats]:
    """Duration at completion under each of `FINISH_ASSUMPTIONS` but the manager's, in the unit of the three times.

    `class_ratio` is what finished projects took of their plans. No forecast
    lies before now: the plan, and what the class took, are at least `actual_time`.
    """
    plan, now, es = (np.asarray(each, dtype=float) for each in (planned_duration, actual_time, earned_schedule))
    rest = now + plan - es
    taken = np.maximum(plan * np.asarray(class_ratio, dtype=float), now)
    return {
        AS_PLANNED: np.maximum(plan, now),
        REST_PLANNED: rest,
        AT_SPI_T: _divided(plan, _divided(es, now)),
        WITH_CLASS: _CLASS_SHARE * taken + (1 - _CLASS_SHARE) * rest,
    }
