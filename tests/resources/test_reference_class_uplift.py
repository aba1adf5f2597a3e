from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.project_overrun import COST, TIME, ProjectOverrun
from pmo_analytics.resources.reference_class_uplift import (
    NOTHING,
    ORGANISATION,
    OWN_CLASS,
    PUBLISHED,
    PUBLISHED_COST,
    reference_class_uplift,
    uplifts,
)

RATIOS = [0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.3, 1.5, 2.0]


def overruns(ratios: list[float], category: str = "IT", kind: str = COST) -> pd.DataFrame:
    count = len(ratios)
    frame = pd.DataFrame(
        {
            "project_id": [f"{category}-{k}" for k in range(count)],
            "category": category,
            "outcome_kind": kind,
            "outcome_unit": "EUR",
            "finished_on_date": pd.Timestamp("2025-01-01"),
            "approved_value": 100.0,
            "final_value": 100 * np.array(ratios),
            "overrun_ratio": ratios,
            "quality_note": "",
        }
    )
    return ProjectOverrun.validate(frame)


def test_worked_example() -> None:
    found = reference_class_uplift(overruns(RATIOS)).set_index("level_pct")
    assert found["uplift_pct"].to_dict() == pytest.approx({50: 10, 60: 20, 70: 30, 80: 50, 90: 100})
    assert found["overrun_chance_pct"].to_dict() == pytest.approx({50: 50, 60: 40, 70: 30, 80: 20, 90: 10})
    assert found["uplift_basis"].unique().tolist() == [OWN_CLASS]
    assert found["project_count"].unique().tolist() == [9]
    assert (found["quality_note"] == "").all()
    # The largest of nine is not known to be above the 90 % quantile: 0.9^9 = 39 %.
    assert math.isnan(found.loc[90, "uplift_high_pct"])
    thin = reference_class_uplift(overruns(RATIOS[:8]), published_class="Mott MacDonald: standard buildings")
    assert thin[["published_point", "uplift_pct"]].to_numpy().tolist() == [["upper bound", 24], ["lower bound", 2]]
    assert thin["uplift_basis"].unique().tolist() == [PUBLISHED]


def test_the_interval_is_that_of_order_statistics() -> None:
    # Of 9 the median lies between the second and the eighth with 96.1 %: 1 - 2 (1 + 9) / 512.
    level, uplift, low, high = uplifts(np.array(RATIOS))[0]
    assert (level, uplift, low, high) == pytest.approx((50, 10, -5, 50))


def test_levels_hold_for_the_next_project() -> None:
    generator = np.random.default_rng(1)
    hits = np.zeros(5)
    for _ in range(1_500):
        drawn = np.exp(generator.normal(0.2, 0.4, 20))
        hits += [100 * (drawn[0] - 1) <= each[1] for each in uplifts(drawn[1:])]
    assert hits / 1_500 == pytest.approx([0.5, 0.6, 0.7, 0.8, 0.9], abs=0.04)


def test_a_thin_category_takes_the_organisation_and_says_so() -> None:
    given = pd.concat([overruns(RATIOS[:6]), overruns([*RATIOS, 3.0], "Buildings")], ignore_index=True)
    found = reference_class_uplift(given).set_index(["category", "level_pct"])
    assert found.loc[("Buildings", 50), ["uplift_basis", "project_count"]].to_list() == [OWN_CLASS, 10]
    assert found.loc[("IT", 50), ["uplift_basis", "project_count"]].to_list() == [ORGANISATION, 16]
    assert found.loc[("IT", 50), "quality_note"] == "6 finished projects of the category, 3 more are missing"
    pooled = uplifts(np.array([*RATIOS[:6], *RATIOS, 3.0]))
    assert found.loc["IT", "uplift_pct"].to_list() == pytest.approx([each[1] for each in pooled])


def test_published_figures_are_labelled_and_have_no_chance() -> None:
    given = pd.concat([overruns(RATIOS[:3]), overruns(RATIOS[:3], kind=TIME)], ignore_index=True)
    found = reference_class_uplift(given)
    cost, time = (found[found["outcome_kind"] == kind] for kind in (COST, TIME))
    assert len(cost) == sum(len(figures) for figures in PUBLISHED_COST.values()) == 18
    assert (
        cost["quality_note"].str.contains("3 finished projects in all, 6 more are missing; published, not this").all()
    )
    assert cost[["level_pct", "overrun_chance_pct", "uplift_low_pct", "uplift_high_pct"]].isna().all(axis=None)
    assert time["uplift_basis"].to_list() == [NOTHING]
    assert time["uplift_pct"].isna().all()


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("Mott MacDonald: standard buildings", [24, 2]), ("Mott MacDonald: non-standard buildings", [51, 4]),
        ("Mott MacDonald: standard civil engineering", [44, 3]),
        ("Mott MacDonald: non-standard civil engineering", [66, 6]),
        ("Mott MacDonald: equipment and development", [200, 10]), ("Transport Scotland: roads", [44, 15, 3]),
        ("Transport Scotland: fixed links", [66, 23, 6]), ("Transport Scotland: IT", [200, 10]),
    ],
)  # fmt: skip
def test_published_figures_are_the_published_ones(name: str, figures: list[float]) -> None:
    assert list(PUBLISHED_COST[name].values()) == figures
    assert reference_class_uplift(overruns([1.0]), published_class=name)["uplift_pct"].to_list() == figures


def test_withheld_ratios_do_not_count_and_unknown_classes_are_named() -> None:
    assert reference_class_uplift(overruns([*RATIOS[:8], math.nan]))["uplift_basis"].unique().tolist() == [PUBLISHED]
    with pytest.raises(UsageError, match="did you mean 'Transport Scotland: roads'"):
        reference_class_uplift(overruns(RATIOS), published_class="Transport Scotland roads")
