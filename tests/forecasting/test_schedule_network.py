from __future__ import annotations

from itertools import pairwise

import pytest

from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.forecasting.schedule_network import circles, schedule_network


def test_tasks_stand_behind_what_they_wait_for() -> None:
    network = schedule_network(["D", "A", "C", "B"], ["A", "C", "A", "B"], ["B", "D", "C", "D"])
    place = {int(task): position for position, task in enumerate(network.order)}
    assert all(place[i] < place[j] for i, j in zip(network.predecessor, network.successor, strict=True))
    assert [network.task_ids[task] for task in network.order] == ["A", "B", "C", "D"]


def test_a_circle_is_named_by_its_path() -> None:
    with pytest.raises(PmoError, match="A → B → C → A") as caught:
        schedule_network("XABCY", ["X", "A", "B", "C", "C"], ["A", "B", "C", "A", "Y"])
    assert caught.value.hint == "remove or turn one link of each circle"
    assert "X" not in str(caught.value.found)
    assert "Y" not in str(caught.value.found)


def test_each_group_of_circles_gives_one_path_and_a_task_may_wait_for_itself() -> None:
    links = [("A", "B"), ("B", "A"), ("B", "C"), ("C", "D"), ("D", "E"), ("E", "C"), ("F", "F"), ("E", "G")]
    before, after = zip(*links, strict=True)
    assert circles("ABCDEFG", before, after) == [["A", "B", "A"], ["C", "D", "E", "C"], ["F", "F"]]
    assert circles("AB", ["A"], ["B"]) == []
    assert circles("AB", [], []) == []


def test_every_link_of_a_named_path_is_there() -> None:
    links = {(i, (i * 7 + 3) % 40) for i in range(40)} | {(i, (i + 11) % 40) for i in range(0, 40, 3)}
    before, after = zip(*links, strict=True)
    found = circles(range(40), before, after)
    assert found
    for path in found:
        assert path[0] == path[-1]
        assert set(pairwise(path)) <= links


def test_a_long_circle_is_shortened_in_the_message() -> None:
    tasks = [f"T{i}" for i in range(1_000)]
    with pytest.raises(PmoError, match=r"T0 → T1 → .*… 989 more … → .*T999 → T0"):
        schedule_network(tasks, tasks, tasks[1:] + tasks[:1])


def test_links_to_tasks_that_are_not_here_tie_nothing_and_are_told() -> None:
    network = schedule_network(["A", "B"], ["A", "A", "elsewhere"], ["B", "gone", "B"])
    assert network.outside.tolist() == [1, 2]
    assert network.predecessor.tolist() == [0]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"task_ids": ["A", "A", "B"]}, "stands twice"),
        ({"relations": ["FS", "XX"]}, "XX"),
        ({"relations": ["FS"]}, "differ in length"),
        ({"lags": [0.0, float("nan")]}, "no number"),
    ],
)
def test_what_cannot_be_is_refused(named: dict[str, list[object]], said: str) -> None:
    given = {"task_ids": ["A", "B", "C"], "predecessors": ["A", "B"], "successors": ["B", "C"], **named}
    with pytest.raises(UsageError, match=said):
        schedule_network(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [500, 1])
def test_many_tasks_are_walked_level_by_level_whether_levels_are_wide_or_narrow(width: int) -> None:
    tasks = list(range(5_000))
    after = [*tasks[width:], *tasks[2 * width :]]
    before = [*tasks[:-width], *(task - width for task in tasks[2 * width :])]
    network = schedule_network(tasks, before, after)
    # Each waits for the one a width before it: the order by number is that of levels, and the only one if it is 1.
    assert network.order.tolist() == tasks
    assert (network.predecessor[1:] >= network.predecessor[:-1]).all()
    with pytest.raises(PmoError, match="run in a circle"):
        schedule_network(tasks, [*before, tasks[-width]], [*after, tasks[0]])
