"""Shortest schedules of PSPLIB j30 against the textbook's model handed to CP-SAT as it is.

The baseline is intervals, a cumulative constraint a resource, precedences and
the makespan to be minimised, with CP-SAT's own choices; both have one worker,
the same seed and the same limit, in CP-SAT's deterministic time. CPU seconds of
all instances together, of each the least of two turns. `PMO_BENCH_EVERY` takes
every so many of the 480 instances.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pmo_analytics.forecasting.resource_schedule import LIMIT, SEED, resource_schedule
from tests.real_data.conftest import DEFAULT
from tests.real_data.psplib import Instance, j30

EVERY, TURNS, MOST = int(os.environ.get("PMO_BENCH_EVERY", "8")), 2, 1.3
Answer = tuple[int, bool]


def plain(given: Instance) -> Answer:
    from ortools.sat.python import cp_model

    model, horizon = cp_model.CpModel(), sum(given.durations)
    starts = [model.new_int_var(0, horizon, "") for _ in given.durations]
    tasks = [model.new_fixed_size_interval_var(s, d, "") for s, d in zip(starts, given.durations, strict=True)]
    for before, after in given.links:
        model.add(starts[after - 1] >= starts[before - 1] + given.durations[before - 1])
    for resource, capacity in enumerate(given.capacities):
        model.add_cumulative(tasks, [asked[resource] for asked in given.demands], capacity)
    makespan = model.new_int_var(0, horizon, "")
    model.add_max_equality(makespan, [s + d for s, d in zip(starts, given.durations, strict=True)])
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, SEED
    solver.parameters.max_deterministic_time = LIMIT
    status = solver.solve(model)
    return round(solver.objective_value), status == cp_model.OPTIMAL


def ours(given: Instance) -> Answer:
    found = resource_schedule(given.project, workers=1, seed=SEED, limit=LIMIT)
    return found.goals[0].value, found.is_proven


def seconds(run: Callable[[Instance], Answer], given: Instance) -> tuple[float, Answer]:
    found = []
    for _ in range(TURNS):
        started = time.process_time()
        answer = run(given)
        found.append((time.process_time() - started, answer))
    return min(found)


def test_against_the_textbooks_model() -> None:
    named = os.environ.get("PMO_REAL_DATA")
    folder = (Path(named) if named else DEFAULT).resolve()
    if not folder.is_dir():
        pytest.skip("no folder of real exports: set PMO_REAL_DATA to one")
    known = j30(folder)[::EVERY]
    ours(known[0][0])
    times: dict[str, list[float]] = {"textbook": [], "ours": []}
    proven = dict.fromkeys(times, 0)
    for each, optimum in known:
        for name, run in (("textbook", plain), ("ours", ours)):
            took, (makespan, is_proven) = seconds(run, each)
            times[name].append(took)
            proven[name] += is_proven and makespan == optimum
    total = {name: sum(found) for name, found in times.items()}
    ratio = total["ours"] / total["textbook"]
    print(f"\n{len(known)} instances of PSPLIB j30: CPU s, one worker, limit {LIMIT:g} of deterministic time")
    for name, found in times.items():
        ordered = sorted(found)
        shown = f"{total[name]:8.1f} in all, median {ordered[len(ordered) // 2]:.3f}, longest {ordered[-1]:.1f}"
        print(f"  {name:<9}{shown}; {proven[name]} of {len(known)} optima proven")
    print(f"  ratio {ratio:.2f}")
    assert proven["ours"] == len(known)
    assert ratio <= MOST
