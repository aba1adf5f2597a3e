"""The analytic hierarchy process against Saaty's drinks, and judgements that cannot be used."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.pairwise_weights import TOGETHER, judged_weights, pairwise_weights
from tests.frames import contract_frame

DRINKS = ("coffee", "wine", "tea", "beer", "soda", "milk", "water")
UPPER = (
    9,
    5,
    2,
    1,
    1,
    1 / 2,
    1 / 3,
    1 / 9,
    1 / 9,
    1 / 9,
    1 / 9,
    1 / 3,
    1 / 4,
    1 / 3,
    1 / 9,
    1 / 2,
    1,
    1 / 3,
    2,
    1 / 2,
    1 / 3,
)
SHARES = {
    "water": 0.3268, "soda": 0.1896, "coffee": 0.1775, "milk": 0.1288, "beer": 0.1164, "tea": 0.0418, "wine": 0.0191,
}  # fmt: skip


def judgements(ratios: dict[tuple[str, str], float], assessor: str = "ann") -> pd.DataFrame:
    return contract_frame(
        "pairwise_judgement",
        [
            {"assessor_id": assessor, "criterion_id": one, "other_criterion_id": other,
             "status_date": pd.Timestamp("2026-01-01"), "ratio": ratio}
            for (one, other), ratio in ratios.items()
        ],
    )  # fmt: skip


def test_the_drinks_of_saaty() -> None:
    pairs = dict(zip(itertools.combinations(DRINKS, 2), UPPER, strict=True))
    found = judged_weights(judgements(pairs)).set_index("criterion_id")
    assert found["weight"].round(4).to_dict() == SHARES
    assert found["largest_eigenvalue"].iloc[0] == pytest.approx(7.1766, abs=5e-5)
    assert found["consistency_ratio"].iloc[0] == pytest.approx(0.0223, abs=5e-5)
    assert found["is_consistent"].all()


def test_the_worked_example_and_two_assessors_together() -> None:
    ann = judgements({("a", "b"): 2, ("a", "c"): 4, ("b", "c"): 2})
    alone = judged_weights(ann)
    assert alone["weight"].to_list() == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert alone["consistency_ratio"].to_list() == pytest.approx([0, 0, 0], abs=1e-9)
    bo = judgements({("b", "a"): 2, ("c", "a"): 4, ("c", "b"): 2}, "bo")
    both = judged_weights(pd.concat([ann, bo])).set_index(["assessor_id", "criterion_id"])["weight"]
    # What one says the other turns round: nothing is left between the criteria.
    assert both.loc[TOGETHER].to_list() == pytest.approx([1 / 3, 1 / 3, 1 / 3])


def test_a_contradiction_is_named() -> None:
    found = judged_weights(judgements({("a", "b"): 3, ("b", "c"): 3, ("a", "c"): 1 / 3}))
    assert not found["is_consistent"].any()
    assert found["quality_note"].iloc[0].startswith("judgements contradict each other, most ")
    assert "is stated, the others imply" in found["quality_note"].iloc[0]


@pytest.mark.parametrize(
    ("ratios", "told"),
    [
        ({("a", "b"): 3.0, ("b", "a"): 3.0}, "in two ways"),
        ({("a", "a"): 2.0}, "in two ways"),
        ({("a", "b"): 3.0, ("b", "c"): 2.0}, "1 missing: a against c"),
    ],
)
def test_what_cannot_be_used_is_said(ratios: dict[tuple[str, str], float], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        judged_weights(judgements(ratios))


def test_different_criteria_of_two_assessors_are_said() -> None:
    both = pd.concat([judgements({("a", "b"): 3}), judgements({("a", "c"): 3}, "bo")])
    with pytest.raises(UsageError, match="different criteria"):
        judged_weights(both)


@settings(max_examples=30)
@given(weights=st.lists(st.floats(0.05, 5), min_size=2, max_size=8))
def test_ratios_of_weights_give_the_weights_back(weights: list[float]) -> None:
    given_weights = np.array(weights)
    found = pairwise_weights(given_weights[:, None] / given_weights[None, :])
    assert found.weights == pytest.approx(given_weights / given_weights.sum())
    assert found.consistency_ratio == pytest.approx(0, abs=1e-6)
