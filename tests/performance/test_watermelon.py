"""Declared against computed status by hand: since when, by how much, and what breaks a run."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.watermelon import watermelon
from tests.frames import contract_frame, project_row
from tests.performance.test_early_warning import features, month_row

MAY = pd.Timestamp("2025-05-31")
REGISTER = contract_frame("project", [project_row("A"), project_row("B")])


def told(
    project: str, month: str, rag: str | None, cpi: float | None, spi: float | None, **more: Any
) -> dict[str, Any]:
    indices = {"cost_performance_index": cpi, "time_schedule_performance_index": spi}
    return month_row(project, month, rag_status=rag, **indices, **more)


def found(*rows: dict[str, Any]) -> pd.DataFrame:
    return watermelon(features(list(rows)), REGISTER, status_date=MAY)


def test_the_worked_example() -> None:
    rows = found(
        told("A", "2025-03", "green", 1.0, 0.96),
        told("A", "2025-04", "green", 1.0, 0.93),
        told("A", "2025-05", "green", 1.0, 0.87, finish_delay_days=20.0),
    )
    row = rows.iloc[0]
    assert len(rows) == 1
    assert (row["name"], row["rag_status"], row["computed_rag"]) == ("Project A", "green", "red")
    assert (row["steps_better_count"], row["months_differing_count"]) == (2, 2)
    assert row["differs_since_month"] == pd.Timestamp("2025-04-01")
    assert row["deciding_index"] == "SPI(t)"
    assert row["index_margin"] == pytest.approx(0.03)
    assert row["evidence"] == "SPI(t) 0.87 (lower index 0.93 in 2025-04); forecast finish 20 days late"


def test_a_month_that_agrees_or_is_not_known_breaks_the_run() -> None:
    for middle in (told("A", "2025-04", "red", 0.8, 1.0), told("A", "2025-04", None, 0.8, 1.0),
                   told("A", "2025-04", "green", None, None)):  # fmt: skip
        rows = found(told("A", "2025-03", "green", 0.8, 1.0), middle, told("A", "2025-05", "amber", 0.8, 1.0))
        assert rows["differs_since_month"].tolist() == [pd.Timestamp("2025-05-01")]
        assert rows["deciding_index"].tolist() == ["CPI"]


def test_worse_than_computed_ended_or_in_the_past_is_none() -> None:
    assert found(
        told("A", "2025-05", "red", 0.92, 1.0),
        told("B", "2025-05", "green", 0.8, 0.8, state="complete"),
        told("C", "2025-04", "green", 0.8, 0.8),
        told("D", "2025-05", "green", None, 0.97),
    ).empty


def test_the_most_steps_come_first_and_then_the_larger_margin() -> None:
    rows = found(
        told("A", "2025-05", "amber", 0.6, 1.0), told("B", "2025-05", "green", 0.89, 1.0),
        told("C", "2025-05", "green", 0.7, 1.0),
    )  # fmt: skip
    assert rows["project_id"].tolist() == ["C", "B", "A"]
    assert rows["name"].isna().tolist() == [True, False, False]
