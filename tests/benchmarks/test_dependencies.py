"""Dependencies of 200 projects, 50,000 tasks and 80,000 ties, from the frames that the warehouse gives.

The baseline of the critical path is NetworkX's topological sort of a graph that
is built already; what is measured is all of `schedule_paths` but the table it
makes: calendars read from their JSON, names of tasks, network, order, dates and
floats, each task by one of four calendars at random, so that three ties of four
lead from one calendar to another. CPU seconds, the least of five turns. The
propagation is `schedule_criticality` whole: 10,000 draws, criticality of each
task and the finish of each project; wall seconds, one turn.
"""

from __future__ import annotations

import importlib.util
import json
import time

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.performance.calendar_axis import CalendarAxis, calendar_axis
from pmo_analytics.performance.schedule_paths import schedule_criticality, schedule_paths
from tests.benchmarks.test_critical_path import kahn, seconds

PROJECTS, TASKS, TIES, DRAWS, MOST_SECONDS = 200, 50_000, 80_000, 10_000, 30
STATUS = pd.Timestamp("2026-06-30")
NOON = [["08:00", "12:00"], ["13:00", "17:00"]]
WEEKS = {
    "five days": (range(1, 6), NOON), "four days": (range(1, 5), [["07:00", "12:00"], ["13:00", "18:00"]]),
    "nights": (range(1, 6), [["22:00", "06:00"]]), "round the clock": (range(1, 8), [["00:00", "24:00"]]),
}  # fmt: skip


def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each project's tasks with their ties, a twentieth of them to another project; ties lead on in time."""
    generator = np.random.default_rng(60)
    each = TASKS // PROJECTS
    project = np.repeat(np.arange(PROJECTS), each)
    names = np.array([f"P{k:03d}" for k in range(PROJECTS)], dtype=object)[project]
    tasks = np.array([f"T{k}" for k in range(each)] * PROJECTS, dtype=object)
    hours = generator.gamma(2.0, 20.0, TASKS)
    activity = pd.DataFrame(
        {
            "schedule_id": names, "task_id": tasks, "status_date": STATUS, "project_id": names, "name": tasks,
            "state": "to_do", "duration_seconds": hours * 3600, "remaining_duration_seconds": hours * 3600,
        }
    )  # fmt: skip
    # Nine finished tasks beside them carry the record.
    done = activity.head(9).assign(
        task_id=[f"D{k}" for k in range(9)], state="done", actual_start_at=STATUS, baseline_start_at=STATUS
    )
    done["baseline_finish_at"] = STATUS + pd.Timedelta(days=10)
    done["actual_finish_at"] = STATUS + pd.to_timedelta(np.arange(8, 17), unit="D")
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < TIES:
        place, step = int(generator.integers(0, each - 1)), int(generator.integers(1, 20))
        before, other = generator.integers(0, PROJECTS, 2).tolist()
        after = before if generator.random() > 0.05 else other
        pairs.add((before * each + place, after * each + min(place + step, each - 1)))
    first, second = np.array(sorted(pairs)).T
    relation = generator.choice(["FS", "SS", "FF", "SF"], TIES, p=[0.85, 0.07, 0.07, 0.01])
    ties = pd.DataFrame(
        {
            "origin": "schedule", "predecessor_schedule_id": names[first], "predecessor_id": tasks[first],
            "schedule_id": names[second], "successor_id": tasks[second], "relation": relation,
            "lag_seconds": generator.choice([0.0, 28_800.0, -14_400.0], TIES, p=[0.8, 0.1, 0.1]),
            "lag_calendar": None, "link_state": "open",
        }
    )  # fmt: skip
    whole = pd.concat([activity, done], ignore_index=True)
    whole["calendar"] = generator.choice(list(WEEKS), len(whole))
    dates = ["start_at", "finish_at", "constraint_at", "local_start_at", "local_constraint_at", "baseline_finish_date"]
    whole = whole.reindex(columns=[*whole.columns, *dates, "constraint_type"])
    return whole.astype(dict.fromkeys(dates, "datetime64[ns]")), ties


def calendars() -> pd.DataFrame:
    """The same four calendars in each schedule, with ten days off a year."""
    off = [{"from": f"{year}-{month:02d}-01", "times": []} for year in range(2026, 2036) for month in range(1, 11)]
    return pd.DataFrame(
        [
            {
                "schedule_id": f"P{k:03d}", "calendar": name, "status_date": STATUS, "is_default": name == "five days",
                "working_week": json.dumps({str(day): times for day in days}),
                "calendar_exceptions": json.dumps(off),
            }
            for k in range(PROJECTS)
            for name, (days, times) in WEEKS.items()
        ]
    )  # fmt: skip


def test_paths() -> None:
    activity, ties = frames()

    known = calendars()

    def axis() -> CalendarAxis:
        return calendar_axis(activity, ties, known, STATUS)

    path = seconds(lambda: axis().path)
    network = seconds(axis)
    whole = seconds(lambda: schedule_paths(activity, ties, known, status_date=STATUS))
    print(f"\n{PROJECTS} projects, {TASKS:,} tasks, {len(ties):,} ties: CPU s, least of 5")
    print(f"  network, calendars, dates and floats from the frames {path:.3f}; with the checked table {whole:.3f}")
    print(f"  of it dates and floats alone, on a network that is built already {path - network:.3f}")
    before = (ties["predecessor_schedule_id"] + ties["predecessor_id"]).to_list()
    after = (ties["schedule_id"] + ties["successor_id"]).to_list()
    onward: dict[str, list[str]] = {task: [] for task in [*before, *after]}
    waits = dict.fromkeys(onward, 0)
    for first, second in zip(before, after, strict=True):
        onward[first].append(second)
        waits[second] += 1
    plain = seconds(lambda: kahn(onward, waits))
    print(f"  Kahn over dictionaries that are built already {plain:.3f}: {path / plain:.2f} times")
    if importlib.util.find_spec("networkx") is None:
        pytest.skip("NetworkX is not installed: no ratio to its topological sort")
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edges_from(zip(before, after, strict=True))
    theirs = seconds(lambda: list(nx.topological_sort(graph)))
    alone = (path - network) / theirs
    print(f"  NetworkX topological sort {theirs:.3f}: {path / theirs:.2f} times; dates and floats alone {alone:.2f}")
    assert path <= 2 * theirs


def test_propagation() -> None:
    activity, ties = frames()
    started, cpu, own = time.perf_counter(), time.process_time(), time.thread_time()
    found = schedule_criticality(activity, ties, status_date=STATUS, draws=DRAWS)
    took, cpu, own = time.perf_counter() - started, time.process_time() - cpu, time.thread_time() - own
    print(f"  {DRAWS:,} draws with criticality and each project's finish: {took:.1f} s")
    print(f"  CPU {cpu:.1f} s, of which {own:.1f} s in the thread that the wall waits for")
    assert len(found) == TASKS
    assert found["criticality_index"].max() > 0
    assert took < MOST_SECONDS
