"""Uncertain demand: the worked example, exactness against all choices, and replays that keep α."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import SelectionCase, Spread
from pmo_analytics.portfolio.selection_model import selection_model
from pmo_analytics.portfolio.selection_scenarios import breach_share, chance_choice, demand_factors, with_chance
from pmo_analytics.portfolio.selection_solve import best_choice
from tests.portfolio.selection_cases import case_of

LUCK = np.array(list(itertools.product([0.8, 1.0, 1.2], repeat=2)))


def crowded(n: int, capacity: float, seed: int = 1, months: int = 3) -> SelectionCase:
    dice = np.random.default_rng(seed)
    item, offset = np.repeat(np.arange(n), months), np.tile(np.arange(months), n)
    asked = Spread(item, offset, np.round(dice.uniform(20, 80, size=len(item))), np.zeros(len(item), dtype=np.int64))
    return case_of(
        np.round(dice.uniform(10, 50, size=n)), np.zeros(n), 0, months=months, demand=asked,
        capacity=np.full((1, months), capacity), skill_names=("java",),
    )  # fmt: skip


def both_of(hours: float) -> SelectionCase:
    asked = Spread(np.array([0, 1]), np.array([0, 0]), np.full(2, 50.0), np.array([0, 0]))
    return case_of([1, 1], [0, 0], 0, demand=asked, capacity=np.array([[hours]]), skill_names=("java",))


def test_the_worked_example() -> None:
    model = selection_model(both_of(100.0))
    assert breach_share(model.case, np.array([0, 0]), LUCK) == pytest.approx(1 / 3)
    assert best_choice(with_chance(model, LUCK, 3)).value == 2
    assert best_choice(with_chance(model, LUCK, 2)).value == 1


@pytest.mark.parametrize("seed", range(6))
def test_no_choice_that_keeps_the_chance_is_better(seed: int) -> None:
    case = crowded(8, 150.0, seed)
    factors = np.random.default_rng(seed).lognormal(0, 0.3, size=(40, 8))
    best = max(
        case.worth(start)
        for start in (np.array(taken) - 1 for taken in itertools.product([0, 1], repeat=8))
        if breach_share(case, start, factors) <= 0.1
    )
    found = best_choice(with_chance(selection_model(case), factors, 4), gap=0.0)
    assert found.value == best
    assert breach_share(case, found.start, factors) <= 0.1


def drawn(draws: int, seed: int) -> Floats:
    return np.random.default_rng([7, seed]).lognormal(0, 0.25, size=(draws, 12))


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_replays_break_no_more_than_alpha(alpha: float) -> None:
    case = crowded(12, 240.0)
    found = chance_choice(selection_model(case), drawn, alpha=alpha, draws=60)
    assert found.is_kept
    assert found.breach_share <= alpha
    # Draws of a third seed, which neither the choice nor its check has seen.
    assert breach_share(case, found.choice.start, drawn(20_000, 3)) <= alpha + 0.005
    certain = best_choice(selection_model(case), gap=0.0)
    assert breach_share(case, certain.start, drawn(20_000, 3)) > alpha
    assert found.choice.value < certain.value


def past(count: int) -> pd.DataFrame:
    ratios = np.exp(np.random.default_rng(0).normal(0.2, 0.3, size=count))
    return pd.DataFrame(
        {"project_id": [f"P{n}" for n in range(count)], "finish_year": 2020 + np.arange(count) % 3,
         "pooled_ratio": ratios}
    )  # fmt: skip


def test_luck_is_that_of_past_projects() -> None:
    assert demand_factors(past(8), 3) is None
    made = demand_factors(past(30), 4)
    assert made is not None
    factors = made(4000, 1)
    assert factors.shape == (4000, 4)
    assert np.log(factors).mean() == pytest.approx(np.log(past(30)["pooled_ratio"]).mean(), abs=0.1)
    # What a year does it does to all.
    assert np.corrcoef(np.log(factors).T)[0, 1] > 0.02
    assert (made(4000, 1) == factors).all()
    assert (made(4000, 2) != factors).any()
