from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.errors import ContractError
from pmo_analytics.resources.plan_findings import plan_findings
from tests.resources.staff import (
    HOUR,
    STATUS,
    allocated,
    asked,
    away,
    booked,
    calendar,
    frame,
    person,
    skill,
)

LEFT = {"left_date": pd.Timestamp("2026-07-15")}


def found(**rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    given = {"person": [person("Ann")], "person_skill": [skill("Ann", "SQL", 3)]} | rows
    frames = {
        name: frame(name, *given.get(name, []))
        for name in ("demand", "person", "person_skill", "skill", "absence", "allocation", "effort_by_person_month")
    }
    frame_of_days = calendar(**({"last": "2026-08-31"} if "short" in rows else {}))
    told = plan_findings(
        frames["demand"], frames["person"], frames["person_skill"], frames["skill"], frame_of_days, frames["absence"],
        frames["allocation"], frames["effort_by_person_month"], status_date=STATUS,
    )  # fmt: skip
    return list(told[["finding", "reason", "remedy"]].itertuples(index=False, name=None))


def reasons(**rows: list[dict[str, Any]]) -> list[str]:
    return [reason for _, reason, _ in found(**rows)]


def test_nothing_is_found_where_all_is_well() -> None:
    assert found(allocation=[allocated("Ann", "A", 184)], demand=[asked("A", "SQL", 999)]) == []


def test_the_worked_example() -> None:
    ((finding, reason, remedy),) = found(allocation=[allocated("Ann", "A", 120), allocated("Ann", "B", 80)])
    assert finding == "over 100 % of FTE"
    assert reason == "Ann is allocated 200 h in 2026-07 and has 184 h, 109 % of them; no more than there is counts"
    assert remedy == "lower the allocations, or correct fte_pct, leave or the calendar"


def test_a_share_of_full_time_above_the_whole_is_no_register() -> None:
    with pytest.raises(ContractError, match="120") as told:
        frame("person", person("Ann", fte_pct=120.0))
    assert "fte_pct" in str(told.value)


def test_absences_that_overlap() -> None:
    twice = [away("Ann", "2026-07-06", 12)]
    assert reasons(absence=twice) == [
        "Ann is away for 12 h on 2026-07-06, a day of 8.0 h: entries overlap; the day counts once"
    ]
    # At half time a whole day's entry is no overlap, and a day that is not worked cannot be one.
    assert found(absence=[away("Ann", "2026-07-06"), away("Ann", "2026-07-05", 24)],
                 person=[person("Ann", fte_pct=50.0)]) == []  # fmt: skip


def test_hours_after_leaving_and_before_joining() -> None:
    gone = person("Ann", left_date=pd.Timestamp("2026-06-15"))
    assert reasons(person=[gone], allocation=[allocated("Ann", "A", 20)]) == [
        "Ann left on 2026-06-15 and has 20 h allocated in 2026-07; they count for nothing here"
    ]
    old = person("Ann", left_date=pd.Timestamp("2026-04-15"))
    assert reasons(person=[old], effort_by_person_month=[booked("Ann", "A", "2026-05")]) == [
        "Ann left on 2026-04-15 and has 1.0 h booked in 2026-05; they count for nothing here"
    ]
    new = person("Ann", joined_date=pd.Timestamp("2026-08-01"))
    assert reasons(person=[new], allocation=[allocated("Ann", "A", 20)]) == [
        "Ann joined on 2026-08-01 and has 20 h allocated in 2026-07; they count for nothing here"
    ]
    # In the month of leaving what is left of it counts: 11 days of July.
    leaves = person("Ann", **LEFT)
    assert reasons(person=[leaves], allocation=[allocated("Ann", "A", 100)]) == [
        "Ann is allocated 100 h in 2026-07 and has 88 h, 114 % of them; no more than there is counts"
    ]


def test_a_skill_that_the_register_does_not_know() -> None:
    known = [{"skill_id": "python", "name": "Python", "status_date": STATUS}]
    rows = found(skill=known, demand=[asked("A", "pyhton", 40)], person_skill=[skill("Ann", "python", 3)])
    assert [finding for finding, _, _ in rows] == ["unknown skill", "a skill nobody has"]
    assert rows[0][1] == "'pyhton' is no skill of the register; demand asks for it"
    assert "is 'python' meant?" in rows[0][2]
    assert rows[1][1] == "40 h of pyhton are asked for and nobody has it"
    held = found(skill=known, person_skill=[skill("Ann", "Pythn", 3)])
    assert [reason for _, reason, _ in held] == ["'Pythn' is no skill of the register; persons have it"]


def test_a_skill_or_level_that_nobody_has() -> None:
    rows = found(demand=[asked("A", "COBOL", 40), asked("A", "SQL", 30, level=5), asked("B", "SQL", 9, level=2)])
    assert [reason for _, reason, _ in rows] == [
        "40 h of COBOL are asked for and nobody has it",
        "SQL is asked for at 5, and 3 is the highest anybody has",
    ]


def test_persons_and_days_that_no_register_knows() -> None:
    rows = reasons(
        person=[person("Ann", calendar_id=None), person("Bob", calendar_id="none"), person("Cid")],
        allocation=[allocated("Dot", "A", 20)], short=[],
    )  # fmt: skip
    assert rows == [
        "Dot is in no register of persons: no time of theirs is known",
        "Ann counts for nothing: no calendar is named",
        "Bob counts for nothing: the calendar 'none' has no days",
        "the calendar 'all' ends on 2026-08-31: 1 person of it has no time known after it",
    ]


def test_what_is_over_says_by_how_much() -> None:
    given = [frame(name) for name in ("demand", "person_skill", "skill", "absence", "effort_by_person_month")]
    demand, person_skill, skills, absence, effort = given
    told = plan_findings(
        demand, frame("person", person("Ann")), person_skill, skills, calendar(), absence,
        frame("allocation", allocated("Ann", "A", 200)), effort, status_date=STATUS,
    )  # fmt: skip
    assert told["found_seconds"].to_list() == [16 * HOUR]
