"""Where applying lessons changes nothing, the comparison of them says so in about 95 of 100 cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.knowledge.lesson_effect import COST, FINISH, RECURRENCE, lesson_effect
from pmo_analytics.knowledge.review_outcomes import ReviewOutcome
from tests.frames import contract_frame, project_row

TRIALS, PROJECTS = 500, 50
DAY = pd.Timestamp("2026-06-30")


def world(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Projects whose band drives whether they apply lessons, and what becomes of them; applying does nothing."""
    chosen = np.random.default_rng([20_26, seed])
    uses, projects, outcomes = [], [], []
    for number in range(PROJECTS):
        name, band = f"P{number:02d}", int(chosen.integers(3))
        projects.append(
            project_row(name, size_band=["small", "medium", "large"][band],
                        baseline_start_date=pd.Timestamp("2024-01-01"))
        )  # fmt: skip
        applies = chosen.random() < (0.3, 0.5, 0.7)[band]
        # Uses of one project share its luck.
        luck = chosen.beta(1.5, 2.5 - 0.5 * band)
        uses += [
            {"lesson_id": f"L{lesson}", "project_id": name, "shown_on_date": pd.Timestamp("2025-01-01"),
             "applied": bool(chosen.random() < (0.9 if applies else 0.1)), "recurred": bool(chosen.random() < luck)}
            for lesson in range(int(chosen.integers(2, 6)))
        ]  # fmt: skip
        outcomes.append(
            {"project_id": name, "name": name, "state": "complete", "finished_on_date": pd.Timestamp("2025-12-01"),
             "finish_after_plan_days": chosen.gamma(1.5, 30) + 40 * band - 30,
             "cost_over_budget_pct": 10 * chosen.standard_t(4) + 8 * band,
             "reached_milestone_count": 0, "finished_item_count": 0, "reason": "", "quality_note": ""}
        )  # fmt: skip
    frame = pd.DataFrame(outcomes).reindex(columns=list(ReviewOutcome.to_schema().columns))
    return contract_frame("lesson_use", uses), contract_frame("project", projects), ReviewOutcome.validate(frame)


@pytest.mark.slow
def test_false_alarms_come_in_three_to_seven_of_a_hundred() -> None:
    alarms = dict.fromkeys((RECURRENCE, COST, FINISH), 0)
    told = dict.fromkeys(alarms, 0)
    for seed in range(TRIALS):
        found = lesson_effect(*world(seed), status_date=DAY)
        for row in found.dropna(subset="chance_probability").to_dict("records"):
            told[row["effect_measure"]] += 1
            alarms[row["effect_measure"]] += row["chance_probability"] < 0.05
    assert min(told.values()) > 0.95 * TRIALS
    rates = {name: alarms[name] / told[name] for name in alarms}
    assert all(0.03 <= rate <= 0.07 for rate in rates.values()), rates


@pytest.mark.slow
def test_without_matching_the_same_worlds_would_raise_many_alarms() -> None:
    alarms = 0
    for seed in range(100):
        uses, projects, outcomes = world(seed)
        found = lesson_effect(uses, projects.assign(size_band=None), outcomes, status_date=DAY)
        finish = found[found["effect_measure"] == FINISH]
        alarms += int((finish["chance_probability"] < 0.05).sum())
    assert alarms > 15
