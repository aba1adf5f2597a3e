from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from pmo_analytics.forecasting.resource_project import ResourceProject, resource_project
from pmo_analytics.forecasting.resource_schedule import Goal, Lateness, resource_schedule
from pmo_analytics.forecasting.schedule_network import Places, schedule_network

LATE_BY_HAND = Lateness(np.array([0, 1]), np.array([2, 2]), np.array([1, 3]))


def allowed(project: ResourceProject, starts: Places) -> Places:
    """Those rows of starts that are schedules."""
    net = project.network
    waits = starts[:, net.successor] - starts[:, net.predecessor]
    kept = starts[(starts >= project.not_before).all(axis=1) & (waits >= project.weights).all(axis=1)]
    periods = np.arange(int((kept + project.durations).max()) + 1)
    there = project.capacity_by_period(len(periods))
    begun = kept[:, :, None] <= periods
    is_on = begun & (periods < (kept + project.durations)[:, :, None])
    used = np.einsum("stp,tr->srp", is_on, project.demands)
    return kept[(used <= there).all(axis=(1, 2))]


def drawn(seed: int) -> tuple[ResourceProject, Lateness]:
    """Four tasks of up to two periods, on two resources whose capacity changes, in two groups."""
    chance = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(4) for j in range(i + 1, 4) if chance.random() < 0.3]
    relations = chance.choice(["FS", "SS", "FF", "SF"], len(pairs), p=[0.7, 0.1, 0.1, 0.1]).tolist()
    network = schedule_network(
        range(4), [i for i, _ in pairs], [j for _, j in pairs], relations, chance.integers(-1, 2, len(pairs))
    )
    capacities = np.column_stack([chance.integers(0, 3, (2, 3)), [2, 2]])
    project = resource_project(
        network, chance.integers(0, 3, 4), chance.integers(0, 3, (4, 2)), capacities,
        not_before=chance.integers(0, 2, 4),
    )  # fmt: skip
    group = chance.integers(-1, 2, 4)
    return project, Lateness(group, chance.integers(0, 5, 2), chance.integers(1, 4, 2))


def schedules(project: ResourceProject, periods: int) -> Places:
    """Every schedule whose tasks start within so many periods; links alone rule out what is earlier than planned."""
    ranges = (range(first, periods) for first in project.planned.tolist())
    return allowed(project, np.array(list(product(*ranges))))


def test_the_worked_example() -> None:
    project = resource_project(schedule_network("AB", [], []), [2, 2], [[1], [1]], [1])
    found = resource_schedule(project, LATE_BY_HAND)
    assert found.start.tolist() == [2, 0]
    assert found.goals == (Goal("lateness", 2, 2), Goal("moves", 1, 1), Goal("shift", 2, 2))
    assert found.is_proven


def test_bounds_that_meet_need_no_solver() -> None:
    project = resource_project(schedule_network("AB", "A", "B"), [2, 2], [[1], [1]], [1])
    assert resource_schedule(project, limit=0).goals == (Goal("makespan", 4, 4),)
    assert resource_schedule(project, LATE_BY_HAND, limit=0).start.tolist() == [0, 2]


def test_what_is_not_proven_comes_with_its_bound() -> None:
    chance = np.random.default_rng(5)
    project = resource_project(
        schedule_network(range(20), [], []), chance.integers(1, 9, 20), chance.integers(1, 6, (20, 2)), [8, 8]
    )
    (goal,) = resource_schedule(project, limit=0).goals
    assert goal.bound < goal.value
    assert not goal.is_proven


def test_the_same_project_gives_the_same_schedule() -> None:
    project, lateness = drawn(3)
    first, again = (resource_schedule(project, lateness) for _ in range(2))
    assert first.start.tolist() == again.start.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_it_agrees_with_every_schedule_that_there_is(seed: int) -> None:
    project, lateness = drawn(seed)
    # Three periods of changing capacity, two of lag, and all tasks one after the other.
    known = schedules(project, 3 + 2 + int(project.durations.sum()))
    shortest = resource_schedule(project)
    assert len(allowed(project, shortest.start[None]))
    assert shortest.is_proven
    assert shortest.goals[0].value == min(int((start + project.durations).max()) for start in known)
    planned = project.planned
    best = min(
        (lateness.of(project, start), int((start > planned).sum()), int((start - planned).sum())) for start in known
    )
    levelled = resource_schedule(project, lateness)
    assert len(allowed(project, levelled.start[None]))
    assert levelled.is_proven
    assert tuple(goal.value for goal in levelled.goals) == best
