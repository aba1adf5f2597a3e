from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.critical_path import CriticalPath, critical_path
from pmo_analytics.forecasting.schedule_network import RELATIONS, schedule_network

Links = list[tuple[int, int, str, int]]


def test_the_worked_example() -> None:
    network = schedule_network("ABCD", "AABC", "BCDD")
    found = critical_path(network, [3, 2, 4, 1], near_critical_float=2)
    assert found.finish == 8
    assert found.earliest_start.tolist() == [0, 3, 3, 7]
    assert found.earliest_finish.tolist() == [3, 5, 7, 8]
    assert found.latest_start.tolist() == [0, 5, 3, 7]
    assert found.latest_finish.tolist() == [3, 7, 7, 8]
    assert found.total_float.tolist() == [0, 2, 0, 0]
    assert found.is_critical.tolist() == [True, False, True, True]
    assert found.is_near_critical.tolist() == [False, True, False, False]


def test_float_that_is_shared_is_not_free() -> None:
    # A and B wait in a row beside C: both may slip by 4, but A only at the cost of B.
    network = schedule_network("ABCD", "ABC", "BDD")
    found = critical_path(network, [1, 1, 6, 1])
    assert found.total_float.tolist() == [4, 4, 0, 0]
    assert found.free_float.tolist() == [0, 4, 0, 0]


@pytest.mark.parametrize(
    ("relation", "lag", "start"),
    # By hand: A takes 5, B takes 3.
    [("FS", 0, 5), ("FS", 2, 7), ("FS", -2, 3), ("SS", 1, 1), ("FF", 0, 2), ("FF", 4, 6), ("SF", 6, 3), ("FS", -9, 0)],
)
def test_each_relation_ties_its_ends(relation: str, lag: float, start: float) -> None:
    found = critical_path(schedule_network("AB", "A", "B", [relation], [lag]), [5, 3])
    assert found.earliest_start.tolist() == [0, start]
    assert found.finish == max(5, start + 3)


def test_a_task_with_only_a_start_tied_still_ends_by_the_finish() -> None:
    found = critical_path(schedule_network("AB", "A", "B", ["SS"]), [10, 2])
    assert found.total_float.tolist() == [0, 8]


def test_a_date_not_to_start_before_moves_a_task() -> None:
    network = schedule_network("AB", "A", "B")
    found = critical_path(network, [1, 1], not_before=[0, 5])
    assert found.earliest_start.tolist() == [0, 5]
    assert found.total_float.tolist() == [4, 0]


def test_sums_that_differ_in_the_last_digit_leave_no_float() -> None:
    network = schedule_network("ABCDE", "ABDC", "BCEE")
    found = critical_path(network, [0.1, 0.2, 0.3, 0.6, 0.1])
    assert found.is_critical.tolist() == [True] * 5


def test_a_deep_chain_and_no_task_at_all() -> None:
    tasks = list(range(20_000))
    assert critical_path(schedule_network(tasks, tasks[:-1], tasks[1:]), np.ones(20_000)).finish == 20_000
    assert critical_path(schedule_network([], [], []), []).finish == 0


@pytest.mark.parametrize("durations", [[1.0], [1.0, -1.0], [1.0, float("nan")]])
def test_durations_that_cannot_be_are_refused(durations: list[float]) -> None:
    with pytest.raises(UsageError, match="duration"):
        critical_path(schedule_network("AB", "A", "B"), durations)


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[int], Links]:
    """Up to seven tasks in an order that is not that of their links, with whole durations and lags."""
    durations = draw(st.lists(st.integers(0, 9), min_size=1, max_size=7))
    tasks = len(durations)
    names = draw(st.permutations(range(tasks)))
    pairs = [(i, j) for i in range(tasks) for j in range(i + 1, tasks)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=10)) if pairs else []
    links = [(names[i], names[j], draw(st.sampled_from(RELATIONS)), draw(st.integers(-6, 6))) for i, j in chosen]
    return durations, links


def reckoned(durations: list[int], links: Links, scale: float = 1.0) -> CriticalPath:
    before, after, relations, lags = ([link[k] for link in links] for k in range(4))
    network = schedule_network(range(len(durations)), before, after, relations, scale * np.array(lags, dtype=float))
    return critical_path(network, scale * np.array(durations), near_critical_float=2 * scale)


def weight(durations: list[int], link: tuple[int, int, str, int]) -> int:
    """Least time from the predecessor's start to the successor's, written out for each relation."""
    i, j, relation, lag = link
    return {
        "FS": durations[i] + lag,
        "SS": lag,
        "FF": durations[i] + lag - durations[j],
        "SF": lag - durations[j],
    }[relation]


def longest_to(task: int, durations: list[int], links: Links) -> int:
    """Earliest start, by trying every path that leads to a task."""
    ways = [longest_to(link[0], durations, links) + weight(durations, link) for link in links if link[1] == task]
    return max([0, *ways])


def longest_from(task: int, durations: list[int], links: Links) -> int:
    """Time from a task's start to the last finish that hangs on it, by trying every path."""
    ways = [weight(durations, link) + longest_from(link[1], durations, links) for link in links if link[0] == task]
    return max([durations[task], *ways])


@given(networks())
def test_dates_are_those_of_the_longest_paths(given_network: tuple[list[int], Links]) -> None:
    durations, links = given_network
    found = reckoned(durations, links)
    tasks = range(len(durations))
    earliest = [longest_to(task, durations, links) for task in tasks]
    assert found.earliest_start.tolist() == earliest
    assert found.finish == max(earliest[task] + durations[task] for task in tasks)
    assert found.latest_start.tolist() == [found.finish - longest_from(task, durations, links) for task in tasks]


@given(networks())
def test_floats_are_what_a_task_can_slip_by(given_network: tuple[list[int], Links]) -> None:
    durations, links = given_network
    found = reckoned(durations, links)
    assert (found.free_float >= 0).all()
    assert (found.total_float >= found.free_float).all()
    for task in range(len(durations)):
        for slip, moves in ((found.total_float[task], False), (found.total_float[task] + 1, True)):
            begin = np.zeros(len(durations))
            begin[task] = found.earliest_start[task] + slip
            before, after, relations, lags = ([link[k] for link in links] for k in range(4))
            network = schedule_network(range(len(durations)), before, after, relations, lags)
            slipped = critical_path(network, durations, not_before=begin)
            assert (slipped.finish > found.finish) == moves
        begin[task] = found.earliest_start[task] + found.free_float[task]
        slipped = critical_path(network, durations, not_before=begin)
        others = np.arange(len(durations)) != task
        assert (slipped.earliest_start == found.earliest_start)[others].all()
        assert slipped.finish == found.finish


@given(networks(), st.sampled_from([1.0, 0.1, 1 / 3]))
def test_critical_tasks_chain_from_start_to_finish(given_network: tuple[list[int], Links], scale: float) -> None:
    durations, links = given_network
    found = reckoned(durations, links, scale)
    critical = set(np.flatnonzero(found.is_critical).tolist())
    assert critical
    assert max(found.earliest_finish[task] for task in critical) == pytest.approx(found.finish)
    for task in critical:
        ties = [
            link[0]
            for link in links
            if link[1] == task
            and found.earliest_start[link[0]] + scale * weight(durations, link)
            == pytest.approx(found.earliest_start[task], abs=1e-9)
        ]
        assert found.earliest_start[task] == 0 or critical & set(ties)
    assert not (found.is_critical & found.is_near_critical).any()
