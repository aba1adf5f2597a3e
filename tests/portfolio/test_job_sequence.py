"""Which job first, by hand, and that the order is the cheapest for jobs one after another."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.portfolio.job_sequence import PARTS, job_sequence
from tests.frames import contract_frame

TODAY = pd.Timestamp("2026-01-01")


def scored(**subjects: dict[str, float]) -> pd.DataFrame:
    rows = [
        {"subject_id": subject, "criterion_id": name, "assessor_id": "ann", "status_date": TODAY, "score": score}
        for subject, given_scores in subjects.items()
        for name, score in given_scores.items()
    ]
    return contract_frame("criterion_score", rows)


def proposals(**months: float | None) -> pd.DataFrame:
    rows = [{"proposal_id": p, "status_date": TODAY, "name": p, "duration_months": m} for p, m in months.items()]
    return contract_frame("proposal", rows)


def test_the_worked_example() -> None:
    job = dict(zip(PARTS, (8.0, 5.0, 3.0), strict=True)) | {"job_size": 2.0, "cost_of_delay": 60_000.0}
    row = job_sequence(scored(A=job), proposals(A=4)).iloc[0]
    assert (row["wsjf"], row["cd3"], row["wsjf_rank"], row["quality_note"]) == (8, 15_000, 1, "")


def test_what_is_missing_is_named() -> None:
    found = job_sequence(
        scored(A={"time_criticality": 3.0, "job_size": 0.0}, B={"cost_of_delay": 10.0}), proposals(B=None)
    ).set_index("subject_id")
    assert found["wsjf"].isna().all()
    assert "no user_business_value" in found.loc["A", "quality_note"]
    assert "a size must be above 0" in found.loc["A", "quality_note"]
    assert "no duration in the register of proposals" in found.loc["B", "quality_note"]
    assert len(job_sequence(scored(), proposals())) == 0


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_by_cost_of_delay_over_duration_is_the_cheapest_one(seed: int) -> None:
    generator = np.random.default_rng(seed)
    delay, months = generator.integers(1, 50, 5).astype(float), generator.integers(1, 9, 5).astype(float)
    names = [f"J{n}" for n in range(5)]
    found = job_sequence(
        scored(**{name: {"cost_of_delay": cost} for name, cost in zip(names, delay, strict=True)}),
        proposals(**dict(zip(names, months, strict=True))),
    ).sort_values("cd3_rank")

    def cost(order: tuple[int, ...]) -> float:
        return float((delay[list(order)] * np.cumsum(months[list(order)])).sum())

    ours = tuple(names.index(name) for name in found["subject_id"])
    assert cost(ours) == pytest.approx(min(cost(order) for order in itertools.permutations(range(5))))
