"""Effort or story points of a ticket from its text, tried on this history.

The forecast is the weighted median, and other quantiles, of what past tickets
came to, under a fixed mixture of three sets of weights in equal parts: text
neighbours, forest leaves on reduced TF-IDF features, and exponentially weighted
recency (`ticket_text`). Each of the three is a candidate by itself too. The
naive forecasts are the running median of the last 200 tickets and the median of
all. All are made on a rolling origin; the vocabulary and the forest are made
anew every 100 outcomes, and every ticket known by then may carry weight. What
is shown has passed the champion gate, scored by the absolute error of P50.
Sources: those of `ticket_text`; Tawosi, Moussa and Sarro (2023) for how little
deep models gain over the median; the mixture is this project's own.

Worked example: three tickets took 2, 4 and 8 hours. With weights of 0.2, 0.2
and 0.6 the weighted median is 8 hours, the least value that half of the weight
does not exceed; with equal weights it is 4. With so few tickets no model can be
tried, and the forecast is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.effort import EstimateOutcome
from pmo_analytics.forecasting.backtest import Origin, Positions, TwoClocks, rolling_origins, two_clocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, champion_gate
from pmo_analytics.forecasting.passport import ALL_SIZES, EVENT_DATES, ORDER_OF_CREATION, ForecastPassport
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles
from pmo_analytics.resources.ticket_text import (
    neighbour_weights,
    recency_weights,
    text_model,
    text_similarity,
    ticket_texts,
    visible_leaf_weights,
)

LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MEDIAN = LEVELS.index(0.5)
RUNNING, TRAINING = "running median of the last 200", "median of all tickets"
NEIGHBOURS, FOREST, RECENT, MIXTURE = "text neighbours", "text forest", "recent tickets", "mixture of three"
LAST = 200
MINIMUM_KNOWN, REFIT_EVERY = 100, 100
SEED = 20_230_131
ORDER_NOTE = (
    "tickets are known by their order of creation alone, so each counts as known "
    "before the next is asked, which is earlier than in truth"
)


class TicketEffort(Contract):
    """One row per open item with a description: what its effort may come to by its text, in seconds.

    Key: item_id. P10 to P90 are the efforts that it stays within with that
    chance. `items_known` finished items with a description were known. `method`
    passed the gate, or is the best naive forecast where `is_refused`; `verdict`
    says how it did, and how many items were left out. Figures are missing where
    fewer than 100 are known. Do not show one that is refused without its verdict.
    """

    item_id: Text = required()
    p10_seconds: Number = optional(ge=0)
    p50_seconds: Number = optional(ge=0)
    p80_seconds: Number = optional(ge=0)
    p90_seconds: Number = optional(ge=0)
    items_known: Whole = required(ge=0)
    method: Text = required()
    is_refused: Flag = required()
    verdict: Text = required()


@dataclass(frozen=True)
class TicketForecasts:
    """Every method's forecasts on a rolling origin, in the unit of `outcomes`.

    `outcomes` are NaN for open tickets. `positions`, shape (forecasts,), are the
    tickets of the rows of `quantiles`, each (forecasts, levels). `by_order` says
    that the clocks are the order of creation alone.
    """

    outcomes: Floats
    clocks: TwoClocks
    by_order: bool
    positions: Positions
    quantiles: dict[str, Floats]

    def contest(self) -> Contest:
        """The forecasts of tickets whose outcome is known, for the champion gate."""
        rows = np.flatnonzero(~np.isnan(self.outcomes[self.positions]))
        actual = self.outcomes[self.positions[rows]]
        made = {name: each[rows] for name, each in self.quantiles.items()}
        return Contest(
            quantiles=made,
            scores={name: np.abs(actual - each[:, MEDIAN]) for name, each in made.items()},
            naive=(RUNNING, TRAINING),
            levels=LEVELS,
            actual=actual,
            # A text has no size before it is forecast.
            size_bands=np.full(len(rows), ALL_SIZES),
            clocks=self.clocks,
            positions=self.positions[rows],
        )

    def gate(self) -> Gate:
        """What the champion gate lets through, with a stated seed."""
        clock = ORDER_OF_CREATION if self.by_order else EVENT_DATES
        return champion_gate(self.contest(), np.random.default_rng(SEED), clock=clock)

    def verdict(self, gate: Gate) -> str:
        """The passport's verdict, with what the clocks do not know."""
        return f"{gate.passport.verdict}; {ORDER_NOTE}" if self.by_order else gate.passport.verdict


