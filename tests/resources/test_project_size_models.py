from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.forecasting.passport import EVENT_DATES, LEAVE_ONE_OUT
from pmo_analytics.resources.project_size_models import (
    COST,
    EFFORT,
    ELAPSED,
    SizedOutcome,
    project_size_estimate,
    project_size_models,
    sized_outcome,
)
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
START = pd.Timestamp("2020-01-01")


def project(number: int, size: float | None, hours: float | None, **values: Any) -> dict[str, Any]:
    """A project of function points, asked each month and finished twenty days later."""
    asked = START + pd.Timedelta(days=30 * number)
    return {
        "item_id": f"P-{number:03}", "work_class": "function points", "size": size,
        "estimate_seconds": 3600.0, "actual_seconds": None if hours is None else 3600.0 * hours,
        "estimated_on_date": asked, "finished_on_date": asked + pd.Timedelta(days=20),
        "state": "finished", "actual_source": "register",
    } | values  # fmt: skip


def history(n: int, *more: dict[str, Any]) -> pd.DataFrame:
    generator = np.random.default_rng(1)
    sizes = np.exp(generator.normal(5, 1, n))
    hours = 8 * sizes * np.exp(generator.normal(0, 0.3, n))
    rows = [project(number, *pair) for number, pair in enumerate(zip(sizes, hours, strict=True))]
    return contract_frame("estimate_history", [*rows, *more])


def open_project(number: int, size: float, **values: Any) -> dict[str, Any]:
    return project(number, size, None, finished_on_date=None, state="open") | values


def sized(n: int, **values: Any) -> pd.DataFrame:
    """Finished items of a caller's own register, undated: the outcome is 8 x size x 1.0, 1.1 or 1.2."""
    size = np.linspace(10, 500, n)
    frame = pd.DataFrame(
        {
            "item_id": [f"S-{k}" for k in range(n)],
            "work_class": "function points",
            "outcome_kind": COST,
            "outcome_unit": "EUR",
            "size": size,
            "outcome_value": 8 * size * (1 + 0.1 * (np.arange(n) % 3)),
            "estimated_on_date": pd.NaT,
            "finished_on_date": pd.NaT,
            "state": "finished",
        }
    ).assign(**values)
    return SizedOutcome.validate(frame)


def test_effort_and_elapsed_time_come_of_the_mart_and_what_is_later_is_open() -> None:
    rows = [
        project(0, 10, 80),
        project(1, 20, 160, finished_on_date=STATUS + pd.Timedelta(days=1)),
        project(2, 5, None, state="cancelled"),
        project(3, None, 9, work_class=None),
    ]
    found = sized_outcome(contract_frame("estimate_history", rows), status_date=STATUS).set_index(
        ["item_id", "outcome_kind"]
    )
    assert len(found) == 6
    assert found.loc[("P-000", EFFORT), ["outcome_value", "outcome_unit", "state"]].to_list() == [
        80,
        "hours",
        "finished",
    ]
    assert found.loc[("P-000", ELAPSED), ["outcome_value", "outcome_unit"]].to_list() == [21, "days"]
    late = found.loc[("P-001", EFFORT)]
    assert late["state"] == "open"
    assert pd.isna(late["outcome_value"])
    assert pd.isna(late["finished_on_date"])
    assert found.loc[("P-003", EFFORT), "work_class"] == "no class"


def test_worked_example_six_projects_are_refused_and_say_what_is_missing() -> None:
    outcomes = sized_outcome(history(6, open_project(99, 100)), status_date=STATUS)
    found = project_size_models(outcomes)
    effort = found[found["outcome_kind"] == EFFORT]
    assert effort["is_refused"].all()
    assert (
        effort["verdict"]
        .str.endswith("P90 takes 9 residuals beside the one that is forecast, so 4 more are missing")
        .all()
    )
    estimate = project_size_estimate(outcomes).set_index("outcome_kind").loc[EFFORT]
    assert estimate["is_refused"]
    assert pd.isna(estimate["p90_value"])
    assert "4 more are missing" in estimate["verdict"]


