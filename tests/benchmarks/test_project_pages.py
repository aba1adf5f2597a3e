"""What a page for each of some three hundred projects takes: one run, one month, every processor.

The demonstration's portfolio stands there twenty-four times under other names;
the first run has to build the month's marts, as it has once a month.
"""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from pmo_analytics.ingest import IngestOptions, ingest_file
from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.synthetic import write_sample
from pmo_analytics.synthetic.projects import PROJECTS
from pmo_analytics.system import edges
from pmo_analytics.workspace import Workspace

COPIES = int(os.environ.get("PMO_BENCH_COPIES", "24"))
COPIED = "project project_alias project_status budget milestone risk raid_issue toggl_2025 toggl_2026".split()
IDENTIFIER = re.compile(r"\b(?:PA|FL)-\d\d")
NAMES = {name for project in PROJECTS for name in (project.name, project.toggl_name)}
RUN = """
import json, resource, sys, time
started = time.perf_counter()
from pmo_analytics.reporting import runner
from pmo_analytics.reporting.pipeline import run_pipeline
from pmo_analytics.workspace import Workspace
done = run_pipeline("bench", workspace=Workspace.find(sys.argv[1]), as_of="2026-06")
wall = time.perf_counter() - started
runner.end()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"pages": sum(page.error is None for page in done), "wall": wall,
    "cpu": sum(each.ru_utime + each.ru_stime for each in used)}))
"""


def copied(path: Path) -> None:
    """Every row of a file once for each copy of the portfolio, its projects under the copy's own names."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        for copy in range(COPIES):
            for row in rows:
                out.writerow(
                    [f"{cell} {copy}" if cell in NAMES else IDENTIFIER.sub(rf"\g<0>x{copy}", cell) for cell in row]
                )


def test_a_page_for_each_of_three_hundred_projects(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    sample = workspace.root / "sample"
    write_sample(sample)
    for path in sorted(sample.glob("*.csv")):
        if path.stem in COPIED:
            copied(path)
        ingest_file(workspace, path, IngestOptions(), edges())
    (workspace.root / "pipelines").mkdir()
    (workspace.root / "pipelines" / "bench.toml").write_text('title = "Bench"\n')
    notebooks = workspace.root / "notebooks"
    notebooks.mkdir()
    notebook = json.loads((shipped("notebooks") / "project_health.ipynb").read_text(encoding="utf-8"))
    notebook["metadata"]["pmo"]["pipelines"] = ["bench"]
    (notebooks / "project_health.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    command = [sys.executable, "-c", RUN, str(workspace.root)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(told.stdout.splitlines()[-1])
    pages = sorted((workspace.reports / "bench" / "2026-06-30").glob("project_health-*.html"))
    assert found["pages"] == len(pages) == len(PROJECTS) * COPIES
    print(
        f"\n{len(pages)} project pages  {found['wall']:6.1f} s by the clock, {found['wall'] / len(pages):.2f} s a page"
    )
    print(f"  CPU seconds a page  {found['cpu'] / len(pages):6.2f}")
    print(f"  largest page        {max(page.stat().st_size for page in pages) / 1000:6.1f} KB")
