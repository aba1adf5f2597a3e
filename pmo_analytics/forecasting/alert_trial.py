"""How well a fixed number of alerts a period names what happens, by method, on a rolling origin.

Every method may warn of the same share of the subjects in each period. Precision
is the share of alerts after which the event came within the horizon; recall is
the share of rows before an event that were warned of, by their lead. Subjects
with equal scores share the places that are left among them, so that no order of
names decides. Alerts whose outcome is not known, as that of a project cancelled
first, count in neither. Source: Boyd and others (2012), "Accuracy at the top";
the sharing of ties is this project's own.

Intervals resample whole subjects, whose months are alike, and whole blocks of
periods, which the same events strike; the wider one is stated. A model passes
where its precision less that of the best rule, the best in hindsight, lies above
0 by both.

Worked example: of ten projects one alert is allowed. A rule that flags two of
them alike gives half an alert to each; if one of them breaches, precision is 0.5.

>>> alert_weights(np.array([3.0, 3.0, 1.0]), 1)
array([0.5, 0.5, 0. ])
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.block_bootstrap import (
    DRAWS,
    Interval,
    block_sums,
    default_block_length,
    ratio_interval,
)
from pmo_analytics.forecasting.breach_hazard import HazardPanel
from pmo_analytics.forecasting.quantile_scores import Floats

ALERT_SHARE = 0.10
MINIMUM_SCORED = 20


@dataclass(frozen=True)
class AlertRecord:
    """What one method's alerts were worth. `recall_by_lead` has one share per lead from 1, NaN without events;
    `cases_by_lead` counts the rows behind them.

    `warned_ahead` is the share of events warned of two periods ahead or more,
    within the horizon. Intervals are None where nothing was scored.
    """

    precision: Interval | None
    recall: Interval | None
    recall_by_lead: tuple[float, ...]
    cases_by_lead: tuple[int, ...]
    warned_ahead: Interval | None
    alerts: float


@dataclass(frozen=True)
class AlertTrial:
    """The records by method, and what the gate makes of them.

    `best_rule` is the rule with the best precision in hindsight; `gain` is the
    model's precision less that rule's, with its interval; `ratio` is theirs as a
    quotient, None where the rule never hit. `scored_events` counts subjects.
    """

    records: Mapping[str, AlertRecord]
    best_rule: str
    gain: Interval | None
    ratio: Interval | None
    scored_rows: int
    scored_events: int

    @property
    def is_passed(self) -> bool:
        """Whether the model may be shown."""
        return self.gain is not None and self.scored_events >= MINIMUM_SCORED and self.gain.low > 0


def allowed_alerts(count: int, share: float) -> int:
    """How many of `count` subjects may be warned of: the share of them, rounded half up, at least one of any."""
    return min(count, max(1, math.floor(share * count + 0.5)))


def alert_weights(scores: Floats, allowed: int) -> Floats:
    """The part of an alert that each score gets, summing to `allowed` or the number of scores that are not NaN."""
    weights = np.zeros(len(scores))
    order = np.sort(scores[~np.isnan(scores)])[::-1]
    if not len(order) or allowed < 1:
        return weights
    edge = order[min(allowed, len(order)) - 1]
    above, level = scores > edge, scores == edge
    weights[above] = 1.0
    weights[level] = min(1.0, (allowed - above.sum()) / level.sum())
    return weights


def rolling_alerts(scores: Floats, periods: NDArray[np.int64], share: float) -> Floats:
    """Alerts by row, `allowed_alerts` of each period's subjects; a NaN is never warned of."""
    weights = np.zeros(len(scores))
    for period in np.unique(periods):
        asked = periods == period
        weights[asked] = alert_weights(scores[asked], allowed_alerts(int(asked.sum()), share))
    return weights


def alert_trial(
    panel: HazardPanel,
    model: Floats,
    rules: Mapping[str, Floats],
    generator: np.random.Generator,
    *,
    horizon: int,
    share: float = ALERT_SHARE,
    name: str = "hazard",
) -> AlertTrial:
    """Hold a model's scores against those of one-line rules, in the periods that the model has scores in.

    All scores are one per row of the panel, larger is graver, NaN is no flag.
    ValueError where no rule is given.
    """
    if not rules:
        raise ValueError("a trial needs one-line rules to hold the model against")
    shown = np.isin(panel.periods, np.unique(panel.periods[np.isfinite(model)]))
    outcome = np.where(shown, panel.outcome(horizon), np.nan)
    weights = {each: rolling_alerts(scores, panel.periods, share) for each, scores in {name: model, **rules}.items()}
    records = {each: _record(panel, found, outcome, horizon, generator) for each, found in weights.items()}

    def precision(rule: str) -> float:
        found = records[rule].precision
        return -1.0 if found is None else found.value

    best = max(rules, key=precision)
    is_scored = np.isfinite(outcome)
    gain, ratio = _compared(panel, weights[name], weights[best], outcome, generator)
    events = len(set(panel.subjects[is_scored & (outcome == 1)]))
    return AlertTrial(records, best, gain, ratio, int(is_scored.sum()), events)


