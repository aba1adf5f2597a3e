"""What can be wrong with a schedule by the 14 points, planted in one that has nothing wrong: found by its points."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, Protocol

from pmo_analytics.synthetic.audit_portfolio import STATUS, WORK_DAY, before

Found = set[tuple[str, str, str | None]]
Rows = list[dict[str, Any]]


class Holder(Protocol):
    """A portfolio by its rows."""

    rows: dict[str, Rows]


def _planted(change: Callable[[Rows, Rows, Random], None], *points: int) -> Callable[[Holder, str, Random], Found]:
    """A change of the open tasks and of the links to them, and the points that it makes fail."""

    def plant(portfolio: Holder, project: str, draw: Random) -> Found:
        schedule = f"S-{project}"
        tasks = [row for row in portfolio.rows["schedule_activity"] if row["schedule_id"] == schedule]
        links = [row for row in portfolio.rows["schedule_tie"] if row["schedule_id"] == schedule]
        change(tasks, links, draw)
        gone = [row for row in links if row.pop("is_gone", False)]
        portfolio.rows["schedule_tie"] = [
            row for row in portfolio.rows["schedule_tie"] if not any(row is each for each in gone)
        ]
        return {(project, f"DCMA-{point:02d}", schedule) for point in points}

    return plant


def _open(tasks: Rows) -> Rows:
    return [row for row in tasks if row["state"] == "to_do"]


def _some(rows: Rows, share: float, draw: Random) -> Rows:
    """More than a share of rows, of those that are open."""
    return draw.sample(rows, int(len(rows) * share) + 2)


def _loose_ends(_: Rows, links: Rows, draw: Random) -> None:
    for name in draw.sample([f"X{number}" for number in range(6)], 4):
        for row in links:
            if name in {row["predecessor_id"], row["successor_id"]}:
                row["is_gone"] = True


def _lead(_: Rows, links: Rows, draw: Random) -> None:
    draw.choice([row for row in links if row["link_state"] == "open"])["lag_seconds"] = -WORK_DAY


def _lags(_: Rows, links: Rows, draw: Random) -> None:
    for row in _some([row for row in links if row["link_state"] == "open"], 0.08, draw):
        row["lag_seconds"] = WORK_DAY


def _relations(_: Rows, links: Rows, draw: Random) -> None:
    for row in links:
        if row["successor_id"].startswith("X") or row["predecessor_id"].startswith("X"):
            row["relation"] = draw.choice(["SS", "FF"])


def _constraints(tasks: Rows, _: Rows, draw: Random) -> None:
    for row in _some(_open(tasks), 0.06, draw):
        row["constraint_type"] = draw.choice(["finish_on", "finish_no_later_than", "mandatory_finish"])
        row["constraint_at"] = row["finish_at"]


def _float(tasks: Rows, _: Rows, draw: Random) -> None:
    for row in _some(_open(tasks), 0.06, draw):
        row["total_float_seconds"] = draw.choice([44.5, 200]) * WORK_DAY


def _negative(tasks: Rows, _: Rows, draw: Random) -> None:
    draw.choice(_open(tasks))["total_float_seconds"] = -draw.choice([0.5, 20]) * WORK_DAY


def _long(tasks: Rows, _: Rows, draw: Random) -> None:
    for row in _some(_open(tasks), 0.06, draw):
        row["duration_seconds"] = row["remaining_duration_seconds"] = draw.choice([44.5, 90]) * WORK_DAY


def _past_start(tasks: Rows, _: Rows, draw: Random) -> None:
    draw.choice(_open(tasks)[1:])["start_at"] = before(draw.choice([1, 30]))


def _missed(tasks: Rows, _: Rows, draw: Random) -> None:
    for row in _some([row for row in tasks if row["state"] == "done"], 0.06, draw):
        row["baseline_finish_at"] = row["actual_finish_at"] - timedelta(days=draw.choice([1, 9]))


def _broken_path(tasks: Rows, links: Rows, _: Random) -> None:
    """The first open task ties what follows by its start alone: its end hangs loose."""
    first = _open(tasks)[0]
    for row in links:
        if row["predecessor_id"] == first["task_id"]:
            row |= {"relation": "SS", "lag_seconds": WORK_DAY / 2}


def _short_path(tasks: Rows, _: Rows, __: Random) -> None:
    days = (max(row["finish_at"] for row in tasks) - STATUS).days
    cap = STATUS + timedelta(days=int(days * 0.8))
    for row in tasks:
        row["baseline_finish_at"] = min(row["baseline_finish_at"], cap)


def _behind(tasks: Rows, _: Rows, draw: Random) -> None:
    for row in _some(_open(tasks), 0.08, draw):
        row["baseline_finish_at"] = before(draw.choice([1, 20]))


SCHEDULE_DEFECTS = {
    "loose ends": _planted(_loose_ends, 1),
    "a lead": _planted(_lead, 2),
    "lags": _planted(_lags, 3),
    "relations": _planted(_relations, 4),
    "hard constraints": _planted(_constraints, 5),
    "high float": _planted(_float, 6),
    "negative float": _planted(_negative, 7),
    "long tasks": _planted(_long, 8),
    "a start in the past": _planted(_past_start, 9),
    "missed tasks": _planted(_missed, 11),
    "a path that breaks": _planted(_broken_path, 12),
    "a short path": _planted(_short_path, 13),
    "behind the baseline": _planted(_behind, 11, 14),
}
