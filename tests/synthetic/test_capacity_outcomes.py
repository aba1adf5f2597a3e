from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.synthetic.capacity_outcomes import NOW, SKILLS, TO_COME, CapacityOutcomes, capacity_outcomes, months
from tests.frames import contract_frame


@pytest.fixture(scope="module")
def made() -> CapacityOutcomes:
    return capacity_outcomes(7)


def test_a_seed_is_one_organisation(made: CapacityOutcomes) -> None:
    assert capacity_outcomes(7) == made
    assert capacity_outcomes(8) != made


def test_every_table_keeps_its_contract(made: CapacityOutcomes) -> None:
    for name, rows in made.tables.items():
        assert len(contract_frame(name, rows)) == len(rows)


def test_what_came_is_known_of_every_skill_and_month_and_what_is_known_is_past(made: CapacityOutcomes) -> None:
    assert set(made.demand) == {(skill, month) for skill in SKILLS for month in months()[-TO_COME:]}
    assert set(made.supply) <= set(made.demand)
    for name in ("effort_by_person_month", "availability_by_person_month"):
        assert pd.Timestamp(contract_frame(name, made.tables[name])["period_month"].max()) == pd.Timestamp("2026-06-01")
    left = contract_frame("person", made.tables["person"])["left_date"].dropna()
    assert (left <= pd.Timestamp(NOW)).all()


def test_summer_is_short_of_time_and_projects_take_more_than_planned() -> None:
    there = pd.concat(
        [pd.DataFrame(capacity_outcomes(seed).tables["availability_by_person_month"]) for seed in (1, 2, 3)]
    )
    month = pd.to_datetime(there["period_month"]).dt.month
    sums = there.groupby(month)[["absence_seconds", "calendar_seconds"]].sum()
    away = sums["absence_seconds"] / sums["calendar_seconds"]
    assert away.loc[[7, 8]].min() > 2 * away.loc[[3, 5, 10]].max()
    assert away.loc[12] > away.loc[11]
