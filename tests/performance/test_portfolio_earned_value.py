from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.portfolio_earned_value import portfolio_earned_value
from tests.frames import contract_frame, course, outlook_of, project_row

STATUS = pd.Timestamp("2025-01-31")


def together(rows: list[dict[str, object]]) -> pd.DataFrame:
    months = contract_frame("planned_earned_actual", rows)
    projects = contract_frame("project", [project_row(name) for name in sorted({str(r["project_id"]) for r in rows})])
    earned = earned_value(months, projects, status_date=STATUS)
    return portfolio_earned_value(earned, outlook_of(months, status_date=STATUS))


def test_the_worked_example() -> None:
    total = together([*course("A", [100.0], [40.0], [50.0]), *course("B", [160.0], [90.0], [80.0])]).iloc[0]
    assert total["cost_performance_index"] == pytest.approx(1)
    # 50 + 60 and 80 + 70.
    assert total["estimate_at_completion_amount"] == pytest.approx(260)
    assert total["budget_at_completion_amount"] == 260


def test_the_portfolio_is_a_ratio_of_sums_over_whole_projects() -> None:
    rows = [*course("A", [100.0], [80.0], [100.0]), *course("B", [300.0], [270.0], [300.0]), *course("C", [50.0])]
    total = together(rows).iloc[0]
    assert total["cost_performance_index"] == pytest.approx(350 / 400)
    assert total["budget_at_completion_amount"] == 400
    assert (total["projects_counted"], total["projects_left_out"]) == (2, 1)


def test_a_cost_at_completion_that_is_missing_is_not_summed_past() -> None:
    # Work that cost nothing is work whose cost is not known.
    total = together([*course("A", [100.0], [80.0], [100.0]), *course("B", [300.0], [270.0], [0.0])]).iloc[0]
    assert total["projects_counted"] == 2
    assert pd.isna(total["estimate_at_completion_amount"])


def test_nothing_gives_nothing() -> None:
    assert together([]).empty
