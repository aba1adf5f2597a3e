from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from pmo_analytics.forecasting import schedule_simulation
from pmo_analytics.forecasting.critical_path import critical_path
from pmo_analytics.forecasting.input_distributions import (
    Empirical,
    InputDistribution,
    Lognormal,
    Normal,
    Pert,
    Triangular,
)
from pmo_analytics.forecasting.monte_carlo import Driver, draws_in_batches
from pmo_analytics.forecasting.schedule_kernels import PLAIN, can_compile
from pmo_analytics.forecasting.schedule_network import RELATIONS, ScheduleNetwork, schedule_network
from pmo_analytics.forecasting.schedule_simulation import ScheduleSimulation, simulated_schedule

TASKS = 24
DRAWS = 300
DRIVERS = [Driver(Pert(1.0, 1.2, 2.0), (1, 5, 9), 0.4), Driver(Normal(0.9, 0.0), (2,))]
needs_numba = pytest.mark.skipif(not can_compile(), reason="numba, the extra `fast`, is not installed")


def generator() -> np.random.Generator:
    return np.random.default_rng(160)


def mixed() -> tuple[ScheduleNetwork, list[InputDistribution | float]]:
    """A network with all four relations and lags of both signs, and a duration of every kind."""
    chance = np.random.default_rng(7)
    pairs = sorted({tuple(sorted(chance.choice(TASKS, 2, replace=False).tolist())) for _ in range(45)})
    names = chance.permutation(TASKS)
    before, after = [int(names[i]) for i, _ in pairs], [int(names[j]) for _, j in pairs]
    relations = [RELATIONS[k % 4] for k in range(len(pairs))]
    network = schedule_network(range(TASKS), before, after, relations, chance.integers(-3, 4, len(pairs)))
    kinds: list[InputDistribution | float] = [
        Triangular(2, 3, 9), Pert(1, 4, 6), Lognormal(4, 0.6), Normal(5, 1), Empirical((1.0, 2.5, 7.0)), 3,
    ]  # fmt: skip
    return network, [kinds[k % len(kinds)] for k in range(TASKS)]


def matrix() -> np.ndarray:
    """Every second task moves with the others of its kind."""
    found = np.where(np.add.outer(np.arange(TASKS), np.arange(TASKS)) % 2 == 0, 0.5, 0.1)
    np.fill_diagonal(found, 1.0)
    return found


