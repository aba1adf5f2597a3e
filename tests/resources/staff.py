"""A small staff and what is asked of it, for tests of assignment, levelling and re-planning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pmo_analytics.contracts.base import checked
from pmo_analytics.resources.availability import AvailabilityToCome
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
JULY, AUGUST, SEPTEMBER = (pd.Timestamp(f"2026-{month:02d}-01") for month in (7, 8, 9))
HOUR = 3600.0


def calendar(last: str = "2026-12-31", hours: float = 8.0) -> pd.DataFrame:
    """Monday to Friday."""
    days = pd.date_range("2026-01-01", last, freq="B")
    return contract_frame(
        "working_calendar",
        [{"calendar_id": "all", "calendar_date": day, "duration_seconds": hours * HOUR} for day in days],
    )


def person(name: str, **values: Any) -> dict[str, Any]:
    row = {"person_id": name, "status_date": pd.Timestamp("2026-01-01"), "calendar_id": "all", "fte_pct": 100.0}
    return row | values


def skill(name: str, skill_id: str, level: int, day: str = "2026-01-01") -> dict[str, Any]:
    return {"person_id": name, "skill_id": skill_id, "level": level, "assessed_on_date": pd.Timestamp(day)}


def asked(project: str, skill_id: str, hours: float, month: pd.Timestamp = JULY, **values: Any) -> dict[str, Any]:
    """A row of demand."""
    row = {"project_id": project, "skill_id": skill_id, "period_month": month, "demand_seconds": hours * HOUR}
    return row | {"status_date": STATUS} | values


def allocated(name: str, project: str, hours: float, month: pd.Timestamp = JULY) -> dict[str, Any]:
    row = {"person_id": name, "project_id": project, "period_month": month, "allocated_seconds": hours * HOUR}
    return row | {"status_date": STATUS}


def away(name: str, day: str, hours: float = 8.0) -> dict[str, Any]:
    return {"person_id": name, "absence_date": pd.Timestamp(day), "duration_seconds": hours * HOUR}


def booked(name: str, project: str, month: str) -> dict[str, Any]:
    """Time booked: enough to be at work on a project."""
    row = {"person_id": name, "project_id": project, "period_month": pd.Timestamp(month)}
    return row | {"duration_seconds": HOUR, "billable_seconds": 0.0, "entry_count": 1}


def available(hours: dict[tuple[str, pd.Timestamp], float]) -> pd.DataFrame:
    """Availability stated outright, by person and month."""
    rows = [
        {
            "person_id": name, "period_month": month, "calendar_seconds": value * HOUR, "absence_seconds": 0.0,
            "available_seconds": value * HOUR,
        }
        for (name, month), value in hours.items()
    ]  # fmt: skip
    return checked(AvailabilityToCome, pd.DataFrame(rows))


def frame(name: str, *rows: dict[str, Any]) -> pd.DataFrame:
    """A frame of a register or mart from rows."""
    return contract_frame(name, rows)


def priorities(**weights: float) -> pd.DataFrame:
    return pd.DataFrame({"project_id": list(weights), "weight": list(map(float, weights.values()))})


def hours_of(found: pd.DataFrame, *columns: str, of: str = "assigned_seconds") -> dict[Any, float]:
    """Hours by the values of columns, those without a value as None."""
    keys: Sequence[Any] = [tuple(None if pd.isna(v) else v for v in row) for row in found[list(columns)].to_numpy()]
    sums: dict[Any, float] = {}
    for key, seconds in zip(keys, found[of], strict=True):
        name = key[0] if len(key) == 1 else key
        sums[name] = sums.get(name, 0.0) + seconds / HOUR
    return sums
