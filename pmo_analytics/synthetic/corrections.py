"""What was put right after it had been exported: hours changed, rows deleted at the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import add_months
from pmo_analytics.synthetic.worklogs import QUARTER, Worklog

# A month's file begins so many days before the month: what people download overlaps.
OVERLAP = timedelta(days=4)


@dataclass(frozen=True)
class Correction:
    """One month as it was found to be later: pairs of before and after, and what is gone."""

    month: date
    changed: tuple[tuple[Worklog, Worklog], ...]
    deleted: tuple[Worklog, ...] = ()

    def apply(self, found: Iterable[Worklog]) -> list[Worklog]:
        """The worklogs after the correction."""
        after = {before.number: now for before, now in self.changed}
        gone = {worklog.number for worklog in self.deleted}
        return [after.get(worklog.number, worklog) for worklog in found if worklog.number not in gone]


def correction(random: Random, found: Iterable[Worklog], month: date, *, changes: int, deletions: int) -> Correction:
    """A correction of whole quarters in `month`, clear of the days that the next month's file repeats.

    Whoever loses rows keeps others on the same project and month: a file without any could not tell of the loss.
    """
    clear = add_months(month, 1) - OVERLAP
    inside = [w for w in found if w.month == month]
    rows = Counter((w.person.person_id, w.project.project_id) for w in inside)
    eligible = [
        w
        for w in inside
        if w.day < clear and w.seconds % QUARTER == 0 and rows[w.person.person_id, w.project.project_id] > deletions
    ]
    chosen = random.sample(eligible, min(changes + deletions, len(eligible)))
    chosen.sort(key=lambda worklog: worklog.number)
    deleted = chosen[:: max(len(chosen) // deletions, 1)][:deletions] if deletions else []
    pairs = [(w, replace(w, seconds=_other(random, w.seconds))) for w in chosen if w not in deleted]
    return Correction(month, tuple(pairs), tuple(deleted))


def _other(random: Random, seconds: int) -> int:
    step = QUARTER * (1 + random.randrange(6))
    return seconds - step if seconds > step and random.random() < 0.5 else seconds + step
