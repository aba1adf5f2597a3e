"""The flow of work on real exports: what they carry is told, what they lack is named."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from pmo_analytics.performance.flow_forecast import throughput_forecast
from pmo_analytics.performance.flow_times import cycle_time_percentiles, service_level_record
from pmo_analytics.performance.flow_weeks import flow_by_week, flow_left_out
from pmo_analytics.performance.work_item_age import work_item_age
from pmo_analytics.warehouse.checks import evaluate
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, balances

pytestmark = pytest.mark.slow
MAPPING = r"""
[source.cycle_times]
table = "issue"
newest_by = "updated_at"

[source.cycle_times.fields]
issue_key = { headers = "id", kind = "search", pattern = '^(P\d+)-T(\d+)$' }
project_key = { headers = "id", kind = "search", pattern = '^(P\d+)-' }
status = { value = "Done" }
created_at = "created_date"
updated_at = ["finished_date"]
resolved_at = "finished_date"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    settings = desk.workspace.settings_file
    settings.write_text(settings.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
    desk.workspace = Workspace.find(desk.workspace.root)
    return desk


def test_items_that_finish_before_they_begin_are_named_and_in_no_figure(real_data: Path, desk: Desk) -> None:
    path = real_data / "jira" / "cycle_times.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [line for line, row in enumerate(rows, start=2) if row["finished_date"] < row["created_date"]]
    sound = [row for row in rows if row["finished_date"] >= row["created_date"]]
    result = desk.load(path)
    assert balances(result)
    assert result.rows["added"] == len(rows) == 4_123
    with desk.warehouse.at("2019-08-31") as view:
        (told,) = [each for each in evaluate(view.rows, desk.workspace) if each.rule == "resolved_before_created"]
        assert told.rows == len(wrong) == 1_662
        assert told.places == ", ".join(f"cycle_times.csv:{line}" for line in wrong[:3])
        left_out = view.run(flow_left_out).set_index("quality_note")["issue_count"].to_dict()
        assert left_out == {"finished before it was created": len(wrong), "start not known": len(sound)}
        # Each of them opens its line.
        flow = view.table("issue_flow")
        first = flow[flow["quality_note"] == "finished before it was created"].iloc[0]["issue_key"]
        (line,) = view.explain("issue_flow", {"issue_key": first}, "finished_at").rows["issue"]["source_line"]
        assert line in wrong
        times = view.run(cycle_time_percentiles)
        lead = times[(times["clock"] == "lead_time") & (times["grouping"] == "all")].iloc[0]
        days = sorted(
            (date.fromisoformat(r["finished_date"]) - date.fromisoformat(r["created_date"])).days for r in sound
        )
        n = len(days)
        assert (lead["items_finished"], lead["items_open"], lead["items_left_out"]) == (n, 0, len(wrong))
        # Without open items the curve is the empirical distribution.
        for level, name in ((0.5, "p50_days"), (0.85, "p85_days"), (0.95, "p95_days")):
            assert lead[name] == days[-int(-n * level // 1) - 1]
        weeks = view.run(flow_by_week)
        assert weeks["throughput_count"].sum() == n
        record = view.run(service_level_record, clock="lead_time")
        assert len(record) > 24
        # What the gate says is this history's: a verdict either way, and dates only where it passed.
        forecast = view.run(throughput_forecast, flow_by_week=weeks)
        assert forecast["verdict"].str.contains("forecasts").all()
        assert forecast["finish_date"].isna().all() or not forecast["is_refused"].any()


@pytest.mark.parametrize(
    ("name", "as_of", "states"),
    [
        ("cloud_export.csv", "2026-06-30", {"to_do": 11, "done": 9, "in_progress": 3}),
        ("server_export.csv", "2017-02-28", {"to_do": 1}),
    ],
)
def test_exports_without_a_history_have_lead_times_alone_and_say_so(
    real_data: Path, desk: Desk, name: str, as_of: str, states: dict[str, int]
) -> None:
    desk.load_all(real_data / "jira" / name)
    with desk.warehouse.at(as_of) as view:
        flow = view.table("issue_flow")
        assert flow["state"].value_counts().to_dict() == states
        assert set(flow["quality_note"]) == {"start not known"}
        if name.startswith("cloud"):
            assert set(flow.loc[flow["state"] == "done", "resolution"]) == {"Done"}
        times = view.run(cycle_time_percentiles).set_index(["clock", "group_name"])
        everything = times.loc[("lead_time", "all")]
        assert everything["items_finished"] + everything["items_open"] == len(flow)
        assert times.loc[("cycle_time", "all"), "items_finished"] == 0
        ages = view.run(work_item_age, cycle_time_percentiles=view.run(cycle_time_percentiles))
        assert len(ages) == states.get("in_progress", 0)
        assert set(ages["clock"]) <= {"lead_time"}
        assert view.run(throughput_forecast, flow_by_week=view.run(flow_by_week))["is_refused"].all()
