from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import ContractError
from pmo_analytics.forecasting.backtest import Backtest, backtest, rolling_origins, running_past, two_clocks

START = pd.Timestamp("2026-01-01")


def items(rows: list[tuple[int, int | None, float]]) -> pd.DataFrame:
    """Items of (day asked, days until known, outcome)."""
    return pd.DataFrame(
        {
            "asked": pd.Series([START + pd.Timedelta(days=a) for a, _, _ in rows], dtype="datetime64[ns]"),
            "known": pd.Series(
                [pd.NaT if d is None else START + pd.Timedelta(days=a + d) for a, d, _ in rows], dtype="datetime64[ns]"
            ),
            "outcome": [y for _, _, y in rows],
        }
    )


def median_of_known(known: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    assert "outcome" not in asked.columns
    return np.full((len(asked), 1), known["outcome"].median())


def run(frame: pd.DataFrame, minimum_known: int = 2, refit_every: int = 1) -> Backtest:
    return backtest(
        frame,
        median_of_known,
        outcome="outcome",
        asked_at="asked",
        known_at="known",
        minimum_known=minimum_known,
        refit_every=refit_every,
    )


def test_an_outcome_known_on_the_day_of_asking_is_not_yet_used() -> None:
    found = run(items([(0, 1, 10.0), (0, 2, 20.0), (2, 1, 99.0), (3, 1, 99.0), (4, None, 0.0)]))
    # On day 2 only the first is known; on day 3 the first two (median 15); on day 4 three of them (20).
    assert found.positions.tolist() == [3, 4]
    assert found.quantiles[:, 0].tolist() == [15.0, 20.0]


def test_a_model_is_made_anew_only_when_so_many_outcomes_have_come_in() -> None:
    frame = items([(day, 0, float(day)) for day in range(20)])
    origins = list(
        rolling_origins(two_clocks(frame, asked_at="asked", known_at="known"), minimum_known=5, refit_every=5)
    )
    assert [len(origin.known) for origin in origins] == [5, 10, 15]
    assert [origin.asked.tolist() for origin in origins] == [
        [5, 6, 7, 8, 9],
        [10, 11, 12, 13, 14],
        [15, 16, 17, 18, 19],
    ]


ROW = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 30)), st.floats(0, 100))


@settings(deadline=None)
@given(st.lists(ROW, max_size=25), st.lists(ROW, max_size=10), st.integers(0, 60), st.integers(1, 4))
def test_what_was_known_later_changes_no_earlier_forecast(
    rows: list[tuple[int, int | None, float]], more: list[tuple[int, int | None, float]], day: int, refit_every: int
) -> None:
    later = [row for row in more if row[1] is None or row[0] + row[1] >= day]
    before = run(items(rows), refit_every=refit_every)
    after = run(items(rows + later), refit_every=refit_every)
    asked_by_day = {p: q for p, q in zip(before.positions, before.quantiles, strict=True) if rows[p][0] <= day}
    found = {p: q for p, q in zip(after.positions, after.quantiles, strict=True) if p in asked_by_day}
    assert {p: q.tolist() for p, q in found.items()} == {p: q.tolist() for p, q in asked_by_day.items()}


@given(st.lists(ROW, max_size=25))
def test_no_origin_holds_what_its_questions_could_not_know(rows: list[tuple[int, int | None, float]]) -> None:
    clocks = two_clocks(items(rows), asked_at="asked", known_at="known")
    for origin in rolling_origins(clocks, minimum_known=1, refit_every=3):
        assert np.all(clocks.known_at[origin.known].max() < clocks.asked_at[origin.asked])
    order, counts = running_past(clocks, np.arange(len(rows)))
    for position, count in enumerate(counts):
        is_past = clocks.known_at[order] < clocks.asked_at[position]
        assert is_past.tolist() == [True] * int(count) + [False] * (len(order) - int(count))


def test_clocks_that_run_backwards_are_refused_with_the_row() -> None:
    with pytest.raises(ContractError, match="line 2, column 'known'"):
        run(items([(0, 1, 1.0), (5, -1, 1.0)]))
    without = items([(0, 1, 1.0)])
    without["asked"] = pd.NaT
    with pytest.raises(ContractError, match="no instant"):
        run(without)


def test_quantiles_that_fall_or_are_missing_are_refused() -> None:
    frame = items([(day, 0, 1.0) for day in range(4)])
    for wrong in ([2.0, 1.0], [np.nan, 1.0]):
        with pytest.raises(ValueError, match="do not fall"):
            backtest(
                frame,
                lambda known, asked, q=wrong: np.tile(q, (len(asked), 1)),
                outcome="outcome",
                asked_at="asked",
                known_at="known",
                minimum_known=1,
                refit_every=1,
            )


def test_no_history_has_no_forecast() -> None:
    assert len(run(items([])).positions) == 0
    with pytest.raises(ValueError, match="1 or more"):
        run(items([(0, 0, 1.0)]), minimum_known=0)
