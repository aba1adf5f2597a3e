"""Supply: time shared out by hand, its identities, and draws of who is there and what reaches projects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.capacity_supply import SkillTime, delivery, equal_loads, shared_time, skill_supply
from pmo_analytics.resources.delivery_factors import ATTRITION, FOCUS, LEAVE, DeliveryFactor
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


def delivered(
    share: float = 1.0,
    *,
    leave: float = 0.0,
    leavers: float = 0.0,
    spread: float = 0.0,
    skills: dict[str, float] | None = None,
) -> pd.DataFrame:
    """Factors that were the same in every month."""
    months = pd.date_range("2025-07-01", periods=12, freq="MS")
    rows: list[tuple[object, ...]] = [(FOCUS, None, month, share, spread, 9.0) for month in months]
    rows += [(FOCUS, skill, month, own, None, 9.0) for skill, own in (skills or {}).items() for month in months]
    rows += [(LEAVE, None, month, leave, spread, 1e9) for month in months]
    rows.append((ATTRITION, None, months[-1], leavers, None, 1e9))
    return pd.DataFrame(rows, columns=list(DeliveryFactor.to_schema().columns))


def supplied(time: SkillTime, factor: pd.DataFrame, place: int = 0, *, draws: int = 4_000) -> np.ndarray:
    """Time of one skill by draw and month."""
    given = delivery(factor, len(time.months), draws=draws, seed=0)
    assert given is not None
    found: np.ndarray = skill_supply(time, place, given)[0].sum(axis=1)
    return found


def one_skill(months: int, persons: float, *skills: str) -> SkillTime:
    names = skills or ("a",)
    seconds = np.zeros((len(names), 8, months))
    seconds[:, 3] = 100.0
    axis = tuple(pd.date_range(JULY, periods=months, freq="MS"))
    return SkillTime(names, axis, seconds, np.full((len(names), months), persons))


def test_draws_without_chance_are_the_product() -> None:
    found = supplied(one_skill(2, 9.0), delivered(0.8, leave=0.25), draws=5)
    assert found == pytest.approx(np.full((5, 2), 60.0), rel=1e-3)


def test_nine_months_of_timesheets_are_needed() -> None:
    factor = delivered()
    assert delivery(factor.iloc[4:], 3, draws=5, seed=0) is None
    assert delivery(factor.iloc[3:], 3, draws=5, seed=0) is not None


def test_who_has_left_stays_away() -> None:
    found = supplied(one_skill(12, 50.0), delivered(leavers=0.03), draws=2_000)
    assert found.mean(axis=0) == pytest.approx(100 * np.exp(-0.03 * (np.arange(12) + 0.5)), rel=0.01)
    assert np.corrcoef(found[:, 5], found[:, 11])[0, 1] > 0.6
    assert (np.diff(found, axis=1) <= 1e-9).all()


def test_few_persons_are_less_certain_than_many() -> None:
    few, many = (supplied(one_skill(1, n), delivered(0.5, leave=0.3, spread=0.2))[:, 0] for n in (4.0, 100.0))
    # Focus 0.5 and leave 0.3 each lie 0.2/√n apart: √((0.7·0.1)² + (0.5·0.1)²) of a hundred hours.
    assert np.std(few) == pytest.approx(100 * np.hypot(0.07, 0.05), rel=0.05)
    assert np.std(many) == pytest.approx(np.std(few) / 5, rel=0.05)
    assert (few.mean(), many.mean()) == pytest.approx((35, 35), rel=0.01)


def test_a_skills_own_focus_goes_before_that_of_all() -> None:
    time = one_skill(1, 9.0, "a", "b")
    factor = delivered(0.8, skills={"b": 0.6})
    assert supplied(time, factor, 0, draws=3) == pytest.approx(np.full((3, 1), 80.0), rel=1e-3)
    assert supplied(time, factor, 1, draws=3) == pytest.approx(np.full((3, 1), 60.0), rel=1e-3)


def test_one_more_person_changes_nobody_elses_luck() -> None:
    factor = delivered(leavers=0.05)
    five, six = (supplied(one_skill(12, n), factor, draws=500) * n for n in (5.0, 6.0))
    more = six - five
    # The sixth is there, or has left.
    assert set(np.unique(more.round(6))) == {0.0, 100.0}
    near = supplied(one_skill(3, 5.0), factor, draws=500) * 5
    assert near == pytest.approx(five[:, :3])
