from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.resources.size_models import (
    DEVIATION,
    LEVELS,
    MEDIAN,
    RATIO,
    REGRESSION,
    SIZE_MODELS,
    backtested,
    fold_residuals,
    least_absolute_line,
    line,
    median_outcome,
    median_ratio,
    nearest_analogies,
    recent_median,
    size_forecast,
    smearing_factor,
)


def logs(*values: float) -> np.ndarray:
    return np.log(np.array(values))


def column(*values: float) -> np.ndarray:
    return logs(*values)[:, None]


def test_worked_example() -> None:
    known, outcomes, asked = column(10, 20, 40), logs(100, 160, 400), column(30)
    assert np.exp(median_ratio(known, outcomes, asked)) == pytest.approx([300])
    assert np.exp(median_outcome(known, outcomes, asked)) == pytest.approx([160])


def test_the_recent_median_forgets() -> None:
    outcomes = logs(*[1.0] * 30, *[8.0] * 20)
    known = np.zeros((50, 1))
    assert np.exp(recent_median(known, outcomes, known[:1])) == pytest.approx([8])


def test_analogies_are_the_nearest_in_all_features_each_on_its_own_scale() -> None:
    known = np.array([[1.0, 0.0], [1.1, 0.0], [1.25, 0.0], [1.0, 500.0], [9.0, 0.0]])
    outcomes = logs(10, 20, 40, 1, 1_000)
    assert np.exp(nearest_analogies(known, outcomes, np.array([[1.1, 0.0]]))) == pytest.approx([20])
    # A feature that does not vary counts for nothing.
    flat = np.column_stack([known[:, 0], np.full(5, 3.0)])
    assert np.exp(nearest_analogies(flat, outcomes, np.array([[1.1, 77.0]]))) == pytest.approx([10])


def test_a_line_through_points_on_it_is_found_and_a_flat_size_gives_the_mean_or_the_median() -> None:
    x = np.array([0.0, 1, 2, 5])
    assert line(x, 3 + 2 * x) == pytest.approx((2, 3))
    assert least_absolute_line(x, 3 + 2 * x) == pytest.approx((2, 3))
    y = np.array([1.0, 2, 3, 10])
    assert line(np.ones(4), y) == (0, 4)
    assert least_absolute_line(np.ones(4), y) == (0, 2.5)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 9))
def test_no_line_through_two_points_has_less_absolute_deviation(seed: int, n: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=n), generator.standard_t(2, size=n)
    slope, intercept = least_absolute_line(x, y)
    found = np.abs(y - intercept - slope * x).sum()
    # An optimal line goes through two of the points.
    for i, j in itertools.combinations(range(n), 2):
        b = (y[j] - y[i]) / (x[j] - x[i])
        assert found <= np.abs(y - y[i] - b * (x - x[i])).sum() + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_the_turned_line_and_the_linear_programme_agree(seed: int) -> None:
    from scipy.optimize import linprog

    generator = np.random.default_rng(seed)
    # Rounded, so that points coincide and more than two lie on a line.
    x, y = np.round(generator.normal(size=40), 1), np.round(generator.normal(size=40), 1)
    slope, intercept = least_absolute_line(x, y)
    terms = np.column_stack([x, np.ones(40), np.eye(40), -np.eye(40)])
    costs = np.concatenate([[0, 0], np.ones(80)])
    primal = linprog(costs, A_eq=terms, b_eq=y, bounds=[(None, None)] * 2 + [(0, None)] * 80)
    assert np.abs(y - intercept - slope * x).sum() == pytest.approx(primal.fun)


def test_one_wild_project_does_not_move_the_least_absolute_line() -> None:
    x = np.arange(8.0)
    y = 1 + 2 * x
    y[3] = 500.0
    assert least_absolute_line(x, y) == pytest.approx((2, 1))
    assert abs(line(x, y)[0] - 2) > 1


def test_smearing_turns_the_median_into_the_mean() -> None:
    assert smearing_factor(np.log(np.array([0.5, 1.0, 4.5]))) == pytest.approx(2.0)
    residuals = np.random.default_rng(1).normal(0, 0.8, 200_000)
    assert smearing_factor(residuals) == pytest.approx(math.exp(0.32), rel=0.02)


def test_residuals_are_out_of_sample() -> None:
    known, outcomes = np.zeros((3, 1)), logs(1, 2, 8)
    # Of the median of the other two, which for two is half-way.
    assert np.exp(fold_residuals(median_outcome, known, outcomes)) == pytest.approx([1 / 5, 2 / 4.5, 8 / 1.5])


