"""Which features were known when an estimate was made: what was known only afterwards is refused by name.

A model that learns from what the finished project tells (its duration, its
hours over its size) looks excellent in a backtest and cannot be asked anything.
Two guards stand before a model. The caller declares when each feature is known;
an undeclared one is refused, since neither a name nor a figure can prove that
something was known beforehand: the duration of a project passes every figure
below. And whatever is declared, a feature is refused whose name is that of an
outcome, or which together with size gives the outcome away:

- its logarithm explains at least 95 % of the variance of the outcome's logarithm
  that size leaves (a ratio times size, or a power of the outcome);
- the same of ranks (a monotone copy of the outcome);
- its ranks share at least 95 % of the variance of those of outcome over size.

The figures look at one feature at a time: efforts of phases that only together
make up the outcome are for the declaration to keep out.

Sources: Kaufman, Rosset and Perlich (2012), "Leakage in data mining", for the
declaration ("legitimacy") and why figures alone do not do; partial correlation
by Yule (1907); the 95 % is this project's own rule, and nothing was tuned on it.

Worked example: nine projects of sizes 1 to 9 took 3, 5, 10, 10, 20, 15, 28, 30
and 22 hours. `hours_per_point`, which is hours over size, explains all of what
size leaves, and is refused with 100 %.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.quantile_scores import Floats

AT_ESTIMATE, AFTERWARDS = "estimate", "afterwards"
GIVEN_AWAY = 0.95
MINIMUM_ROWS = 9
# What size leaves is rounding where it is less than this share of the outcome's variance.
_NOTHING_LEFT = 1e-9

_PLANNED = {"planned", "plan", "baseline", "budget", "budgeted", "estimated", "estimate", "expected", "approved",
            "forecast", "target", "contract", "contracted", "previous", "prior", "past"}  # fmt: skip
_OUTCOMES = {
    "a ratio of effort to size, which holds the effort": {
        "pdr", "npdr", "pdu", "npdu", "productivity", "velocity",
    },
    "the effort itself, as it came out": {
        "effort", "actual", "actuals", "actualhours", "outcome", "manhours", "workload",
    },
    "the time it took, which is known at its end": {
        "duration", "elapsed", "leadtime", "cycletime", "slippage", "delay",
    },
    "the finish, which has not come when the estimate is made": {
        "finish", "finished", "finishing", "completed", "completion", "closed", "resolved", "delivered", "delivery",
        "enddate", "ended",
    },
    "how it compared with its plan": {"overrun", "variance", "residual"},
}  # fmt: skip
_PAIRS = {
    ("end", "date"): "the finish, which has not come when the estimate is made",
    ("lead", "time"): "the time it took, which is known at its end",
    ("cycle", "time"): "the time it took, which is known at its end",
    ("time", "spent"): "the effort itself, as it came out",
    ("hours", "spent"): "the effort itself, as it came out",
    ("man", "hours"): "the effort itself, as it came out",
    ("hours", "per"): "a ratio of effort to size, which holds the effort",
    ("per", "hour"): "a ratio of effort to size, which holds the effort",
}
_REASONS = {word: reason for reason, words in _OUTCOMES.items() for word in words}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class GivenAway:
    """How much of an outcome a feature gives away, as shares of variance, 0 to 1; NaN where that cannot be reckoned.

    `log_share` and `rank_share` are of what size leaves of the outcome;
    `ratio_share` is of the ranks of outcome over size. `rows` are those with
    all three above zero.
    """

    rows: int
    log_share: float
    rank_share: float
    ratio_share: float

    @property
    def worst(self) -> float:
        """The largest share that can be reckoned; NaN where none can."""
        known = [share for share in (self.log_share, self.rank_share, self.ratio_share) if not math.isnan(share)]
        return max(known, default=math.nan)

    @property
    def reason(self) -> str:
        """Why the feature is refused, with the figure; empty where it is not."""
        if math.isnan(self.worst) or self.worst < GIVEN_AWAY:
            return ""
        what = {
            self.ratio_share: "of the ranks of outcome over size",
            self.rank_share: "of the ranks of the outcome that size leaves",
            self.log_share: "of the outcome's logarithm that size leaves",
        }[self.worst]
        return f"it explains {100 * self.worst:.1f} % {what} ({self.rows} rows)"


def reason_of_name(name: str) -> str:
    """Why a feature of this name is known only afterwards; empty where its name does not say so.

    A word such as `planned` or `baseline` makes it a figure of the plan.

    >>> reason_of_name("Duration")
    'the time it took, which is known at its end'
    >>> reason_of_name("planned_duration")
    ''
    """
    words = [word.casefold() for word in _WORD.findall(name)]
    if _PLANNED & set(words) and not {"actual", "actuals"} & set(words):
        return ""
    for pair in itertools.pairwise(words):
        if pair in _PAIRS:
            return _PAIRS[pair]
    return next((_REASONS[word] for word in words if word in _REASONS), "")


def _ranks(values: Floats) -> Floats:
    return np.asarray(pd.Series(values).rank(), dtype=float)


def _share_of_rest(feature: Floats, size: Floats, outcome: Floats) -> float:
    """Squared partial correlation of feature and outcome given size; NaN where size leaves nothing of either."""
    base = np.column_stack([np.ones(len(size)), size])
    rest = []
    for values in (feature, outcome):
        left = values - base @ np.linalg.lstsq(base, values, rcond=None)[0]
        total = float(((values - values.mean()) ** 2).sum())
        if total <= 0 or float(left @ left) <= _NOTHING_LEFT * total:
            return math.nan
        rest.append(left)
    return float((rest[0] @ rest[1]) ** 2 / ((rest[0] @ rest[0]) * (rest[1] @ rest[1])))


def given_away(feature: ArrayLike, size: ArrayLike, outcome: ArrayLike) -> GivenAway:
    """How much of the outcome a feature gives away beside size; each shape (n,), rows without all three left out.

    NaN below nine rows, where a chance agreement is not told from a leak, and
    where the feature is constant or no more than size once more.
    """
    x, s, y = (np.asarray(values, dtype=float) for values in (feature, size, outcome))
    is_used = np.isfinite(x) & np.isfinite(s) & np.isfinite(y) & (x > 0) & (s > 0) & (y > 0)
    x, s, y = x[is_used], s[is_used], y[is_used]
    if len(x) < MINIMUM_ROWS:
        return GivenAway(len(x), math.nan, math.nan, math.nan)
    ranks = [_ranks(values) for values in (x, s, y, y / s)]
    return GivenAway(
        len(x),
        _share_of_rest(np.log(x), np.log(s), np.log(y)),
        _share_of_rest(ranks[0], ranks[1], ranks[2]),
        _share_of_rest(ranks[0], np.zeros(len(x)), ranks[3]),
    )


def refused_features(
    features: pd.DataFrame, size: ArrayLike, outcome: ArrayLike, known_at: Mapping[str, str]
) -> dict[str, str]:
    """The features that a model may not have, each with the reason, in the order of the columns.

    `features` has one row per finished project; `known_at` maps names to
    "estimate" or "afterwards". A name of an outcome, and a column that gives the
    outcome away, are refused whatever is declared. UsageError where something is
    declared of no column or is neither of the two.
    """
    for name, when in known_at.items():
        if name not in features.columns:
            close = nearest(name, map(str, features.columns))
            raise UsageError(
                f"{name!r} is declared but is no feature",
                found=name,
                expected=", ".join(map(str, features.columns)) or "no features",
                hint=f"did you mean {close!r}?" if close else "declare the features that are given",
            )
        if when not in (AT_ESTIMATE, AFTERWARDS):
            raise UsageError(
                f"when {name!r} is known is not said", found=when, expected=f"{AT_ESTIMATE!r} or {AFTERWARDS!r}"
            )
    refused = {}
    for name in map(str, features.columns):
        reason = reason_of_name(name)
        if not reason and pd.api.types.is_numeric_dtype(features[name]):
            reason = given_away(features[name].to_numpy(dtype=float, na_value=math.nan), size, outcome).reason
        if not reason and known_at.get(name) == AFTERWARDS:
            reason = "it is declared as known afterwards"
        if not reason and name not in known_at:
            reason = "when it is known is not declared"
        if reason:
            refused[name] = reason
    return refused


def checked_features(
    features: pd.DataFrame, size: ArrayLike, outcome: ArrayLike, known_at: Mapping[str, str]
) -> Sequence[str]:
    """Names of the features, all of which a model may have; UsageError that names each other one and why."""
    refused = refused_features(features, size, outcome, known_at)
    if refused:
        undeclared = [name for name in refused if name not in known_at]
        raise UsageError(
            f"{len(refused)} of {len(features.columns)} features are not known to have been known at the estimate",
            found="; ".join(f"{name}: {reason}" for name, reason in refused.items()),
            expected="features that were known when the estimate was made, declared so",
            hint=(
                f"leave them out, or declare {', '.join(undeclared)} as {AT_ESTIMATE!r} where that holds"
                if undeclared
                else "leave them out; a figure of the plan says so in its name, such as planned_duration"
            ),
        )
    return [str(name) for name in features.columns]
