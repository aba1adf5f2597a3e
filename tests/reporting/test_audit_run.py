"""The audit of a workspace and of the months before; its page is made of little, and of nothing but hours."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.reporting.audit_run import audit_months, run_audit
from pmo_analytics.reporting.pipeline import run_report
from tests.exports import Desk, toggl_row

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("audit"))
    made.register("project", "project_id,name,status_date", ["A", HOSTILE, "2026-01-01"])
    made.register(
        "project_status", "project_id,status_date,state", ["A", "2026-03-31", "active"], ["A", "2026-06-30", "complete"]
    )
    made.register("lesson", "lesson_id,project_id,title,status_date", ["L1", "A", "Ask early", "2026-05-05"])
    return made


def test_each_month_is_audited_as_it_stood_and_the_last_is_the_reporting_date(desk: Desk) -> None:
    with desk.warehouse.at("2026-06-30") as view:
        found = run_audit(view)
        standing, counts = audit_months(view, months=4)
    months = [pd.Timestamp(f"2026-{month:02d}-01") for month in (3, 4, 5, 6)]
    assert standing["period_month"].to_list() == months
    # It ran until it was complete, and then only a review is missing.
    assert standing["verdict"].to_list() == ["no evidence"] * 3 + ["minor"]
    assert found.findings["rule_id"].to_list() == ["REVIEW-HELD"]
    june = counts[counts["period_month"] == months[-1]]
    assert june[["severity", "open_count"]].to_numpy().tolist() == [["minor", 1]]
    pd.testing.assert_frame_equal(found.standing, standing.tail(1).drop(columns="period_month").reset_index(drop=True))


def test_a_frame_that_was_audited_opens_the_rows_that_caused_it(desk: Desk) -> None:
    with desk.warehouse.at("2026-03-31") as view:
        found = run_audit(view)
        row = found.findings[found.findings["rule_id"] == "METHOD-STATED"].iloc[0]
        behind = view.explain(found.findings, {"project_id": "A", "finding_id": row["finding_id"]}, "reason")
    assert set(behind.rows) == {"project"}
    assert len(behind.rows["project"]) == 1


@pytest.mark.slow
def test_the_page_is_made_of_little_and_of_nothing_but_hours(desk: Desk, tmp_path: Path) -> None:
    page = run_report("audit", {}, workspace=desk.workspace, as_of="2026-06").path.read_text(encoding="utf-8")
    assert "No hard gate holds one of 1 projects; 1 findings are open." in page
    assert HOSTILE not in page
    bare = Desk(tmp_path)
    bare.toggl(toggl_row())
    empty = run_report("audit", {}, workspace=bare.workspace, as_of="2026-03").path.read_text(encoding="utf-8")
    assert "No project is audited: this page names what is missing." in empty