@pytest.mark.parametrize("name", SIZE_MODELS)
def test_units_of_outcome_and_size_scale_through(name: str) -> None:
    generator = np.random.default_rng(2)
    known = generator.normal(4, 1, (30, 1))
    outcomes = known[:, 0] + generator.normal(0, 0.5, 30)
    asked = known[:3] + 0.1
    first = size_forecast(SIZE_MODELS[name], known, outcomes, asked)
    second = size_forecast(SIZE_MODELS[name], known + math.log(7), outcomes + math.log(60), asked + math.log(7))
    np.testing.assert_allclose(second.points, first.points + math.log(60), atol=1e-7)
    np.testing.assert_allclose(second.quantiles, first.quantiles + math.log(60), atol=1e-7)
    np.testing.assert_allclose(second.means, first.means + math.log(60), atol=1e-7)
    assert np.all(np.diff(first.quantiles, axis=1) >= 0)


def test_below_nine_projects_there_are_no_quantiles() -> None:
    known, outcomes = column(*range(1, 9)), logs(*range(1, 9))
    few = size_forecast(median_ratio, known, outcomes, column(3))
    assert np.exp(few.points) == pytest.approx([3])
    assert np.isnan(few.quantiles).all()
    assert np.isnan(few.means).all()


def test_nine_residuals_give_p90_as_the_largest() -> None:
    outcomes = logs(*range(1, 10))
    found = size_forecast(lambda k, y, a: np.zeros(len(a)), np.zeros((9, 1)), outcomes, np.zeros((1, 1)))
    assert np.exp(found.quantiles[0]) == pytest.approx(range(1, 10))
    assert np.exp(found.means) == pytest.approx([5])


def test_leaving_one_out_never_sees_the_one() -> None:
    sizes, outcomes = column(*range(1, 13)), logs(*range(2, 14))
    positions, before = backtested(SIZE_MODELS, sizes, outcomes)
    changed = outcomes.copy()
    changed[4] += 3.0
    _, after = backtested(SIZE_MODELS, sizes, changed)
    assert positions.tolist() == list(range(12))
    for name, made in before.items():
        assert made.points[4] == after[name].points[4]
        assert (made.quantiles[4] == after[name].quantiles[4]).all()
        assert not (made.quantiles == after[name].quantiles).all()


def test_on_a_rolling_origin_later_projects_change_nothing_earlier() -> None:
    generator = np.random.default_rng(3)
    sizes = generator.normal(4, 1, (24, 1))
    outcomes = sizes[:, 0] + generator.normal(0, 0.5, 24)
    day = np.datetime64("2020-01-01", "us") + np.arange(24) * np.timedelta64(30, "D")
    clocks = TwoClocks(day, day + np.timedelta64(10, "D"))
    positions, before = backtested(SIZE_MODELS, sizes, outcomes, clocks)
    assert positions.tolist() == list(range(9, 24))
    changed = outcomes.copy()
    changed[18:] += 5.0
    _, after = backtested(SIZE_MODELS, sizes, changed, clocks)
    for name in (MEDIAN, RATIO, REGRESSION, DEVIATION):
        assert (before[name].quantiles[:9] == after[name].quantiles[:9]).all()
        assert not (before[name].quantiles[10:] == after[name].quantiles[10:]).all()


@pytest.mark.parametrize("name", [MEDIAN, RATIO, REGRESSION])
def test_quantiles_hold_their_level_on_simulated_projects(name: str) -> None:
    generator = np.random.default_rng(4)
    hits, total = 0, 0
    for _ in range(20):
        sizes = generator.normal(5, 1, (30, 1))
        outcomes = 2 + sizes[:, 0] + generator.standard_t(3, 30)
        positions, made = backtested({name: SIZE_MODELS[name]}, sizes, outcomes)
        hits += int((outcomes[positions] <= made[name].quantiles[:, LEVELS.index(0.8)]).sum())
        total += len(positions)
    assert hits / total == pytest.approx(0.8, abs=0.04)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), n=st.integers(3, 60))
def test_few_sizes_and_round_outcomes_have_lines_through_many_points(seed: int, n: int) -> None:
    from scipy.optimize import linprog

    generator = np.random.default_rng(seed)
    x = np.log(generator.choice([1, 2, 3, 5, 8, 13], n))
    y = np.log(np.ceil(generator.lognormal(1, 0.7, n)))
    slope, intercept = least_absolute_line(x, y)
    dual = linprog(-y, A_eq=np.vstack([x, np.ones(n)]), b_eq=np.zeros(2), bounds=(-1, 1))
    assert np.abs(y - intercept - slope * x).sum() == pytest.approx(-dual.fun, abs=1e-9)
