from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.interval_calibration import (
    StatedRange,
    interval_calibration,
    pooled_range,
    stated_range,
)
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
START = pd.Timestamp("2025-01-01")


def ranges(
    actuals: list[float], *, low: float = 80, high: float = 125, confidence: float = 80, **values: Any
) -> pd.DataFrame:
    """Ranges of one group, one a day, each finished on the same day; in hours here, seconds there."""
    days = START + pd.to_timedelta(np.arange(len(actuals)), unit="D")
    frame = pd.DataFrame(
        {
            "item_id": [f"I-{k}" for k in range(len(actuals))],
            "estimator_group": "North",
            "person_count": 5,
            "estimated_on_date": days,
            "low_seconds": 3600.0 * low,
            "high_seconds": 3600.0 * high,
            "stated_confidence_pct": confidence,
            "actual_seconds": 3600.0 * np.array(actuals),
            "finished_on_date": pd.Series(days).where(~np.isnan(actuals)),
        }
    ).assign(**values)
    return StatedRange.validate(frame)


NINE = [100.0] * 5 + [150.0, 150.0, 200.0, 50.0]


def test_worked_example() -> None:
    found = interval_calibration(ranges(NINE)).iloc[0]
    assert (found["person_count"], found["range_count"], found["ranges_withheld"]) == (5, 9, 0)
    assert found["held_pct"] == pytest.approx(100 * 5 / 9)
    assert found["held_low_pct"] < found["held_pct"] < found["held_high_pct"]
    assert (found["under_low_pct"], found["over_high_pct"]) == pytest.approx((100 / 9, 100 * 3 / 9))
    assert found["widening_factor"] == pytest.approx(math.log(2) / math.log(1.25))
    assert found["forward_count"] == 0
    assert pd.isna(found["forward_held_pct"])


def test_ranges_so_much_wider_would_have_held_what_they_say() -> None:
    generator = np.random.default_rng(1)
    actuals = 100 * np.exp(generator.normal(0, 0.6, 300))
    first = interval_calibration(ranges(actuals.tolist())).iloc[0]
    assert first["held_pct"] < 50
    wide = math.log(1.25) * first["widening_factor"]
    again = interval_calibration(ranges(actuals.tolist(), low=100 * math.exp(-wide), high=100 * math.exp(wide))).iloc[0]
    assert again["held_pct"] == pytest.approx(80, abs=0.4)
    assert again["widening_factor"] == pytest.approx(1.0)
    # Widened on the past alone they hold too.
    assert first["forward_count"] == 291
    assert first["forward_held_pct"] == pytest.approx(80, abs=5)


def test_the_forward_trial_uses_what_was_known_before() -> None:
    actuals = [100.0 * (1 + 0.05 * k) for k in range(20)]
    before = interval_calibration(ranges(actuals)).iloc[0]
    # Ranges finished only after all were made are no past of any.
    late = ranges(actuals, finished_on_date=STATUS)
    assert before["forward_count"] == 11
    assert interval_calibration(late).iloc[0]["forward_count"] == 0


@pytest.mark.parametrize(
    ("frame", "note"),
    [
        (ranges(NINE, person_count=4), "fewer than 5 estimators: not shown"),
        (ranges(NINE[:8]), "8 finished ranges, 1 more are missing: not shown"),
        (ranges([*NINE[:8], math.nan]), "8 finished ranges, 1 more are missing: not shown"),
    ],
)
def test_small_groups_and_thin_records_are_withheld(frame: pd.DataFrame, note: str) -> None:
    found = interval_calibration(frame).iloc[0]
    assert found["quality_note"] == note
    shown = found.drop(["estimator_group", "person_count", "range_count", "ranges_withheld", "quality_note"])
    assert shown.isna().all()


def test_a_confidence_that_few_ranges_do_not_bound_has_no_factor() -> None:
    found = interval_calibration(ranges(NINE, confidence=95)).iloc[0]
    assert pd.isna(found["widening_factor"])
    assert found["held_pct"] > 50
    assert found["quality_note"] == "too few ranges to bound their confidence"


