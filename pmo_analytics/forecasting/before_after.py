"""Whether values changed from before a day to after it, held against chance: within strata, beside a control.

Each stratum, such as a project, is compared with itself: the change is the mean
over strata of the mean after less the mean before, weighted by b a / (b + a)
of their b values before and a after, so that what strata differ by takes no
part. A stratum without two values on both sides says nothing and is left out.
With a control group the effect is the change of the group less that of the
control. The interval and the p-value come from shuffling before and after within
strata; ties count half. What group and control changed by together widens the
interval. It rests on values of a stratum being alike but for the change: a drift
of their own, or luck that months share, is taken for an effect. Nothing here
says what caused a change.

Sources: stratified permutation tests (Pitman 1937, van Elteren 1960);
differences in differences.

Worked example: one project has the values 0, 0, 0 before and 1, 1, 1 after: it
changed by 1. Of the 20 ways to divide the six 2 change by as much, one in each
direction, which count half: p is 0.05. Beside a control that changed by 0.4 the
effect is 0.6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pmo_analytics.forecasting.quantile_scores import Floats

DRAWS = 1_999
FEWEST_A_SIDE = 2
_NEAR = 1e-9


@dataclass(frozen=True)
class Change:
    """An effect with its 95 % interval, its p-value, and how many values it rests on.

    Figures are NaN where no stratum has two values on both sides. `before` and
    `after` count the group's values that are used, `control` all of the control's.
    """

    effect: float
    low: float
    high: float
    p_value: float
    before: int
    after: int
    control: int


@dataclass(frozen=True)
class _Stratum:
    values: Floats
    before: int
    is_treated: bool

    @property
    def weight(self) -> float:
        after = len(self.values) - self.before
        return self.before * after / len(self.values)


def change_within_strata(
    values: ArrayLike,
    is_after: ArrayLike,
    stratum: ArrayLike,
    generator: np.random.Generator,
    *,
    is_control: ArrayLike | None = None,
    draws: int = DRAWS,
) -> Change:
    """The change of values that are no control, less that of the control where `is_control` marks any.

    A control none of whose strata can be used is as none. Strata of group and
    control are apart even where they have one name.
    """
    x, after = np.asarray(values, dtype=float), np.asarray(is_after, dtype=bool)
    control = np.zeros(len(x), dtype=bool) if is_control is None else np.asarray(is_control, dtype=bool)
    strata = _strata(x, after, np.asarray(stratum), control)
    treated = [each for each in strata if each.is_treated]
    if not treated:
        return Change(math.nan, math.nan, math.nan, math.nan, 0, 0, 0)
    others = [each for each in strata if not each.is_treated]
    effect = _change(treated) - (_change(others) if others else 0.0)
    drawn = _shuffled(treated, generator, draws)
    if others:
        drawn = drawn - _shuffled(others, generator, draws)
    size, sizes = abs(effect), np.abs(drawn)
    larger = (sizes > size + _NEAR).mean() + 0.5 * (np.abs(sizes - size) <= _NEAR).mean()
    low, high = effect - np.quantile(drawn, [0.975, 0.025])
    before, used = sum(each.before for each in treated), sum(len(each.values) for each in treated)
    return Change(
        effect, float(low), float(high), float(larger), before, used - before, sum(len(each.values) for each in others)
    )


def _strata(x: Floats, after: NDArray[np.bool_], stratum: NDArray[Any], control: NDArray[np.bool_]) -> list[_Stratum]:
    """Strata with two values on both sides, those before first in each."""
    found = []
    for is_control in (False, True):
        for name in np.unique(stratum[control == is_control]):
            here = (control == is_control) & (stratum == name)
            early, late = x[here & ~after], x[here & after]
            if min(len(early), len(late)) >= FEWEST_A_SIDE:
                found.append(_Stratum(np.concatenate([early, late]), len(early), not is_control))
    return found


def _change(strata: list[_Stratum]) -> float:
    weights = np.array([each.weight for each in strata])
    changes = [float(np.mean(each.values[each.before :]) - np.mean(each.values[: each.before])) for each in strata]
    return float(weights @ np.array(changes) / weights.sum())


def _shuffled(strata: list[_Stratum], generator: np.random.Generator, draws: int) -> Floats:
    """Changes where before and after are shuffled within strata."""
    total: Floats = np.zeros(draws)
    for each in strata:
        mixed = each.values[np.argsort(generator.random((draws, len(each.values))), axis=1)]
        total += each.weight * (mixed[:, each.before :].mean(axis=1) - mixed[:, : each.before].mean(axis=1))
    found: Floats = total / sum(each.weight for each in strata)
    return found