def _sums(values: Floats, groups: NDArray[np.generic]) -> Floats:
    _, places = np.unique(groups.astype(str) if groups.dtype == object else groups, return_inverse=True)
    summed: Floats = np.bincount(places, values).astype(float)
    return summed


def _wider(first: Interval, second: Interval) -> Interval:
    """The first, reaching as far as either."""
    return Interval(first.value, min(first.low, second.low), max(first.high, second.high), first.n, first.block_length)


def _share(
    panel: HazardPanel, part: Floats, whole: Floats, is_counted: NDArray[np.bool_], generator: np.random.Generator
) -> Interval | None:
    """Σpart / Σwhole with its interval; n counts the rows of `whole`."""
    top, bottom = part[is_counted], whole[is_counted]
    if not bottom.sum() > 0:
        return None
    groups = panel.subjects[is_counted], panel.periods[is_counted]
    by_subject = ratio_interval(_sums(top, groups[0]), _sums(bottom, groups[0]), generator, block_length=1)
    by_period = ratio_interval(_sums(top, groups[1]), _sums(bottom, groups[1]), generator)
    found = _wider(by_subject, by_period)
    return Interval(found.value, found.low, found.high, int((bottom > 0).sum()), found.block_length)


def _record(
    panel: HazardPanel, weights: Floats, outcome: Floats, horizon: int, generator: np.random.Generator
) -> AlertRecord:
    is_scored = np.isfinite(outcome)
    hits = np.where(is_scored, outcome, 0.0)
    by_lead, cases = [], []
    for lead in range(1, horizon + 1):
        at = is_scored & (panel.lead == lead)
        by_lead.append(float(weights[at].mean()) if at.any() else math.nan)
        cases.append(int(at.sum()))
    return AlertRecord(
        _share(panel, weights * hits, weights, is_scored, generator),
        _share(panel, weights * hits, hits, is_scored, generator),
        tuple(by_lead),
        tuple(cases),
        _ahead(panel, weights, is_scored, horizon, generator),
        float(weights[is_scored].sum()),
    )


def _ahead(
    panel: HazardPanel, weights: Floats, is_scored: NDArray[np.bool_], horizon: int, generator: np.random.Generator
) -> Interval | None:
    """Share of events with an alert two or more periods before them, of those that had a row there."""
    early = is_scored & (panel.lead >= 2) & (panel.lead <= horizon)
    if not early.any():
        return None
    best: dict[tuple[object, float], float] = {}
    for subject, event, weight in zip(
        panel.subjects[early], (panel.periods + panel.lead)[early], weights[early], strict=True
    ):
        best[subject, event] = max(best.get((subject, event), 0.0), float(weight))
    subjects = np.array([subject for subject, _ in best], dtype=object)
    warned = np.array(list(best.values()))
    found = ratio_interval(_sums(warned, subjects), _sums(np.ones(len(warned)), subjects), generator, block_length=1)
    return Interval(found.value, found.low, found.high, len(best), 1)


def _compared(
    panel: HazardPanel, model: Floats, rule: Floats, outcome: Floats, generator: np.random.Generator
) -> tuple[Interval | None, Interval | None]:
    """Precision of the model less that of the rule, and their quotient; hits and alerts are drawn together."""
    is_scored = np.isfinite(outcome)
    if not (model[is_scored].sum() > 0 and rule[is_scored].sum() > 0):
        return None, None
    hits = outcome[is_scored]
    parts = [model[is_scored] * hits, model[is_scored], rule[is_scored] * hits, rule[is_scored]]
    gains, ratios = [], []
    for groups, is_one in ((panel.subjects[is_scored], True), (panel.periods[is_scored], False)):
        sums = [_sums(part, groups) for part in parts]
        n = len(sums[0])
        length = 1 if is_one else default_block_length(n)
        starts = generator.integers(0, n, size=(DRAWS, math.ceil(n / length)))
        drawn = np.stack([block_sums(each, starts, length) for each in sums])
        drawn = drawn[:, (drawn[1] > 0) & (drawn[3] > 0)]
        total = [float(each.sum()) for each in sums]
        mine, theirs = drawn[0] / drawn[1], drawn[2] / drawn[3]
        value, other = total[0] / total[1], total[2] / total[3]
        gains.append(_percentiles(value - other, mine - theirs, n, length))
        if other > 0:
            ratios.append(_percentiles(value / other, mine[theirs > 0] / theirs[theirs > 0], n, length))
    return _wider(*gains), _wider(*ratios) if ratios else None


def _percentiles(value: float, drawn: Floats, n: int, block_length: int) -> Interval:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high), n, block_length)
