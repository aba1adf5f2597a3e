"""What a report costs in a run of twenty-four, against papermill's command line with nbconvert, in the same run.

Twelve months of two portfolios of the demonstration; CPU seconds count every
process that a run starts. The baseline is measured on `PMO_BENCH_REPORTS`
reports, by default four, since each costs the same.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pmo_analytics.demo import run_demo
from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.reporting.parameters import months_of
from pmo_analytics.workspace import Workspace

BASELINE = int(os.environ.get("PMO_BENCH_REPORTS", "4"))
MONTHS = months_of("2025-07..2026-06")
RUN = """
import json, resource, sys, time
started = time.perf_counter()
from pmo_analytics.reporting.parameters import months_of
from pmo_analytics.reporting.pipeline import run_pipeline
from pmo_analytics.reporting import runner
from pmo_analytics.workspace import Workspace
done = run_pipeline("bench", workspace=Workspace.find(sys.argv[1]), as_of=months_of("2025-07..2026-06"))
wall = time.perf_counter() - started
runner.end()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
own, children = (each.ru_utime + each.ru_stime for each in used)
print(json.dumps({"pages": sum(page.error is None for page in done), "own": own, "children": children, "wall": wall}))
"""
# The command lines of both, as an analyst would type them; the children's CPU seconds are those of all they start.
BY_HAND = """
import json, os, resource, subprocess, sys, time
started = time.perf_counter()
for number, (month, portfolio) in enumerate(json.loads(sys.argv[3])):
    out = f"{sys.argv[2]}/{number}.ipynb"
    for command in (
        ["papermill", sys.argv[1], out, "-p", "as_of", month, "-p", "portfolio", portfolio, "--no-progress-bar"],
        ["nbconvert", "--to", "html", "--no-input", out],
    ):
        subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"children": used.ru_utime + used.ru_stime, "wall": time.perf_counter() - started}))
"""


def measured(script: str, *arguments: str, workspace: Workspace) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PMO_WORKSPACE": str(workspace.root)},
    )
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


def test_twenty_four_reports(tmp_path: Path) -> None:
    run_demo(tmp_path / "w", say=lambda _: None, loaded=lambda _: None)
    workspace = Workspace.find(tmp_path / "w")
    source = shipped("notebooks") / "portfolio_review.ipynb"
    for folder, name, text in (
        ("pipelines", "bench.toml", 'title = "Bench"\n'),
        ("notebooks", "bench_review.ipynb", source.read_text()),
    ):
        (workspace.root / folder).mkdir()
        (workspace.root / folder / name).write_text(text)
    about = json.loads(source.read_text())
    about["metadata"]["pmo"] = {"pipelines": ["bench"], "runs": ["portfolio"]}
    (workspace.root / "notebooks" / "bench_review.ipynb").write_text(json.dumps(about))

    ours = measured(RUN, str(workspace.root), workspace=workspace)
    pairs = [[month, portfolio] for month in MONTHS for portfolio in ("Fleet", "Passengers")][:BASELINE]
    hand = measured(BY_HAND, str(source), str(tmp_path), json.dumps(pairs), workspace=workspace)

    assert ours["pages"] == 24
    each, by_hand = (ours["own"] + ours["children"]) / 24, hand["children"] / BASELINE
    print(f"\n24 reports in one run        {each:6.2f} CPU s a report, {ours['wall'] / 24:6.2f} wall s a report")
    print(f"  of these in notebooks       {ours['children'] / 24:6.2f} CPU s")
    print(f"papermill, nbconvert by hand {by_hand:6.2f} CPU s a report, {hand['wall'] / BASELINE:6.2f} wall s a report")
    print(f"  {by_hand / each:.1f} times as much CPU")
    assert by_hand / each > 2
