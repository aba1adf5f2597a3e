"""Discrete-time hazard of an event within the next periods, by regularised logistic regression.

Each row of a panel is a subject at the end of a period, at risk of the event.
The hazard at a lead of j periods is the chance that the event comes just then,
given that it has not come before; the chance within H periods is
1 - (1 - h1) ... (1 - hH). All leads are one regression with an intercept of
their own ("pooled logistic regression"). Sources: Cox (1972) for discrete time;
Singer and Willett (1993); van Houwelingen (2007) for rows at landmarks. A
competing event, such as a cancellation, ends what a row tells about the hazard:
its cause-specific rows stop before it.

The strength of regularisation is fixed beforehand: a normal prior with a
standard deviation of one half on each coefficient of standardised features, so
that one standard deviation multiplies the odds by 1.65 at the edge of what is
expected. Rare events are neither weighted nor resampled: what is ranked is the
chance itself. A missing value stands at the mean, and a flag says that it is
missing.

Worked example: hazards of 0.1, 0.2 and 0.5 give 1 - 0.9 x 0.8 x 0.5 = 0.64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pmo_analytics.forecasting.quantile_scores import Floats

PRIOR_DEVIATION = 0.5
CLIPPED_TAIL = 0.01
MINIMUM_KNOWN = 10

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class HazardPanel:
    """Subjects at risk by period; one row each, arrays of one length n.

    `features` has the shape (n, names), NaN where missing. `lead` counts the
    periods to the event, inf where none was seen. `at_risk` counts the periods
    after the row in which the event would have been seen; with `ends_safe` the
    subject is at its end after them, and no event can come.
    """

    subjects: NDArray[np.object_]
    periods: NDArray[np.int64]
    features: Floats
    names: tuple[str, ...]
    lead: Floats
    at_risk: Floats
    ends_safe: Marks

    def outcome(self, horizon: int) -> Floats:
        """1 where the event came within `horizon` periods, 0 where it did not, NaN where that is not known."""
        is_free = (self.at_risk >= horizon) | self.ends_safe
        found: Floats = np.where(self.lead <= horizon, 1.0, np.where(is_free, 0.0, np.nan))
        return found


@dataclass(frozen=True)
class BreachHazard:
    """A fitted hazard. `weights` are of the standardised features, then of the flags of `flagged` ones.

    `leads` holds the intercept of each lead, shape (horizon,).
    """

    low: Floats
    high: Floats
    centre: Floats
    scale: Floats
    flagged: Marks
    weights: Floats
    leads: Floats

    def parts(self, features: Floats) -> Floats:
        """What each feature and its flag of absence add to the log odds beside an average row, shape (n, names)."""
        count = features.shape[1]
        shown = self._standardised(features) * self.weights[:count]
        shown[:, self.flagged] += np.isnan(features[:, self.flagged]) * self.weights[count:]
        return shown

    def probability(self, features: Floats) -> Floats:
        """Chance of the event within the horizon, shape (n,)."""
        odds = self.parts(features).sum(axis=1)[:, None] + self.leads[None, :]
        stays = 1 / (1 + np.exp(odds))
        within: Floats = 1 - stays.prod(axis=1)
        return within

    def _standardised(self, features: Floats) -> Floats:
        clipped = np.clip(features, self.low, self.high)
        values: Floats = np.where(np.isnan(clipped), 0.0, (clipped - self.centre) / self.scale)
        return values


def known_events(panel: HazardPanel, origin: int) -> int:
    """Subjects whose event had come by the end of the period `origin`, after a row at risk."""
    return len(set(panel.subjects[panel.periods + panel.lead <= origin]))


def fitted_hazard(panel: HazardPanel, horizon: int, origin: int) -> BreachHazard:
    """Fit on what was known at the end of the period `origin`: rows before it, each as far as it had come.

    ValueError where no event was known, or nothing else.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    seen = np.minimum(np.minimum(panel.lead, panel.at_risk), np.minimum(horizon, origin - panel.periods))
    used = seen >= 1
    if known_events(panel, origin) == 0:
        raise ValueError(f"no event is known at the end of period {origin}")
    features = panel.features[used]
    frame = _scales(features)
    rows = np.repeat(np.arange(len(features)), seen[used].astype(int))
    leads = np.concatenate([np.arange(1, int(count) + 1) for count in seen[used]])
    is_event = leads == panel.lead[used][rows]
    missing = np.isnan(features)[:, frame.flagged]
    later = (leads[:, None] == np.arange(2, horizon + 1)[None, :]).astype(float)
    design = np.hstack([frame._standardised(features)[rows], missing[rows].astype(float), later])
    # Few columns: Newton steps take a tenth of the time of the default solver.
    model = LogisticRegression(C=PRIOR_DEVIATION**2, solver="newton-cholesky", max_iter=1_000)
    model.fit(design, is_event)
    found = model.coef_[0]
    width = design.shape[1] - later.shape[1]
    intercepts = model.intercept_[0] + np.concatenate([[0.0], found[width:]])
    return BreachHazard(frame.low, frame.high, frame.centre, frame.scale, frame.flagged, found[:width], intercepts)


def _scales(features: Floats) -> BreachHazard:
    """Clipping, centre and scale of each feature; one that does not vary stays at its centre."""
    count = features.shape[1]
    low, high, centre = np.zeros(count), np.zeros(count), np.zeros(count)
    scale = np.ones(count)
    for at in range(count):
        values = features[:, at][np.isfinite(features[:, at])]
        if len(values):
            low[at], high[at] = np.quantile(values, [CLIPPED_TAIL, 1 - CLIPPED_TAIL])
            clipped = np.clip(values, low[at], high[at])
            centre[at] = clipped.mean()
            scale[at] = clipped.std() or 1.0
    share = np.isnan(features).mean(axis=0)
    return BreachHazard(low, high, centre, scale, (share > 0) & (share < 1), np.zeros(count), np.zeros(0))


def rolling_probability(panel: HazardPanel, horizon: int, *, minimum_known: int = MINIMUM_KNOWN) -> Floats:
    """The chance at every row by the hazard fitted at its own period, shape (n,).

    NaN where fewer than `minimum_known` subjects' events were known by then.
    """
    found = np.full(len(panel.periods), np.nan)
    for origin in np.unique(panel.periods):
        if known_events(panel, int(origin)) >= minimum_known:
            asked = panel.periods == origin
            found[asked] = fitted_hazard(panel, horizon, int(origin)).probability(panel.features[asked])
    return found
