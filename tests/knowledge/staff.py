"""A few persons, what they can do and what is asked, for tests of developing people."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
HOUR = 3600.0


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def persons(*names: str, team: str = "Core", **values: Any) -> pd.DataFrame:
    rows = [{"person_id": name, "status_date": day("2026-01-01"), "fte_pct": 100.0, "team": team} for name in names]
    return contract_frame("person", [row | values for row in rows])


def levels(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Person, skill, level, and where it matters the day and the kind of assessor."""
    keys = ("person_id", "skill_id", "level", "assessed_on_date", "assessor_kind")
    made = [dict(zip(keys, (*row, *("2026-05-01", "manager")[len(row) - 3 :]), strict=True)) for row in rows]
    return contract_frame("person_skill", [row | {"assessed_on_date": day(row["assessed_on_date"])} for row in made])


def skills(**category: str | None) -> pd.DataFrame:
    return contract_frame(
        "skill",
        [{"skill_id": name, "status_date": day("2026-01-01"), "name": name.title(), "category": kind}
         for name, kind in category.items()],
    )  # fmt: skip


def asked(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Project, skill, hours, level, month and certainty."""
    keys = ("project_id", "skill_id", "hours", "level", "period_month", "certainty")
    made = [dict(zip(keys, (*row, *("2026-07-01", 1.0)[len(row) - 4 :]), strict=True)) for row in rows]
    return contract_frame(
        "demand",
        [{**row, "demand_seconds": row["hours"] * HOUR, "period_month": day(row["period_month"]),
          "status_date": STATUS} for row in made],
    )  # fmt: skip
