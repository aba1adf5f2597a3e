from __future__ import annotations

import numpy as np

from pmo_analytics.forecasting.calendar_steps import ELAPSED, NEVER, CalendarSteps
from pmo_analytics.forecasting.schedule_network import Places

STEPS = CalendarSteps.of([(places(8, 20), places(12, 24)) for places in [lambda *n: np.array(n, dtype=np.int64)]])


def numbers(*values: int) -> Places:
    return np.array(values, dtype=np.int64)


def of(calendar: int, values: Places) -> Places:
    return np.full_like(values, calendar)


def test_the_worked_example() -> None:
    at = numbers(0, 8, 10, 12, 15, 20, 22, 24, 90)
    assert STEPS.worked(of(1, at), at).tolist() == [0, 0, 2, 4, 4, 4, 6, 8, 8]
    done = numbers(0, 2, 4, 6)
    assert STEPS.begin(of(1, done), done).tolist() == [8, 10, 20, 22]
    assert STEPS.end(of(1, done[1:]), done[1:]).tolist() == [10, 12, 22]


def test_what_a_calendar_does_not_have_is_never_worked() -> None:
    assert STEPS.total.tolist() == [NEVER, 8]
    assert STEPS.begin(numbers(1), numbers(8)).tolist() == [NEVER]
    assert STEPS.end(numbers(1), numbers(8)).tolist() == [24]


def test_round_the_clock_all_is_worked() -> None:
    at = numbers(0, 5, 1_000_000_000)
    assert STEPS.worked(of(ELAPSED, at), at).tolist() == at.tolist()
    assert STEPS.begin(of(ELAPSED, at), at).tolist() == STEPS.end(of(ELAPSED, at), at).tolist() == at.tolist()


def test_each_value_is_found_in_its_own_calendar() -> None:
    steps = CalendarSteps.of([(numbers(3), numbers(9)), (numbers(), numbers()), (numbers(1, 6), numbers(2, 7))])
    found = steps.worked(numbers(3, 1, 2, 1), numbers(7, 4, 99, -5))
    assert found.tolist() == [2, 1, 0, 0]
    assert steps.begin(numbers(3, 2, 1, 3), numbers(1, 0, -1, -1)).tolist() == [6, NEVER, -1, -1]
