"""What a Primavera P6 XER file says of its schedules: tasks, what ties them, and calendars, joined across its tables.

A file is read twice: once for what rows name in other tables, projects,
calendars, work breakdown and codes of tasks; then row by row. Cells stay as they are
written, but that a decimal comma becomes a point in fields of numbers. Percent complete
is reckoned as Primavera shows it, by the type that each task has.

Worked example: a task of 800 hours with 600 remaining whose percent complete
is by duration is 25 % done; by units, 25 done and 75 remaining are 25 % too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pmo_analytics.sources.export import Record, decimal_positions
from pmo_analytics.sources.original import Original
from pmo_analytics.sources.working_times import primavera_calendar
from pmo_analytics.sources.xer import XerRow, xer_rows

TASK, LINK, CALENDAR = "TASK", "TASKPRED", "CALENDAR"
READ = {TASK, LINK, CALENDAR, "PROJECT", "PROJWBS", "SCHEDOPTIONS"}
_SCHEDULE, _STATUS, _CALENDAR_NAME = "project.proj_short_name", "project.last_recalc_date", "calendar.clndr_name"
JOINED = {
    TASK: [
        _SCHEDULE, _STATUS, "wbs.path", _CALENDAR_NAME, "task.start", "task.finish", "baseline.start",
        "baseline.finish", "task.percent_complete", "task.is_milestone", "task.is_critical",
    ],
    LINK: [
        _SCHEDULE, _STATUS, "predecessor.task_code", "successor.task_code", "predecessor.proj_short_name",
        "schedoptions.sched_calendar_on_relationship_lag",
    ],
    CALENDAR: [_SCHEDULE, _STATUS, _CALENDAR_NAME, "calendar.is_default", "clndr_data.exceptions"],
}  # fmt: skip
_NUMERIC = ("_cnt", "_pct", "_qty", "_cost", "_wt")
_COMMA = re.compile(r"-?[0-9]*,[0-9]+")
_OF_A_RESOURCE = "CA_Rsrc"
_START = ("act_start_date", "early_start_date", "restart_date", "target_start_date")
_FINISH = ("act_end_date", "early_end_date", "reend_date", "target_end_date")
_MILESTONES = {"TT_Mile", "TT_FinMile"}
_FOUR_DECIMALS = Decimal("0.0001")

Row = dict[str, str]


@dataclass(frozen=True)
class _Task:
    project: str
    code: str
    planned: tuple[str, str]


@dataclass
class XerTables:
    """The tables of a file: what rows name by number, and the columns of the three that are read.

    `schedules` are the numbers of the projects that have tasks, of all where none has.
    """

    original: Original
    projects: dict[str, Row] = field(default_factory=dict)
    columns: dict[str, dict[tuple[str, int], int]] = field(default_factory=lambda: {table: {} for table in JOINED})
    counts: Counter[str] = field(default_factory=Counter)
    fields_lines: dict[str, int] = field(default_factory=dict)
    schedules: list[str] = field(default_factory=list)
    _calendars: dict[str, Row] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _wbs: dict[str, Row] = field(default_factory=dict)
    _lag_calendars: dict[str, str] = field(default_factory=dict)
    _tasks: dict[str, _Task] = field(default_factory=dict)
    _planned: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _predecessors: Counter[str] = field(default_factory=Counter)
    _is_dated: bool = False

    @classmethod
    def of(cls, original: Original) -> XerTables:
        """Read the file once; SourceError as for `xer_rows`."""
        tables = cls(original)
        for each in xer_rows(original):
            if isinstance(each, XerRow):
                tables.counts[each.table] += 1
                tables._learn(each.table, each.named())
            elif each.table in JOINED:
                tables.fields_lines.setdefault(each.table, each.line)
                tables._place(each.table, each.fields)
        tables._settle()
        return tables

    def headers(self, table: str) -> tuple[str, ...]:
        """The fields of a table as the file has them, then those that are joined."""
        return (*(name for name, _ in self.columns[table]), *self._joined(table))

    def records(self, table: str) -> Iterator[Record]:
        """The rows of a table; a calendar of several schedules comes once for each, counted through the file."""
        number = 1
        for row in xer_rows(self.original):
            if not isinstance(row, XerRow) or row.table != table:
                continue
            named = row.named()
            for joined in self._joins(table, named):
                number += 1
                is_counted = table == CALENDAR and len(self.schedules) > 1
                place, last = (number, number) if is_counted else (row.line, row.last_line)
                yield self._record(row, joined, place, last)

    @property
    def baselines(self) -> int:
        """How many schedules are what another one of the file is measured against."""
        used = {project.get("sum_base_proj_id", "") for project in self.projects.values()}
        return sum(each in used for each in self.schedules)

    @property
    def resource_calendars(self) -> int:
        """How many calendars are those of single resources."""
        return sum(row.get("clndr_type") == _OF_A_RESOURCE for row in self._calendars.values())

    @property
    def links_from_outside(self) -> int:
        """How many links name a predecessor that the file does not hold."""
        return sum(count for task, count in self._predecessors.items() if task not in self._tasks)

    def _learn(self, table: str, row: Row) -> None:
        if table == "PROJECT":
            self.projects[row.get("proj_id", "")] = row
        elif table == CALENDAR:
            self._calendars[row.get("clndr_id", "")] = {k: v for k, v in row.items() if k != "clndr_data"}
        elif table == "PROJWBS":
            self._wbs[row.get("wbs_id", "")] = row
        elif table == "SCHEDOPTIONS":
            told = row.get("sched_calendar_on_relationship_lag", "")
            self._lag_calendars[row.get("proj_id", "")] = told
        elif table == TASK:
            planned = (row.get("target_start_date", ""), row.get("target_end_date", ""))
            self._tasks[row.get("task_id", "")] = _Task(row.get("proj_id", ""), row.get("task_code", ""), planned)
        elif table == LINK:
            self._predecessors[row.get("pred_task_id", "")] += 1

    def _settle(self) -> None:
        self.schedules = list(dict.fromkeys(task.project for task in self._tasks.values()) or self.projects)
        self._is_dated = any(self.projects.get(each, {}).get("last_recalc_date") for each in self.schedules)
        baselines = {project.get("sum_base_proj_id", "") for project in self.projects.values()} - {""}
        self._planned = {(t.project, t.code): t.planned for t in self._tasks.values() if t.project in baselines}
        spoken = Counter(row.get("clndr_name", "") for row in self._calendars.values())
        for number, row in self._calendars.items():
            name = row.get("clndr_name", "")
            is_shared = spoken[name] > 1
            self._names[number] = f"{name} ({number})" if is_shared or not name else name

    def _place(self, table: str, fields: tuple[str, ...]) -> list[int]:
        """Where the cells under these fields stand; a table told in parts has the fields of all."""
        columns, seen, places = self.columns[table], Counter[str](), []
        for name in fields:
            places.append(columns.setdefault((name, seen[name]), len(columns)))
            seen[name] += 1
        return places

    def _joined(self, table: str) -> list[str]:
        """The joined headers; that of a date which no schedule states is left out, so that it can be asked for."""
        return [name for name in JOINED[table] if self._is_dated or name != _STATUS]

    def _record(self, row: XerRow, joined: Row, line: int, last_line: int) -> Record:
        columns = self.columns[row.table]
        cells = [""] * len(columns)
        places = self._place(row.table, row.fields)
        for at, name, cell in zip(places, row.fields, row.cells, strict=False):
            is_comma = name.endswith(_NUMERIC) and _COMMA.fullmatch(cell.strip())
            cells[at] = cell.replace(",", ".") if is_comma else joined.pop(name, cell)
        cells += [joined.get(name, "") for name in self._joined(row.table)]
        # What stands beyond the fields is told of, never dropped.
        cells += row.cells[len(row.fields) :]
        return Record(line, last_line, cells, decimals=decimal_positions(cells))

    def _joins(self, table: str, row: Row) -> Iterator[Row]:
        if table == TASK:
            yield self._of_task(row)
        elif table == LINK:
            yield self._of_link(row)
        elif row.get("clndr_type") != _OF_A_RESOURCE:
            own = row.get("proj_id", "")
            for project in [own] if own in self.projects else self.schedules:
                yield self._of_calendar(row, project)

    def _schedule(self, project: str) -> str:
        return self.projects.get(project, {}).get("proj_short_name") or f"proj_id {project}"

    def _base(self, project: str) -> Row:
        stated = self.projects.get(project, {}).get("last_recalc_date", "")
        return {_SCHEDULE: self._schedule(project), _STATUS: stated}

    def _of_task(self, row: Row) -> Row:
        project = self.projects.get(row.get("proj_id", ""), {})
        baseline = self._planned.get((project.get("sum_base_proj_id", ""), row.get("task_code", "")), ("", ""))
        return {
            **self._base(row.get("proj_id", "")),
            "wbs.path": self._path(row.get("wbs_id", "")),
            _CALENDAR_NAME: self._calendar_name(row.get("clndr_id") or project.get("clndr_id", "")),
            "task.start": next((row[name] for name in _START if row.get(name)), ""),
            "task.finish": next((row[name] for name in _FINISH if row.get(name)), ""),
            "baseline.start": baseline[0],
            "baseline.finish": baseline[1],
            "task.percent_complete": percent_complete(row),
            "task.is_milestone": "Y" if row.get("task_type") in _MILESTONES else "N",
            "task.is_critical": _is_critical(row, project),
        }

    def _of_link(self, row: Row) -> Row:
        """A task of another schedule is told as the schedule and the task, joined by /."""
        own = row.get("proj_id", "")
        successor = self._tasks.get(row.get("task_id", ""))
        number = row.get("pred_task_id", "")
        predecessor = self._tasks.get(number)
        other = predecessor.project if predecessor else row.get("pred_proj_id", "")
        code = predecessor.code if predecessor else number and f"task_id {number}"
        is_outside = other not in {own, ""}
        return {
            **self._base(own),
            "predecessor.task_code": f"{self._schedule(other)}/{code}" if is_outside and code else code,
            "successor.task_code": successor.code if successor else f"task_id {row.get('task_id', '')}",
            "predecessor.proj_short_name": self._schedule(other) if is_outside else "",
            "schedoptions.sched_calendar_on_relationship_lag": self._lag_calendars.get(own, ""),
        }

    def _of_calendar(self, row: Row, project: str) -> Row:
        is_default = self.projects.get(project, {}).get("clndr_id") == row.get("clndr_id")
        joined = {
            **self._base(project),
            _CALENDAR_NAME: self._names.get(row.get("clndr_id", ""), ""),
            "calendar.is_default": "Y" if is_default else "N",
        }
        try:
            week, exceptions = primavera_calendar(row.get("clndr_data", ""))
        except ValueError:
            # The cell as it came is no data, and is rejected.
            return joined
        return {
            **joined,
            "clndr_data": json.dumps(week, sort_keys=True),
            "clndr_data.exceptions": json.dumps(exceptions),
        }

    def _calendar_name(self, number: str) -> str:
        if self._calendars.get(number, {}).get("clndr_type") == _OF_A_RESOURCE:
            return f"calendar {number}"
        return self._names.get(number, f"calendar {number}" if number else "")

    def _path(self, number: str) -> str:
        """The codes from the top of the work breakdown to an element of it."""
        codes: list[str] = []
        seen: set[str] = set()
        while number in self._wbs and number not in seen:
            seen.add(number)
            codes.append(self._wbs[number].get("wbs_short_name", ""))
            number = self._wbs[number].get("parent_wbs_id", "")
        return ".".join(reversed(codes))


def percent_complete(row: Row) -> str:
    """What of a task is done, in percent, by the type of percent complete that it has; empty where that is not told."""
    kind, status = row.get("complete_pct_type"), row.get("status_code")
    if kind == "CP_Phys":
        return row.get("phys_complete_pct", "")
    if status in {"TK_Complete", "TK_NotStart"}:
        return "100" if status == "TK_Complete" else "0"
    if kind == "CP_Drtn":
        remaining, whole = _sum(row, "remain_drtn_hr_cnt"), _sum(row, "target_drtn_hr_cnt")
    elif kind == "CP_Units":
        remaining = _sum(row, "remain_work_qty", "remain_equip_qty")
        done = _sum(row, "act_work_qty", "act_equip_qty")
        whole = None if done is None or remaining is None else done + remaining
    else:
        return ""
    if remaining is None or not whole or whole < 0:
        return ""
    share = min(max(100 * (whole - remaining) / whole, Decimal(0)), Decimal(100))
    return str(share.quantize(_FOUR_DECIMALS))


def _sum(row: Row, *names: str) -> Decimal | None:
    """The sum of what these fields hold; None where one is no number."""
    try:
        numbers = [Decimal(row[name].replace(",", ".")) for name in names if row.get(name)]
    except InvalidOperation:
        return None
    return sum(numbers, Decimal(0)) if numbers and all(number.is_finite() for number in numbers) else None


def _is_critical(row: Row, project: Row) -> str:
    """By the project's own rule: the longest path, or a float of at most its limit; empty where it is not told."""
    if project.get("critical_path_type") == "CT_DrivPath":
        return row.get("driving_path_flag", "")
    spare, limit = _sum(row, "total_float_hr_cnt"), _sum(project, "critical_drtn_hr_cnt")
    if spare is None or limit is None:
        return ""
    return "Y" if spare <= limit else "N"
