from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.performance.completion_trial import (
    LEVELS,
    P80,
    CompletionTrial,
    champion_series,
    error_ratio,
    mean_project_error,
    naive_series,
    project_means,
    remaining_quantiles,
)

GOOD, NAIVE = "good", "naive"


def trial(finals: list[float], running: int = 0, *, leaves_one_out: bool = True) -> CompletionTrial:
    """Projects of one forecast each: 100 spent, `good` is right, `naive` forecasts 200; the last ones still run."""
    n = len(finals) + running
    final = np.array([*finals, *[np.nan] * running])
    days = np.array(["2025-01-01"], dtype="datetime64[ns]") + np.arange(n) * np.timedelta64(30, "D")
    return CompletionTrial(
        projects=np.array([f"P{k:02}" for k in range(n)], dtype=object),
        progress=np.full(n, 0.5),
        now=np.full(n, 100.0),
        final=final,
        forecasts={NAIVE: np.full(n, 200.0), GOOD: np.where(np.isfinite(final), final, 200.0)},
        naive=NAIVE,
        asked_at=days,
        known_at=np.where(np.isfinite(final), days + np.timedelta64(10, "D"), np.datetime64("NaT")),
        leaves_one_out=leaves_one_out,
    )


def test_a_project_weighs_the_same_however_often_it_reports() -> None:
    errors, projects = np.array([0.1, 0.1, 0.1, 0.5, np.nan]), np.array(["A", "A", "A", "B", "B"], dtype=object)
    assert project_means(errors, projects).tolist() == pytest.approx([0.1, 0.5])
    assert mean_project_error(errors, projects) == pytest.approx(0.3)


def test_the_champion_is_chosen_on_other_projects_and_only_from_nine_on() -> None:
    finals = [150.0 + 10 * k for k in range(10)]
    assert set(champion_series(trial(finals)).methods) == {GOOD}
    assert set(champion_series(trial(finals[:9])).methods) == {NAIVE}
    rolling = champion_series(trial(finals, running=1, leaves_one_out=False)).methods
    # Nine outcomes are known when the tenth project is asked, and ten for the one that runs.
    assert rolling.tolist() == [NAIVE] * 9 + [GOOD] * 2


def test_the_quantiles_are_those_of_what_the_rest_took() -> None:
    # The rest of 100 took 60, 70 ... 150 of the other projects, so 0.6 to 1.5 of what the naive method forecast.
    made = trial([160.0 + 10 * k for k in range(10)], running=1)
    ratio = made.remaining_ratio(NAIVE)
    assert remaining_quantiles(made, ratio, made.known(10), 1).tolist() == pytest.approx([0.6, 1.0, 1.3, 1.4])
    thin = trial([160.0] * 8, running=1)
    assert np.isnan(remaining_quantiles(thin, thin.remaining_ratio(NAIVE), thin.known(8), 1)).all()
    # `good` forecasts 200 for the one that runs, and was right of all others.
    assert champion_series(made).quantiles[10].tolist() == pytest.approx([200] * len(LEVELS))
    assert naive_series(made).quantiles[10].tolist() == pytest.approx([160, 200, 230, 240])


def test_quantiles_are_those_of_the_same_third_where_nine_projects_have_months_in_it() -> None:
    # Ten projects took 0.6 to 1.5 of their rests in the second third, and twice as much as that in the last.
    late = trial([160.0 + 10 * k for k in range(10)], running=1)
    both = replace(
        late,
        projects=np.concatenate([late.projects, late.projects]),
        progress=np.repeat([0.5, 0.9], 11),
        now=np.repeat([100.0, 100.0], 11),
        final=np.concatenate([late.final, 2 * late.final - 100]),
        forecasts={NAIVE: np.full(22, 200.0)},
        asked_at=np.concatenate([late.asked_at, late.asked_at]),
        known_at=np.concatenate([late.known_at, late.known_at]),
    )
    ratio, known = both.remaining_ratio(NAIVE), both.known(10)
    assert remaining_quantiles(both, ratio, known, 1)[P80] == pytest.approx(1.3)
    assert remaining_quantiles(both, ratio, known, 2)[P80] == pytest.approx(2.6)
    # Nobody has months in the first third: all of them count, each project the same.
    pooled = remaining_quantiles(both, ratio, known, 0)[P80]
    assert 1.3 < pooled < 2.6


def test_a_method_without_a_figure_somewhere_is_no_candidate() -> None:
    made = trial([150.0 + 10 * k for k in range(10)])
    made.forecasts[GOOD][0] = np.nan
    methods = champion_series(made).methods
    # The project itself is not among those that its own champion is chosen on.
    assert methods.tolist() == [GOOD] + [NAIVE] * 9


def test_the_ratio_of_errors_takes_the_same_rows_of_both() -> None:
    projects = np.array(["A", "B", "C"], dtype=object)
    generator = np.random.default_rng(1)
    ratio = error_ratio(np.array([0.1, np.nan, 0.3]), np.array([0.2, 0.9, 0.2]), projects, generator)
    assert ratio is not None
    assert ratio.value == pytest.approx(1.0)
    assert ratio.n == 2
    assert error_ratio(np.array([np.nan]), np.array([0.1]), projects[:1], generator) is None


@settings(max_examples=25)
@given(st.lists(st.floats(110, 900), min_size=11, max_size=14), st.integers(9, 10))
def test_what_becomes_known_later_changes_no_earlier_choice(finals: list[float], kept: int) -> None:
    whole = champion_series(trial(finals, leaves_one_out=False))
    part = champion_series(trial(finals[: kept + 1], leaves_one_out=False))
    assert whole.methods[: kept + 1].tolist() == part.methods.tolist()
    np.testing.assert_array_equal(whole.quantiles[: kept + 1], part.quantiles)
