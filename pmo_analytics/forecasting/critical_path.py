"""Critical path method: earliest and latest dates, floats, and which tasks the finish hangs on.

On a plain axis of working time from 0. A link bounds the start of its successor
from below by the start of its predecessor and a weight: duration + lag for FS,
lag for SS, duration + lag - the successor's duration for FF, lag - the
successor's duration for SF. The earliest starts are the longest paths under
these weights, and no task starts before 0, so that an overlap cannot lead a task
before its project. Sources: Kelley and Walker (1959); PMI, Practice Standard for
Scheduling; GAO-16-89G, best practices 6 and 7.

Worked example: A takes 3 days, then B 2 and C 4 beside each other, then D 1. The
project takes 8 days; A, C and D are critical; B may slip by 2 days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pmo_analytics.errors import UsageError
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.forecasting.schedule_network import Flags, ScheduleNetwork

# What sums in another order may differ by, as a share of the finish: no float.
ROUNDING = 1e-9


@dataclass(frozen=True)
class CriticalPath:
    """Dates of each task in the order of the network, in the unit of its durations, from the project's start at 0.

    `finish`: when the last task ends. `total_float`: how much later than
    `earliest_start` a task may start without moving `finish`. `free_float`: the
    same without moving the earliest date of any successor. `is_critical`: no
    total float; `is_near_critical`: some, at most what was asked for. Floats are
    never below 0.
    """

    finish: float
    earliest_start: Floats
    earliest_finish: Floats
    latest_start: Floats
    latest_finish: Floats
    total_float: Floats
    free_float: Floats
    is_critical: Flags
    is_near_critical: Flags


def critical_path(
    network: ScheduleNetwork,
    durations: ArrayLike,
    *,
    not_before: ArrayLike | None = None,
    near_critical_float: float = 0.0,
) -> CriticalPath:
    """Dates and floats of tasks that take `durations`, one a task and in the order of the network.

    `not_before` gives each task a date that it does not start before, 0 for none.
    UsageError where a duration or such a date is missing or below 0.
    """
    duration = _checked(network, durations, "duration")
    begin = np.zeros(len(duration)) if not_before is None else _checked(network, not_before, "date not to start before")
    before, after = network.predecessor, network.successor
    weight = link_weights(network, duration)
    links = list(zip(before.tolist(), after.tolist(), weight.tolist(), strict=True))
    start = begin.tolist()
    # The links stand in an order in which their predecessor's start is final.
    for i, j, w in links:
        least = start[i] + w
        if least > start[j]:  # noqa: PLR1730 - max() costs a call a link
            start[j] = least
    earliest = np.array(start, dtype=float)
    finish = float((earliest + duration).max(initial=0.0))
    late = (finish - duration).tolist()
    for i, j, w in reversed(links):
        most = late[j] - w
        if most < late[i]:  # noqa: PLR1730
            late[i] = most
    rounding = ROUNDING * max(finish, 1.0)
    total = _floats(np.array(late, dtype=float) - earliest, rounding)
    latest = earliest + total
    free = finish - (earliest + duration)
    np.minimum.at(free, before, earliest[after] - earliest[before] - weight)
    is_critical = total == 0
    return CriticalPath(
        finish,
        earliest,
        earliest + duration,
        latest,
        latest + duration,
        total,
        np.minimum(_floats(free, rounding), total),
        is_critical,
        ~is_critical & (total <= near_critical_float),
    )


def link_weights(network: ScheduleNetwork, duration: Floats) -> Floats:
    """How long after its predecessor's start each link lets its successor start, in the order of the links."""
    given = network.lag + np.where(network.from_finish, duration[network.predecessor], 0.0)
    found: Floats = given - np.where(network.to_finish, duration[network.successor], 0.0)
    return found


def _floats(differences: Floats, rounding: float) -> Floats:
    """Differences that are not below 0 but for rounding, with what is no more than that as 0."""
    return np.where(differences <= rounding, 0.0, differences)


def _checked(network: ScheduleNetwork, values: ArrayLike, what: str) -> Floats:
    found = np.asarray(values, dtype=float)
    if found.shape != (len(network.task_ids),):
        raise UsageError(f"each task needs one {what}", found=found.shape, expected=f"{len(network.task_ids)} of them")
    wrong = ~(np.isfinite(found) & (found >= 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise UsageError(
            f"the {what} of task {network.task_ids[place]} cannot be", found=found[place], expected="0 or more"
        )
    return found
