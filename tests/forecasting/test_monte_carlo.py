from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pmo_analytics.forecasting.input_distributions import Empirical, Lognormal, Normal, Pert, Triangular
from pmo_analytics.forecasting.monte_carlo import (
    Driver,
    draws_in_batches,
    simulated_latest,
    simulated_totals,
    understated_deviation,
)

# GAO-20-195G, table 12: thousand dollars a vehicle.
VEHICLE = [
    Triangular(17_955, 19_645, 21_785),
    Triangular(8_500, 10_553, 13_000),
    Triangular(4_000, 4_306, 5_100),
    Triangular(4_100, 4_305, 4_650),
    Triangular(550, 600, 650),
    Triangular(32_300, 35_547, 52_500),
    Triangular(1_950, 2_136, 2_600),
]
DRAWS = 400_000


def generator() -> np.random.Generator:
    return np.random.default_rng(20195)


def test_the_vehicle_of_the_gao_guide() -> None:
    point = sum(line.most_likely for line in VEHICLE)
    assert point == 77_092
    apart = simulated_totals(VEHICLE, DRAWS, generator())
    assert apart.mean() == pytest.approx(82_244, abs=30)
    assert apart.std() == pytest.approx(4_599.6, abs=20)
    assert (apart <= point).mean() == pytest.approx(0.126, abs=0.002)
    assert np.quantile(apart, 0.8) == pytest.approx(86_450, abs=40)
    together = simulated_totals(VEHICLE, DRAWS, generator(), correlation=0.25)
    assert (together <= point).mean() == pytest.approx(0.170, abs=0.002)
    assert np.quantile(together, 0.8) == pytest.approx(86_938, abs=40)


@pytest.mark.parametrize(("n", "share"), [(10, 0.402), (30, 0.617), (100, 0.781)])
def test_independent_lines_understate_the_spread(n: int, share: float) -> None:
    assert understated_deviation(n, 0.2) == pytest.approx(share, abs=5e-4)
    lines = [Normal(100, 10)] * n
    apart, together = (simulated_totals(lines, 40_000, generator(), correlation=r).std() for r in (0.0, 0.2))
    assert 1 - apart / together == pytest.approx(share, abs=0.01)


def test_the_later_of_two_paths_is_later_than_either() -> None:
    latest = simulated_latest([Normal(10, 1), Normal(10, 1)], DRAWS, generator())
    assert latest.mean() == pytest.approx(10.564190, abs=0.005)


def test_a_shared_driver_ties_lines_together() -> None:
    lines = [Normal(100, 1), Normal(50, 1), Normal(10, 1)]
    driver = Driver(Normal(2.0, 0.0), (0, 1), probability=0.3)
    drawn = np.concatenate(list(draws_in_batches(lines, 50_000, generator(), drivers=[driver])))
    assert drawn.mean(axis=0) == pytest.approx([130, 65, 10], rel=0.01)
    assert np.corrcoef(drawn.T)[0, 1] > 0.99
    assert abs(np.corrcoef(drawn.T)[0, 2]) < 0.02


def test_a_matrix_sets_each_pair_and_the_margins_stay() -> None:
    matrix = np.array([[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1.0]])
    lines = [Normal(0, 1), Lognormal(5, 0.5), Triangular(0, 1, 4)]
    drawn = np.concatenate(list(draws_in_batches(lines, 100_000, generator(), correlation=matrix)))
    scores = np.column_stack([drawn[:, 0], np.log(drawn[:, 1]), drawn[:, 2]])
    assert np.corrcoef(scores.T)[0, 1] == pytest.approx(0.8, abs=0.01)
    assert abs(np.corrcoef(scores.T)[0, 2]) < 0.01
    assert np.median(drawn[:, 1]) == pytest.approx(5, rel=0.01)


def test_neither_the_batch_nor_a_second_run_changes_a_draw() -> None:
    drivers = [Driver(Pert(0.9, 1.0, 1.5), (2, 5), 0.5)]
    first, second, third = (
        simulated_totals(VEHICLE, 1_000, generator(), correlation=0.25, drivers=drivers, batch=batch)
        for batch in (1_000, 1_000, 77)
    )
    assert first.tolist() == second.tolist()
    assert third == pytest.approx(first, rel=1e-12)


def test_inverses_are_those_of_the_textbook() -> None:
    shares = np.array([0.05, 0.3, 0.5, 0.95])
    assert Triangular(1, 2, 5).quantile(shares) == pytest.approx(stats.triang.ppf(shares, 0.25, 1, 4))
    assert Pert(1, 2, 5).quantile(shares) == pytest.approx(stats.beta.ppf(shares, 2, 4, 1, 4))
    assert Lognormal(3, 0.4).quantile(shares) == pytest.approx(stats.lognorm.ppf(shares, 0.4, scale=3))
    fine = (np.arange(100_000) + 0.5) / 100_000
    assert Pert(1, 2, 5).quantile(fine).mean() == pytest.approx((1 + 8 + 5) / 6, abs=1e-4)
    assert Empirical((5.0, 1.0, 3.0)).quantile(np.array([0.0, 0.34, 0.99, 1.0])).tolist() == [1.0, 3.0, 5.0, 5.0]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="rise from low"):
        Triangular(3, 2, 5)
    with pytest.raises(ValueError, match="exclude each other"):
        simulated_totals(VEHICLE, 10, generator(), correlation=-0.9)
    with pytest.raises(ValueError, match="symmetric"):
        simulated_totals(VEHICLE, 10, generator(), correlation=np.eye(3))
    with pytest.raises(ValueError, match="not among the 7"):
        simulated_totals(VEHICLE, 10, generator(), drivers=[Driver(Normal(1, 0), (7,))])
    with pytest.raises(ValueError, match="lies in 0 to 1"):
        Driver(Normal(1, 0), (0,), 30)
    with pytest.raises(ValueError, match="hold a value"):
        Empirical(())
    with pytest.raises(ValueError, match="at least one"):
        simulated_totals([], 10, generator())
