"""The demonstration: a simulated portfolio's raw exports through the whole house to a report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pmo_analytics.errors import PmoError
from pmo_analytics.exchange.register_csv import write_templates
from pmo_analytics.ingest import IngestOptions, LoadResult, ingest_files
from pmo_analytics.reporting.pipeline import PublishedReport, run_pipeline
from pmo_analytics.reporting.selection_inputs import FOLDER, USUAL
from pmo_analytics.synthetic import write_sample
from pmo_analytics.synthetic.strategy import BOARD_SCENARIO
from pmo_analytics.system import edges
from pmo_analytics.workspace import Workspace

SAMPLE_FOLDER = "sample"
PIPELINE = "monthly"


def run_demo(
    folder: Path, *, say: Callable[[str], None], loaded: Callable[[LoadResult], None]
) -> list[PublishedReport]:
    """Write the sample exports into `folder`, load them, publish the monthly pack; return what was published.

    Run again, it finds its files loaded and publishes the same bytes.
    """
    workspace = Workspace.create(folder, has_discount_rate=True)
    write_templates(workspace.registers)
    sample = workspace.root / SAMPLE_FOLDER
    say(f"simulating a portfolio: {sample}")
    write_sample(sample)
    scenario = workspace.root / FOLDER / f"{USUAL}.toml"
    if not scenario.exists():
        scenario.parent.mkdir(exist_ok=True)
        scenario.write_text(BOARD_SCENARIO, encoding="utf-8")
    for result in ingest_files(workspace, [sample], IngestOptions(), edges()):
        if isinstance(result, PmoError):
            raise result
        loaded(result)
    say(f"publishing the {PIPELINE} pack")
    return run_pipeline(PIPELINE, workspace=workspace)