def order_of_creation(count: int) -> TwoClocks:
    """Clocks of tickets of which only the order is known: all before a ticket are known when it is asked."""
    instants = np.arange(count).astype("datetime64[us]")
    return TwoClocks(instants, instants)


def _last_quantiles(values: Floats, seen: NDArray[np.int64], last: int | None) -> Floats:
    rows = [np.quantile(values[max(0, count - last) if last else 0 : count], LEVELS) for count in seen]
    return np.array(rows).reshape(len(seen), len(LEVELS))


def _at_origin(
    texts: Sequence[str], outcomes: Floats, clocks: TwoClocks, origin: Origin, seed: int
) -> dict[str, Floats]:
    """Every method's quantiles for the tickets of one origin; each sees all that was known when it was asked."""
    seen = clocks.known_count[origin.asked]
    past = clocks.known_order[: int(seen.max())]
    past_texts, asked_texts = [texts[i] for i in past], [texts[i] for i in origin.asked]
    values = outcomes[past]
    fitted = len(origin.known)
    model = text_model(past_texts[:fitted], values[:fitted], seed=seed)
    places = np.arange(len(past))
    leaves = [
        model.forest.apply(model.features(each, order)) for each, order in ((past_texts, places), (asked_texts, seen))
    ]
    weights = {
        NEIGHBOURS: neighbour_weights(text_similarity(model, asked_texts, past_texts), seen),
        FOREST: visible_leaf_weights(leaves[0], leaves[1], seen),
        RECENT: recency_weights(seen, len(past)),
    }
    weights[MIXTURE] = np.mean(list(weights.values()), axis=0)
    found = {RUNNING: _last_quantiles(values, seen, LAST), TRAINING: _last_quantiles(values, seen, None)}
    return found | {name: weighted_quantiles(values, each, LEVELS) for name, each in weights.items()}


def ticket_forecasts(
    texts: Sequence[str],
    outcomes: ArrayLike,
    clocks: TwoClocks | None = None,
    *,
    minimum_known: int = MINIMUM_KNOWN,
    refit_every: int = REFIT_EVERY,
    seed: int = SEED,
) -> TicketForecasts:
    """Forecast every ticket from those known before it was asked; one is asked once `minimum_known` are.

    `outcomes`, shape (n,), are story points or hours, 0 or more, NaN where open.
    Without `clocks` the tickets must be in order of creation. ValueError where
    lengths differ, an outcome is negative, or one that the clocks call known is
    missing.
    """
    y = np.asarray(outcomes, dtype=float)
    used = order_of_creation(len(y)) if clocks is None else clocks
    if not len(texts) == len(y) == len(used.asked_at):
        raise ValueError(f"{len(texts)} texts, {len(y)} outcomes and {len(used.asked_at)} clocks are of one length")
    if np.any(y < 0) or not np.all(np.isfinite(y[used.known_order])):
        raise ValueError("an outcome must be 0 or more, and one that is known must be given")
    origins = list(rolling_origins(used, minimum_known=minimum_known, refit_every=refit_every))
    made = [_at_origin(texts, y, used, origin, seed) for origin in origins]
    names = (RUNNING, TRAINING, NEIGHBOURS, FOREST, RECENT, MIXTURE)
    nothing = np.empty((0, len(LEVELS)))
    return TicketForecasts(
        y,
        used,
        clocks is None,
        np.concatenate([np.empty(0, dtype=np.int64), *(origin.asked for origin in origins)]),
        {name: np.concatenate([nothing, *(each[name] for each in made)]) for name in names},
    )


