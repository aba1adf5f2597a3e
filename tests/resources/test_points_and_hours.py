from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.points_and_hours import COUNTED_IN, FINISHED, hours_per_point, points_and_hours
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
POINTS = np.arange(1.0, 10.0)
HOURS = np.append(2 * POINTS[:8], 54.0)


def test_worked_example() -> None:
    both = hours_per_point(POINTS, HOURS, np.zeros(9, dtype=bool))[FINISHED]
    assert both["pooled_hours_per_point"] == pytest.approx(126 / 45)
    assert both["pooled_hours_per_point_low"] < 2.8 < both["pooled_hours_per_point_high"]
    assert both["median_hours_per_point"] == 2
    assert both["quality_note"] == ""
    still = hours_per_point(POINTS, np.append(HOURS[:8], 20.0), POINTS == 9)
    for reading in still.values():
        assert (reading["items_finished"], reading["items_open"]) == (8, 1)
        assert reading["open_pct"] == pytest.approx(100 / 9)
        assert reading["quality_note"] == "thin: 8 finished with points and hours, 1 more are missing"
        assert "mean_hours_per_point" not in reading


def test_open_items_raise_what_a_point_takes() -> None:
    generator = np.random.default_rng(1)
    points = generator.integers(1, 9, 200).astype(float)
    hours = 3 * points * np.exp(generator.normal(0, 0.7, 200))
    limit = np.exp(generator.normal(2.8, 0.4, 200))
    readings = hours_per_point(points, np.minimum(hours, limit), hours > limit)
    alone, counted = readings[FINISHED], readings[COUNTED_IN]
    assert alone["median_hours_per_point"] < counted["median_hours_per_point"]
    assert alone["mean_hours_per_point"] < counted["mean_hours_per_point"]
    assert counted["mean_hours_per_point_low"] < counted["mean_hours_per_point"] < counted["mean_hours_per_point_high"]
    assert counted["log_slope_low"] < 1 < counted["log_slope_high"]
    # A sum of hours of which some are missing is no ratio.
    assert "pooled_hours_per_point" not in counted


def test_hours_all_on_one_line_and_points_all_alike_are_said() -> None:
    none = np.zeros(9, dtype=bool)
    assert hours_per_point(POINTS, 2 * POINTS, none)[FINISHED]["quality_note"].startswith("all on one line")
    alike = hours_per_point(np.full(9, 3.0), HOURS, none)[FINISHED]
    assert alike["quality_note"] == "all of one size: there is no slope"
    assert alike["mean_hours_per_point"] > 0


def item(number: int, **values: Any) -> dict[str, Any]:
    return {
        "item_id": f"I-{number}", "work_class": "Story", "size": float(1 + number % 5), "estimate_seconds": 3600.0,
        "actual_seconds": 3600.0 * (1 + number % 5) * (1 + 0.1 * (number % 3)),
        "finished_on_date": pd.Timestamp("2026-01-01") + pd.Timedelta(days=number), "state": "finished",
    } | values  # fmt: skip


def frames(rows: list[dict[str, Any]], so_far: dict[str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    history = contract_frame("estimate_history", [{"actual_source": "register", **row} for row in rows])
    outcome = contract_frame(
        "estimate_outcome",
        [
            row | {"status_date": STATUS, "actual_seconds": so_far.get(row["item_id"], row["actual_seconds"])}
            for row in rows
        ],
    )
    return history, outcome


def test_open_items_of_the_register_count_with_their_hours_so_far() -> None:
    waiting = {"state": "open", "finished_on_date": None, "actual_seconds": None}
    rows = [
        *(item(n) for n in range(12)),
        item(20, **waiting),
        item(21, **waiting),
        item(22, size=None),
        item(23, state="cancelled"),
        item(24, finished_on_date=STATUS + pd.Timedelta(days=1)),
        item(25, work_class=None),
    ]
    found = points_and_hours(*frames(rows, {"I-20": 3600.0 * 9}), status_date=STATUS)
    assert found["work_class"].to_list() == ["Story", "Story", "no class", "no class"]
    story = found[found["work_class"] == "Story"].set_index("reading")
    assert story["items_finished"].to_list() == [12, 12]
    assert story["items_open"].to_list() == [1, 1]
    # Open without a time, finished without a size, and finished after the date.
    assert story["items_withheld"].to_list() == [3, 3]
    assert story.loc[FINISHED, "pooled_hours_per_point"] == pytest.approx(
        sum((1 + n % 5) * (1 + 0.1 * (n % 3)) for n in range(12)) / sum(1 + n % 5 for n in range(12))
    )
    assert story.loc[FINISHED, "mean_hours_per_point"] < story.loc[COUNTED_IN, "mean_hours_per_point"]
    none = found[found["work_class"] == "no class"]
    assert none["quality_note"].str.endswith("8 more are missing").all()


def test_what_is_finished_later_changes_nothing_but_counts() -> None:
    rows = [item(n) for n in range(15)]
    later = item(99, finished_on_date=STATUS + pd.Timedelta(days=2))
    first, second = (
        points_and_hours(*frames(each, {}), status_date=STATUS).drop(columns="items_withheld")
        for each in (rows, [*rows, later])
    )
    pd.testing.assert_frame_equal(first, second)
