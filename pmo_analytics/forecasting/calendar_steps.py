"""Working seconds of many calendars as instants, and back, for arrays of tasks that have calendars of their own.

A calendar is a list of spans that are worked, in whole seconds from one common
instant. Up to an instant so many seconds are worked; a number of seconds is
worked over the whole of a rest, so that two instants belong to it: its `end`,
where the work before it ends, and its `begin`, where the work after it goes on.
Calendar 0 is round the clock. All calendars stand in one array, one behind the
other, so that a search finds each value in its own. Source: by the usual
definition of a project calendar.

Worked example: of a calendar worked from second 8 to 12 and from 20 to 24, 4
seconds are worked at 12, at 15 and at 20: they end at 12, and work goes on at 20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pmo_analytics.forecasting.schedule_network import Places

ELAPSED = 0
# Beyond all instants that are asked for: work that a calendar does not have goes on then.
NEVER = 1 << 35
_SPAN, _MARGIN = 1 << 38, 1 << 36
Spans = tuple[Places, Places]


@dataclass(frozen=True)
class CalendarSteps:
    """Calendars by number, 0 round the clock and then those given.

    `total` is what each has in all; what lies beyond is never worked.
    """

    total: Places
    _begin_key: Places
    _begin: Places
    _length: Places
    _before: Places
    _worked_key: Places
    _offset: Places

    @classmethod
    def of(cls, calendars: Sequence[Spans]) -> CalendarSteps:
        """Each calendar as begins and ends of its spans from 0 on, which rise and do not overlap."""
        nothing = np.zeros(1, dtype=np.int64)
        parts: list[list[Places]] = [[] for _ in range(6)]
        total = []
        for number, (begin, end) in enumerate([(nothing, nothing + NEVER), *calendars]):
            length = end - begin
            before = np.concatenate([nothing, np.cumsum(length)])
            total.append(before[-1])
            made = (
                # What lies before the first span is at rest.
                number * _SPAN + np.concatenate([nothing, begin]), np.concatenate([nothing, begin]),
                np.concatenate([nothing, length]), np.concatenate([nothing, before[:-1]]),
                # Less than nothing leads before 0, all that there is to never.
                number * _SPAN + np.concatenate([nothing, before + _MARGIN]),
                np.concatenate([nothing, begin - before[:-1], NEVER - before[-1:]]),
            )  # fmt: skip
            for part, values in zip(parts, made, strict=True):
                part.append(values)
        return cls(np.array(total, dtype=np.int64), *(np.concatenate(part) for part in parts))

    def worked(self, calendar: Places, instant: Places) -> Places:
        """Seconds worked up to each instant; none before 0."""
        at = np.minimum(np.maximum(instant, 0), _MARGIN)
        place = np.searchsorted(self._begin_key, calendar * _SPAN + at, side="right") - 1
        found: Places = self._before[place] + np.minimum(at - self._begin[place], self._length[place])
        return found

    def begin(self, calendar: Places, worked: Places) -> Places:
        """The latest instant at which no more is worked: where work goes on."""
        at = np.minimum(np.maximum(worked, -_MARGIN), _MARGIN)
        place = np.searchsorted(self._worked_key, calendar * _SPAN + _MARGIN + at, side="right") - 1
        found: Places = self._offset[place] + at
        return found

    def end(self, calendar: Places, worked: Places) -> Places:
        """The earliest instant at which so much is worked: where the work before it ends."""
        return self.begin(calendar, worked - 1) + 1
