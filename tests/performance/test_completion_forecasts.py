from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.performance.completion_forecasts import (
    CHAMPION,
    COST,
    WHOLE,
    CompletionRecord,
    CostAtCompletion,
    FinishAtCompletion,
    completion_record,
    cost_at_completion,
    finish_at_completion,
)
from pmo_analytics.performance.completion_methods import (
    AS_REPORTED,
    AT_CPI,
    AT_PLAN,
    COST_ASSUMPTIONS,
    FINISH_ASSUMPTIONS,
    REST_PLANNED,
)
from tests.frames import contract_frame

COLUMNS = (
    "budget_at_completion_amount", "planned_value_amount", "earned_value_amount", "actual_cost_amount",
    "earned_schedule_months", "actual_time_months", "planned_duration_months",
)  # fmt: skip


def project(name: str, start: str, cost_index: float, earned: list[float]) -> pd.DataFrame:
    """A plan of 100 over ten months, earned as given at the end of each month, at one CPI throughout."""
    months = pd.date_range(start, periods=len(earned), freq="MS")
    rows = [
        (100.0, min(10.0 * k, 100.0), value, value / cost_index, value / 10, float(k), 10.0)
        for k, value in enumerate(earned, start=1)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    frame["time_schedule_performance_index"] = frame["earned_schedule_months"] / frame["actual_time_months"]
    return frame.assign(
        project_id=name, period_month=months, status_date=months + pd.offsets.MonthEnd(0), currency="EUR"
    )


NOBODY = contract_frame("project_status", [])
SLOW = [8.0 * k for k in range(1, 13)] + [100.0]


def history(finished: int) -> pd.DataFrame:
    """Projects one after another, each at a CPI of 0.8 and 13 months instead of ten; then one that runs."""
    starts = pd.date_range("2010-01-01", periods=finished + 1, freq="18MS")
    frames = [project(f"P{k:02}", str(start), 0.8, SLOW) for k, start in enumerate(starts[:-1])]
    return pd.concat([*frames, project("RUN", str(starts[-1]), 0.8, SLOW[:5])], ignore_index=True)


def test_the_worked_example_below_nine_finished_projects() -> None:
    earned = history(5)
    earned.loc[earned["project_id"] == "RUN", "actual_cost_amount"] = 50.0
    costs = cost_at_completion(earned)
    assert set(costs[CostAtCompletion.project_id]) == {"RUN"}
    assert costs[CostAtCompletion.assumption].to_list() == list(COST_ASSUMPTIONS)
    (shown,) = costs[costs[CostAtCompletion.is_shown]].to_dict("records")
    assert shown[CostAtCompletion.assumption] == AT_PLAN
    assert shown[CostAtCompletion.estimate_at_completion_amount] == pytest.approx(110)
    assert np.isnan(shown[CostAtCompletion.p80_amount])
    record = completion_record(earned, NOBODY)
    (verdict,) = set(record[CompletionRecord.verdict])
    assert verdict == (
        "rest at plan is shown, and no method is judged: 5 finished projects do not bound P90 on one side, "
        "which takes 9"
    )


def test_a_method_that_was_right_on_every_project_is_shown_with_its_quantiles() -> None:
    earned = history(20)
    record = completion_record(earned, NOBODY).set_index(["target", "assumption", "third"])
    champion = record.loc[(COST, CHAMPION, WHOLE)]
    # CPI is right throughout; the naive method stands for the first nine projects, which ends in 11 of 20.
    assert record.loc[(COST, AT_CPI, WHOLE), "mean_project_error_pct"] == pytest.approx(0, abs=1e-9)
    assert champion["error_ratio"] == pytest.approx(9 / 20, abs=0.01)
    assert champion["verdict"].startswith(
        "what is chosen on the past alone is shown, which is better than rest at plan: 0.45 times its error"
    )
    (shown,) = cost_at_completion(earned).query("is_shown").to_dict("records")
    assert shown[CostAtCompletion.assumption] == AT_CPI
    assert shown[CostAtCompletion.estimate_at_completion_amount] == pytest.approx(125)
    assert shown[CostAtCompletion.p80_amount] == pytest.approx(125)


def test_the_finish_is_told_as_a_day() -> None:
    begin = history(5).query("project_id == 'RUN'")["status_date"].iloc[-1]
    reported = {"project_id": "RUN", "status_date": begin, "forecast_finish_date": begin + pd.Timedelta(days=100)}
    reports = contract_frame("project_status", [reported | {"state": "active"}])
    frame = finish_at_completion(history(5), reports).set_index(FinishAtCompletion.assumption)
    assert frame.index.to_list() == list(FINISH_ASSUMPTIONS)
    row = frame.loc[REST_PLANNED]
    # Five months have passed and four are earned: the rest of six at plan ends eleven months after the begin.
    assert row[FinishAtCompletion.time_estimate_at_completion_months] == pytest.approx(11)
    assert row[FinishAtCompletion.expected_finish_date] == begin + pd.Timedelta(days=round(6 * 365.25 / 12))
    assert bool(row[FinishAtCompletion.is_shown])
    assert frame.loc[AS_REPORTED, FinishAtCompletion.expected_finish_date] == begin + pd.Timedelta(days=100)
    assert finish_at_completion(history(5), reports.assign(state="complete")).empty
