"""Values drawn in: the textbook's answer, no disappointment on average, and what stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.portfolio.value_shrinkage import shrunk, shrunk_amounts, spread_of_truth, towards


def test_the_worked_example() -> None:
    found = towards(np.array([2.0]), np.array([1.0]), np.array([0.0]), np.array([1.0]))
    assert found.value.tolist() == [1.0]
    assert found.deviation[0] == pytest.approx(0.5**0.5)


def test_the_spread_of_truth_is_what_is_left_of_the_estimates() -> None:
    # Variance 5/3 of the estimates less 1 of their errors, by the equation Σ(v - m)² / (τ² + 1) = 3.
    mean, spread = spread_of_truth(np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4))
    assert (mean, spread**2) == (pytest.approx(2.5), pytest.approx(5 / 3 - 1))
    assert spread_of_truth(np.array([1.0, 1.1]), np.ones(2))[1] == 0


def test_small_classes_are_taken_with_all() -> None:
    values = np.array([0.0, 1, 2, 3, 4, 100, 101, 102, 103, 104, 50])
    group = ["a"] * 5 + ["b"] * 5 + ["c"]
    found = shrunk(values, np.full(11, 0.5), group)
    assert found.mean[[0, 5]].tolist() == [pytest.approx(2), pytest.approx(102)]
    assert found.mean[10] == pytest.approx(51.8, abs=0.1)


def test_what_is_chosen_is_worth_what_is_said_of_it() -> None:
    dice = np.random.default_rng(5)
    missing: dict[str, list[float]] = {"as estimated": [], "drawn in": []}
    for _ in range(200):
        cost = dice.lognormal(4, 1, size=60)
        true = cost * dice.lognormal(0.4, 0.3, size=60)
        error = np.log1p(0.5**2) ** 0.5
        estimate = true * dice.lognormal(-(error**2) / 2, error, size=60)
        made, _ = shrunk_amounts(estimate, cost, 0.5, ["all"] * 60)
        for name, values in (("as estimated", estimate), ("drawn in", made)):
            best = np.argsort(-values / cost)[:10]
            missing[name].append(values[best].sum() / true[best].sum() - 1)
    assert np.mean(missing["as estimated"]) > 0.4
    assert abs(np.mean(missing["drawn in"])) < 0.04


def test_amounts_without_a_ratio_or_an_error_stay() -> None:
    value, cost = np.array([-5.0, 10.0, 20.0]), np.array([1.0, 0.0, 10.0])
    assert shrunk_amounts(value, cost, 0.3, ["a"] * 3)[0][:2].tolist() == [-5, 10]
    assert shrunk_amounts(value, cost, 0.0, ["a"] * 3)[0].tolist() == [-5, 10, 20]
    assert shrunk_amounts(np.zeros(0), np.zeros(0), 0.3, [])[0].tolist() == []
