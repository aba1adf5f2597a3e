"""Working time: instants as hours worked since a start, and back, by weekdays, hours of the day and days off.

Durations and lags of plans are in working time, so that a task of eight hours
that begins on Friday at 16:00 ends on Monday. Source: by the usual definition
of a project calendar (ISO 21511's working time; MS Project and Primavera agree).

Worked example: of Monday to Friday, 8 to 12 and 13 to 17, Friday 16:00 is 39
hours after Monday 8:00, and 40 hours after it is Friday 17:00; 41 hours after
it is Monday 9:00.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class WorkingTime:
    """Hours worked between two days, `first` and `last` among them; instants are naive.

    `weekdays` count from Monday, 0. `hours` are the whole hours of a day that
    are worked, each by its begin. ValueError where nothing is worked.
    """

    first: date
    last: date
    weekdays: Collection[int] = (0, 1, 2, 3, 4)
    hours: Collection[int] = (8, 9, 10, 11, 13, 14, 15, 16)
    days_off: Collection[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not len(self._begins):
            raise ValueError(f"nothing is worked from {self.first} to {self.last}")

    @cached_property
    def _days(self) -> list[date]:
        span = (self.last - self.first).days + 1
        days = (self.first + timedelta(days=place) for place in range(max(span, 0)))
        return [day for day in days if day.weekday() in self.weekdays and day not in self.days_off]

    @cached_property
    def _begins(self) -> NDArray[np.float64]:
        """Hours from the first day's midnight to the begin of each worked hour."""
        days = np.array([(day - self.first).days * 24.0 for day in self._days])
        begins: NDArray[np.float64] = (days[:, None] + np.array(sorted(self.hours), dtype=float)).ravel()
        return begins

    def position(self, instant: datetime) -> float:
        """Hours worked from the first day to `instant`; an instant at rest is at the end of the work before it."""
        hours = (instant - datetime.combine(self.first, time())) / _HOUR
        place = int(np.searchsorted(self._begins, hours, side="right")) - 1
        return 0.0 if place < 0 else place + min(1.0, hours - float(self._begins[place]))

    def positions(self, instants: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """`position` of many instants at once; NaN for those that are missing."""
        hours = (instants - np.datetime64(self.first, "ns")) / np.timedelta64(1, "h")
        places = np.searchsorted(self._begins, hours, side="right") - 1
        within = np.minimum(1.0, hours - self._begins[np.maximum(places, 0)])
        found: NDArray[np.float64] = np.where(np.isnan(hours), np.nan, np.where(places < 0, 0.0, places + within))
        return found

    def instants(self, positions: NDArray[np.float64]) -> NDArray[np.datetime64]:
        """`instant` of many positions at once; ValueError beyond the last day."""
        if len(positions) and not (positions.min() >= 0 and positions.max() <= len(self._begins)):
            raise ValueError(f"{positions.max():g} hours are not worked from {self.first} to {self.last}")
        places = np.maximum(np.ceil(positions - 1e-9).astype(np.int64) - 1, 0)
        hours = self._begins[places] + positions - places
        seconds = np.round(hours * 3600).astype("timedelta64[s]")
        found: NDArray[np.datetime64] = np.datetime64(self.first, "ns") + seconds
        return found

    def instant(self, position: float) -> datetime:
        """When so many hours are worked: the end of an hour rather than the begin of the next.

        ValueError beyond the last day.
        """
        if not 0 <= position <= len(self._begins):
            raise ValueError(f"{position:g} hours are not worked from {self.first} to {self.last}")
        place = max(int(np.ceil(position - 1e-9)) - 1, 0)
        begin = float(self._begins[place])
        return datetime.combine(self.first, time()) + (begin + position - place) * _HOUR
