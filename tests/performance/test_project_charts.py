from __future__ import annotations

import pandas as pd

from pmo_analytics.performance import project_charts, s_curve_charts
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.issue_backlog import IssueBacklog
from pmo_analytics.performance.s_curve import s_curve
from tests.frames import contract_frame, course, outlook_of, project_row
from tests.specs import styles

STATUS = pd.Timestamp("2025-04-30")


def earned(earned_amounts: list[float], actual: list[float]) -> pd.DataFrame:
    rows = contract_frame("planned_earned_actual", course("A", [100.0, 200, 300, 400, 500], earned_amounts, actual))
    return earned_value(rows, contract_frame("project", [project_row("A")]), status_date=STATUS)


def test_indices_say_since_when_they_are_below_the_tolerance() -> None:
    # CPI 1.00, 0.80, 0.80, 0.75; earned schedule 1, 2, 3, 3 of 1 to 4 months.
    data = project_charts.index_course_data(earned([100, 200, 300, 300], [100, 250, 375, 400]))
    assert data["title"].iloc[0] == (
        "CPI has been below 0.90 since February\u00a02025 and SPI(t) has been below 0.90 since April\u00a02025"
    )
    assert data["label"][data["label"] != ""].to_list() == ["CPI 0.75", "SPI(t) 0.75"]
    # Two labels at the same height are moved apart by a line of text.
    shifts = data.loc[data["label"] != "", "label_shift"]
    assert shifts.max() - shifts.min() == 15.0
    assert {"actual", "earned", "limit", "label-actual", "label-earned"} <= styles(
        project_charts.index_course(data).to_dict()
    )


def test_a_value_beyond_the_panel_is_drawn_at_its_edge_and_the_subtitle_says_so() -> None:
    data = project_charts.index_course_data(earned([100, 200, 300, 400], [10, 180, 290, 390]))
    assert data["value"].max() == 10.0
    assert data["drawn_value"].max() == 1.5
    assert "beyond" in data["subtitle"].iloc[0]
    assert "on plan or better" in data["title"].iloc[0]


def test_without_indices_there_is_no_chart() -> None:
    assert project_charts.index_course_data(earned([], [])).empty


def test_one_projects_curve_does_not_count_projects() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [100e3, 200e3], [90e3], [95e3], start="2025-04"))
    curve = s_curve(rows, outlook_of(rows, status_date=STATUS), status_date=STATUS)
    data = s_curve_charts.s_curve_data(curve, status_date=STATUS)
    assert data["subtitle"].iloc[0] == "EUR thousand, cumulative; dotted: 205.0 expected, rest at plan"


def test_what_is_earned_as_planned_is_neither_ahead_nor_behind() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [100e3, 200e3], [100e3], [95e3], start="2025-04"))
    curve = s_curve(rows, outlook_of(rows, status_date=STATUS), status_date=STATUS)
    data = s_curve_charts.s_curve_data(curve, status_date=STATUS)
    assert data["title"].iloc[0] == (
        "Cost runs EUR 5.0 thousand below what was earned, and earned value stands at plan"
    )


def backlog(*counts: int) -> pd.DataFrame:
    months = pd.date_range("2026-01-01", periods=len(counts), freq="MS", unit="ns")
    return pd.DataFrame(
        {
            IssueBacklog.project_id: "A",
            IssueBacklog.period_month: months,
            IssueBacklog.counted_on_date: months + pd.offsets.MonthEnd(0),
            IssueBacklog.open_count: pd.array(counts, dtype="Int64"),
            IssueBacklog.change_count: pd.Series(counts, dtype=float).diff(),
        }
    )


def test_the_backlog_names_its_change() -> None:
    titles = [
        project_charts.issue_backlog_chart_data(backlog(*counts))["title"].iloc[0]
        for counts in ((3, 5), (5, 1), (2, 2), (4,))
    ]
    assert titles == [
        "5 issues are open, 2 more than a month before",
        "1 issue is open, 4 fewer than a month before",
        "2 issues are open, as many as a month before",
        "4 issues are open",
    ]
    spec = project_charts.issue_backlog_chart(project_charts.issue_backlog_chart_data(backlog(3, 5))).to_dict()
    assert {"earned", "label-earned"} <= styles(spec)
    assert project_charts.issue_backlog_chart_data(backlog(0, 0)).empty
