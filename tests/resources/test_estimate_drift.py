from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.resources.estimate_drift import UNDATED, EstimateDrift, estimate_drift
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
HOURS = (8, 9, 9, 10, 10, 11, 12, 15, 30)


def item(number: int, hours: float, finished_on: str | None, **values: Any) -> dict[str, Any]:
    return {
        "item_id": f"I{number}", "estimate_seconds": 36_000, "actual_seconds": hours * 3600, "state": "finished",
        "actual_source": "register", "finished_on_date": finished_on and pd.Timestamp(finished_on),
    } | values  # fmt: skip


def drift(items: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_drift(contract_frame("estimate_history", items), status_date=STATUS)


def test_the_worked_example_of_a_quarter() -> None:
    frame = drift([item(n, hours, "2026-04-01") for n, hours in enumerate(HOURS)])
    (row,) = frame.to_dict("records")
    assert (row[EstimateDrift.quarter], row[EstimateDrift.items_finished]) == ("2026-Q2", 9)
    assert row[EstimateDrift.pooled_ratio] == pytest.approx(114 / 90)
    assert row[EstimateDrift.median_ratio] == pytest.approx(1.0)
    assert row[EstimateDrift.median_ratio_low] == pytest.approx(0.9)
    assert row[EstimateDrift.median_ratio_high] == pytest.approx(1.5)
    assert row[EstimateDrift.p80_ratio] == pytest.approx(1.2 + 0.4 * 0.3)


def test_quarters_are_in_order_and_thin_ones_and_items_without_a_date_are_counted_alone() -> None:
    items = [item(n, hours, "2026-03-31") for n, hours in enumerate(HOURS)]
    items += [item(20, 12, "2025-12-31"), item(21, 12, None), item(22, 12, "2026-07-01"), item(23, 0, "2026-05-01")]
    items += [item(24, 9, "2026-05-01", state="open")]
    frame = drift(items)
    assert frame[EstimateDrift.quarter].to_list() == ["2025-Q4", "2026-Q1", UNDATED]
    assert frame[EstimateDrift.items_finished].to_list() == [1, 9, 1]
    assert frame[EstimateDrift.median_ratio].isna().to_list() == [True, False, True]
