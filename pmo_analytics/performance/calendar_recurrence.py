"""Days on which an exception of a calendar recurs, by the rules of Microsoft Project.

Rules are kept as the program writes them: `Type` 1 every so many days, 2 a day
of a month each year, 3 such as the last Monday of May, 4 a day of every so many
months, 5 such as the first Friday of every so many months, 6 weekdays of every
so many weeks. `Month` counts from 0, `DaysOfWeek` sums 1 for Sunday to 64 for
Saturday, `MonthItem` is 0 for a day, 1 a weekday, 2 a day of the weekend, and 3
to 9 for Sunday to Saturday; `MonthPosition` is 0 for the first to 4 for the
last. Sources: Microsoft, schema of Project XML, elements of Exception.

Worked example: type 3 with month 4, item 4 and position 4 recurs on the last
Monday of May: on 25 May 2026 and on 31 May 2027.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.schedule_network import Flags

_DAILY, _YEARLY, _YEARLY_PLACED, _MONTHLY, _MONTHLY_PLACED, _WEEKLY = range(1, 7)
_LAST = 4
_FRIDAY = 4


def recurring_days(rule: Mapping[str, str], days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Those of `days`, all days from the first one that the rule holds on, on which it recurs.

    ValueError where the rule is none of the above.
    """
    kind, every = _number(rule, "Type", _DAILY), max(_number(rule, "Period", 1), 1)
    months = days.year * 12 + days.month
    if kind == _DAILY:
        falls = np.arange(len(days)) % every == 0
    elif kind == _WEEKLY:
        bits = _number(rule, "DaysOfWeek", 0)
        # Weeks begin on Sunday.
        from_sunday = (days.day_of_week.to_numpy() + 1) % 7
        week = (np.arange(len(days)) + (from_sunday[0] if len(days) else 0)) // 7
        falls = ((bits >> from_sunday) & 1 == 1) & (week % every == 0)
    elif kind in {_YEARLY, _MONTHLY}:
        falls = days.day.to_numpy() == _number(rule, "MonthDay")
    elif kind in {_YEARLY_PLACED, _MONTHLY_PLACED}:
        falls = _is_placed(days, _number(rule, "MonthItem"), _number(rule, "MonthPosition"))
    else:
        raise ValueError(f"{kind} is no known type of recurrence")
    if kind in {_YEARLY, _YEARLY_PLACED}:
        falls &= days.month.to_numpy() == _number(rule, "Month") + 1
    elif kind in {_MONTHLY, _MONTHLY_PLACED}:
        falls &= (months - (months[0] if len(days) else 0)) % every == 0
    found: pd.DatetimeIndex = days[falls]
    most = _number(rule, "Occurrences", 0)
    return found[:most] if rule.get("EnteredByOccurrences") == "1" and most else found


def _number(rule: Mapping[str, str], name: str, usual: int | None = None) -> int:
    text = rule.get(name, "" if usual is None else str(usual))
    if not (text.isdecimal() and text.isascii() and len(text) < 6):
        raise ValueError(f"{name} is {text[:20]!r}")
    return int(text)


def _is_placed(days: pd.DatetimeIndex, item: int, position: int) -> Flags:
    """Whether each day is the first to fourth or the last of its month among the days that `item` means."""
    weekday = days.day_of_week.to_numpy()
    if item > 9 or position > _LAST:
        raise ValueError(f"{item} in place {position} is no day of a month")
    meant = [np.ones(len(days), dtype=np.bool_), weekday <= _FRIDAY, weekday > _FRIDAY]
    of_item = meant[item] if item < len(meant) else weekday == (item - 4) % 7
    # A span may begin and end within a month: places are counted in whole ones.
    if not len(days):
        return of_item
    whole = pd.date_range(days[0].replace(day=1), days[-1] + pd.offsets.MonthEnd(0))
    if len(whole) > len(days):
        return _is_placed(whole, item, position)[whole.isin(days)]
    month = pd.Series((days.year * 12 + days.month).to_numpy()[of_item])
    groups = month.groupby(month, sort=False)
    place = groups.cumcount(ascending=position != _LAST).to_numpy()
    found = np.zeros(len(days), dtype=np.bool_)
    found[np.flatnonzero(of_item)[place == (0 if position == _LAST else position)]] = True
    return found
