"""The bridge between two months' packs: views in which each kind of table stands at its own date, and what they tell.

The earlier pack stands on the version that its month was frozen on, as the
events of its close have it, the last one where it was frozen again. A month
that was never frozen has no version on record: it is told as it is known now,
so that restatements cannot show, and `told` says so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import TracebackType
from typing import Any

import pandas as pd

from pmo_analytics.bridged_figures import (
    AMOUNT,
    KEY,
    Rates,
    at_completion,
    benefits,
    changed,
    costs,
    finishes,
    main_currency,
)
from pmo_analytics.contracts.month_close import FROZEN, REOPENED, CloseEvent
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.errors import UsageError
from pmo_analytics.performance.forecast_bridge import (
    BENEFITS,
    COMPLETION,
    DAYS,
    FIGURES,
    FINISH,
    FORECASTS,
    KINDS,
    ORDER_SHARE,
    POSTINGS,
    PROGRESS,
    RATES,
    RESTATED,
    RULES,
    SCOPE,
    STEPS,
    Amounts,
    Bridge,
    bridge_of,
    carried,
    with_forecasts,
)
from pmo_analytics.resources.budget_amounts import UNITS
from pmo_analytics.warehouse import View, Warehouse
from pmo_analytics.warehouse.as_of import parse_as_of

# The stored tables that each figure rests on; marts and analyses hold no others, as a test has it.
RESTS_ON = {
    COMPLETION: ("exchange_rate", "timesheet_entry", "rate", "person", "project_status", "project", "budget"),
    FINISH: ("timesheet_entry", "rate", "person", "project_status", "project", "budget"),
    BENEFITS: ("exchange_rate", "benefit", "benefit_link", "benefit_value"),
}
_AFTER_RATES = (POSTINGS, PROGRESS, SCOPE, FORECASTS)
_IS_VERSION = re.compile(r"[0-9]{1,9}")
# Rows by table: those that came and those that went.
Exchanged = dict[str, tuple[pd.DataFrame, pd.DataFrame]]


@dataclass(frozen=True)
class PackSource:
    """What a month's pack was made of, and in words how that was found."""

    as_of: date
    version: int
    told: str


_Made = tuple[str, str | None, PackSource, PackSource, dict[str, str]]


@dataclass(frozen=True)
class MonthBridge:
    """A bridge, what it is of, the two packs, and who is left out of it for want of a rate.

    `names` are of the projects, by identifier. `note` says why there is no bridge, where there is none.
    """

    bridge: Bridge | None
    figure: str
    project_id: str | None
    before: PackSource
    now: PackSource
    names: dict[str, str]
    left_out: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def scale(self) -> int:
        """How many of a bridge's whole numbers make one: ten-thousandths of money, and days."""
        return 1 if self.figure == FINISH else UNITS

    def words(self) -> list[str]:
        """What has to be said beside the bars, each as a sentence."""
        found = [self.note] if self.note else []
        found.append(f"{self.before.told[0].upper()}{self.before.told[1:]}.")
        if self.left_out:
            found.append(f"Left out for want of an exchange rate: {', '.join(self.left_out)}.")
        of_order = [step.name for step in self.bridge.steps if step.is_order_dependent] if self.bridge else []
        if of_order:
            said = f"Taken in reverse, these move by more than {ORDER_SHARE:.0%} more or less"
            found.append(f"{said}: {', '.join(of_order)}.")
        if self.bridge:
            found.append(
                "Settings and code are today's on both sides, so that changed rules or code are not told apart."
            )
        return found


@dataclass(frozen=True)
class _Stage:
    """Which kinds stand at the later date, beside the reporting date itself."""

    is_restated: bool
    is_moved: bool = False
    kinds: frozenset[str] = frozenset()


def earlier_pack(now: View, since: str | None = None) -> PackSource:
    """What the pack before that of a view was made of: of the month before, or of a month or version given.

    Raises UsageError for what is neither, for a version that is later than the
    view's, and for a month that is not before it.
    """
    before = now.as_of.replace(day=1) - timedelta(days=1)
    if since is not None and _IS_VERSION.fullmatch(since):
        version = int(since)
        if not 1 <= version <= now.version:
            raise UsageError("no version to compare with", found=since, expected=f"1 to {now.version}")
        return PackSource(before, version, f"version {version}, as asked for")
    day = before if since is None else parse_as_of(since)
    if day >= now.as_of:
        raise UsageError("a bridge begins before it ends", found=str(day), expected=f"a month before {now.as_of:%Y-%m}")
    month = f"{day:%Y-%m}"
    events = now.close_events()
    of = events[events[CloseEvent.close_id] == month].reset_index(drop=True)
    frozen = of[of[CloseEvent.kind].eq(FROZEN) & of[CloseEvent.frozen_version].le(now.version).fillna(value=False)]
    if frozen.empty:
        told = f"{month} was never frozen: it is told as it is known now, so that restatements cannot show"
        return PackSource(day, now.version, told)
    version = int(frozen[CloseEvent.frozen_version].iloc[-1])
    later = of.loc[frozen.index[-1] + 1 :, CloseEvent.kind]
    again = ", and re-opened since" if later.eq(REOPENED).any() else ""
    return PackSource(day, version, f"{month} was frozen on version {version}{again}")


