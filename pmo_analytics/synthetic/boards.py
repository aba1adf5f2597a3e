"""Two teams' Scrum boards: sprints with what was truly committed to, and the way of each item through them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import LAST_DAY, PROJECTS, PlannedProject

SPRINT, STATUS, FLAGGED, RESOLUTION, POINTS = "Sprint", "status", "Flagged", "resolution", "Story point estimate"
TO_DO, IN_PROGRESS, BLOCKED, IN_REVIEW, DONE = "To Do", "In Progress", "Blocked", "In Review", "Done"
IMPEDIMENT, WONT_DO = "Impediment", "Won't Do"
# Nobody works on the boards after this.
LAST_MOMENT = datetime.combine(LAST_DAY, time(18))
_TASKS = (
    "Show the crossing's delay", "Cache the fare table", "Read gauge frames", "Drop repeated readings",
    "Sign the ticket code", "Refund a missed crossing", "Store raw pressure", "Alarm on oil temperature",
    "Translate the checkout", "Sync the seat plan", "Replay a lost hour", "Calibrate the flow meter",
    "Shorten the start screen", "Log in with one code", "Forecast the battery", "Map sensors to engines",
)  # fmt: skip
_WHERE = ("for season guests", "on old phones", "at the pier", "on board", "after midnight", "without network")
_TYPES = ("Story", "Story", "Story", "Task", "Bug")
_POINTS = (1, 2, 3, 3, 5, 8)
_OPENS, _CLOSES = 8, 18


@dataclass(frozen=True)
class Board:
    """A team's board: its Jira project, and the habits of its team.

    `done_share` is the chance that what was committed to is completed,
    `extended` the number of a sprint that took half a week longer, `renamed`
    of one that was given another name while it went on.
    """

    project: PlannedProject
    key: str
    name: str
    number: int
    first_day: date
    days: int
    items: int
    done_share: float
    teams: tuple[str, str]
    extended: int
    renamed: int


def _project(project_id: str) -> PlannedProject:
    return next(project for project in PROJECTS if project.project_id == project_id)


BOARDS = (
    Board(_project("PA-01"), "TAPP", "Tickets", 31, date(2025, 12, 1), 14, 5, 0.82, ("Applications", "Design"), 5, 8),
    Board(_project("FL-01"), "TELE", "Telemetry", 32, date(2025, 11, 24), 21, 6, 0.62, ("Data", "Platform"), 4, 6),
)


@dataclass
class Sprint:
    """One sprint. `committed`, `added`, … hold the keys of items: what was true when it was closed."""

    number: int
    name: str
    old_name: str
    board: Board
    start: datetime
    end: datetime
    renamed_at: datetime
    committed: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    added_completed: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)

    @property
    def is_closed(self) -> bool:
        """Whether it was closed by the last day."""
        return self.end <= LAST_MOMENT

    def name_at(self, moment: datetime) -> str:
        """What it was called."""
        return self.old_name if moment < self.renamed_at else self.name


@dataclass
class BoardItem:
    """One item and everything that was changed of it: moment, field, value before and after; sprints as objects."""

    key: str
    number: int
    issue_type: str
    summary: str
    team: str
    assignee: SimulatedPerson
    created: datetime
    points: int | None
    status: str = TO_DO
    sprints: list[Sprint] = field(default_factory=list)
    flag: str = ""
    resolution: str = ""
    changes: list[tuple[datetime, str, object, object]] = field(default_factory=list)

    def set(self, moment: datetime, name: str, before: object, after: object) -> None:
        """Write a change down."""
        self.changes.append((moment, name, before, after))

    def move(self, moment: datetime, status: str) -> None:
        """Change the status; the resolution follows it."""
        if status == DONE:
            self.resolve(moment, DONE)
        elif self.resolution:
            self.set(moment, RESOLUTION, self.resolution, "")
            self.resolution = ""
        self.set(moment, STATUS, self.status, status)
        self.status = status

    def resolve(self, moment: datetime, resolution: str) -> None:
        """Give it a resolution."""
        self.set(moment, RESOLUTION, self.resolution, resolution)
        self.resolution = resolution

    def put(self, moment: datetime, sprints: list[Sprint]) -> None:
        """Change the sprints that it is in."""
        self.set(moment, SPRINT, list(self.sprints), list(sprints))
        self.sprints = sprints

    def raise_flag(self, moment: datetime, flag: str) -> None:
        """Put the flag up, or take it down with an empty text."""
        self.set(moment, FLAGGED, self.flag, flag)
        self.flag = flag


@dataclass(frozen=True)
class SimulatedBoard:
    """A board with its sprints, the last of which go on or have not begun, and its items."""

    board: Board
    sprints: Sequence[Sprint]
    items: Sequence[BoardItem]


def boards(random: Random, everybody: Sequence[SimulatedPerson]) -> list[SimulatedBoard]:
    """Both boards up to the last day."""
    return [_Run(random, board, everybody).all() for board in BOARDS]


def _sprints(board: Board) -> Iterator[Sprint]:
    """The sprints up to the one after the last day."""
    begin, number, over = board.first_day, 1, datetime.combine(board.first_day - timedelta(days=2), time())
    while True:
        longer = 3 if number == board.extended else 0
        # One that went on for longer is closed before the next begins.
        start = max(datetime.combine(begin, time(10)), over + timedelta(hours=18))
        end = datetime.combine(begin + timedelta(days=board.days - 3 + longer), time(16))
        name = f"{board.name} {number}"
        is_renamed = number == board.renamed
        yield Sprint(
            board.number * 100 + number, f"{name}, winter service" if is_renamed else name, name, board, start, end,
            start + timedelta(days=4) if is_renamed else start - timedelta(days=90),
        )  # fmt: skip
        if start > LAST_MOMENT:
            return
        begin, number, over = begin + timedelta(days=board.days), number + 1, end


class _Run:
    """The life of one board, sprint by sprint."""

    def __init__(self, random: Random, board: Board, everybody: Sequence[SimulatedPerson]) -> None:
        self._random = random
        self._board = board
        self._people = {team: [p for p in everybody if p.team == team] for team in board.teams}
        self._items: list[BoardItem] = []

    def all(self) -> SimulatedBoard:
        """Every sprint and item."""
        found = list(_sprints(self._board))
        left_over: list[BoardItem] = []
        for sprint, following in pairwise(found):
            left_over = self._sprint(sprint, following, left_over)
        return SimulatedBoard(self._board, found, self._items)

    def _sprint(self, sprint: Sprint, following: Sprint, left_over: list[BoardItem]) -> list[BoardItem]:
        """Plan, work and close; what is left over is in the following sprint, or on the backlog."""
        fresh = [
            self._new(sprint.start - timedelta(days=3), sprint.start - timedelta(days=1)) for _ in range(self._size())
        ]
        for item in (each for each in [*left_over, *fresh] if sprint not in each.sprints):
            moment = sprint.start - timedelta(minutes=self._random.randrange(5, 100))
            item.put(moment, [*(each for each in item.sprints if each.is_closed), sprint])
        committed = [*left_over, *fresh]
        sprint.committed |= {item.key for item in committed}
        for item in committed:
            self._committed(item, sprint)
        for _ in range(self._random.choice((0, 1, 1, 2, 3))):
            self._added(sprint)
        rest = [
            item
            for item in self._items
            if sprint in item.sprints and item.status != DONE and item.key not in sprint.cancelled
        ]
        for item in rest:
            if self._random.random() < 0.85:
                item.put(sprint.end + timedelta(seconds=self._random.randrange(3, 50)), [*item.sprints, following])
        return rest

    def _size(self) -> int:
        return max(2, self._board.items + self._random.randrange(-2, 2))

    def _new(self, first: datetime, last: datetime) -> BoardItem:
        (created,) = self._moments(first, last, 1)
        team = self._random.choice(self._board.teams)
        number = len(self._items) + 1
        issue_type = self._random.choice(_TYPES)
        points = self._random.choice(_POINTS) if issue_type == "Story" else None
        summary = f"{self._random.choice(_TASKS)} {self._random.choice(_WHERE)}"
        item = BoardItem(
            f"{self._board.key}-{number}", self._board.number * 1000 + number, issue_type, summary, team,
            self._random.choice(self._people[team]), created, points,
        )  # fmt: skip
        self._items.append(item)
        return item

    def _committed(self, item: BoardItem, sprint: Sprint) -> None:
        """What becomes of an item that the sprint began with."""
        fate = self._random.random()
        if fate < self._board.done_share:
            self._finish(item, sprint, sprint.start)
            sprint.completed.add(item.key)
        elif fate < self._board.done_share + 0.06:
            (moment,) = self._moments(sprint.start, sprint.end, 1)
            item.put(moment, [each for each in item.sprints if each is not sprint])
            sprint.removed.add(item.key)
        elif fate < self._board.done_share + 0.09:
            (moment,) = self._moments(sprint.start, sprint.end, 1)
            item.resolve(moment, WONT_DO)
            item.set(moment, STATUS, item.status, DONE)
            item.status = DONE
            sprint.cancelled.add(item.key)
        else:
            self._begin(item, sprint, sprint.start)

    def _added(self, sprint: Sprint) -> None:
        """An item that comes in while the sprint goes on, made on the spot."""
        item = self._new(sprint.start + timedelta(days=1), sprint.end - timedelta(days=3))
        moment = item.created + timedelta(minutes=self._random.randrange(2, 40))
        item.put(moment, [sprint])
        sprint.added.add(item.key)
        if self._random.random() < 0.6:
            self._finish(item, sprint, moment)
            sprint.added_completed.add(item.key)
        else:
            self._begin(item, sprint, moment)

    def _begin(self, item: BoardItem, sprint: Sprint, first: datetime) -> None:
        """Work that does not come to its end; it may stay flagged, blocked or in review until the next sprint."""
        started, flagged, moved = self._moments(first, sprint.end, 3)
        if item.status == TO_DO and self._random.random() < 0.8:
            item.move(started, IN_PROGRESS)
        if item.status != TO_DO and not item.flag and self._random.random() < 0.25:
            item.raise_flag(flagged, IMPEDIMENT)
        if item.status == IN_PROGRESS and self._random.random() < 0.6:
            item.move(moved, self._random.choice((IN_REVIEW, IN_REVIEW, BLOCKED)))

    def _finish(self, item: BoardItem, sprint: Sprint, first: datetime) -> None:
        """Work from its start, or from where it stood, to done before the sprint ends."""
        moments = iter(self._moments(first, sprint.end, 7))
        if item.status in {TO_DO, BLOCKED}:
            item.move(next(moments), IN_PROGRESS)
        if item.flag:
            item.raise_flag(next(moments), "")
        elif self._random.random() < 0.15:
            item.raise_flag(next(moments), IMPEDIMENT)
            item.raise_flag(next(moments), "")
        elif item.status == IN_PROGRESS and self._random.random() < 0.12:
            item.move(next(moments), BLOCKED)
            item.move(next(moments), IN_PROGRESS)
        if item.status == IN_PROGRESS and self._random.random() < 0.6:
            item.move(next(moments), IN_REVIEW)
        item.move(next(moments), DONE)
        if self._random.random() < 0.05:
            # It comes back once the sprint is over: by its end it was done.
            back, again = self._moments(sprint.end + timedelta(hours=20), sprint.end + timedelta(days=5), 2)
            item.move(back, IN_PROGRESS)
            item.move(again, DONE)

    def _moments(self, first: datetime, last: datetime, count: int) -> list[datetime]:
        """So many moments of working hours between two, in their order."""
        midnight = datetime.combine(first.date(), time())
        begin = int((first - midnight).total_seconds()) // 60 + 1
        end = int((last - midnight).total_seconds()) // 60 - 2
        minutes: list[int] = []
        for day in range((last.date() - first.date()).days + 1):
            if (first.date() + timedelta(days=day)).weekday() < 5:
                opens, closes = (day * 1440 + hour * 60 for hour in (_OPENS, _CLOSES))
                minutes += range(max(opens, begin), min(closes, end))
        picked = sorted(self._random.sample(minutes, count))
        return [midnight + timedelta(minutes=each, seconds=self._random.randrange(60)) for each in picked]
