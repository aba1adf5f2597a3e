"""Differences planted between the timesheets and the labour that a ledger shows for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from pmo_analytics.synthetic.people import RATES, hourly_rate
from pmo_analytics.synthetic.projects import add_months
from pmo_analytics.synthetic.purchases import IN_HOUSE_PROJECTS
from pmo_analytics.synthetic.worklogs import LabourLine, labour_cents

KINDS = ("not_posted", "posted_twice", "old_rate", "wrong_project", "posted_late", "mistyped_hours")
_LEAST_SECONDS = 8 * 3600
_MISTYPED_SECONDS = 12 * 3600


@dataclass(frozen=True)
class PlantedDifference:
    """One project and month in which the ledger's labour is not the timesheets': ledger minus timesheets."""

    project_id: str
    month: date
    kind: str
    seconds: int
    cents: int


def totals(lines: Iterable[LabourLine]) -> dict[tuple[str, date], tuple[int, int]]:
    """Seconds and cents by project and month."""
    found: dict[tuple[str, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in lines:
        seconds, cents = found[line.project.project_id, line.month]
        found[line.project.project_id, line.month] = (seconds + line.seconds, cents + line.cents)
    return dict(found)


def plant(random: Random, true: Sequence[LabourLine]) -> tuple[list[LabourLine], tuple[PlantedDifference, ...]]:
    """The lines as they are posted, and where they differ from `true`; each kind is planted once.

    No project-month is touched by two kinds, so every difference has one cause.
    """
    posted = list(true)
    kinds: dict[tuple[str, date], str] = {}
    candidates = [line for line in true if line.seconds >= _LEAST_SECONDS]
    random.shuffle(candidates)
    for kind in KINDS:
        for line in candidates:
            change = _change(kind, line, true)
            places = {(each.project.project_id, each.month) for each in [line, *change]}
            if change != [line] and not places & kinds.keys():
                posted.remove(line)
                posted += change
                kinds |= dict.fromkeys(sorted(places), kind)
                break
    posted.sort(key=lambda line: (line.project.project_id, line.month, line.role))
    before, after = totals(true), totals(posted)
    differences = []
    for (project_id, month), kind in sorted(kinds.items()):
        had, has = before.get((project_id, month), (0, 0)), after.get((project_id, month), (0, 0))
        differences.append(PlantedDifference(project_id, month, kind, has[0] - had[0], has[1] - had[1]))
    return posted, tuple(differences)


def _change(kind: str, line: LabourLine, true: Sequence[LabourLine]) -> list[LabourLine]:
    """What is posted in place of `line`; the line itself where the kind does not fit it."""
    changes = {
        "not_posted": [],
        "posted_twice": [line, line],
        "old_rate": [replace(line, cents=labour_cents(line.seconds, RATES[line.role][0]))],
        "wrong_project": _elsewhere(line, true),
        "posted_late": _later(line, true),
        "mistyped_hours": [_mistyped(line)],
    }
    return changes[kind]


def _elsewhere(line: LabourLine, true: Sequence[LabourLine]) -> list[LabourLine]:
    """The line on another project of the same ledger that was worked on in that month."""
    if line.project.project_id in IN_HOUSE_PROJECTS:
        return [line]
    own = {line.project.project_id, *IN_HOUSE_PROJECTS}
    others = [each.project for each in true if each.month == line.month and each.project.project_id not in own]
    return [replace(line, project=others[0])] if others else [line]


def _later(line: LabourLine, true: Sequence[LabourLine]) -> list[LabourLine]:
    """The line a month later, where the project is still worked on then."""
    later = add_months(line.month, 1)
    goes_on = any(each.project == line.project and each.month == later for each in true)
    return [replace(line, month=later)] if goes_on else [line]


def _mistyped(line: LabourLine) -> LabourLine:
    seconds = line.seconds + _MISTYPED_SECONDS
    return replace(line, seconds=seconds, cents=labour_cents(seconds, hourly_rate(line.role, line.month)))
