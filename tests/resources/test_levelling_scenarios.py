from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.capacity_scenarios import (
    Away,
    Change,
    Contractor,
    FocusChange,
    Hire,
    ProjectChange,
    Scenario,
    Training,
)
from pmo_analytics.resources.levelling_scenarios import StaffFrames, with_scenario
from tests.resources.staff import AUGUST, JULY, SEPTEMBER, STATUS, allocated, asked, available, frame, hours_of, skill

GIVEN = StaffFrames(
    frame("demand", asked("A", "sql", 50), asked("B", "sql", 20)),
    available({(who, month): hours for month in (JULY, AUGUST) for who, hours in (("Ann", 100.0), ("Bo", 60.0))}),
    frame("person_skill", skill("Ann", "sql", 3), skill("Bo", "sql", 3), skill("Bo", "ux", 2)),
    frame("allocation", allocated("Ann", "A", 40), allocated("Bo", "B", 10)),
)
NO_SKILLS = frame("skill")


def changed(*changes: Change) -> StaffFrames:
    return with_scenario(Scenario("x", changes), GIVEN, NO_SKILLS, status_date=STATUS)


def test_who_is_hired_or_bought_has_time_and_the_skill() -> None:
    found = changed(Hire("ux", 2, AUGUST, 4, 50.0), Contractor("sql", 30.0, JULY, SEPTEMBER, 5))
    time = hours_of(found.availability_to_come, "person_id", "period_month", of="available_seconds")
    first, second = (f"hired for ux, 4, 2026-08, {number}" for number in (1, 2))
    assert time == {
        ("Ann", JULY): 100, ("Ann", AUGUST): 100, ("Bo", JULY): 60, ("Bo", AUGUST): 60,
        # Half of what a full month has, the longer one of equals; September is not planned for.
        (first, AUGUST): 50, (second, AUGUST): 50, ("bought of sql, 5", JULY): 30, ("bought of sql, 5", AUGUST): 30,
    }  # fmt: skip
    levels = found.person_skill.set_index("person_id")["level"].to_dict()
    assert (levels[first], levels["bought of sql, 5"]) == (4, 5)
    assert (found.person_skill["assessed_on_date"] <= STATUS).all()


def test_who_is_away_has_no_time() -> None:
    found = changed(Away("sql", 1, AUGUST))
    # Who has the fewest skills goes.
    assert hours_of(found.availability_to_come, "person_id", of="available_seconds") == {"Ann": 100, "Bo": 120}


def test_work_and_allocations_follow_their_project() -> None:
    moved = changed(ProjectChange("A", move_months=1))
    assert hours_of(moved.demand, "project_id", "period_month", of="demand_seconds") == {
        ("A", AUGUST): 50, ("B", JULY): 20,
    }  # fmt: skip
    assert hours_of(moved.allocation, "project_id", "period_month", of="allocated_seconds") == {
        ("A", AUGUST): 40, ("B", JULY): 10,
    }  # fmt: skip
    gone = changed(ProjectChange("A", cancel=True))
    assert gone.demand["project_id"].to_list() == gone.allocation["project_id"].to_list() == ["B"]
    assert GIVEN.allocation["period_month"].to_list() == [JULY, JULY]


@pytest.mark.parametrize(
    "change",
    [FocusChange(2.0, None, None), ProjectChange("A", certainty=0.5), Training("sql", 4, 1, pd.Timestamp(JULY))],
)
def test_what_levelling_does_not_know_is_refused(change: Change) -> None:
    with pytest.raises(UsageError, match="levelling cannot take in a change"):
        changed(change)
