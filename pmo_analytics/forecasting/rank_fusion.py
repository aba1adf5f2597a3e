"""Several orders of the same things made into one, by the places alone.

A thing's score is the sum over the orders of 1 / (k + place), place 1 being the
first; an order that does not hold it adds nothing. Scores of different rankers
have no common scale; places have. Source: Cormack, Clarke and Büttcher (2009),
with their k of 60.

Worked example: one order is a, b, the other b, c. b has 1/62 + 1/61, a has 1/61
and c 1/62: the order is b, a, c.

>>> [name for name, _ in fused([["a", "b"], ["b", "c"]])]
['b', 'a', 'c']
"""

from __future__ import annotations

from collections.abc import Sequence

K = 60


def fused(orders: Sequence[Sequence[str]], *, k: int = K) -> list[tuple[str, float]]:
    """Names with their fused scores, the best first; of equal scores in order of name."""
    scores: dict[str, float] = {}
    for order in orders:
        for place, name in enumerate(order, start=1):
            scores[name] = scores.get(name, 0.0) + 1.0 / (k + place)
    return sorted(scores.items(), key=lambda each: (-each[1], each[0]))
