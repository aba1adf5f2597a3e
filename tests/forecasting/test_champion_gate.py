from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.forecasting.backtest import TwoClocks
from pmo_analytics.forecasting.champion_gate import Contest, champion_gate, choice_by_others, prequential_choice
from pmo_analytics.forecasting.passport import LEAVE_ONE_OUT, ORDER_OF_CREATION
from pmo_analytics.forecasting.quantile_scores import mean_pinball

LEVELS = (0.5, 0.8, 0.9)


def clocks_of(asked: list[int], lag: list[int]) -> TwoClocks:
    start = np.datetime64("2026-01-01", "us")
    days = np.timedelta64(1, "D")
    return TwoClocks(start + np.array(asked) * days, start + (np.array(asked) + np.array(lag)) * days)


def contest(n: int, naive: dict[str, float], candidates: dict[str, float], seed: int = 1) -> Contest:
    """Normal outcomes; a method's figure is by how much it shifts the right quantiles."""
    from scipy.stats import norm

    actual = np.random.default_rng(seed).normal(size=n)
    right = norm.ppf(LEVELS)
    quantiles = {name: np.tile(right + shift, (n, 1)) for name, shift in (naive | candidates).items()}
    scores = {name: mean_pinball(actual, q, LEVELS) for name, q in quantiles.items()}
    clocks = clocks_of(list(range(n)), [0] * n)
    return Contest(
        quantiles, scores, tuple(naive), LEVELS, actual, np.full(n, "small"), clocks, np.arange(n, dtype=np.int64)
    )


def test_a_better_candidate_passes_with_its_passport() -> None:
    gate = champion_gate(contest(800, {"median": 2.0, "running median": 1.0}, {"model": 0.0}), np.random.default_rng(1))
    assert gate.method == "model"
    assert not gate.passport.is_refused
    assert gate.passport.naive_method == "running median"
    assert gate.passport.skill is not None
    assert gate.passport.skill.low > 0
    assert gate.champions[:100].tolist() == ["median"] * 100
    assert set(gate.champions[200:]) == {"model"}


def test_a_candidate_that_beats_one_naive_forecast_but_not_the_other_is_not_shown() -> None:
    gate = champion_gate(contest(800, {"median": 2.0, "running median": 0.0}, {"model": 1.0}), np.random.default_rng(1))
    assert gate.method == "running median"
    assert "no candidate beat running median" in gate.passport.verdict
    assert gate.skills["model"].high < 0


def test_two_equal_forecasts_are_no_skill() -> None:
    gate = champion_gate(contest(500, {"median": 0.5}, {"model": 0.5}), np.random.default_rng(1))
    assert (gate.method, gate.passport.is_refused) == ("median", True)


def test_forecasts_that_are_not_judged_help_to_choose_and_count_in_no_record() -> None:
    whole = contest(60, {"median": 1.0}, {"model": 0.0})
    late = np.arange(60) >= 20
    gate = champion_gate(replace(whole, is_judged=late), np.random.default_rng(1), minimum_scored=15)
    assert (gate.method, gate.passport.n, len(gate.champions)) == ("model", 40, 40)
    # Chosen from the first judged one on, by the twenty before it.
    assert set(gate.champions) == {"model"}
    assert set(champion_gate(whole, np.random.default_rng(1), minimum_scored=15).champions[:15]) == {"median"}
    assert replace(whole, is_judged=late).judged.actual.tolist() == whole.actual[20:].tolist()


def test_luck_is_refused_in_nearly_all_histories() -> None:
    shown = 0
    for seed in range(60):
        generator = np.random.default_rng(1_000 + seed)
        given = contest(150, {"median": 0.0}, {}, seed)
        noise = given.quantiles["median"] + generator.normal(0, 0.3, 150)[:, None]
        quantiles = dict(given.quantiles) | {"noise": noise}
        scores = {name: mean_pinball(given.actual, q, LEVELS) for name, q in quantiles.items()}
        tried = Contest(
            quantiles, scores, ("median",), LEVELS, given.actual, given.size_bands, given.clocks, given.positions
        )
        shown += not champion_gate(tried, generator, minimum_scored=20).passport.is_refused
    assert shown <= 3


def test_too_thin_and_no_candidate_are_refused_with_the_reason() -> None:
    thin = champion_gate(contest(6, {"median": 1.0}, {"model": 0.0}), np.random.default_rng(1))
    assert "3 more are missing" in thin.passport.verdict
    alone = champion_gate(contest(200, {"median": 1.0}, {}), np.random.default_rng(1))
    assert "no candidate" in alone.passport.verdict
    with pytest.raises(ValueError, match="needs the naive"):
        champion_gate(contest(20, {}, {"model": 0.0}), np.random.default_rng(1))


def test_the_choice_by_hand() -> None:
    scores = [np.array([1.0, 1.0, 1.0, 1.0]), np.array([0.0, 9.0, 0.0, 0.0])]
    chosen = prequential_choice(scores, clocks_of([0, 1, 2, 3], [0, 0, 0, 0]), np.arange(4), minimum_scored=1)
    # Nothing known, then 1 against 0, then 2 against 9 twice.
    assert chosen.tolist() == [0, 1, 0, 0]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 9), st.floats(0, 9), st.floats(0, 9)), min_size=1))
def test_scores_known_later_change_no_choice(rows: list[tuple[int, int, float, float]]) -> None:
    asked, lag, first, second = (list(column) for column in zip(*rows, strict=True))
    clocks = clocks_of(asked, lag)
    positions = np.arange(len(rows))
    chosen = prequential_choice([np.array(first), np.array(second)], clocks, positions, minimum_scored=1)
    for i in positions:
        is_later = clocks.known_at >= clocks.asked_at[i]
        changed = np.where(is_later, 1e6, np.array(first))
        again = prequential_choice([changed, np.array(second)], clocks, positions, minimum_scored=1)
        assert again[i] == chosen[i]


def test_left_out_one_by_one_the_choice_is_by_all_others() -> None:
    # Without the first the second method is better, without any other the first.
    scores = [np.array([9.0, 1, 1, 1]), np.array([0.0, 4, 4, 4])]
    assert choice_by_others(scores, minimum_scored=3).tolist() == [0, 1, 1, 1]
    assert choice_by_others(scores, minimum_scored=4).tolist() == [0, 0, 0, 0]


def test_clocks_without_dates_have_no_window_and_left_out_no_drift() -> None:
    given_contest = contest(200, {"median": 2.0}, {"model": 0.0})
    left_out = champion_gate(given_contest, np.random.default_rng(1), clock=LEAVE_ONE_OUT, minimum_scored=9)
    assert left_out.champions.tolist() == ["model"] * 200
    frame = left_out.passport.frame()
    assert frame["clock"].unique().tolist() == [LEAVE_ONE_OUT]
    assert frame["window_start_date"].isna().all()
    assert frame["drift"].isna().all()
    ordered = champion_gate(given_contest, np.random.default_rng(1), clock=ORDER_OF_CREATION).passport
    assert ordered.window is None
    assert ordered.drift > 0
