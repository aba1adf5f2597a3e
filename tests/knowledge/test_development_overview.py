from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.contracts.base import checked
from pmo_analytics.knowledge.development_overview import development_overview
from pmo_analytics.knowledge.mentor_matching import MentorMatch
from pmo_analytics.knowledge.skill_cover import SkillCover
from pmo_analytics.knowledge.training_calendar import ExpiringCertificate
from tests.knowledge.staff import HOUR, STATUS
from tests.knowledge.training import chosen, course, person, session, short


def cover(*rows: tuple[str, int, int, bool]) -> pd.DataFrame:
    """Skill, level, persons and whether it is thin; a thin level is asked for."""
    made = [
        {"skill_id": skill, "category": "c", "level": level, "person_count": count, "stale_count": 0, "self_count": 0,
         "demand_seconds": HOUR * is_thin, "first_month": pd.NaT, "is_thin": is_thin}
        for skill, level, count, is_thin in rows
    ]  # fmt: skip
    return checked(SkillCover, pd.DataFrame(made))


def matches(*states: str) -> pd.DataFrame:
    made = [
        {"mentee_id": f"p{n}", "mentor_id": None if state == "unmatched" else "m", "match_state": state,
         "skill_id": "sql", "target_level": 3, "held_level": 1, "mentor_level": None if state == "unmatched" else 4,
         "fit_marks": 0, "is_proven": True, "reason": "r"} for n, state in enumerate(states)
    ]  # fmt: skip
    return checked(MentorMatch, pd.DataFrame(made).reindex(columns=list(MentorMatch.to_schema().columns)))


def certificates(*rows: tuple[str, bool]) -> pd.DataFrame:
    """State, and whether it is asked for."""
    made = [
        {"person_id": f"p{n}", "course_id": "c", "certificate": "SQL", "skill_id": "sql", "completed_on_date": STATUS,
         "expires_on_date": STATUS, "certificate_state": state, "is_demanded": is_asked}
        for n, (state, is_asked) in enumerate(rows)
    ]  # fmt: skip
    return checked(ExpiringCertificate, pd.DataFrame(made, columns=list(ExpiringCertificate.to_schema().columns)))


def one_seat(**changes: Any) -> pd.DataFrame:
    """Ann goes from 2 to 3 for 900 euros, and closes 40 hours."""
    given: dict[str, Any] = {
        "gaps": short(("sql", 3, "2026-08-01", 40)), "held": [("ann", "sql", 2)], "people": [person("ann")],
        "courses": [course("c23", "sql", 2, 3)], "sessions": [session("s1", "c23", "2026-07-06", "2026-07-08")],
        "hours": {("ann", "2026-08-01"): 160.0},
    }  # fmt: skip
    return chosen(**(given | changes))


THIN = cover(("sql", 3, 1, True), ("sql", 4, 0, True), ("sql", 2, 3, False), ("ux", 1, 2, False))


def test_the_worked_example() -> None:
    row = development_overview(
        THIN, one_seat(), matches("proposed", "unmatched", "kept"),
        certificates(("expired", True), ("expired", False), ("expiring", True)),
    ).iloc[0]  # fmt: skip
    assert row["thin_skill_count"] == 1
    assert (row["closed_seconds"], row["cost_amount"], row["currency"]) == (40 * HOUR, 900, "EUR")
    assert (row["enrolment_count"], row["proposed_count"], row["unmatched_count"]) == (1, 1, 1)
    assert (row["expired_count"], row["expiring_count"]) == (1, 1)
