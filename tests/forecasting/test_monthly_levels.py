"""Months ahead: ranks by hand, what may be asked, what was known when, and the gate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.forecasting.monthly_levels import (
    CLASS,
    HORIZONS,
    LEVELS,
    RANKS,
    SEASON,
    by_class,
    by_ranks,
    by_season,
    is_asked,
    monthly_contest,
    monthly_gate,
    months_ahead,
)

MONTHS = np.arange("2020-01", "2026-01", dtype="datetime64[M]").astype("datetime64[ns]")


def test_ranks_by_hand() -> None:
    assert by_ranks(np.arange(1.0, 13.0)[None]) == pytest.approx(
        np.array([[1.3, 2.6, 3.9, 5.2, 6.5, 7.8, 9.1, 10.4, 11.7]])
    )
    # Nine values bound P10 and P90 by the least and the largest of them.
    assert by_ranks(np.arange(1.0, 10.0)[None])[0, [0, 8]] == pytest.approx([1, 9])


def test_months_that_may_change_places_hold_four_in_five() -> None:
    generator = np.random.default_rng(1)
    drawn = generator.lognormal(size=(4_000, 13))
    bands = by_ranks(drawn[:, :12])
    held = ((drawn[:, 12] >= bands[:, 0]) & (drawn[:, 12] <= bands[:, -1])).mean()
    assert held == pytest.approx(0.8, abs=0.02)


def test_the_season_by_hand() -> None:
    past = np.array([[10.0] * 11 + [40.0]])
    # Asked one month ahead the month a year before is the first; the mean is 12.5, ten of twelve are 2.5 below it.
    assert by_season(past, 1)[0, 4] == pytest.approx(7.5)
    assert by_season(past, 12)[0, 4] == pytest.approx(37.5)
    assert by_season(np.array([[0.0] * 11 + [60.0]]), 1).min() == 0


def test_a_class_needs_thirty_ratios() -> None:
    past = np.full((1, 12), 100.0)
    assert by_class(past, np.full(29, 3.0)) == pytest.approx(np.full((1, 9), 100.0))
    assert by_class(past, np.full(30, 3.0)) == pytest.approx(np.full((1, 9), 300.0))


def test_who_may_be_asked() -> None:
    values = np.full((20, 3), 5.0)
    values[15:, 1] = 0.0  # ended
    values[:10, 2] = 0.0  # begun late
    asked = is_asked(values)
    assert asked[:, 0].tolist() == [False] * 11 + [True] * 9
    # Two months without anything may be a pause, three are the end.
    assert asked[:, 1].tolist() == [False] * 11 + [True] * 6 + [False] * 3
    assert not asked[:, 2].any()
    values[4, 0] = np.nan
    assert is_asked(values)[:, 0].tolist() == [False] * 16 + [True] * 4


def test_a_contest_by_hand() -> None:
    values = np.arange(1.0, 16.0)[:, None]
    contest = monthly_contest(values, MONTHS[:15])
    # Asked at the ends of months 12, 13 and 14: three, two and one outcome are known.
    assert contest.actual.tolist() == [13, 14, 15, 14, 15, 15]
    assert contest.size_bands.tolist() == [
        "1 month ahead", "2 months ahead", "3 months ahead", "1 month ahead", "2 months ahead", "1 month ahead",
    ]  # fmt: skip
    assert contest.quantiles[RANKS][0, 7] == pytest.approx(10.4)
    assert contest.quantiles[SEASON][0, 4] == pytest.approx(1.0)
    assert contest.clocks.known_at[0] == np.datetime64("2021-02-01")
    assert contest.quantiles[CLASS][-1] == pytest.approx(contest.quantiles[RANKS][-1])


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 1_000), cut=st.integers(16, 24))
def test_later_months_change_no_earlier_forecast(seed: int, cut: int) -> None:
    generator = np.random.default_rng(seed)
    values = generator.gamma(2.0, 50.0, size=(26, 3)) * (generator.random((26, 3)) < 0.8)
    whole, part = monthly_contest(values, MONTHS[:26]), monthly_contest(values[:cut], MONTHS[:cut])
    known = whole.clocks.known_at <= part.clocks.known_at.max(initial=np.datetime64("1970-01-01", "us"))
    for name in whole.quantiles:
        assert whole.quantiles[name][known] == pytest.approx(part.quantiles[name])


def test_a_strong_season_wins_and_noise_leaves_the_last_twelve() -> None:
    generator = np.random.default_rng(3)
    calm = generator.gamma(9.0, 10.0, size=(72, 6))
    gate = monthly_gate(monthly_contest(calm, MONTHS), np.random.default_rng(0))
    assert (gate.method, gate.passport.is_refused) == (RANKS, True)
    wave = 100 * (1.5 + np.sin(np.arange(72) * 2 * np.pi / 12))[:, None] + generator.normal(0, 1, (72, 6))
    gate = monthly_gate(monthly_contest(wave, MONTHS), np.random.default_rng(0))
    assert gate.method == SEASON
    found = months_ahead(wave, SEASON)
    assert sorted(found) == list(range(1, HORIZONS + 1))
    assert found[3][:, 4] == pytest.approx(wave[62], abs=40)
    assert found[3].shape == (6, len(LEVELS))


def test_what_cannot_be_asked_has_no_forecast() -> None:
    assert np.isnan(months_ahead(np.full((11, 2), 5.0), RANKS)[1]).all()
