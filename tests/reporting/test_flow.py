"""What the flow page says and shows, from frames made by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.flow_delays import flow_delays
from pmo_analytics.performance.flow_forecast import throughput_forecast
from pmo_analytics.performance.flow_times import cycle_time_percentiles, service_level_record
from pmo_analytics.performance.flow_weeks import flow_by_week, flow_left_out, flow_rate
from pmo_analytics.performance.work_item_age import work_item_age
from pmo_analytics.reporting import flow, flow_tables
from pmo_analytics.reporting.pipeline import run_report
from tests.exports import Desk, jira_row
from tests.frames import contract_frame, flow_row
from tests.performance.test_flow_charts import HOSTILE, STATUS, rows
from tests.performance.test_flow_forecast import skewed, weeks

ESCAPED = "&lt;script&gt;"


def statuses(*states: str | None) -> pd.DataFrame:
    return contract_frame(
        "flow_status",
        [
            {"status": HOSTILE if state is None else state, "state": state, "issue_count": 1, "change_count": 0}
            for state in states
        ],
    )


def test_the_headline_says_how_long_how_old_and_how_much() -> None:
    items = contract_frame("issue_flow", rows())
    times = cycle_time_percentiles(items)
    ages, rate = work_item_age(items, times), flow_rate(flow_by_week(items, status_date=STATUS))
    assert flow.headline(times, ages, rate) == (
        "85 % of items are done within 18\u00a0days of their start. 1 of 2 items in progress are past that age. "
        "1.5 items a week were done of late and 1.6 came in."
    )
    figure = flow.time_figure(times)
    assert figure is not None
    assert (figure.value, figure.exact, figure.unit) == ("18\u00a0days", 18, "days")
    assert "20 done and 2 open items" in figure.note
    throughput, still_open = flow.throughput_figure(rate), flow.open_figure(rate, ages)
    assert throughput is not None
    assert still_open is not None
    assert (throughput.value, still_open.value) == ("1.5", "2")


def test_without_a_waiting_status_nothing_is_said_of_waiting() -> None:
    day = 86_400.0
    items = contract_frame(
        "issue_flow",
        [flow_row("A-1", "2026-01-01", started="2026-01-01", finished="2026-01-05", blocked_seconds=day)],
    )
    delays = flow_delays(items)
    assert flow.blocked_figure(delays, statuses("done")) is None
    figure = flow.blocked_figure(delays, statuses("blocked"))
    assert figure is not None
    assert (figure.value, figure.exact) == ("25.0\u00a0%", 25)
    assert "No status is taken for waiting" in flow_tables.delay_table(delays, statuses("done")).html
    assert "No status is taken for waiting" not in flow_tables.delay_table(delays, statuses("blocked")).html


def test_a_flag_tells_of_waiting_where_no_status_does() -> None:
    given = {"started": "2026-01-01", "blocked_seconds": 86_400.0, "flagged_seconds": 43_200.0}
    items = contract_frame("issue_flow", [flow_row("A-1", "2026-01-01", finished="2026-01-05", **given)])
    delays = flow_delays(items)
    assert delays.loc[0, ["items_flagged", "flagged_seconds"]].to_list() == [1, 43_200]
    figure = flow.blocked_figure(delays, statuses("done"))
    assert figure is not None
    assert figure.note.endswith("1 of 1 items were, 1 flagged")
    assert "No status is taken for waiting" not in flow_tables.delay_table(delays, statuses("done")).html
    now = {"state": "in_progress", "status": "x", "is_flagged": True}
    open_items = contract_frame("issue_flow", [flow_row("A-2", "2026-01-01", started="2026-01-01", **now)])
    ages = work_item_age(open_items, cycle_time_percentiles(open_items))
    assert ">flagged<" in flow_tables.ageing_table(ages).html


def test_a_refused_forecast_says_why_and_one_that_passed_has_its_record() -> None:
    refused = throughput_forecast(weeks([2] * 40))
    assert "No forecast is shown: no candidate beat the median" in flow_tables.forecast_table(refused).html
    assert flow.forecast_figure(refused) is None
    shown = throughput_forecast(weeks(skewed(), open_items=60))
    table = flow_tables.forecast_table(shown).html
    assert "Done in the next four weeks, at least" in table
    assert "better than the median" in table
    assert flow.forecast_figure(shown) is not None


def test_text_of_exports_is_escaped_and_unmapped_statuses_come_first() -> None:
    items = contract_frame("issue_flow", [row | {"summary": HOSTILE, "issue_type": HOSTILE} for row in rows()])
    times = cycle_time_percentiles(items)
    status = flow_tables.status_table(statuses("done", None)).html
    assert status.index(ESCAPED) < status.index(">done<")
    for html in (
        status,
        flow_tables.ageing_table(work_item_age(items, times)).html,
        flow_tables.percentile_table(times).html,
        flow_tables.delay_table(flow_delays(items), statuses()).html,
    ):
        assert ESCAPED in html
        assert "<script" not in html


def test_tables_of_nothing_say_so() -> None:
    nothing: Any = contract_frame("issue_flow", [])
    times = cycle_time_percentiles(nothing)
    by_week = flow_by_week(nothing, status_date=STATUS)
    assert flow.headline(times, work_item_age(nothing, times), flow_rate(by_week)).startswith("No issues are loaded")
    assert flow.time_figure(times) is flow.throughput_figure(flow_rate(by_week)) is None
    for made in (
        flow_tables.percentile_table(times),
        flow_tables.ageing_table(work_item_age(nothing, times)),
        flow_tables.record_table(service_level_record(nothing, status_date=STATUS)),
        flow_tables.forecast_table(throughput_forecast(by_week)),
        flow_tables.delay_table(flow_delays(nothing), statuses()),
        flow_tables.status_table(statuses()),
        flow_tables.left_out_table(flow_left_out(nothing)),
    ):
        assert "<table" not in made.html


@pytest.mark.slow
def test_the_page_of_an_export_without_history_is_published_with_lead_times(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = {"Status": "Done", "Status_Category": "Done", "Resolved": "10/Mar/26 9:00 AM"}
    desk.jira(
        *(jira_row(f"BR-{n}", "10/Mar/26 9:00 AM", Created=f"{n:02d}/Feb/26 9:00 AM", **done) for n in range(1, 13)),
        jira_row("BR-20", "10/Mar/26 9:00 AM", Status=HOSTILE, Status_Category=""),
    )
    made = run_report("flow", {}, workspace=desk.workspace, as_of="2026-03-31")
    text = made.path.read_text(encoding="utf-8")
    assert "Lead time, P85" in text
    assert "status not mapped" in text
    assert "No forecast is shown" in text
    assert "Sprints against their commitment: not shown" in text
    assert "No sprint with known dates has begun" in text
    assert ESCAPED in text
    assert "<script>alert" not in text