def test_size_that_tells_gives_an_estimate_with_its_record() -> None:
    outcomes = sized_outcome(history(40, open_project(99, 100), open_project(98, 1e6)), status_date=STATUS)
    models = project_size_models(outcomes)
    effort = models[models["outcome_kind"] == EFFORT]
    assert effort["clock"].unique().tolist() == [EVENT_DATES]
    assert effort["forecast_count"].unique().tolist() == [31]
    assert effort["items_open"].unique().tolist() == [2]
    used = effort[effort["is_used"]].iloc[0]
    assert used["standardised_accuracy"] > effort.set_index("method").loc["median", "standardised_accuracy"]
    assert used["skill_low"] > 0
    estimate = project_size_estimate(outcomes)
    near, far = (
        estimate[estimate["item_id"] == name].set_index("outcome_kind").loc[EFFORT] for name in ("P-099", "P-098")
    )
    assert not near["is_refused"]
    assert near["p50_value"] == pytest.approx(800, rel=0.3)
    assert near["p10_value"] < near["p50_value"] < near["p80_value"] < near["p90_value"]
    assert near["quality_note"] == ""
    assert far["quality_note"].startswith("size outside those known")
    # All took 21 days: nothing beats a median without error.
    elapsed = models[models["outcome_kind"] == ELAPSED]
    assert elapsed["verdict"].str.contains("made no error").all()


def test_cost_of_a_callers_own_frame_is_left_out_one_by_one() -> None:
    waiting = sized(1, item_id="new", size=100.0, outcome_value=np.nan, state="open")
    outcomes = pd.concat([sized(20), waiting], ignore_index=True)
    models = project_size_models(outcomes).set_index("method")
    assert models["clock"].unique().tolist() == [LEAVE_ONE_OUT]
    # Each left out: of 8, 8.8 and 9.6 the median ratio of the other 19 is 8.8.
    ratio = models.loc["median ratio to size"]
    size, rest = np.linspace(10, 500, 20), np.arange(20) % 3
    assert ratio["mean_absolute_error"] == pytest.approx(np.mean(0.8 * size * (rest != 1)))
    assert ratio["pooled_ratio"] == pytest.approx((size * (8 + 0.8 * rest)).sum() / (8.8 * size).sum())
    estimate = project_size_estimate(outcomes).iloc[0]
    assert 800 <= estimate["p50_value"] <= 960
    assert estimate["outcome_unit"] == "EUR"


def test_classes_units_and_withheld_items_are_kept_apart() -> None:
    broken = sized(3, item_id=["a", "b", "c"], size=[0.0, np.nan, 5.0], outcome_value=[1.0, 1.0, np.nan])
    outcomes = pd.concat([sized(12), sized(12, work_class="story points"), sized(12, outcome_unit="USD"), broken])
    found = project_size_models(outcomes.reset_index(drop=True))
    keys = found.groupby(["work_class", "outcome_unit"])["items_known"].first().to_dict()
    assert keys == {("function points", "EUR"): 12, ("function points", "USD"): 12, ("story points", "EUR"): 12}
    withheld = found.groupby(["work_class", "outcome_unit"])["items_withheld"].first().to_dict()
    assert withheld == {("function points", "EUR"): 3, ("function points", "USD"): 0, ("story points", "EUR"): 0}


def test_finished_later_changes_nothing() -> None:
    before = history(25)
    later = project(200, 50, 9_999, finished_on_date=STATUS + pd.Timedelta(days=3))
    after = history(25, later)
    first, second = (
        project_size_models(sized_outcome(frame, status_date=STATUS)).drop(columns="items_open")
        for frame in (before, after)
    )
    pd.testing.assert_frame_equal(first, second)