def one_by_one(correlation: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Finishes and criticality from the plain draws, each led through the critical path method."""
    network, durations = mixed()
    lines = [Normal(float(d), 0.0) if isinstance(d, int | float) else d for d in durations]
    given = draws_in_batches(lines, DRAWS, generator(), correlation=correlation, drivers=DRIVERS)
    found = [critical_path(network, np.maximum(draw, 0)) for drawn in given for draw in drawn]
    return np.array([one.finish for one in found]), np.mean([one.is_critical for one in found], axis=0)


def simulated(**options: object) -> ScheduleSimulation:
    network, durations = mixed()
    return simulated_schedule(network, durations, DRAWS, generator(), drivers=DRIVERS, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.02, "matrix"])
def test_it_is_the_critical_path_of_each_draw(correlation: float | str) -> None:
    chosen = matrix() if correlation == "matrix" else float(correlation)
    finish, critical = one_by_one(chosen)
    found = simulated(correlation=chosen, is_compiled=False)
    # Tables are within 1e-7 of a width of 7, drivers double that, and paths have up to 24 tasks.
    assert found.finish == pytest.approx(finish, abs=TASKS * 7e-7 * 2)
    assert found.criticality_index == pytest.approx(critical, abs=1e-12)


def test_the_worked_example() -> None:
    network = schedule_network("AB", [], [])
    found = simulated_schedule(network, [Normal(10, 1)] * 2, 200_000, generator(), is_compiled=False)
    assert found.finish.mean() == pytest.approx(10.564190, abs=0.01)
    assert found.criticality_index == pytest.approx([0.5, 0.5], abs=0.005)


def test_a_chain_of_normal_tasks_is_normal() -> None:
    # The sum of 9 tasks of 10 ± 1 with correlation 0.25: variance 9 + 72 x 0.25 = 27.
    tasks = range(9)
    network = schedule_network(tasks, tasks[:-1], tasks[1:])
    found = simulated_schedule(
        network, [Normal(10, 1)] * 9, 100_000, generator(), correlation=0.25, is_criticality_wanted=False
    )
    assert found.criticality_index is None
    assert found.finish.std() == pytest.approx(np.sqrt(27), rel=0.01)
    assert found.probability_by(95) == pytest.approx(float(ndtr(5 / np.sqrt(27))), abs=0.005)
    assert found.finish_at([0.5, 0.8]) == pytest.approx([90, 90 + 0.8416 * np.sqrt(27)], abs=0.1)


def test_certain_durations_give_the_critical_path() -> None:
    network = schedule_network("ABCD", "AABC", "BCDD")
    found = simulated_schedule(network, [3, 2, 4, 1], 10, generator())
    assert found.finish.tolist() == [8] * 10
    assert found.criticality_index is not None
    assert found.criticality_index.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_neither_the_batch_nor_a_second_run_changes_a_draw(correlation: float) -> None:
    first, second, third = (simulated(correlation=correlation, batch=batch) for batch in (DRAWS, DRAWS, 77))
    assert first.finish.tolist() == second.finish.tolist() == third.finish.tolist()
    assert first.criticality_index == pytest.approx(third.criticality_index, abs=0)
    by_matrix, by_matrix_in_parts = (simulated(correlation=matrix(), batch=batch) for batch in (DRAWS, 77))
    assert by_matrix.finish == pytest.approx(by_matrix_in_parts.finish, rel=1e-12)


def without_exponentials() -> tuple[ScheduleNetwork, list[InputDistribution | float]]:
    network, durations = mixed()
    return network, [Triangular(1, 2, 5) if isinstance(d, Lognormal) else d for d in durations]


def assert_compiled_is_the_same() -> None:
    for correlation in (0.0, 0.3, matrix()):
        network, durations = without_exponentials()
        looped, whole = (
            simulated_schedule(
                network, durations, 40, generator(), correlation=correlation, drivers=DRIVERS, is_compiled=way
            )
            for way in (True, False)
        )
        assert looped.finish.tolist() == whole.finish.tolist()
        assert looped.criticality_index is not None
        assert whole.criticality_index is not None
        assert looped.criticality_index.tolist() == whole.criticality_index.tolist()
        looped, whole = (simulated(correlation=correlation, is_compiled=way) for way in (True, False))
        assert looped.finish == pytest.approx(whole.finish, rel=1e-13)
        assert looped.criticality_index == pytest.approx(whole.criticality_index, abs=1e-12)


def test_the_loops_give_the_same_without_being_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule_simulation, "compiled", lambda: PLAIN)
    assert_compiled_is_the_same()


@needs_numba
def test_the_compiled_loops_give_the_same() -> None:
    assert_compiled_is_the_same()


def test_large_runs_are_compiled_where_that_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(schedule_simulation, "compiled", lambda: asked.append(True) or PLAIN)
    network = schedule_network("A", [], [])
    for is_there, least in ((True, 1), (True, 1_000), (False, 1)):
        monkeypatch.setattr(schedule_simulation, "can_compile", lambda is_there=is_there: is_there)
        monkeypatch.setattr(schedule_simulation, "COMPILED_FROM", least)
        simulated_schedule(network, [Normal(1, 0.1)], 10, generator())
    assert asked == [True]


def test_what_cannot_be_is_refused() -> None:
    network = schedule_network("AB", "A", "B")
    with pytest.raises(ValueError, match="2 tasks need as many durations, not 1"):
        simulated_schedule(network, [1.0], 10, generator())
    with pytest.raises(ValueError, match="exclude each other"):
        simulated_schedule(network, [1.0, 2.0], 10, generator(), correlation=-1.5)
    with pytest.raises(ValueError, match="not among the 2"):
        simulated_schedule(network, [1.0, 2.0], 10, generator(), drivers=[Driver(Normal(1, 0), (2,))])
