"""100,000 draws of 500 correlated tasks through their network, against the same chain in numpy.

The baseline is what an analyst would write: batches of normal scores times the
root of the correlation, `ndtr`, each task's inverse on a row, the largest finish
of its predecessors, the last of all. Both use float64; one correlation holds for
every pair. Durations are triangular, or a third each triangular, PERT and
lognormal: most of the baseline's time then goes into the inverse of the beta
distribution, so the triangular ones are what is held to four times. Criticality
indices, which the baseline has not, and the way without numba are told beside
it, and so is the first turn, with tables made and kept code loaded. The least CPU
seconds of the turns count; wall seconds of the same turn stand beside them.
`PMO_BENCH_DRAWS` sets the draws.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pmo_analytics.forecasting.schedule_kernels import can_compile

DRAWS = int(os.environ.get("PMO_BENCH_DRAWS", "100000"))
TURNS = 3
LEAST_RATIO = 4.0
MOST_GB = 1.0
SCRIPT = """
import json, resource, sys, time
import numpy as np
from scipy.special import ndtr
from pmo_analytics.forecasting.input_distributions import Lognormal, Pert, Triangular
from pmo_analytics.forecasting.schedule_network import schedule_network
from pmo_analytics.forecasting.schedule_simulation import simulated_schedule

way, kind, draws, turns = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
tasks, correlation = 500, 0.3
chance = np.random.default_rng(500)
low = chance.uniform(1, 10, tasks)
middle = low * chance.uniform(1, 1.5, tasks)
high = middle * chance.uniform(1.2, 2.5, tasks)
made = (
    lambda k: Triangular(low[k], middle[k], high[k]),
    lambda k: Pert(low[k], middle[k], high[k]),
    lambda k: Lognormal(middle[k], 0.4),
)
lines = [made[{"triangular": 0, "mixed": k % 3}[kind]](k) for k in range(tasks)]
links = set()
while len(links) < 900:
    i, j = sorted(chance.integers(0, tasks, 2).tolist())
    if 0 < j - i < 60:
        links.add((i, j))
links = sorted(links)
network = schedule_network(range(tasks), [i for i, _ in links], [j for _, j in links])

def plain_numpy():
    generator = np.random.default_rng(1)
    matrix = np.full((tasks, tasks), correlation)
    np.fill_diagonal(matrix, 1.0)
    root = np.linalg.cholesky(matrix)
    predecessors = [[i for i, j in links if j == k] for k in range(tasks)]
    finishes = []
    for start in range(0, draws, 2_000):
        shares = ndtr(root @ generator.standard_normal((min(2_000, draws - start), tasks)).T)
        finish = np.empty_like(shares)
        for k, line in enumerate(lines):
            finish[k] = line.quantile(shares[k])
            if predecessors[k]:
                finish[k] += finish[predecessors[k]].max(axis=0)
        finishes.append(finish.max(axis=0))
    return np.concatenate(finishes)

def ours():
    return simulated_schedule(
        network, lines, draws, np.random.default_rng(1), correlation=correlation,
        is_criticality_wanted="criticality" in way, is_compiled="compiled" in way,
    ).finish

runs = []
for _ in range(turns):
    wall, cpu = time.perf_counter(), time.process_time()
    finish = plain_numpy() if way == "baseline" else ours()
    runs.append((time.process_time() - cpu, time.perf_counter() - wall))
print(json.dumps({
    "first": runs[0], "least": min(runs), "mean": finish.mean(), "p80": np.quantile(finish, 0.8),
    "deviation": finish.std(), "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
}))
"""


def measured(way: str, kind: str, turns: int) -> dict[str, float | list[float]]:
    run = [sys.executable, "-c", SCRIPT, way, kind, str(DRAWS), str(turns)]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    found: dict[str, float | list[float]] = json.loads(printed)
    return found


@pytest.mark.parametrize("kind", ["triangular", "mixed"])
def test_against_plain_numpy(kind: str) -> None:
    base = measured("baseline", kind, TURNS if kind == "triangular" else 1)
    ways = ["numpy", "numpy, criticality"]
    if can_compile():
        ways = ["compiled", "compiled, criticality", *ways]
    found = {way: measured(way, kind, TURNS) for way in ways}
    print(f"\n{DRAWS:,} draws of 500 {kind} tasks, correlation 0.3, 900 links")
    print(f"  {'plain numpy':<24}{base['least'][0]:7.2f} CPU s {base['least'][1]:7.2f} s {base['peak_gb']:5.2f} GB")
    for way, run in found.items():
        cpu, wall = (b / r for b, r in zip(base["least"], run["least"], strict=True))
        print(
            f"  {way:<24}{run['least'][0]:7.2f} CPU s {run['least'][1]:7.2f} s {run['peak_gb']:5.2f} GB"
            f"   ratio {cpu:5.2f} of CPU, {wall:5.2f} of wall; first turn {run['first'][0]:.2f} CPU s"
        )
        error = base["deviation"] / DRAWS**0.5
        assert run["mean"] == pytest.approx(base["mean"], abs=6 * error)
        assert run["p80"] == pytest.approx(base["p80"], abs=12 * error)
        assert run["peak_gb"] < MOST_GB
    if not can_compile():
        pytest.skip("numba, the extra `fast`, is not installed: the compiled loops are not measured")
    assert base["least"][0] >= LEAST_RATIO * found["compiled"]["least"][0]
