from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.resource_project import resource_project, serial_schedule
from pmo_analytics.forecasting.schedule_network import schedule_network


def test_the_worked_example() -> None:
    project = resource_project(schedule_network("ABC", [], []), [2, 1, 1], [[2], [2], [1]], [3])
    assert serial_schedule(project, [0, 1, 2]).tolist() == [0, 2, 0]
    # B first: A waits for it, C still fits beside.
    assert serial_schedule(project, [1, 0, 2]).tolist() == [1, 0, 0]


def test_a_task_waits_for_periods_in_which_all_it_asks_for_is_there() -> None:
    network = schedule_network("AB", "A", "B", ["SS"], [1])
    project = resource_project(network, [2, 2], [[1], [1]], [[1, 0, 1, 1, 0, 2]])
    # A needs two periods in a row with one left, B the same beside or after it; from period 5 on there are two.
    assert serial_schedule(project, [0, 0]).tolist() == [2, 5]
    assert project.planned.tolist() == [0, 1]


def test_dates_not_to_start_before_hold() -> None:
    project = resource_project(schedule_network("AB", "A", "B"), [1, 0], [[1], [0]], [1], not_before=[3, 0])
    assert serial_schedule(project, [0, 0]).tolist() == [3, 4]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"durations": [1.5, 1]}, "durations are not all whole numbers"),
        ({"demands": [[1], [-1]]}, "demands are not all whole numbers"),
        ({"capacities": [np.inf]}, "capacities are not all whole numbers"),
        ({"durations": [1]}, "do not fit each other"),
        ({"demands": [[1, 1], [1, 1]]}, "do not fit each other"),
        ({"demands": [[1], [3]]}, "task B asks for more of a resource than there is in the end"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], told: str) -> None:
    given: dict[str, Any] = {"durations": [1, 1], "demands": [[1], [1]], "capacities": [2]} | change
    with pytest.raises(UsageError, match=told):
        resource_project(schedule_network("AB", [], []), **given)


def test_a_milestone_asks_for_nothing() -> None:
    # It lasts no time, so that what it would ask for can never be short.
    project = resource_project(schedule_network("AB", "A", "B"), [0, 1], [[9], [1]], [1])
    assert serial_schedule(project, [0, 0]).tolist() == [0, 0]
