"""What it is worth to know an uncertain value before a choice is made.

A choice between two courses differs by a margin that is not known for sure: with
it known, the better course would be taken every time. The expected gain of that
is the mean of what the margin lies on the other side of zero, which for a normal
margin is the deviation times the unit normal loss at the margin's distance from
zero. It is the most that finding out may cost. Sources: Raiffa and Schlaifer
(1961), expected value of perfect information; Howard (1966).

Worked example: a project that is chosen is worth 10 more than what would take its
place, give or take a deviation of 20. Knowing it beforehand is worth 20 × (φ(0.5) −
0.5 × (1 − Φ(0.5))) = 3.96. Were the margin 60, it would be worth 0.01.
"""

from __future__ import annotations

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats


def information_worth(margin: Floats, deviation: Floats) -> Floats:
    """Expected gain of knowing each normal margin, in its unit.

    0 where nothing is uncertain, NaN where the margin or deviation is. The sign
    of the margin, whether something is chosen or lost, does not matter.
    """
    from scipy.special import ndtr

    given, spread = np.abs(np.asarray(margin, dtype=float)), np.asarray(deviation, dtype=float)
    distance = np.divide(given, spread, out=np.zeros_like(given), where=spread > 0)
    loss = np.exp(-(distance**2) / 2) / np.sqrt(2 * np.pi) - distance * ndtr(-distance)
    worth: Floats = np.where(np.isnan(given), np.nan, spread * np.maximum(loss, 0.0))
    return worth
