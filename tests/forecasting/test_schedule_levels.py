from __future__ import annotations

import numpy as np

from pmo_analytics.forecasting.schedule_levels import LevelWalk, is_wide, levels
from pmo_analytics.forecasting.schedule_network import RELATIONS, schedule_network
from pmo_analytics.forecasting.schedule_simulation import _Walk


def test_levels_count_the_links_of_the_longest_way() -> None:
    network = schedule_network("ABCD", ["A", "B", "A"], ["B", "C", "C"])
    assert levels(network).tolist() == [0, 1, 2, 0]
    assert not is_wide(network)
    assert is_wide(schedule_network(range(16), [], []))


def test_levels_and_tasks_one_by_one_give_the_same() -> None:
    generator = np.random.default_rng(3)
    for _ in range(20):
        count = int(generator.integers(2, 40))
        pairs = [sorted(generator.choice(count, 2, replace=False).tolist()) for _ in range(3 * count)]
        relations = generator.choice(RELATIONS, len(pairs)).tolist()
        network = schedule_network(
            range(count), [a for a, _ in pairs], [b for _, b in pairs], relations, generator.integers(-3, 4, len(pairs))
        )
        duration, begin = generator.gamma(2.0, 3.0, (count, 7)), generator.gamma(1.0, 2.0, count)
        ours, theirs = LevelWalk(network, begin), _Walk(network, None, begin)
        np.testing.assert_allclose(ours.forward(duration), theirs.forward(duration))
        places = np.arange(count)
        np.testing.assert_allclose(ours.finishes(places), theirs.finishes(places))
        one, other = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        ours.count_critical(duration, one)
        theirs.count_critical(duration, other)
        np.testing.assert_array_equal(one, other)
