"""How sure an order is: chances of each rank under other weights, and the least change of weights that turns a pair.

Weights are drawn from a Dirichlet distribution around the stated ones; a
concentration of 50 lets a weight of 0.2 vary by about 0.06. The least change
moves weight between criteria: what it takes away it takes where the leader gains
most by it, and gives it where the other does. Sources: Butler, Jia and Dyer
(1997) for simulation over weights; Wolters and Mareschal (1995) for the least
change.

Worked example: A has swings 1 and 0, B 0 and 1, weights are 0.6 and 0.4. Moving
0.1 of the weight makes them equal.
"""

from __future__ import annotations

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.multi_criteria import ranks, shares

CONCENTRATION, DRAWS = 50.0, 2_000


def rank_chances(
    swung: Floats, weights: Floats, generator: np.random.Generator, *, concentration: float = CONCENTRATION,
    draws: int = DRAWS,
) -> Floats:  # fmt: skip
    """Chance of each rank, shape (subjects, ranks), of weighted values under weights drawn around the stated ones.

    A criterion that weighs nothing keeps weighing nothing.
    """
    stated = shares(weights)
    counts = stated > 0
    drawn = np.zeros((draws, len(stated)))
    drawn[:, counts] = generator.dirichlet(concentration * stated[counts], size=draws)
    places = ranks(drawn @ swung.T)
    n = len(swung)
    chances: Floats = np.stack([(places == place).mean(axis=0) for place in range(1, n + 1)], axis=1)
    return chances


def least_turn(difference: Floats, weights: Floats) -> tuple[float, Floats]:
    """The least share of weight to be moved until a lead is gone, and the weights then; NaN where no weights do it.

    `difference` is the leader's swings less the other's. Half the sum of
    absolute changes of the weights is the share that is moved.
    """
    stated = shares(weights)
    lead = float(difference @ stated)
    least = int(np.argmin(difference))
    if lead <= 0:
        return 0.0, stated
    if difference[least] > 0:
        return float("nan"), stated
    moved, made = 0.0, stated.copy()
    for place in np.argsort(-difference, kind="stable"):
        gain = float(difference[place] - difference[least])
        if gain <= 0 or lead <= 0:
            break
        part = min(float(made[place]), lead / gain)
        made[place] -= part
        made[least] += part
        moved += part
        lead -= part * gain
    return moved, made
