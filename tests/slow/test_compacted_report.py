"""A page that cites an earlier version is the same, byte by byte, after its workspace was compacted and restored."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pmo_analytics.reporting.pipeline import run_report
from pmo_analytics.warehouse.backup import back_up
from pmo_analytics.warehouse.compaction import compact
from pmo_analytics.warehouse.restoration import restore
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row


def page(workspace: Workspace) -> bytes:
    made = run_report("portfolio_review", {}, workspace=workspace, as_of="2026-03", version=3)
    assert made.error is None
    return made.path.read_bytes()


def test_a_page_is_the_same_after_compaction_and_from_a_backup(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["Bridge", "Bridge", "North", 3000, "EUR", "2026-01-01"],
        ["Tunnel", "Tunnel", "North", 900, "EUR", "2026-01-01"],
    )
    for month in (1, 2, 3, 4):
        rows = [
            toggl_row(f"p{n % 7}", ("Bridge", "Tunnel", "Ghost")[n % 3], f"2026-0{month}-{1 + n % 28:02d}")
            for n in range(60)
        ]
        desk.toggl(*rows, name=f"{month}.csv")
    before = page(desk.workspace)
    made = compact(desk.workspace)
    assert made.after.files < made.before.files
    assert page(desk.workspace) == before
    back_up(desk.workspace, tmp_path / "pmo.zip", now=datetime(2026, 7, 1))
    assert page(restore(tmp_path / "pmo.zip", tmp_path / "restored" / "workspace")) == before
