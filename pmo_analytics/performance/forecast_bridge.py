"""Why a figure moved between two months: its steps, in a fixed order, each with what of it every project made up.

The figure is reckoned again while its inputs are exchanged one kind at a time;
a step is what the figure differs by, so that steps add up to the last digit.
Where another order gives another step, kinds act on each other, and the step
says so. Source: reconciliations of forecasts in stages, as change analyses of
insurers' reserves lay them out; the order is this project's own rule.

Which stored tables are in which kind, and why:

- Restated history: all tables, as they are known now, at the earlier date. What
  was loaded late or corrected since, of any kind, shows here and nowhere else.
  Mappings of names have no date, so that they are restatements too.
- Exchange rates: `exchange_rate`, by which currencies are added up.
- New postings: `timesheet_entry`, and `rate` and `person`, since the rate of the
  day, or of the person's role, prices the hours. With them the reporting date moves.
- New progress: `project_status`, for percent complete and state.
- Scope and budget: `project`, `budget`, `benefit` and `benefit_link`: what there
  is to do, to spend and to gain.
- New forecasts and plans: `benefit_value`; of `project_status` the manager's
  forecast finish alone. No forecast that somebody states is in the estimate at
  completion, so that it has no such step.
- Changed rules or code: today's on both sides, and so nothing, unless what the earlier
  pack showed is on record and differs from what is reckoned for it now.

Worked example: 100, then 104 with what came late, 104, 110 with new hours, and so
on to 110: bars of 4, 0, 6, 0, 0, 0 and 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from pmo_analytics.contracts.portfolio import ProjectStatus

RESTATED, RATES, POSTINGS, PROGRESS = "restated history", "exchange rates", "new postings", "new progress"
SCOPE, FORECASTS, RULES = "scope and budget", "new forecasts and plans", "changed rules or code"
STEPS = (RESTATED, RATES, POSTINGS, PROGRESS, SCOPE, FORECASTS, RULES)
# Kinds that are exchanged one by one after history is restated; each stored table is in one.
KINDS: dict[str, tuple[str, ...]] = {
    RATES: ("exchange_rate",),
    POSTINGS: ("timesheet_entry", "rate", "person"),
    PROGRESS: ("project_status",),
    SCOPE: ("project", "budget", "benefit", "benefit_link"),
    FORECASTS: ("benefit_value",),
}
# What rows are resolved by; it has no date.
MAPPINGS = ("project_alias", "person_merge", "person_alias", "person_identity")
COMPLETION, FINISH, BENEFITS = "eac", "finish", "benefits"
FIGURES = {COMPLETION: "estimate at completion", FINISH: "forecast finish", BENEFITS: "benefits expected"}
DAYS = "days"
# By what share of the larger one a step and that of the other order differ before it is said.
ORDER_SHARE = 0.10
Amounts = Mapping[str, int | None]
_FORECAST = ProjectStatus.forecast_finish_date


@dataclass(frozen=True)
class Part:
    """What of a step one project makes up."""

    project_id: str
    moved: int


@dataclass(frozen=True)
class BridgeStep:
    """One bar: what the figure moved by and came to, and its parts, the largest first; zero parts are left out.

    `other_order` is what it moves by where the steps after the first are taken in reverse.
    """

    name: str
    moved: int
    reached: int
    parts: list[Part]
    other_order: int

    @property
    def is_order_dependent(self) -> bool:
        """Whether the other order gives a bar that differs by more than ORDER_SHARE of the larger one."""
        larger = max(abs(self.moved), abs(self.other_order))
        return abs(self.moved - self.other_order) > ORDER_SHARE * larger


@dataclass(frozen=True)
class Bridge:
    """A figure's steps from `before` to `after`, in ten-thousandths of a currency, or in days."""

    figure: str
    unit: str
    before: int
    after: int
    steps: list[BridgeStep]


def bridge_of(figure: str, unit: str, stages: Sequence[Amounts], other: Sequence[Amounts]) -> Bridge:
    """The bridge over amounts by project at each stage, of which None is one that has none.

    `stages` are the figure as it was, and after each step but the last;
    `other` is the first restated stage and what follows, step by step, where
    kinds are exchanged from the last to the first.
    """
    rows = carried(stages)
    moves = [_moves(left, right) for left, right in pairwise(rows)]
    # The other order ends where this one does: what is carried is so by the same rule.
    back = carried([stages[0], *other])[1:]
    reverse = [sum(_moves(left, right).values()) for left, right in pairwise(back)]
    others = [sum(moves[0].values()), *reversed(reverse), 0]
    before = reached = sum(rows[0].values())
    steps = []
    for name, by_project, in_reverse in zip(STEPS, [*moves, {}], others, strict=True):
        moved = sum(by_project.values())
        reached += moved
        largest = sorted(by_project.items(), key=lambda each: (-abs(each[1]), each[0]))
        steps.append(BridgeStep(name, moved, reached, [Part(*each) for each in largest if each[1]], in_reverse))
    return Bridge(figure, unit, before, reached, steps)


def carried(stages: Sequence[Amounts]) -> list[dict[str, int]]:
    """Amounts at each stage, without gaps: what has none yet, or none in the end, counts for nothing.

    Where a project has a figure in the end, a step that leaves it none moves
    nothing: what it lacks comes with a later step.
    """
    found: list[dict[str, int]] = [{} for _ in stages]
    for project in sorted({project for stage in stages for project in stage}):
        is_kept = stages[-1].get(project) is not None
        last = 0
        for at, stage in enumerate(stages):
            amount = stage.get(project)
            last = amount if amount is not None else last if is_kept else 0
            found[at][project] = last
    return found


def _moves(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {project: right.get(project, 0) - left.get(project, 0) for project in dict.fromkeys([*left, *right])}


def with_forecasts(reports: pd.DataFrame, said: pd.DataFrame) -> pd.DataFrame:
    """Reports of progress, with the forecast finishes that other reports state.

    A report that is not among those takes the last forecast of its project, and
    so does the last report of each: a manager who says nothing new stands by it.
    """
    keys = [ProjectStatus.project_id, ProjectStatus.status_date]
    last = said.sort_values(ProjectStatus.status_date).groupby(ProjectStatus.project_id).tail(1)
    latest = last.set_index(ProjectStatus.project_id)[_FORECAST]
    known = said.set_index(keys)[_FORECAST]
    rows = reports.sort_values(keys, ignore_index=True)
    places = pd.MultiIndex.from_frame(rows[keys])
    stated = pd.Series(known.reindex(places).to_numpy(), index=rows.index, dtype="datetime64[ns]")
    is_last = ~rows.duplicated(ProjectStatus.project_id, keep="last")
    stands_by = pd.to_datetime(rows[ProjectStatus.project_id].map(latest))
    is_own = pd.Series(places.isin(known.index), index=rows.index) & ~is_last
    return rows.assign(**{_FORECAST: stated.where(is_own, stands_by)})
