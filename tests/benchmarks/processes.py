"""Processes that are measured: each tells its CPU seconds, its peak of memory and what its steps took."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

MEASURE = """
import json, resource, sys, time
from pathlib import Path
path, folder = Path(sys.argv[1]), Path(sys.argv[2])
steps = {}
def timed(module, name):
    function = getattr(module, name)
    def around(*given, **named):
        started = time.process_time()
        try:
            return function(*given, **named)
        finally:
            steps[name] = round(steps.get(name, 0) + time.process_time() - started, 2)
    setattr(module, name, around)
"""
INGEST = """
import pmo_analytics.ingest as ingest
from pmo_analytics.ingest import recognising
from pmo_analytics.system import edges
from pmo_analytics.warehouse import archive, loading, staging
from pmo_analytics.workspace import Workspace
for module, name in ((recognising, "layout"), (staging, "survey"), (loading, "write_sound"), (loading, "count"),
                     (loading, "write"), (archive, "keep")):
    timed(module, name)
workspace = Workspace.create(folder)
started = time.process_time()
result = ingest.ingest_file(workspace, path, ingest.IngestOptions(), edges())
steps["added"] = result.rows["added"]
"""
TELL = """
steps["cpu"] = round(time.process_time() - started, 2)
steps["peak_gb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
print(json.dumps(steps))
"""


def measure(script: str, path: Path, folder: Path) -> dict[str, float]:
    folder.mkdir()
    run = [sys.executable, "-c", MEASURE + script + TELL, str(path), str(folder)]
    printed = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    found: dict[str, float] = json.loads(printed.splitlines()[-1])
    return found


def least(scripts: dict[str, str], path: Path, folder: Path, *, times: int = 3) -> dict[str, dict[str, float]]:
    """Each script run in turn, `times` over; of each the run with the fewest CPU seconds.

    What else a machine does adds to a run and never takes away, and turns give each the same share of it.
    """
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in scripts}
    for turn in range(times):
        for name, script in scripts.items():
            place = folder / f"{name}_{turn}"
            runs[name].append(measure(script, path, place))
            shutil.rmtree(place)
    return {name: min(found, key=lambda run: run["cpu"]) for name, found in runs.items()}
