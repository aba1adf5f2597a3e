"""The worth of knowing a margin: the worked example, the loss table, draws, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.portfolio.information_worth import information_worth


def test_the_worked_example() -> None:
    found = information_worth(np.array([10.0, -10.0, 60.0]), np.array([20.0, 20.0, 20.0]))
    assert found == pytest.approx([3.956, 3.956, 0.0076], abs=5e-4)


def test_the_unit_normal_loss_of_the_tables() -> None:
    # Raiffa and Schlaifer's table: at 0, 0.5, 1, 2 and 3 deviations.
    found = information_worth(np.array([0.0, 0.5, 1.0, 2.0, 3.0]), np.ones(5))
    assert found == pytest.approx([0.3989, 0.1978, 0.08332, 0.008491, 0.000382], abs=5e-5)


def test_draws_gain_as_much() -> None:
    margin = np.random.default_rng(7).normal(3.0, 5.0, 400_000)
    gain = np.maximum(margin, 0).mean() - max(margin.mean(), 0)
    assert information_worth(np.array([3.0]), np.array([5.0]))[0] == pytest.approx(gain, rel=0.02)


def test_what_is_certain_is_worth_nothing_and_what_is_not_known_is_not_told() -> None:
    found = information_worth(np.array([5.0, 0.0, np.nan, 5.0]), np.array([0.0, 0.0, 1.0, np.nan]))
    assert found[:2].tolist() == [0.0, 0.0]
    assert np.isnan(found[2:]).all()
