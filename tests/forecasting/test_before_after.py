from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from pmo_analytics.forecasting.before_after import Change, change_within_strata

SIX, SIDES = [0.0, 0, 0, 1, 1, 1], [False] * 3 + [True] * 3


def change(values: Any, is_after: Any, stratum: Any, **options: Any) -> Change:
    return change_within_strata(values, is_after, stratum, np.random.default_rng(1), **options)


def test_the_worked_example() -> None:
    found = change(SIX, SIDES, ["p"] * 6)
    assert (found.effect, found.before, found.after, found.control) == (1.0, 3, 3, 0)
    assert found.p_value == pytest.approx(0.05, abs=0.02)
    control = [0.0, 0, 0, 0.4, 0.4, 0.4]
    both = change(SIX + control, SIDES * 2, ["p"] * 12, is_control=[False] * 6 + [True] * 6)
    assert both.effect == pytest.approx(0.6)
    assert both.control == 6


def test_strata_are_weighed_by_what_they_can_tell_and_their_own_level_takes_no_part() -> None:
    # 2 and 2 values weigh 1, 2 and 6 weigh 1.5.
    values = [0.0, 0, 1, 1, 100, 100, *[103.0] * 6]
    after = [False, False, True, True, False, False, *[True] * 6]
    found = change(values, after, ["p"] * 4 + ["q"] * 8)
    assert found.effect == pytest.approx((1 * 1 + 1.5 * 3) / 2.5)
    moved = change([*values[:4], *(v - 50 for v in values[4:])], after, ["p"] * 4 + ["q"] * 8)
    assert moved == found


def test_a_stratum_of_one_side_says_nothing_and_nothing_at_all_is_nan() -> None:
    found = change([*SIX, 9.0, 9, 9], [*SIDES, True, True, True], ["p"] * 6 + ["q"] * 3)
    assert (found.effect, found.after) == (1.0, 3)
    none = change([1.0, 2, 3], [False, True, True], ["p"] * 3)
    assert math.isnan(none.effect)
    assert math.isnan(none.p_value)
    assert (none.before, none.after) == (0, 0)


def test_a_control_without_two_values_a_side_is_as_none() -> None:
    found = change([*SIX, 5.0], [*SIDES, True], ["p"] * 7, is_control=[False] * 6 + [True])
    assert (found.effect, found.control) == (1.0, 0)


def test_the_interval_excludes_zero_where_the_change_is_plain_and_mirrors() -> None:
    chance = np.random.default_rng(3)
    values, after = np.concatenate([chance.normal(0, 1, 40), chance.normal(2, 1, 40)]), np.repeat([False, True], 40)
    found = change(values, after, ["p"] * 80)
    assert found.p_value < 0.01
    assert 0 < found.low < found.effect < found.high
    mirrored = change(-values, after, ["p"] * 80)
    assert mirrored.effect == -found.effect
    assert mirrored.low == pytest.approx(-found.high, abs=0.15)


def test_what_all_changed_by_together_is_no_effect() -> None:
    chance = np.random.default_rng(4)
    after = np.tile(np.repeat([False, True], 20), 2)
    values = chance.normal(0, 1, 80) + 5 * after
    found = change(values, after, ["p"] * 80, is_control=np.repeat([False, True], 40))
    assert abs(found.effect) < 1.5
    assert found.p_value > 0.05
