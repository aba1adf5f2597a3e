"""The monthly pack of a workspace that knows little yet: every page stands, and says what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.reporting.pipeline import run_pipeline
from pmo_analytics.synthetic import write_sample
from tests.exports import Desk

pytestmark = pytest.mark.slow
# What somebody may load first: a register of projects; plans and past work of projects that no register knows; hours.
FIRST = {
    "projects alone": ("project",),
    "past work and plans without projects": ("estimate_outcome", "demand", "person_skill", "milestone"),
    "issues alone": ("jira_cloud_1",),
    "hours alone": ("toggl_2026",),
    "reviews and evidence alone": ("artefact", "gate_review", "lesson", "training_record"),
}


@pytest.mark.parametrize("first", list(FIRST))
def test_every_page_stands_on_what_is_loaded_first(first: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for path in write_sample(tmp_path / "sample"):
        if path.stem in FIRST[first]:
            desk.load(path)
    # Of reviews and evidence no day is an event, so that one has to be named.
    published = run_pipeline("monthly", workspace=desk.workspace, as_of="2026-06" if "reviews" in first else None)
    assert {report.path.stem: str(report.error) for report in published if report.error} == {}
    assert {"portfolio_review", "capacity", "audit", "lessons", "methodology", "people_development"} <= {
        report.path.stem for report in published
    }
