"""Planned value and earned schedule from the tasks of a plan, in working time.

A task's fixed cost is planned when it begins, the rest evenly over its working
time. Earned schedule is the time at which that plan had the value earned now
(Lipke 2003). Where the plan stands still at just that value, it is now where
now lies in that rest, and else the nearer end of it: a project that has done
all that is planned is on time, not ahead. That rule, and when fixed cost falls,
follow the tracking sheets of the OR&S project library (Batselier and Vanhoucke
2015), which the tests hold it against.

Worked example: a task of 8 hours and 80 with a fixed cost of 20 begins at once;
one of 8 hours and 100 begins after a rest of 8 hours. After 4 hours 20 + 30 is
planned. When 80 is earned, the plan had it from hour 8 to hour 16: at hour 10
earned schedule is 10, at hour 20 it is 16.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.forecasting.quantile_scores import Floats


@dataclass(frozen=True)
class TaskPlan:
    """Tasks of a plan, arrays of one shape: begin and end in working time, fixed cost and the cost that is spread.

    ValueError for a task that ends before it begins, or a cost below 0.
    """

    begin: Floats
    end: Floats
    fixed: Floats
    spread: Floats

    def __post_init__(self) -> None:
        if np.any(self.end < self.begin) or np.any(self.fixed < 0) or np.any(self.spread < 0):
            raise ValueError("a task must not end before it begins, or cost less than nothing")

    @property
    def budget(self) -> float:
        """Budget at completion: the sum of the tasks' costs."""
        return float(self.fixed.sum() + self.spread.sum())

    @property
    def duration(self) -> float:
        """When the last task ends."""
        return float(self.end.max())

    def planned_value(self, at: ArrayLike) -> Floats:
        """Cumulative planned value at each working time, in the unit of the costs."""
        times = np.asarray(at, dtype=float)[..., None]
        length = self.end - self.begin
        share = np.clip(
            np.divide(times - self.begin, length, out=1.0 * (times >= self.end), where=length > 0), 0.0, 1.0
        )
        planned: Floats = (self.fixed * (times > self.begin) + self.spread * share).sum(axis=-1)
        return planned

    def earned_schedule(self, earned: float, now: float) -> float:
        """The working time at which `earned` was planned, as of `now`; the plan's end where all of it is earned."""
        knots = np.unique(np.concatenate([[0.0], self.begin, self.end]))
        # A fixed cost falls just after a task begins: the plan has two values there.
        before, after = self.planned_value(knots), self.planned_value(np.nextafter(knots, np.inf))
        tolerance = 1e-9 * max(self.budget, 1.0)
        if earned >= self.budget - tolerance:
            return self.duration
        values, places = np.stack([before, after], axis=1).ravel(), np.repeat(knots, 2)
        equal = places[np.abs(values - earned) <= tolerance]
        if len(equal):
            return float(np.clip(now, equal.min(), equal.max()))
        above = int(np.argmax(values > earned))
        low, high = values[above - 1], values[above]
        share = (earned - low) / (high - low)
        return float(places[above - 1] + share * (places[above] - places[above - 1]))
