"""Small catalogues, gaps and staff for tests of choosing training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pmo_analytics.contracts.base import checked
from pmo_analytics.knowledge.skill_gap import SkillGap
from pmo_analytics.knowledge.skill_matrix import skill_matrix
from pmo_analytics.knowledge.training_choice import training_choice
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, day, levels, skills

Rows = Sequence[dict[str, Any]]


def short(*rows: tuple[str, int, str, float]) -> pd.DataFrame:
    """Skill, level, month and hours that are short."""
    made = [
        {
            "skill_id": skill, "category": "c", "asked_level": level, "period_month": day(month),
            "demand_seconds": hours * HOUR, "expected_seconds": hours * HOUR, "capacity_seconds": 0.0,
            "person_count": 0, "gap_seconds": hours * HOUR, "is_binding": True, "to_close_seconds": hours * HOUR,
            "quality_note": "",
        }
        for skill, level, month, hours in rows
    ]  # fmt: skip
    return checked(SkillGap, pd.DataFrame(made).reindex(columns=list(SkillGap.to_schema().columns)))


def course(name: str, skill: str, level_from: int | None, level_to: int | None, **values: Any) -> dict[str, Any]:
    row = {"course_id": name, "status_date": STATUS, "name": name, "skill_id": skill, "level_from": level_from}
    return row | {"level_to": level_to, "cost_amount": 900.0, "currency": "EUR", "lead_time_days": 0.0} | values


def session(name: str, of: str, start: str | None, end: str | None, **values: Any) -> dict[str, Any]:
    row = {"session_id": name, "status_date": STATUS, "course_id": of, "start_date": start, "end_date": end}
    made = row | {"seats": 1} | values
    return made | {key: pd.Timestamp(made[key]) for key in ("start_date", "end_date")}


def person(name: str, **values: Any) -> dict[str, Any]:
    return {"person_id": name, "status_date": STATUS, "fte_pct": 100.0} | values


def seat(name: str, who: str, state: str | None = "confirmed") -> dict[str, Any]:
    return {"session_id": name, "person_id": who, "status_date": STATUS, "state": state}


def done(who: str, what: str, on: str, **values: Any) -> dict[str, Any]:
    return {"person_id": who, "course_id": what, "completed_on_date": day(on)} | values


def chosen(
    gaps: pd.DataFrame,
    held: Sequence[tuple[Any, ...]],
    people: Rows,
    courses: Rows,
    sessions: Rows,
    *,
    hours: dict[tuple[str, str], float],
    enrolment: Rows = (),
    record: Rows = (),
    away: Rows = (),
    allocation: Rows = (),
    **options: Any,
) -> pd.DataFrame:
    """The choice; `hours` are those of calendars by person and month."""
    registers = contract_frame("person", people)
    matrix = skill_matrix(levels(*held), registers, skills(), status_date=STATUS)
    calendar = contract_frame(
        "planned_calendar_by_person_month",
        [{"person_id": who, "period_month": day(month), "calendar_seconds": value * HOUR}
         for (who, month), value in hours.items()],
    )  # fmt: skip
    return training_choice(
        gaps, matrix, registers, contract_frame("training_course", courses),
        contract_frame("training_session", sessions), contract_frame("enrolment", enrolment),
        contract_frame("training_record", record), contract_frame("absence", away),
        contract_frame("allocation", allocation), calendar, status_date=STATUS, **options,
    )  # fmt: skip