class Bridges:
    """The bridges between two packs; views are opened as they are asked for, and closed together."""

    def __init__(self, warehouse: Warehouse, before: PackSource, now: PackSource) -> None:
        self.warehouse, self.before, self.now = warehouse, before, now
        self._open = ExitStack()
        self._views: dict[tuple[Any, ...], View] = {}
        self._frames: dict[tuple[Any, ...], pd.DataFrame] = {}

    def __enter__(self) -> Bridges:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def of(
        self,
        figure: str,
        *,
        project_id: str | None = None,
        projects: Collection[str] | None = None,
        currency: str | None = None,
    ) -> MonthBridge:
        """The bridge of a figure: of one project, of those given, or of all; money in `currency`.

        By default that is the project's own or else that of most projects; money
        in others is changed at the last rate by each date, and left out and
        named where there is none in the end. Raises UsageError for a project
        that has no such figure in either pack.
        """
        stages, other = self._stages()
        frames = [self._amounts(figure, stage) for stage in stages]
        chosen = {project_id} if project_id is not None else None if projects is None else set(projects)
        if chosen is not None:
            frames = [frame[frame[KEY].isin(chosen)] for frame in frames]
        others = [self._amounts(figure, stage) for stage in other]
        if chosen is not None:
            others = [frame[frame[KEY].isin(chosen)] for frame in others]
        names = self._names()
        made: _Made = (figure, project_id, self.before, self.now, names)
        if figure == FINISH:
            if project_id is None:
                raise UsageError("a forecast finish is one project's", hint="name it with --project")
            return self._of_finish(frames, others, made)
        unit = currency or main_currency(frames[-1] if len(frames[-1]) else frames[0])
        if unit is None:
            return MonthBridge(None, *made, [], f"Neither pack has a figure: {FIGURES[figure]}.")
        then, restated, here = (self._rates(stage) for stage in (stages[0], stages[1], stages[-1]))
        known = [changed(frames[0], then, unit), changed(frames[1], restated, unit)]
        known += [changed(frame, here, unit) for frame in frames[1:]]
        reverse = [changed(frame, restated, unit) for frame in [frames[1], *others]]
        reverse.append(known[-1])
        left_out = sorted(project for project, amount in known[-1].items() if amount is None)
        return MonthBridge(bridge_of(figure, unit, known, _in_steps(known[0], reverse)), *made, left_out)

    def _of_finish(self, frames: list[pd.DataFrame], others: list[pd.DataFrame], made: _Made) -> MonthBridge:
        known: list[Amounts] = [dict(zip(frame[KEY], frame[AMOUNT], strict=True)) for frame in frames]
        reverse: list[Amounts] = [dict(zip(frame[KEY], frame[AMOUNT], strict=True)) for frame in others]
        if not known[0] or not known[-1]:
            which = "earlier" if not known[0] else "later"
            return MonthBridge(None, *made, [], f"The {which} pack has no forecast finish of it.")
        stages = [known[0], known[1], known[1], *known[2:]]
        back = _in_steps(known[0], [known[1], *reverse, known[-1]])
        return MonthBridge(bridge_of(FINISH, DAYS, stages, back), *made)

    def rows(self, figure: str, step: str, project_id: str | None = None) -> Exchanged:
        """The stored rows exchanged in a step, by table: those that came and those that went.

        Of one project where it is given, and of tables that name none all: rates
        price everybody's hours. Raises UsageError for what is no step.
        """
        if step not in STEPS:
            raise UsageError("no such step of a bridge", found=step, expected=", ".join(STEPS))
        if step == RULES:
            return {}
        stages, _ = self._stages()
        at = STEPS.index(step)
        pairs = [stages[0], stages[1], stages[1], *stages[2:]]
        left, right = pairs[at], pairs[at + 1]
        tables = [name for name in RESTS_ON[figure] if step == RESTATED or name in KINDS[step]]
        if step == RATES:
            right = stages[-1]
        if step == FORECASTS and figure == FINISH:
            tables, left, right = ["project_status"], stages[1], stages[-1]
        before, after = (self._view(stage) for stage in (left, right))
        found = {}
        for table in tables:
            come, gone = after.rows_not_in(before, table), before.rows_not_in(after, table)
            if project_id is not None and KEY in come:
                come, gone = come[come[KEY] == project_id], gone[gone[KEY] == project_id]
            if len(come) or len(gone):
                found[table] = (come.reset_index(drop=True), gone.reset_index(drop=True))
        return found

    def _stages(self) -> tuple[list[_Stage], list[_Stage]]:
        """Both orders: as it was, restated, and then a kind at a time; the other one after restating, back to front."""
        forward = [_Stage(True, True, frozenset(_AFTER_RATES[:count])) for count in range(1, len(_AFTER_RATES) + 1)]
        backward = [_Stage(True, True, frozenset(_AFTER_RATES[count:])) for count in range(len(_AFTER_RATES), -1, -1)]
        return [_Stage(False), _Stage(True), *forward], backward

    def _dates(self, stage: _Stage) -> dict[str, date]:
        """The tables of a stage that stand at the earlier date while it is moved."""
        if not stage.is_moved:
            return {}
        kinds = [kind for kind in _AFTER_RATES if kind not in stage.kinds]
        return {table: self.before.as_of for kind in kinds for table in KINDS[kind]}

    def _view(self, stage: _Stage) -> View:
        as_of = self.now.as_of if stage.is_moved else self.before.as_of
        version = self.now.version if stage.is_restated else self.before.version
        dates = self._dates(stage)
        key = (as_of, version, tuple(sorted(dates)))
        if key not in self._views:
            self._views[key] = self._open.enter_context(self.warehouse.at(as_of, version, dates))
        return self._views[key]

    def _names(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for stage in (_Stage(False), _Stage(True, True, frozenset(_AFTER_RATES))):
            register = self._view(stage).table("project")
            found |= dict(zip(register[KEY].astype(str), register[Project.name].astype(str), strict=True))
        return found

    def _rates(self, stage: _Stage) -> Rates:
        rows = self._view(stage).table("exchange_rate").sort_values("rate_date")
        pairs = zip(rows["currency"], rows["to_currency"], strict=True)
        return dict(zip(pairs, rows["rate"].astype(float), strict=True))

    def _amounts(self, figure: str, stage: _Stage) -> pd.DataFrame:
        """Project, currency and amount, or for finishes the day's number, of those that have one at a stage."""
        version = self.now.version if stage.is_restated else self.before.version
        if figure == BENEFITS:
            key: tuple[Any, ...] = (figure, version, stage.is_moved, stage.kinds & {SCOPE, FORECASTS})
            if key not in self._frames:
                self._frames[key] = benefits(self._view(stage))
            return self._frames[key]
        is_held = figure == FINISH and stage.is_moved and (PROGRESS in stage.kinds) != (FORECASTS in stage.kinds)
        key = (is_held, version, stage.is_moved, stage.kinds & {POSTINGS, PROGRESS, SCOPE})
        if key not in self._frames:
            view, options = self._view(stage), {}
            if is_held:
                said = _Stage(True, True, frozenset(_AFTER_RATES)) if FORECASTS in stage.kinds else _Stage(True)
                stated = self._view(said).table("project_status")
                options["project_status"] = with_forecasts(view.table("project_status"), stated)
            self._frames[key] = at_completion(view, options)
        return finishes(self._frames[key]) if figure == FINISH else costs(self._frames[key])


def _in_steps(first: Amounts, reverse: Sequence[Amounts]) -> list[Amounts]:
    """The stages of the other order, with what the date alone moves beside the postings, where it belongs.

    The date has to move first, or what is dated later is not seen: so that is
    taken off every stage before postings are exchanged.
    """
    restated, moved, *rest = carried([first, *reverse])[1:]
    shift = {project: amount - restated.get(project, 0) for project, amount in moved.items()}
    last = len(_AFTER_RATES) - 1
    shifted = [{project: amount - shift[project] for project, amount in stage.items()} for stage in rest[:last]]
    return [restated, *shifted, *rest[last:]]


def amount(found: MonthBridge, reached: int) -> float | str:
    """What a bridge stands at: money, or a day as text."""
    return str(date.fromordinal(reached)) if found.figure == FINISH else reached / found.scale


def step_lines(found: MonthBridge) -> list[tuple[str, str, str, str, str]]:
    """The bridge as lines: step, moved, reached, its largest part, and whether another order gives another bar."""
    bridge = found.bridge
    if bridge is None:
        return []

    def shown(reached: int) -> str:
        value = amount(found, reached)
        return value if isinstance(value, str) else f"{value:,.2f}"

    def moved(number: int) -> str:
        return f"{number / found.scale:+,.{0 if found.figure == FINISH else 2}f}"

    lines = [(f"{FIGURES[found.figure]}, {found.before.as_of:%Y-%m}", "", shown(bridge.before), bridge.unit, "")]
    for step in bridge.steps:
        part = step.parts[0] if step.parts and found.project_id is None else None
        largest = f"{found.names.get(part.project_id, part.project_id)} {moved(part.moved)}" if part else ""
        order = "depends on the order" if step.is_order_dependent else ""
        lines.append((step.name, moved(step.moved), shown(step.reached), largest, order))
    total = moved(bridge.after - bridge.before)
    return [*lines, (f"{FIGURES[found.figure]}, {found.now.as_of:%Y-%m}", total, shown(bridge.after), bridge.unit, "")]
