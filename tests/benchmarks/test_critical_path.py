"""The critical path of 50,000 tasks and 80,000 links against one walk over the same network.

The baselines are a NetworkX topological sort of a graph that is built already
(left out, and told so, where NetworkX is not installed) and Kahn's algorithm
over dictionaries that are built already. What is measured against them is the
whole: the network from its identifiers, order, dates and floats. CPU seconds,
the least of five turns each.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pmo_analytics.forecasting.critical_path import critical_path
from pmo_analytics.forecasting.schedule_network import schedule_network

TASKS, LINKS, TURNS = 50_000, 80_000, 5
Pairs = tuple[list[str], list[str]]


def seconds(run: Callable[[], Any]) -> float:
    found = []
    for _ in range(TURNS):
        started = time.process_time()
        run()
        found.append(time.process_time() - started)
    return min(found)


def links(shape: str, tasks: list[str]) -> Pairs:
    """Distinct links: a chain through every task and short ones beside it, or links between any two tasks."""
    generator = np.random.default_rng(50)
    chosen = {(i, i + 1) for i in range(TASKS - 1)} if shape == "one chain" else set()
    while len(chosen) < LINKS:
        i, j = sorted(generator.integers(0, TASKS, 2).tolist())
        if shape == "one chain":
            j = min(i + 2 + j % 50, TASKS - 1)
        if i < j:
            chosen.add((i, j))
    pairs = sorted(chosen)
    return [tasks[i] for i, _ in pairs], [tasks[j] for _, j in pairs]


def kahn(onward: dict[str, list[str]], waits: dict[str, int]) -> list[str]:
    waiting = dict(waits)
    order = [task for task, count in waiting.items() if not count]
    for task in order:
        for target in onward[task]:
            waiting[target] -= 1
            if not waiting[target]:
                order.append(target)
    return order


@pytest.mark.parametrize("shape", ["any two tasks", "one chain"])
def test_against_a_topological_sort(shape: str) -> None:
    tasks = [f"T{k}" for k in range(TASKS)]
    before, after = links(shape, tasks)
    durations = np.random.default_rng(51).gamma(2.0, 5.0, TASKS)
    network = schedule_network(tasks, before, after)
    build = seconds(lambda: schedule_network(tasks, before, after))
    dates = seconds(lambda: critical_path(network, durations))
    onward: dict[str, list[str]] = {task: [] for task in tasks}
    waits = dict.fromkeys(tasks, 0)
    for i, j in zip(before, after, strict=True):
        onward[i].append(j)
        waits[j] += 1
    assert len(kahn(onward, waits)) == TASKS
    plain = seconds(lambda: kahn(onward, waits))
    print(f"\n{TASKS:,} tasks, {LINKS:,} links, {shape}: CPU s, least of {TURNS}")
    print(f"  network {build:.3f}, dates and floats {dates:.3f}, together {build + dates:.3f}")
    print(f"  Kahn over dictionaries {plain:.3f}: {(build + dates) / plain:.2f} times")
    if importlib.util.find_spec("networkx") is None:
        pytest.skip("NetworkX is not installed: no ratio to its topological sort")
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(tasks)
    graph.add_edges_from(zip(before, after, strict=True))
    theirs = seconds(lambda: list(nx.topological_sort(graph)))
    print(f"  NetworkX topological sort {theirs:.3f}: {(build + dates) / theirs:.2f} times")
    assert build + dates <= 2 * theirs
