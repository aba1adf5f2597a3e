from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.early_warning import early_warning, warning_record
from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.watermelon import watermelon
from pmo_analytics.reporting.warning_tables import warning_record_table, warning_table, watermelon_table
from tests.frames import contract_frame, course, project_row
from tests.performance.test_early_warning import NOW, features, history, month_row
from tests.reporting.test_completion_tables import lines

REGISTER = contract_frame("project", [project_row("A", name="<b>Harbour</b>"), project_row("B")])


@pytest.fixture(scope="module")
def baselined() -> pd.DataFrame:
    plan = contract_frame("planned_earned_actual", course("A", [100.0] * 6, [95.0] * 6, [100.0] * 6))
    return earned_value(plan, REGISTER, status_date=NOW)


def test_a_line_is_an_alert_with_its_reasons_and_its_verdict(baselined: pd.DataFrame) -> None:
    rows = [
        month_row("A", "2025-06", finish_delay_days=45.0, tolerance_used_ratio=0.75),
        month_row("B", "2025-06", finish_delay_days=0.0),
    ]
    made = warning_table(early_warning(features(rows), REGISTER, status_date=NOW), baselined)
    heading, line = lines(made)
    assert heading == ["Project", "Why", "CPI", "SPI(t)"]
    assert "already late: forecast finish 45 days late" in line[1]
    assert "75\u00a0% of a tolerance used" in line[1]
    assert "chance" not in line[1]
    assert line[2] == "0.95"
    assert "&lt;b&gt;Harbour&lt;/b&gt;" in made.html
    assert "1 of 2 projects within tolerance. History is thin: 0 projects" in made.html
    # A frame that no view has made opens nothing; its number is told all the same.
    assert line[3] == "0.16"


def test_nothing_is_claimed_of_nothing(baselined: pd.DataFrame) -> None:
    calm = early_warning(features([month_row("A", "2025-06")]), REGISTER, status_date=NOW)
    assert "No project within tolerance is warned of." in warning_table(calm, baselined).html
    none = early_warning(features([month_row("A", "2025-06", in_breach=True)]), REGISTER, status_date=NOW)
    assert "No project is known to be within tolerance." in warning_table(none, baselined).html


def test_the_record_has_a_line_a_method() -> None:
    record = warning_record(history(projects=60), status_date=NOW)
    told = lines(warning_record_table(record))
    assert len(told) == 1 + record["warning_method"].nunique()
    assert told[1][0] == "hazard"
    assert told[1][2].endswith("%")
    assert "Too few breaches are known" in warning_record_table(record.iloc[0:0]).html


def test_a_false_green_is_told_with_its_run_and_its_figures() -> None:
    rows = [
        month_row("A", month, rag_status="green", cost_performance_index=1.0, time_schedule_performance_index=index)
        for month, index in (("2025-04", 0.96), ("2025-05", 0.93), ("2025-06", 0.87))
    ]
    made = watermelon_table(watermelon(features(rows), REGISTER, status_date=NOW))
    (line,) = lines(made)[1:]
    assert line[1:6] == ["green → red", "May\u00a02025", "2", "0.87", "0.03"]
    assert line[6].startswith("SPI(t) 0.87 (lower index 0.93 in 2025-05)")
    assert "&lt;b&gt;Harbour&lt;/b&gt;" in made.html
    calm = watermelon_table(watermelon(features(rows[:1]), REGISTER, status_date=pd.Timestamp("2025-04-30")))
    assert "No project under way is declared better than it computes." in calm.html
