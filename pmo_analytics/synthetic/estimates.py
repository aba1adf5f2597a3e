"""Estimated items and what they really took: an atom at 1, a Weibull body, a Burr tail."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, PROJECTS, PlannedProject

ITEMS = 420
EXACT_SHARE, TAIL_SHARE = 0.22, 0.18
_HOURS = (1, 2, 2, 3, 4, 4, 6, 8, 8, 12, 16, 16, 24, 32, 40, 60, 90, 120)
_CLASSES = {"analysis": 0.95, "build": 1.05, "integration": 1.45, "test": 1.15, "training": 0.80}
_MOST = 8.0


@dataclass(frozen=True)
class EstimatedItem:
    """One item; `ratio` is the truth: actual over estimate, exactly 1 where it took what was estimated."""

    item_id: str
    project: PlannedProject
    work_class: str
    estimate_hours: float
    ratio: float
    estimated_on: date
    finished_on: date | None
    is_cancelled: bool

    @property
    def actual_hours(self) -> float:
        """Hours it took, in tenths."""
        return self.estimate_hours if self.ratio == 1.0 else max(0.1, round(self.estimate_hours * self.ratio, 1))


def draw_ratio(random: Random, bias: float) -> float:
    """Actual over estimate of one item of a class with this bias."""
    kind, u = random.random(), random.random()
    if kind < EXACT_SHARE:
        return 1.0
    if kind < EXACT_SHARE + TAIL_SHARE:
        # Burr XII, c = 2.6 and k = 0.9, by its inverse.
        return min(_MOST, bias * 1.1 * math.pow(math.pow(1 - u, -1 / 0.9) - 1, 1 / 2.6))
    # Weibull, shape 2.4.
    return max(0.05, bias * 0.98 * math.pow(-math.log(1 - u), 1 / 2.4))


def items(random: Random) -> list[EstimatedItem]:
    """The items of all projects that have begun, in order of their numbers."""
    begun = [project for project in PROJECTS if project.start < LAST_DAY]
    found = []
    for number in range(1, ITEMS + 1):
        project = begun[random.randrange(len(begun))]
        work_class = sorted(_CLASSES)[random.randrange(len(_CLASSES))]
        estimate = float(_HOURS[random.randrange(len(_HOURS))])
        ratio = draw_ratio(random, _CLASSES[work_class])
        first = max(project.start, FIRST_DAY)
        estimated_on = first + timedelta(days=random.randrange((LAST_DAY - first).days))
        finished_on = estimated_on + timedelta(days=3 + round(estimate * ratio / 4) + random.randrange(15))
        found.append(
            EstimatedItem(
                f"IT-{number:04d}",
                project,
                work_class,
                estimate,
                ratio,
                estimated_on,
                finished_on if finished_on <= LAST_DAY else None,
                random.random() < 0.04,
            )
        )
    return found