def test_ranges_that_cannot_be_read_are_counted() -> None:
    bad = [ranges([100.0], low=0), ranges([100.0], low=9, high=9), ranges([100.0], confidence=100)]
    found = interval_calibration(pd.concat([ranges(NINE), *bad], ignore_index=True)).iloc[0]
    assert (found["range_count"], found["ranges_withheld"]) == (9, 3)


def test_ranges_are_pooled_by_the_mean_of_their_quantiles() -> None:
    stated = [
        ranges([math.nan], low=50, high=200, item_id="new", person_count=2, estimator_group="small"),
        ranges([math.nan], low=100, high=800, item_id="new", person_count=2, estimator_group="small"),
    ]
    found = pooled_range(pd.concat(stated, ignore_index=True)).iloc[0]
    assert (found["range_count"], found["ranges_recalibrated"]) == (2, 0)
    assert found["low_seconds"] / 3600 == pytest.approx(math.sqrt(50 * 100))
    assert found["high_seconds"] / 3600 == pytest.approx(math.sqrt(200 * 800))


def test_ranges_of_a_group_with_a_record_are_widened_first() -> None:
    waiting = ranges([math.nan], item_id="new")
    found = pooled_range(pd.concat([ranges(NINE), waiting], ignore_index=True))
    assert found["item_id"].to_list() == ["new"]
    assert found["ranges_recalibrated"].to_list() == [1]
    # The factor of the worked example: from 100 hours to twice and to half.
    assert (found[["low_seconds", "high_seconds"]] / 3600).iloc[0].to_list() == pytest.approx([50, 200])
    # A range of 50 % is narrower, and comes to more when read at 80 %.
    half = pooled_range(ranges([math.nan], confidence=50, item_id="new")).iloc[0]
    assert half["high_seconds"] / 3600 == pytest.approx(100 * 1.25 ** (1.2815516 / 0.6744898))


def registers(persons: int) -> tuple[pd.DataFrame, ...]:
    person = [
        {"person_id": f"p{k}", "status_date": START, "team": "North" if k < persons else "tiny", "fte_pct": 100.0}
        for k in range(persons + 2)
    ]
    estimate = [
        {
            "item_id": f"I-{k % 12}", "estimated_on_date": START + pd.Timedelta(days=k),
            "estimator_id": f"p{k % (persons + 2)}",
            "low_seconds": 3600.0, "high_seconds": 7200.0, "stated_confidence_pct": 80.0,
        }
        for k in range(40)
    ]  # fmt: skip
    estimate += [{"item_id": "I-0", "estimated_on_date": START, "estimator_id": "px", "most_likely_seconds": 3600.0}]
    estimate += [
        {"item_id": "I-0", "estimated_on_date": STATUS + pd.Timedelta(days=1), "estimator_id": "p0",
         "low_seconds": 1.0, "high_seconds": 2.0}
    ]  # fmt: skip
    history = [
        {
            "item_id": f"I-{k}", "estimate_seconds": 3600.0, "actual_seconds": 5000.0,
            "finished_on_date": STATUS if k < 10 else STATUS + pd.Timedelta(days=9),
            "state": "cancelled" if k == 9 else "finished", "actual_source": "register",
        }
        for k in range(12)
    ]  # fmt: skip
    frames = {"estimate": estimate, "person": person, "estimate_history": history}
    return tuple(contract_frame(name, rows) for name, rows in frames.items())


def test_ranges_come_of_the_registers_without_a_person() -> None:
    found = stated_range(*registers(6), status_date=STATUS)
    assert not {"person_id", "estimator_id"} & set(found.columns)
    groups = found.groupby("estimator_group")["person_count"].first().to_dict()
    assert sorted(groups.values()) == [2, 6]
    assert found["actual_seconds"].notna().sum() == sum(k % 12 < 9 for k in range(40))
    assert not (found["item_id"] == "I-9").any()
    shown = interval_calibration(found).set_index("estimator_group")
    assert shown.loc["North", "held_pct"] == 100
    assert shown.drop(index="North")["held_pct"].isna().all()
