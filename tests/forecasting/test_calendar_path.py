"""The critical path by each task's own calendar, against a reference that counts second by second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from pmo_analytics.forecasting.calendar_path import CalendarPath, calendar_path
from pmo_analytics.forecasting.calendar_steps import CalendarSteps
from pmo_analytics.forecasting.critical_path import critical_path
from pmo_analytics.forecasting.schedule_network import RELATIONS, ScheduleNetwork, schedule_network

# A day of 24 units in place of seconds: what is counted is small enough to be counted one by one.
LENGTH = 400
Tie = tuple[int, int, str, int, int]


@dataclass(frozen=True)
class Case:
    """Tasks of so many units with a calendar and an instant not to begin before; ties with a lag and its calendar.

    Calendar 0 is round the clock; a calendar says of each unit whether it is worked.
    """

    tasks: list[tuple[int, int, int]]
    ties: list[Tie]
    calendars: list[list[bool]]

    @property
    def network(self) -> ScheduleNetwork:
        before, after, relations, lags, _ = zip(*self.ties, strict=True) if self.ties else ((), (), (), (), ())
        return schedule_network(range(len(self.tasks)), before, after, relations, np.array(lags, dtype=float))

    def path(self) -> CalendarPath:
        steps = CalendarSteps.of([spans(each) for each in self.calendars])
        seconds, calendar, not_before = np.array(self.tasks, dtype=np.int64).reshape(-1, 3).T
        network = self.network
        lag_calendar = np.array([tie[4] for tie in self.ties], dtype=np.int64)[network.links]
        return calendar_path(
            network, seconds, steps, calendar=calendar, lag_calendar=lag_calendar, not_before=not_before
        )


def spans(worked: list[bool]) -> tuple[Any, Any]:
    change = np.diff(np.array([False, *worked, False]).astype(np.int64))
    return np.flatnonzero(change == 1), np.flatnonzero(change == -1)


def moved(worked: list[bool], at: int, lag: int) -> int:
    """The instant that so many worked units lead to, one by one, by no more rest than they must."""
    while lag > 0:
        lag -= worked[at]
        at += 1
    while lag < 0 and at > 0:
        at -= 1
        lag += worked[at]
    return at


def begun(worked: list[bool], at: int) -> int:
    while not worked[at]:
        at += 1
    return at


def count(worked: list[bool], first: int, last: int) -> int:
    return sum(worked[first:last])


class Reference:
    """Tasks one by one, by instants and units alone: no arrays, no sums, no inverse."""

    def __init__(self, case: Case) -> None:
        self.case = case
        clock = [True] * (2 * LENGTH)
        self.worked = [clock, *(each + [False] * LENGTH for each in case.calendars)]

    def span(self, task: int, at: int) -> tuple[int, int]:
        """Start and finish of a task that may begin at an instant."""
        units, calendar, _ = self.case.tasks[task]
        if not units:
            return at, at
        start = begun(self.worked[calendar], at)
        return start, moved(self.worked[calendar], start, units)

    def bound(self, tie: Tie, span: tuple[int, int]) -> int:
        """The instant that the tied end of a successor waits for."""
        _, _, relation, lag, calendar = tie
        return moved(self.worked[calendar], span[relation[0] == "F"], lag)

    def holds(self, tie: Tie, before: tuple[int, int], after: tuple[int, int]) -> bool:
        """Whether a tie is kept; a finish may come before its instant by rest alone."""
        at, (units, calendar, _) = self.bound(tie, before), self.case.tasks[tie[1]]
        if tie[2][1] == "S" or not units:
            return after[0] >= at
        return after[1] >= at or count(self.worked[calendar], after[1], at) == 0

    def earliest(self) -> list[tuple[int, int]]:
        """Each task at the first instant at which all that it waits for is kept."""
        found: list[tuple[int, int]] = []
        for task, (_, _, first) in enumerate(self.case.tasks):
            at = first
            into = [tie for tie in self.case.ties if tie[1] == task]
            while not all(self.holds(tie, found[tie[0]], self.span(task, at)) for tie in into):
                at += 1
            found.append(self.span(task, at))
        return found

    def latest(self, early: list[tuple[int, int]], finish: int) -> tuple[list[int], list[int]]:
        """Total and free float of each task: worked units that it can be put off by."""
        late, totals, free = list(early), [0] * len(early), [0] * len(early)
        for task in reversed(range(len(early))):
            calendar, onward = self.case.tasks[task][1], [tie for tie in self.case.ties if tie[0] == task]
            for after, floats in ((early, free), (late, totals)):
                last = early[task]
                for at in range(early[task][0], finish + 1):
                    span = self.span(task, at)
                    if span[1] > finish or not all(self.holds(tie, span, after[tie[1]]) for tie in onward):
                        break
                    last = span
                floats[task] = count(self.worked[calendar], early[task][0], last[0])
            late[task] = last
        return totals, free


DAY = [8 <= hour < 12 or 13 <= hour < 17 for hour in range(24)]
WEEK = (DAY * 5 + [False] * 48) * 3
WEEKS = [WEEK[:LENGTH], ([*DAY * 4, *[False] * 72] * 3)[:LENGTH], [True] * LENGTH]
NIGHT = ([hour < 6 or hour >= 22 for hour in range(24)] * 17)[:LENGTH]
FIVE, FOUR, CLOCK, NIGHTS = 1, 2, 3, 4
CALENDARS = [*WEEKS, NIGHT]


def case(tasks: list[tuple[int, int]], *ties: Tie, not_before: int = 0) -> Case:
    return Case([(*task, not_before) for task in tasks], list(ties), CALENDARS)


def starts(made: Case) -> list[int]:
    return made.path().earliest_start.tolist()


def test_a_task_of_a_four_day_week_goes_on_on_monday() -> None:
    # 40 hours from Monday 8:00 are done on Friday at 17:00, and by a week of four days on the next Monday.
    path = case([(40, FIVE), (40, FOUR)]).path()
    assert path.earliest_finish.tolist() == [4 * 24 + 17, 7 * 24 + 17]
    assert path.finish == 7 * 24 + 17
    # The float is counted on its own calendar: the hours of the second Monday.
    assert path.total_float.tolist() == [8, 0]


def test_nights_cross_midnight_and_the_clock_never_rests() -> None:
    path = case([(8, NIGHTS), (30, CLOCK)]).path()
    assert path.earliest_start.tolist() == [0, 0]
    assert path.earliest_finish.tolist() == [24, 30]
    assert path.total_float.tolist() == [6, 0]


def test_a_holiday_in_the_middle_is_no_work() -> None:
    off = [worked and not 48 <= at < 72 for at, worked in enumerate(WEEK[:LENGTH])]
    path = Case([(24, 1, 0)], [], [off]).path()
    # Monday, Tuesday and, since Wednesday is off, Thursday.
    assert path.earliest_finish.tolist() == [3 * 24 + 17]


def test_the_worked_example_by_the_successors_calendar_and_the_predecessors() -> None:
    given = [(16, FIVE), (8, CLOCK)]
    assert starts(case(given, (0, 1, "FS", 8, CLOCK)))[1] == 2 * 24 + 1
    assert starts(case(given, (0, 1, "FS", 8, FIVE)))[1] == 2 * 24 + 17


def test_relations_with_a_lag_on_the_successors_calendar_and_round_the_clock() -> None:
    given = [(16, CLOCK), (8, FIVE)]
    found = {
        relation: [starts(case(given, (0, 1, relation, 8, lag)))[1] for lag in (FIVE, 0)]
        for relation in ("FS", "SS", "FF", "SF")
    }
    # The predecessor runs on Monday from 0:00 to 16:00. Of eight hours, one is worked on Monday then and seven on
    # Tuesday until 16:00; round the clock they lead to Tuesday, 0:00.
    assert found["FS"] == [24 + 16, 24 + 8]
    # From Monday 0:00 eight worked hours lead to 17:00 and so to Tuesday; round the clock to 8:00.
    assert found["SS"] == [24 + 8, 8]
    # It is to end on Tuesday at 16:00 at the earliest, and by Tuesday 0:00, which is the end of Monday's work.
    assert found["FF"] == [16, 8]
    # It is to end on Monday at 17:00, and at 8:00: it begins with its calendar.
    assert found["SF"] == [8, 8]


def test_a_negative_lag_leads_back_over_no_more_rest_than_it_must() -> None:
    # The first ends on Tuesday at 17:00; eight hours before are Tuesday 8:00, though Monday 17:00 is as much work.
    assert starts(case([(16, FIVE), (8, CLOCK)], (0, 1, "FS", -8, FIVE)))[1] == 24 + 8
    assert starts(case([(16, FIVE), (8, CLOCK)], (0, 1, "FS", -8, 0)))[1] == 24 + 9


def test_a_milestone_stands_at_the_end_of_what_it_waits_for() -> None:
    path = case([(40, FIVE), (0, FIVE), (8, FIVE)], (0, 1, "FS", 0, FIVE), (1, 2, "FS", 0, FIVE)).path()
    assert path.earliest_start.tolist() == [8, 4 * 24 + 17, 7 * 24 + 8]
    # It may slip over the weekend, in which nothing is worked: no float.
    assert path.latest_start.tolist()[1] == 7 * 24 + 8
    assert path.total_float.tolist() == [0, 0, 0]


def test_a_calendar_that_ends_before_its_tasks_is_told() -> None:
    assert case([(40, FIVE)]).path().is_whole
    assert not case([(4000, FIVE)]).path().is_whole
    assert not Case([(8, 1, 0)], [], [[False] * LENGTH]).path().is_whole


@st.composite
def cases(draw: st.DrawFn) -> Case:
    calendars = [draw(st.lists(st.booleans(), min_size=4, max_size=9).filter(any)) for _ in range(2)]
    tiled = [(each * LENGTH)[:LENGTH] for each in calendars]
    number = st.integers(0, 2)
    tasks = draw(st.lists(st.tuples(st.integers(0, 6), number, st.integers(0, 9)), min_size=1, max_size=6))
    pairs = [(i, j) for j in range(len(tasks)) for i in range(j)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=8, unique=True)) if pairs else []
    ties = [(i, j, draw(st.sampled_from(RELATIONS)), draw(st.integers(-5, 5)), draw(number)) for i, j in chosen]
    return Case(tasks, ties, tiled)


@given(cases())
@example(Case([(3, 1, 0), (2, 2, 0)], [(0, 1, "FS", -1, 1)], [[True, False] * 200, [False, True, True, False] * 100]))
def test_dates_and_floats_are_those_counted_one_by_one(made: Case) -> None:
    path, slow = made.path(), Reference(made)
    early = slow.earliest()
    assert path.is_whole
    assert list(zip(path.earliest_start.tolist(), path.earliest_finish.tolist(), strict=True)) == early
    assert path.finish == max(finish for _, finish in early)
    totals, free = slow.latest(early, path.finish)
    assert path.total_float.tolist() == totals
    assert path.free_float.tolist() == [min(pair) for pair in zip(free, totals, strict=True)]


@given(cases())
def test_on_one_calendar_it_is_the_critical_path_of_one_axis(made: Case) -> None:
    week = [True, True, False] * 134
    alone = Case([(units, 1, at) for units, _, at in made.tasks], [(*tie[:4], 1) for tie in made.ties], [week])
    path = alone.path()
    worked = [sum(week[:at]) for _, _, at in alone.tasks]
    plain = critical_path(alone.network, [units for units, _, _ in alone.tasks], not_before=worked)
    assert [sum(week[:at]) for at in path.earliest_start.tolist()] == plain.earliest_start.tolist()
    assert path.total_float.tolist() == plain.total_float.tolist()
    # A milestone that waits would be moved by rest alone, which the axis does not see.
    has_milestone = any(not units for units, _, _ in alone.tasks)
    assert (path.free_float <= plain.free_float).all()
    assert has_milestone or path.free_float.tolist() == plain.free_float.tolist()
