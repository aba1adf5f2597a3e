"""What a series of payments is worth: present values, every internal rate of return, payback.

Payments of equal periods begin at time 0; a spreadsheet's NPV discounts the first
one too, which `is_first_discounted` asks for. Dated payments count days over 365.
Present values, dated rates and the modified rate are pyxirr's. Every internal
rate of return is a root of the polynomial of payments, since payments that change
sign more than once may have several, or none. Source: Brealey, Myers and Allen
(2020); the project's own for the list of roots.

Worked example: −100, 230 and −132 have the rates of return 10 and 20 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

_REAL = 1e-9
# Roots of polynomials with a thousand terms are no longer told apart.
MOST_PERIODS = 600


def present_value(rate: float, amounts: Sequence[float], *, is_first_discounted: bool = False) -> float:
    """The worth today of payments a period apart, at a rate a period."""
    from pyxirr import npv

    return float(npv(rate, list(amounts), start_from_zero=not is_first_discounted) or 0.0)


def dated_present_value(rate: float, days: Sequence[date], amounts: Sequence[float]) -> float:
    """The worth on the first of the days of payments on them, at a rate a year of 365 days."""
    from pyxirr import xnpv

    return float(xnpv(rate, list(days), list(amounts)) or 0.0)


def dated_return(days: Sequence[date], amounts: Sequence[float]) -> float:
    """The rate a year at which dated payments are worth nothing; NaN where there is none."""
    from pyxirr import xirr

    found = xirr(list(days), list(amounts), silent=True)
    return math.nan if found is None else float(found)


def internal_returns(amounts: Sequence[float]) -> list[float]:
    """Every rate a period above −100 % at which the payments are worth nothing, rising; empty where there is none.

    ValueError beyond 600 periods.
    """
    payments = np.trim_zeros(np.asarray(amounts, dtype=float))
    if len(payments) > MOST_PERIODS:
        raise ValueError(f"{len(payments)} periods are too many to find every root: {MOST_PERIODS} at most")
    if len(payments) < 2 or (payments >= 0).all() or (payments <= 0).all():
        return []
    # Powers of the discount factor, the last payment first.
    roots = np.roots(payments[::-1])
    real = roots[(np.abs(roots.imag) < _REAL * (1 + np.abs(roots.real))) & (roots.real > _REAL)].real
    return sorted(float(1.0 / factor - 1.0) for factor in real)


def modified_return(amounts: Sequence[float], finance_rate: float, reinvestment_rate: float) -> float:
    """The modified internal rate of return; NaN without a payment in each direction."""
    from pyxirr import mirr

    found = mirr(list(amounts), finance_rate, reinvestment_rate, silent=True)
    return math.nan if found is None else float(found)


def payback_periods(amounts: Sequence[float], rate: float = 0.0) -> float:
    """Periods until the payments, discounted at `rate`, are made up for good, within a period in a straight line.

    NaN where they never are. What is made up and lost again does not count.
    """
    worth = np.asarray(amounts, dtype=float) / (1.0 + rate) ** np.arange(len(amounts))
    balance = np.cumsum(worth)
    if not len(balance) or balance[-1] < 0:
        return math.nan
    below = np.flatnonzero(balance < 0)
    if not len(below):
        return 0.0
    last = int(below[-1])
    return float(last + -balance[last] / worth[last + 1])
