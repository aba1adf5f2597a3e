"""Critical path method where each task works by its own calendar and each lag counts on the calendar it names.

Dates are instants in whole seconds. A task begins where its calendar goes on
working and lasts its seconds on it; one without a duration stands at the very
instant that it waits for. A lag leads from an instant over so many seconds of
its calendar, by no more rest than it must. What a successor's finish waits for
while its calendar rests counts as at the end of the work before. Latest dates
are the largest that all ties allow, exactly: each step of the way forward has
its inverse. Tasks are walked a level at a time, so that wide networks are fast
and a chain of thousands of tasks is not. Sources: Kelley and Walker 1959; the
calendars of activities and lags as Microsoft Project and Primavera P6 hold them.

Worked example: A works 16 hours of 8 a day from Monday 8:00 and ends on Tuesday
at 17:00; B, round the clock, waits for it with a lag of 8 hours and 8 hours of
its own: by its own calendar it begins on Wednesday at 1:00, by A's on Wednesday
at 17:00.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pmo_analytics.forecasting.calendar_steps import ELAPSED, CalendarSteps
from pmo_analytics.forecasting.schedule_network import Flags, Places, ScheduleNetwork


@dataclass(frozen=True)
class CalendarPath:
    """Dates of each task in the order of the network, in seconds from the instant 0 of the calendars.

    `total_float` and `free_float` are working seconds of each task's own
    calendar, never below 0. Without `is_whole` a calendar ended before its tasks
    did, and dates are beyond what it holds.
    """

    finish: int
    earliest_start: Places
    earliest_finish: Places
    latest_start: Places
    latest_finish: Places
    total_float: Places
    free_float: Places
    is_whole: bool


def calendar_path(
    network: ScheduleNetwork,
    seconds: Places,
    steps: CalendarSteps,
    *,
    calendar: Places,
    lag_calendar: Places,
    not_before: Places,
) -> CalendarPath:
    """Dates and floats of tasks of so many whole `seconds` by the calendars of `steps`.

    `calendar` and `not_before`, an instant, are of each task, `lag_calendar` of
    each link of the network, whose lags are whole seconds.
    """
    order = network.order
    walk = _Walk(network, seconds[order], steps, calendar[order], lag_calendar)
    early = walk.forward(not_before[order])
    finish = int(walk.finish(early).max(initial=0))
    last = walk.last(finish)
    # Nothing is earlier than early but where a calendar ended before its tasks did.
    late, free = (np.maximum(each, early) for each in (walk.backward(last.copy()), walk.free(early, last)))
    total_float = walk.worked(late) - walk.worked(early)
    free_float = np.minimum(walk.worked(free) - walk.worked(early), total_float)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return CalendarPath(
        finish,
        walk.start(early)[place],
        walk.finish(early)[place],
        walk.start(late)[place],
        walk.finish(late)[place],
        total_float[place],
        free_float[place],
        walk.is_whole(early),
    )


@dataclass(frozen=True)
class _Ties:
    """Ties of one kind, by the place of their predecessor; `cuts` parts them by level.

    `ahead` is what stands between the predecessor's start and the tied end of
    it, `behind` the same of the successor; `from_start` is 1 where the
    predecessor's start is tied.
    """

    before: Places
    after: Places
    ahead: Places
    behind: Places
    lag: Places
    lag_calendar: Places
    from_start: Places
    cuts: list[int]

    def of(self, links: Places, bounds: list[int]) -> _Ties:
        """Some of the ties, parted at these places of predecessors."""
        return _Ties(
            self.before[links], self.after[links], self.ahead[links], self.behind[links], self.lag[links],
            self.lag_calendar[links], self.from_start[links],
            np.searchsorted(self.before[links], bounds).tolist(),
        )  # fmt: skip


class _Walk:
    """The network with tasks in the order that they can be walked in; dates are working seconds of `held`.

    `held` is the calendar that a task's dates are told on: its own, and round
    the clock where it has no duration, since it may stand at an instant of rest.
    """

    def __init__(
        self,
        network: ScheduleNetwork,
        seconds: Places,
        steps: CalendarSteps,
        calendar: Places,
        lag_calendar: Places,
    ) -> None:
        self._steps, self._seconds, self._own = steps, seconds, calendar
        self._held = np.where(seconds > 0, calendar, ELAPSED)
        place = np.empty_like(network.order)
        place[network.order] = np.arange(len(place))
        before, after = place[network.predecessor], place[network.successor]
        lag = network.lag.astype(np.int64)
        ahead = np.where(network.from_finish, seconds[before], 0)
        behind = np.where(network.to_finish, seconds[after], 0)
        from_start = (~network.from_finish).astype(np.int64)
        ties = _Ties(before, after, ahead, behind, lag, lag_calendar, from_start, [])
        bounds = _levels(before, after, len(place))
        same = self._held[before] == self._held[after]
        # On one calendar a tie only adds.
        adds: Flags = same & ((lag == 0) | (lag_calendar == self._held[before]))
        self._plain = ties.of(np.flatnonzero(adds), bounds)
        self._weight = self._plain.ahead + self._plain.lag - self._plain.behind
        self._crossing = ties.of(np.flatnonzero(~adds), bounds)

    def forward(self, not_before: Places) -> Places:
        early = self._steps.worked(self._held, not_before)
        plain, crossing = self._plain, self._crossing
        for (a, b), (c, d) in zip(pairwise(plain.cuts), pairwise(crossing.cuts), strict=True):
            if b > a:
                np.maximum.at(early, plain.after[a:b], early[plain.before[a:b]] + self._weight[a:b])
            if d > c:
                np.maximum.at(early, crossing.after[c:d], self._onward(early, slice(c, d)))
        return early

    def backward(self, late: Places) -> Places:
        """The latest dates, of `late` that the last finish of all allows."""
        plain, crossing = self._plain, self._crossing
        levels = zip(pairwise(plain.cuts), pairwise(crossing.cuts), strict=True)
        for (a, b), (c, d) in reversed(list(levels)):
            if b > a:
                np.minimum.at(late, plain.before[a:b], late[plain.after[a:b]] - self._weight[a:b])
            if d > c:
                np.minimum.at(late, crossing.before[c:d], self._back(late, slice(c, d)))
        return late

    def free(self, early: Places, last: Places) -> Places:
        """The latest dates that move no early date of what waits."""
        found, plain, crossing = last.copy(), self._plain, self._crossing
        np.minimum.at(found, plain.before, early[plain.after] - self._weight)
        np.minimum.at(found, crossing.before, self._back(early, slice(None)))
        return found

    def _onward(self, early: Places, ties: slice) -> Places:
        """Dates that these ties let their successors begin at, at the earliest."""
        each, steps = self._crossing, self._steps
        before, after = each.before[ties], each.after[ties]
        is_end = 1 - each.from_start[ties]
        at = steps.begin(self._held[before], early[before] + each.ahead[ties] - is_end) + is_end
        lags = np.flatnonzero(each.lag[ties])
        if len(lags):
            lag, calendar = each.lag[ties][lags], each.lag_calendar[ties][lags]
            leads_on = (lag > 0).astype(np.int64)
            at[lags] = steps.begin(calendar, steps.worked(calendar, at[lags]) + lag - leads_on) + leads_on
        found: Places = steps.worked(self._held[after], at) - each.behind[ties]
        return found

    def _back(self, late: Places, ties: slice) -> Places:
        """The largest dates from which these ties lead no further than their successors' dates."""
        each, steps = self._crossing, self._steps
        before, after, from_start = each.before[ties], each.after[ties], each.from_start[ties]
        at = steps.begin(self._held[after], late[after] + each.behind[ties])
        lags = np.flatnonzero(each.lag[ties])
        if len(lags):
            lag, calendar = each.lag[ties][lags], each.lag_calendar[ties][lags]
            leads_back = (lag < 0).astype(np.int64)
            at[lags] = steps.begin(calendar, steps.worked(calendar, at[lags] + leads_back) - leads_back - lag)
        found: Places = steps.worked(self._held[before], at + from_start) - from_start - each.ahead[ties]
        return found

    def start(self, dates: Places) -> Places:
        return self._steps.begin(self._held, dates)

    def finish(self, dates: Places) -> Places:
        return self._steps.end(self._held, dates + self._seconds)

    def last(self, finish: int) -> Places:
        """The dates at which each task ends by `finish` at the latest."""
        found: Places = self._steps.worked(self._held, np.full_like(self._held, finish)) - self._seconds
        return found

    def worked(self, dates: Places) -> Places:
        """Dates as working seconds of the tasks' own calendars."""
        found, instants = dates.copy(), np.flatnonzero(self._held != self._own)
        found[instants] = self._steps.worked(self._own[instants], dates[instants])
        return found

    def is_whole(self, early: Places) -> bool:
        return bool((early + self._seconds < self._steps.total[self._held]).all())


def _levels(before: Places, after: Places, count: int) -> list[int]:
    """Bounds of runs of tasks of which none waits for another of its run, for tasks in an order to be walked in.

    In the order that a network keeps, tasks by their level, these are the levels.
    """
    latest = np.full(count, -1, dtype=np.int64)
    np.maximum.at(latest, after, before)
    waits_for: list[int] = np.maximum.accumulate(latest).tolist() if count else []
    bounds = [0]
    while bounds[-1] < count:
        bounds.append(bisect_left(waits_for, bounds[-1], lo=bounds[-1] + 1))
    return bounds
