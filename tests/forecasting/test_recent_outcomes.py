from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.recent_outcomes import recent_outcomes


def clocks(asked: list[int], known: list[int]) -> TwoClocks:
    start, day = np.datetime64("2026-01-01", "us"), np.timedelta64(1, "D")
    return TwoClocks(start + np.array(asked) * day, start + np.array(known) * day)


def test_the_last_of_a_group_by_hand() -> None:
    outcomes = np.array([1.0, 0.0, -2.0, 4.0, 9.0])
    groups = np.array(["a", "a", "b", "a", "a"], dtype=object)
    found = recent_outcomes(outcomes, groups, clocks([0, 1, 2, 3, 4], [0, 1, 2, 9, 4]), last=1, pseudo_count=1)
    # Asked on day 4: 4.0 is not known yet; the group's last is 0.0, and all known are 1, 0 and -2.
    assert found[4] == pytest.approx([(0 - 1 / 3) / 2, (1 + 1 / 3) / 2, (0 + 1) / 2])
    assert found[0].tolist() == [0.0, 0.0, 0.0]


def test_outcomes_known_later_change_nothing_and_may_be_missing() -> None:
    generator = np.random.default_rng(1)
    asked = np.sort(generator.integers(0, 50, 80))
    lag = generator.integers(0, 30, 80)
    when = clocks(asked.tolist(), (asked + lag).tolist())
    groups = generator.choice(np.array(["a", "b", "c"], dtype=object), 80)
    outcomes = generator.normal(size=80)
    day = 30
    is_later = asked + lag >= day
    before = recent_outcomes(outcomes, groups, when)
    changed = recent_outcomes(np.where(is_later, 77.0, outcomes), groups, when)
    assert before[asked <= day].tolist() == changed[asked <= day].tolist()
    hidden = TwoClocks(when.asked_at, np.where(is_later, np.datetime64("NaT"), when.known_at))
    assert (
        before[asked <= day].tolist()
        == recent_outcomes(np.where(is_later, np.nan, outcomes), groups, hidden)[asked <= day].tolist()
    )
