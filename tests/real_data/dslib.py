"""Projects of the OR&S library as their workbooks state them: the plan by task, and what each tracking sheet says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from pmo_analytics.forecasting.working_time import WorkingTime
from pmo_analytics.performance.task_plan import TaskPlan

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_AFTER = timedelta(days=400)


@dataclass(frozen=True)
class TrackedProject:
    """One workbook: its working time, its plan, and one row per tracking period by the sheet's own headings."""

    name: str
    working_time: WorkingTime
    plan: TaskPlan
    periods: pd.DataFrame

    @property
    def now(self) -> list[float]:
        """Working time of each status date."""
        return [self.working_time.position(when) for when in self.periods["Status date"]]

    @property
    def stated_schedule(self) -> list[float]:
        """Working time of each stated earned schedule."""
        return [self.working_time.position(when) for when in self.periods["Earned Schedule (ES)"]]


def _rows(book: Any, sheet: str) -> list[tuple[Any, ...]]:
    return list(book[sheet].iter_rows(values_only=True))


def _leaves(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    codes = [str(row[2]) for row in rows]
    parents = {code.rpartition(".")[0] for code in codes}
    return [row for row in rows if str(row[2]) not in parents and row[5] is not None]


def tracked_project(path: Path) -> TrackedProject:
    """Read one workbook of the library."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    overview = _rows(book, "Tracking Overview")
    periods = [row for row in overview[2:] if row[0] is not None]
    headings = [
        f"{name}" if overview[1].index(name) == place else f"{name} {place}" for place, name in enumerate(overview[1])
    ]
    tasks = _leaves([row for row in _rows(book, "Baseline Schedule")[2:] if row[0] is not None])
    agenda = _rows(book, "Agenda")[1:]
    begin, end = min(row[5] for row in tasks), max([row[6] for row in tasks] + [row[2] for row in periods])
    worked = WorkingTime(
        first=begin.date(),
        last=(end + _AFTER).date(),
        weekdays={_DAYS.index(row[3]) for row in agenda if row[4] == "Yes"},
        hours={int(row[0].partition(":")[0]) for row in agenda if row[1] == "Yes"},
        days_off={row[6].date() for row in agenda if isinstance(row[6], datetime)},
    )
    total, fixed = (np.array([float(row[column] or 0) for row in tasks]) for column in (13, 10))
    plan = TaskPlan(
        begin=np.array([worked.position(row[5]) for row in tasks]),
        end=np.array([worked.position(row[6]) for row in tasks]),
        fixed=fixed,
        spread=np.maximum(total - fixed, 0.0),
    )
    return TrackedProject(path.stem, worked, plan, pd.DataFrame(periods, columns=headings))


def earned_frame(projects: list[TrackedProject]) -> pd.DataFrame:
    """Every tracking period as a row of `EarnedValue`, times in working hours where a month is meant."""
    frames = []
    for project in projects:
        periods = project.periods
        now, es = np.array(project.now), np.array(project.stated_schedule)
        frames.append(
            pd.DataFrame(
                {
                    "project_id": project.name,
                    "period_month": pd.to_datetime(periods["Status date"]).dt.normalize(),
                    "status_date": pd.to_datetime(periods["Status date"]).dt.normalize(),
                    "currency": "EUR",
                    "budget_at_completion_amount": project.plan.budget,
                    "planned_value_amount": periods["Planned Value (PV)"].astype(float),
                    "earned_value_amount": periods["Earned Value (EV)"].astype(float),
                    "actual_cost_amount": periods["Actual Cost (AC)"].astype(float),
                    "earned_schedule_months": es,
                    "actual_time_months": now,
                    "planned_duration_months": project.plan.duration,
                    "time_schedule_performance_index": es / now,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