def _tickets(estimate_outcome: pd.DataFrame, status_date: pd.Timestamp) -> tuple[pd.DataFrame, TwoClocks, int]:
    """Finished items with text, effort and both dates, then open ones with text; their clocks; finished left out."""
    finished_on = estimate_outcome[EstimateOutcome.finished_on_date]
    asked_on = estimate_outcome[EstimateOutcome.estimated_on_date]
    state = estimate_outcome[EstimateOutcome.state]
    has_text = estimate_outcome[EstimateOutcome.description].notna()
    is_finished = (state == "finished") & ~(finished_on > status_date)
    is_used = (
        is_finished & has_text & (estimate_outcome[EstimateOutcome.actual_seconds] > 0) & (asked_on <= finished_on)
    )
    is_open = ~is_finished & (state != "cancelled") & has_text & ~(asked_on > status_date)
    items = pd.concat([estimate_outcome[is_used], estimate_outcome[is_open]], ignore_index=True)
    waiting = np.arange(len(items)) >= int(is_used.sum())
    # An open item is asked the day after, so that all that is known by `status_date` may be used.
    items["asked"] = items[EstimateOutcome.estimated_on_date].where(~waiting, status_date + pd.Timedelta(days=1))
    items["known"] = items[EstimateOutcome.finished_on_date].where(~waiting)
    items[EstimateOutcome.actual_seconds] = items[EstimateOutcome.actual_seconds].where(~waiting)
    return items, two_clocks(items, asked_at="asked", known_at="known"), int(is_finished.sum() - is_used.sum())


def _forecasts(estimate_outcome: pd.DataFrame, status_date: pd.Timestamp) -> tuple[pd.DataFrame, TicketForecasts, int]:
    items, clocks, left_out = _tickets(estimate_outcome, status_date)
    texts = ticket_texts([None] * len(items), items[EstimateOutcome.description].tolist())
    hours = items[EstimateOutcome.actual_seconds].to_numpy(dtype=float) / 3600.0
    return items, ticket_forecasts(texts, hours, clocks), left_out


def ticket_passport(estimate_outcome: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[ForecastPassport]:
    """How forecasts of effort from text did on this history: the passport of `ticket_effort`, in hours.

    Takes the register `estimate_outcome`; items finished after `status_date`
    count as open. The clock is the items' own dates.
    """
    gate = _forecasts(estimate_outcome, status_date)[1].gate()
    return DataFrame[ForecastPassport](gate.passport.frame())


def ticket_effort(estimate_outcome: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[TicketEffort]:
    """P10, P50, P80 and P90 of the effort of each open item from its description, by the method that passed the gate.

    Takes the register `estimate_outcome`; items finished after `status_date`
    count as open. Rows are in the order of the register.
    """
    items, forecasts, left_out = _forecasts(estimate_outcome, status_date)
    gate = forecasts.gate()
    is_open = np.isnan(forecasts.outcomes)
    found = np.full((len(items), len(LEVELS)), np.nan)
    found[forecasts.positions] = 3600.0 * forecasts.quantiles[gate.method]
    missing = f"; {left_out} finished items left out: no description, no effort or no usable dates"
    frame = items.loc[is_open, [EstimateOutcome.item_id]].copy()
    for level, name in ((0.1, "p10"), (0.5, "p50"), (0.8, "p80"), (0.9, "p90")):
        frame[f"{name}_seconds"] = found[is_open, LEVELS.index(level)]
    frame[TicketEffort.items_known] = int((~is_open).sum())
    frame[TicketEffort.method] = gate.method
    frame[TicketEffort.is_refused] = gate.passport.is_refused
    frame[TicketEffort.verdict] = gate.passport.verdict + (missing if left_out else "")
    frame = frame.reset_index(drop=True)
    return checked(TicketEffort, frame)
