"""Supply: time shared out by hand, its identities, and the factors between a calendar and projects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.capacity_supply import (
    ATTRITION,
    FOCUS,
    LEAVE,
    SkillTime,
    delivery_factor,
    equal_loads,
    leave_shares,
    shared_time,
    supply_draws,
)
from tests.frames import contract_frame

JULY = pd.Timestamp("2026-07-01")
HOUR = 3600.0


def calendar(*hours: tuple[str, float]) -> pd.DataFrame:
    rows = [{"person_id": who, "period_month": JULY, "calendar_seconds": seconds} for who, seconds in hours]
    return contract_frame("planned_calendar_by_person_month", rows)


def skills(*rows: tuple[str, str, int]) -> pd.DataFrame:
    day = pd.Timestamp("2026-01-01")
    return contract_frame(
        "person_skill",
        [{"person_id": who, "skill_id": skill, "assessed_on_date": day, "level": level} for who, skill, level in rows],
    )


def asked(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"skill_id": skill, "level": level, "period_month": JULY, "expected_seconds": seconds}
            for skill, level, seconds in rows
        ],
        columns=["skill_id", "level", "period_month", "expected_seconds"],
    )


def test_the_worked_example() -> None:
    time = shared_time(
        calendar(("ann", 100), ("bo", 100)),
        skills(("ann", "a", 3), ("ann", "b", 3), ("bo", "b", 3)),
        asked(("a", 0, 60), ("b", 0, 90)),
        (JULY,),
    )
    assert time.skills == ("a", "b")
    assert time.seconds.sum(axis=1)[:, 0] == pytest.approx([80, 120], abs=0.1)
    assert time.persons[:, 0] == pytest.approx([0.8, 1.2], abs=0.001)


def test_a_level_that_is_too_low_serves_no_higher_demand() -> None:
    time = shared_time(
        calendar(("ann", 100), ("bo", 100)),
        skills(("ann", "a", 2), ("ann", "b", 4), ("bo", "a", 4)),
        asked(("a", 4, 80), ("b", 1, 10)),
        (JULY,),
    )
    # Ann cannot do what is asked of a, so all her time goes to b.
    assert time.seconds[0, :, 0].tolist() == [0, 0, 0, 0, 100, 0, 0, 0]
    assert time.seconds[1, 4, 0] == 100


def test_the_last_assessment_counts_and_nobody_stands_for_an_unknown_skill() -> None:
    given_skills = pd.concat([skills(("ann", "a", 2)), skills(("ann", "a", 5)).assign(assessed_on_date=JULY)])
    time = shared_time(calendar(("ann", 100)), given_skills, asked(("a", 0, 1), ("z", 3, 9)), (JULY,))
    assert time.seconds[0, 5, 0] == 100
    assert time.skills == ("a", "z")
    assert (time.seconds[1].sum(), time.persons[1, 0]) == (0, 0)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_time_is_lost_or_made(seed: int) -> None:
    generator = np.random.default_rng(seed)
    people, purposes, pairs = 6, 4, 14
    person = np.sort(np.concatenate([np.arange(people), generator.integers(0, people, pairs - people)]))
    purpose = generator.integers(0, purposes, pairs)
    start = 1.0 / np.bincount(person, minlength=people)[person]
    hours, demand = (
        generator.uniform(50, 160, people),
        generator.uniform(0, 300, purposes) * (generator.random(purposes) < 0.8),
    )
    shares = equal_loads(start, hours, demand, person, purpose)
    assert np.bincount(person, weights=shares) == pytest.approx(np.ones(people))
    assert (shares >= 0).all()


def test_factors_by_hand() -> None:
    months = pd.date_range("2025-07-01", periods=12, freq="MS")
    availability = contract_frame(
        "availability_by_person_month",
        [
            {
                "person_id": "a",
                "period_month": month,
                "calendar_seconds": 160 * HOUR,
                "absence_seconds": 40 * HOUR * (month.month == 8),
                "available_seconds": (160 - 40 * (month.month == 8)) * HOUR,
            }
            for month in months
        ],
    )
    effort = contract_frame(
        "effort_by_person_month",
        [
            {"person_id": who, "project_id": project, "period_month": month, "duration_seconds": hours * HOUR,
             "billable_seconds": 0.0, "entry_count": 1}
            for month in months[:11]
            for who, project, hours in (("a", "P", 80.0), ("a", None, 30.0), ("no calendar", "P", 50.0))
        ],
    )  # fmt: skip
    joined = {"status_date": months[0], "fte_pct": 100.0, "joined_date": pd.Timestamp("2020-01-01")}
    left = {"a": pd.NaT, "b": pd.Timestamp("2025-06-30")}
    person = contract_frame("person", [joined | {"person_id": who, "left_date": day} for who, day in left.items()])
    found = delivery_factor(effort, availability, person, status_date=pd.Timestamp("2026-06-30"))
    focus = found[found["factor_kind"] == FOCUS].set_index("period_month")["factor_share"]
    # Time on unmapped projects, and of persons without a calendar, is not in it; June has no timesheets.
    assert focus.loc["2025-07-01"] == pytest.approx(0.5)
    assert focus.loc["2025-08-01"] == pytest.approx(80 / 120)
    assert len(focus) == 11
    shares = leave_shares(found)
    assert shares[7] == pytest.approx(0.25)
    assert shares[0] == 0
    # One of two left, a year of 24 months each: one in 36 person-months.
    leaving = found[found["factor_kind"] == ATTRITION]["factor_share"].item()
    assert leaving == pytest.approx(1 / 36, rel=0.01)
    assert set(found["factor_kind"]) == {FOCUS, LEAVE, ATTRITION}


def test_draws_without_chance_are_the_product() -> None:
    seconds = np.zeros((1, 8, 2))
    seconds[0, 3] = [100.0, 200.0]
    time = SkillTime(("a",), (JULY, JULY + pd.DateOffset(months=1)), seconds, np.ones((1, 2)))
    leave = np.zeros(12)
    leave[7] = 0.25
    found = supply_draws(time, np.full(12, 0.8), leave, 0.0, np.random.default_rng(0), draws=5)
    assert found[:, 0, 3] == pytest.approx(np.tile([80.0, 120.0], (5, 1)))


def test_who_has_left_stays_away() -> None:
    months = tuple(pd.date_range(JULY, periods=12, freq="MS"))
    seconds = np.zeros((1, 8, 12))
    seconds[0, 0] = 100.0
    time = SkillTime(("a",), months, seconds, np.full((1, 12), 50.0))
    found = supply_draws(time, np.ones(12), np.zeros(12), 0.03, np.random.default_rng(0), draws=2_000)[:, 0, 0]
    assert found.mean(axis=0) == pytest.approx(100 * 0.97 ** np.arange(1, 13), rel=0.01)
    later = np.corrcoef(found[:, 5], found[:, 11])[0, 1]
    assert later > 0.95
