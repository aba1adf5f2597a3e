from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance import flow_charts
from pmo_analytics.performance.flow_forecast import throughput_forecast
from pmo_analytics.performance.flow_times import cycle_time_percentiles
from pmo_analytics.performance.flow_weeks import flow_by_week, flow_rate
from pmo_analytics.performance.work_item_age import work_item_age
from tests.frames import contract_frame, flow_row
from tests.performance.test_flow_forecast import skewed, weeks
from tests.specs import marks, rows_of_spec, styles

STATUS = pd.Timestamp("2026-03-31")
HOSTILE = "<script>alert(1)</script>"


def rows(*, with_starts: bool = True) -> list[dict[str, Any]]:
    """Twenty items that took 1 to 20 days, one in progress for 31 and one for 2."""
    begun: dict[str, Any] = {"started": "2026-01-01"} if with_starts else {"quality_note": "start not known"}
    done = [flow_row(f"A-{n}", "2026-01-01", finished=f"2026-01-{1 + n:02d}", **begun) for n in range(1, 21)]
    now = {"state": "in_progress", "status": HOSTILE}
    starts = ["2026-03-01", "2026-03-30"]
    return done + [
        flow_row(f"W-{day[-2:]}", day, **now, **({"started": day} if with_starts else {"quality_note": "x"}))
        for day in starts
    ]


@pytest.fixture(scope="module", params=[True, False], ids=["with starts", "without"])
def frames(request: pytest.FixtureRequest) -> dict[str, Any]:
    flow = contract_frame("issue_flow", rows(with_starts=request.param))
    times = cycle_time_percentiles(flow)
    ages = work_item_age(flow, times)
    by_week = flow_by_week(flow, status_date=STATUS)
    return {"flow": flow, "times": times, "ages": ages, "weeks": by_week, "has_starts": request.param}


def test_the_scatter_names_the_percentile_and_marks_what_is_past_it(frames: dict[str, Any]) -> None:
    data = flow_charts.cycle_time_scatter_data(frames["flow"], frames["times"])
    # The open item of 2 days leaves 19 at risk: 20/22 (21 - k)/19 of the items last longer than k days, 14 % for 18.
    assert data["p85_days"].iloc[0] == 18
    assert data.loc[data["is_late"], "days"].to_list() == [19, 20]
    assert data["title"].iloc[0] == "85 % of items are done within 18 days; the slowest took 20"
    assert data["subtitle"].iloc[0].startswith("Cycle time" if frames["has_starts"] else "Lead time")
    spec = flow_charts.cycle_time_scatter(data).to_dict()
    assert {"better", "worse", "limit", "label-quiet"} <= styles(spec)
    assert len(rows_of_spec(spec, "finished")) == 20
    assert spec["description"].count("P85") == 1


def test_bands_of_the_cumulative_flow_add_up(frames: dict[str, Any]) -> None:
    data = flow_charts.cumulative_flow_data(frames["weeks"])
    last = data[data["week"] == "2026-03-31"].set_index("band")["items"].to_dict()
    assert last == ({"Done": 20, "In progress": 2, "To do": 0} if frames["has_starts"] else {"Done": 20, "Open": 2})
    assert (data["above"] - data["below"] == data["items"]).all()
    # Of 20 items three were done by 4 January.
    assert data["title"].iloc[0] == "2 items are open, 15 fewer than a quarter of a year ago"
    assert ("no history" in data["subtitle"].iloc[0]) != frames["has_starts"]
    assert marks(flow_charts.cumulative_flow(data).to_dict()) == {"area", "text"}


def test_ageing_counts_what_is_older_than_work_ever_was(frames: dict[str, Any]) -> None:
    data = flow_charts.ageing_data(frames["ages"], frames["times"])
    assert data["title"].iloc[0] == "1 of 2 items in progress are older than 85 % of items ever were, 1 than 95 %"
    assert data["is_late"].to_list() == [True, False]
    spec = flow_charts.ageing(data).to_dict()
    assert {row["status"] for row in rows_of_spec(spec, "status")} == {HOSTILE}


def test_throughput_shows_the_weeks_that_its_mean_is_of(frames: dict[str, Any]) -> None:
    rate = flow_rate(frames["weeks"])
    data = flow_charts.throughput_run_data(frames["weeks"], rate)
    # The week of 30 March is not whole.
    assert (len(data), data["is_counted"].sum()) == (13, 12 + 1)
    assert data["done"].sum() == 20
    assert data["title"].iloc[0] == "1.5 items a week were done of late, fewer than came in"
    assert {"better", "limit"} <= styles(flow_charts.throughput_run(data).to_dict())


def test_a_forecast_is_drawn_where_it_passed_and_not_where_it_was_refused() -> None:
    data = flow_charts.forecast_data(throughput_forecast(weeks(skewed(), open_items=60)))
    assert data["line"].value_counts().to_dict() == {"Nothing is added": 3, "New work comes in": 3}
    assert data["title"].iloc[0].startswith("The 60 items that are open now are done with 85 % chance by 2026-")
    assert marks(flow_charts.forecast(data).to_dict()) == {"line", "circle", "text"}
    assert flow_charts.forecast_data(throughput_forecast(weeks([2] * 40))).empty


def test_nothing_makes_no_chart() -> None:
    nothing = contract_frame("issue_flow", [])
    times = cycle_time_percentiles(nothing)
    by_week = flow_by_week(nothing, status_date=STATUS)
    assert flow_charts.cycle_time_scatter_data(nothing, times).empty
    assert flow_charts.cumulative_flow_data(by_week).empty
    assert flow_charts.ageing_data(work_item_age(nothing, times), times).empty
    assert flow_charts.throughput_run_data(by_week, flow_rate(by_week)).empty
