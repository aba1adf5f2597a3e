"""The best choice under a model, by HiGHS, with its status and bound.

What is returned is a choice, not the solver's numbers: its value is summed anew
from the case, and `kept_conditions` can be asked about it. Sources: Huangfu and
Hall (2018) for HiGHS, called through SciPy.

Worked example: A is worth 10 and costs 6, B 7 and 4, C 6 and 4, under a budget
of 8. B and C are chosen, worth 13, and no choice is worth more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import Wholes
from pmo_analytics.portfolio.selection_model import SelectionModel

OPTIMAL, STOPPED, NO_CHOICE, NONE_FOUND = "optimal", "stopped", "no choice", "none found"
GAP, SECONDS = 1e-4, 60.0


@dataclass(frozen=True)
class Choice:
    """A choice of a model, or that there is none.

    `status` is optimal within `gap_asked`, stopped (at the limit of time, with
    the best found), no choice (none keeps all conditions) or none found (at
    the limit of time). No choice is worth more than `bound`. `gain` is what
    the model maximises; `value` the case's own.
    """

    status: str
    start: Wholes
    gain: float
    value: float
    cost: float
    bound: float
    columns: Floats

    @property
    def is_found(self) -> bool:
        """Whether there is a choice."""
        return self.status in {OPTIMAL, STOPPED}

    @property
    def gap(self) -> float:
        """How far the bound lies above what is gained, as a part of it."""
        return max(0.0, self.bound - self.gain) / max(1e-9, abs(self.gain)) if self.is_found else np.nan


def best_choice(model: SelectionModel, *, gap: float = GAP, seconds: float = SECONDS) -> Choice:
    """The choice that gains most, within a part of `gap` or what is found in `seconds`."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not model.columns:
        return _without_columns(model)
    scale = _scale(model.gain)
    rows = model.rows
    solve: Any = milp
    found = solve(
        -model.gain * scale,
        integrality=model.is_whole.astype(np.int64),
        bounds=Bounds(0.0, model.upper),
        constraints=LinearConstraint(rows.matrix, rows.low, rows.high) if len(rows) else None,
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    if found.x is None:
        is_proven = found.status == 2
        nothing = np.full(len(model.case.names), -1, dtype=np.int64)
        limit = -np.inf if is_proven else _bound(found, scale)
        return Choice(NO_CHOICE if is_proven else NONE_FOUND, nothing, np.nan, np.nan, np.nan, limit, np.zeros(0))
    x = np.where(model.is_whole, np.round(found.x), found.x)
    start, gain = model.starts(x), float(model.gain @ x)
    # The bound and the sum are both rounded: one is never told to lie below the other.
    limit = max(gain, _bound(found, scale))
    status = OPTIMAL if found.status == 0 else STOPPED
    return Choice(status, start, gain, model.case.worth(start), model.case.spent(start), limit, x)


def _without_columns(model: SelectionModel) -> Choice:
    is_kept = bool(((model.rows.low <= 0) & (model.rows.high >= 0)).all())
    nothing = np.full(len(model.case.names), -1, dtype=np.int64)
    if not is_kept:
        return Choice(NO_CHOICE, nothing, np.nan, np.nan, np.nan, -np.inf, np.zeros(0))
    return Choice(OPTIMAL, nothing, 0.0, 0.0, model.case.spent(nothing), 0.0, np.zeros(0))


def _scale(gain: Floats) -> float:
    """The power of two that brings the largest gain between 512 and 1024."""
    size = float(np.abs(gain).max(initial=0.0))
    return float(np.exp2(10.0 - np.ceil(np.log2(size)))) if size > 0 else 1.0


def _bound(found: Any, scale: float) -> float:
    bound = getattr(found, "mip_dual_bound", None)
    return np.inf if bound is None else -float(bound) / scale
