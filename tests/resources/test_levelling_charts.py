"""What the chart of levelled work says and draws: what moves, whom it makes late, hours beside colours."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.resources.levelled_projects import levelled_project, project_month_load
from pmo_analytics.resources.levelling_charts import allocation_gantt, allocation_gantt_data
from tests.resources.staff import AUGUST, JULY, asked
from tests.resources.test_levelled_projects import levelled
from tests.specs import marks, rows_of_spec, styles


def gantt(*demand: dict[str, object], **finishes: str) -> pd.DataFrame:
    (asked_for, time, moves), project = levelled(list(demand), **finishes)
    loads = project_month_load(asked_for, time, moves)
    return allocation_gantt_data(loads, levelled_project(asked_for, time, moves, project), project)


def test_a_move_is_told_in_the_title_and_stands_beside_both_of_its_months() -> None:
    data = gantt(asked("A", "SQL", 150), asked("B", "SQL", 150), B="2026-07-31")
    columns = ["project", "month", "planned_hours", "levelled_hours", "state", "arrived_label", "moved_label"]
    assert data[columns].to_numpy().tolist() == [
        ["B", "2026-07-01", 150, 100, "gives work to later months", "", "−50 h"],
        ["B", "2026-08-01", 0, 50, "takes work of earlier months", "+50 h", ""],
        ["A", "2026-07-01", 150, 150, "as planned", "", ""],
    ]
    assert data["baseline_ends"].dropna().to_list() == ["2026-07-31"]
    assert data["title"].iloc[0] == (
        "50 h of B move to later months; B ends 1 month late for it, its baseline ends on 31\u00a0July 2026"
    )
    spec = allocation_gantt(data).to_dict()
    assert {"better", "muted", "worse", "label-actual", "label-quiet", "total"} == styles(spec)
    assert rows_of_spec(spec, "state")[1]["arrived_label"] == "+50 h"
    assert spec["usermeta"]["narrow_filter"] == "datum.months_ahead < 6"
    assert "B 2026-07 −50 h; B 2026-08 +50 h" in spec["description"]


def test_work_that_moves_in_time_makes_nobody_late() -> None:
    data = gantt(asked("A", "SQL", 150), asked("B", "SQL", 150), B="2026-08-31")
    assert data["title"].iloc[0] == "50 h of B move to later months, and no project ends late for it"


def test_two_late_projects_are_told_by_the_latest() -> None:
    data = gantt(
        asked("A", "SQL", 250), asked("B", "SQL", 150), asked("C", "SQL", 150), asked("A", "SQL", 100, AUGUST)
    )  # fmt: skip
    assert data["title"].iloc[0].startswith("300 h of 2 of 3 projects move to later months; 2 end late, ")
    assert "most: by 2 months for it" in data["title"].iloc[0]


def test_where_nothing_moves_the_bars_stand_alone() -> None:
    data = gantt(asked("A", "SQL", 10), asked("B", "SQL", 10, JULY))
    assert data["title"].iloc[0] == "No work of 2 projects moves"
    spec = allocation_gantt(data).to_dict()
    assert (styles(spec), marks(spec)) == ({"better"}, {"bar"})
    assert gantt().empty


def test_thirty_projects_are_drawn_and_the_others_counted() -> None:
    data = gantt(*(asked(f"P{place:02}", "SQL", 5) for place in range(33)))
    assert data["project"].nunique() == 30
    assert data["subtitle"].iloc[0].endswith("3 projects are not drawn")
