from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.ticket_estimation import (
    LEVELS,
    MEDIAN,
    MIXTURE,
    RUNNING,
    TRAINING,
    TicketForecasts,
    order_of_creation,
    ticket_effort,
    ticket_forecasts,
    ticket_passport,
)
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-02-28")
WORDS = ("copy text", "ledger migration")


def two_kinds(count: int, seed: int = 1) -> tuple[list[str], np.ndarray]:
    """Tickets of two kinds that the text tells apart: 1 or 8 points, drawn at random."""
    kind = np.random.default_rng(seed).integers(0, 2, count)
    return [f"{WORDS[k]} of customer" for k in kind], np.where(kind == 0, 1.0, 8.0)


@pytest.fixture(scope="module")
def forecasts() -> TicketForecasts:
    texts, points = two_kinds(400)
    return ticket_forecasts(texts, points)


def test_text_that_tells_the_points_is_learned_and_let_through(forecasts: TicketForecasts) -> None:
    contest, gate = forecasts.contest(), forecasts.gate()
    assert contest.scores[RUNNING].mean() > 2
    assert contest.scores[MIXTURE].mean() == 0
    assert not gate.passport.is_refused
    assert gate.method not in contest.naive
    assert "order of creation alone" in forecasts.verdict(gate)


def test_naive_forecasts_are_the_medians_of_what_was_known(forecasts: TicketForecasts) -> None:
    position = 210
    row = int(np.flatnonzero(forecasts.positions == position)[0])
    past = forecasts.outcomes[:position]
    assert forecasts.quantiles[TRAINING][row, MEDIAN] == np.median(past)
    assert forecasts.quantiles[RUNNING][row, MEDIAN] == np.median(past[-200:])
    assert forecasts.positions[0] == 100


def test_later_tickets_change_no_earlier_forecast(forecasts: TicketForecasts) -> None:
    texts, points = two_kinds(400)
    fewer = ticket_forecasts(texts[:250], points[:250])
    for name, quantiles in fewer.quantiles.items():
        assert np.array_equal(quantiles, forecasts.quantiles[name][: len(quantiles)]), name


def test_noise_is_refused() -> None:
    texts = [f"{WORDS[k % 2]} of customer" for k in range(220)]
    points = np.random.default_rng(4).choice([1.0, 2.0, 3.0, 5.0, 8.0], 220)
    made = ticket_forecasts(texts, points, refit_every=60)
    gate = made.gate()
    assert gate.passport.is_refused
    assert gate.method in (RUNNING, TRAINING)


def test_inputs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="of one length"):
        ticket_forecasts(["a"], [1.0, 2.0])
    with pytest.raises(ValueError, match="0 or more"):
        ticket_forecasts(["a"], [-1.0])
    with pytest.raises(ValueError, match="must be given"):
        ticket_forecasts(["a"], [np.nan], order_of_creation(1))
    with pytest.raises(ValueError, match="must be given"):
        ticket_forecasts(["a"], [np.inf])


def register(count: int, *, opened: int = 1) -> pd.DataFrame:
    texts, points = two_kinds(count + opened)
    start = pd.Timestamp("2025-01-01")
    rows = [
        {
            "item_id": f"T{i}",
            "status_date": STATUS,
            "description": text,
            "estimate_seconds": 0.0,
            "actual_seconds": 3600.0 * points[i] if i < count else None,
            "estimated_on_date": start + pd.Timedelta(days=i),
            "finished_on_date": start + pd.Timedelta(days=i + 1) if i < count else pd.NaT,
            "state": "finished" if i < count else "open",
        }
        for i, text in enumerate(texts)
    ]
    return contract_frame("estimate_outcome", rows)


def test_an_open_item_is_forecast_from_finished_ones_like_it() -> None:
    outcomes = register(400, opened=2)
    outcomes.loc[0, "description"] = None
    _, points = two_kinds(402)
    found = ticket_effort(outcomes, status_date=STATUS)
    assert found["item_id"].tolist() == ["T400", "T401"]
    assert not found["is_refused"].any()
    assert found["p50_seconds"].tolist() == (3600.0 * points[400:]).tolist()
    assert found["items_known"].tolist() == [399, 399]
    assert "1 finished items left out" in found.loc[0, "verdict"]
    passport = ticket_passport(outcomes, status_date=STATUS)
    assert passport["level_pct"].tolist() == pytest.approx([100 * level for level in LEVELS])


def test_what_finishes_after_the_status_date_is_open_and_its_effort_unseen() -> None:
    outcomes = register(120)
    early = outcomes.loc[59, "finished_on_date"]
    changed = outcomes.copy()
    changed.loc[60:, "actual_seconds"] = 1.0
    found = ticket_effort(outcomes, status_date=early)
    pd.testing.assert_frame_equal(found, ticket_effort(changed, status_date=early))
    assert found["p50_seconds"].isna().all()
    assert found["is_refused"].all()
    assert "are missing" in found.loc[0, "verdict"]


def test_six_known_items_are_refused_with_what_is_missing() -> None:
    found = ticket_effort(register(6), status_date=STATUS)
    assert found["items_known"].tolist() == [6]
    assert "9 more are missing" in found.loc[0, "verdict"]
