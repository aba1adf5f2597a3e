from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.knowledge.coaching import coaching_activity, coaching_need, own_mentee
from pmo_analytics.knowledge.skill_matrix import skill_matrix
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, day, levels, persons, skills
from tests.knowledge.test_development_effect import FIVE, effort, items, people

OVERLOAD = ["team", "period_month", "persons", "overloaded_count"]


def needs(
    *,
    ratios: Sequence[float] = (),
    overload: Sequence[tuple[Any, ...]] = (),
    reports: dict[str, str] | None = None,
    returned: Sequence[int] = (),
    members: list[str] = FIVE,
) -> pd.DataFrame:
    """Signs of the team Core, by their names; projects A and B are its."""
    history = items(*[("A", "2026-05-01", ratio) for ratio in ratios])
    status = contract_frame(
        "project_status",
        [{"project_id": p, "status_date": day(on), "state": "active"} for p, on in (reports or {}).items()],
    )  # fmt: skip
    flow = contract_frame(
        "issue_flow",
        [{"issue_key": f"A-{n}", "project_id": "A", "status": "Done", "state": "done", "created_at": day("2026-05-01"),
          "created_on_date": day("2026-05-01"), "finished_on_date": day("2026-05-09"), "return_count": count}
         for n, count in enumerate(returned)],
    )  # fmt: skip
    found = coaching_need(
        history, effort(A="ann", B="bo"), pd.DataFrame(overload, columns=OVERLOAD), status, flow,
        people(Core=members), status_date=STATUS,
    )  # fmt: skip
    return found.set_index("need_sign")


def test_the_worked_example() -> None:
    row = needs(ratios=[2.0] * 9).loc["estimate bias"]
    assert row["sign_value"] == pytest.approx(math.log(2))
    assert (row["sign_low"], row["sign_high"]) == (pytest.approx(math.log(2)), pytest.approx(math.log(2)))
    assert row["is_need"]
    assert row["counted"] == 9


def test_a_small_bias_one_that_may_be_none_and_thin_data_are_no_need() -> None:
    assert not needs(ratios=[1.05] * 9).loc["estimate bias", "is_need"]
    assert not needs(ratios=[0.5, 2.0] * 9).loc["estimate bias", "is_need"]
    thin = needs(ratios=[2.0] * 8).loc["estimate bias"]
    assert not thin["is_need"]
    assert (thin["quality_note"], math.isnan(thin["sign_value"])) == ("thin: 8 items, 9 are needed", True)
    assert needs(ratios=[0.5] * 9).loc["estimate bias", "is_need"]


def test_shares_of_the_last_month_of_late_reports_and_of_returned_work() -> None:
    may, june = pd.Timestamp("2026-05-01"), pd.Timestamp("2026-06-01")
    found = needs(
        overload=[("Core", may, 5, 5), ("Core", june, 5, 1)],
        reports={"A": "2026-05-15", "B": "2026-06-30"}, returned=[1, *[0] * 9],
    )  # fmt: skip
    assert found["sign_value"].drop("estimate bias").to_dict() == {
        "overload": 0.2, "status overdue": 0.5, "returned work": 0.1,
    }  # fmt: skip
    assert found["is_need"].drop("estimate bias").to_dict() == {
        "overload": False, "status overdue": True, "returned work": True,
    }  # fmt: skip


def test_a_team_of_four_has_no_rows() -> None:
    assert needs(ratios=[2.0] * 9, members=FIVE[:4]).empty


def talks(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Person, coach and day."""
    return contract_frame(
        "coaching_session",
        [{"session_id": f"t{n}", "person_id": who, "coach_id": coach, "session_date": day(on),
          "duration_seconds": HOUR} for n, (who, coach, on) in enumerate(rows)],
    )  # fmt: skip


def test_activity_of_fewer_than_five_persons_is_a_count_of_sessions_alone() -> None:
    june = [(who, "coach", "2026-06-03") for who in FIVE]
    found = coaching_activity(
        talks(*june, ("ann", "coach", "2026-05-03"), ("ann", "x", "2026-07-01")), status_date=STATUS
    )
    assert found["session_count"].to_list() == [1, 5]
    assert found["person_count"].isna().to_list() == [True, False]
    assert found["duration_seconds"].fillna(0).to_list() == [0, 5 * HOUR]
    assert found["quality_note"].to_list() == ["fewer than 5 persons: not shown", ""]


PAIRS = contract_frame(
    "mentoring_pair",
    [{"mentor_id": "coach", "mentee_id": "ann", "start_date": day("2026-01-01")},
     {"mentor_id": "coach", "mentee_id": "old", "start_date": day("2025-01-01"), "end_date": day("2026-01-01")},
     {"mentor_id": "other", "mentee_id": "bo", "start_date": day("2026-01-01")}],
)  # fmt: skip
GOALS = contract_frame(
    "development_goal",
    [{"person_id": "ann", "skill_id": "sql", "status_date": STATUS, "target_level": 4, "due_date": day("2026-06-15")},
     {"person_id": "ann", "skill_id": "ux", "status_date": STATUS, "target_level": 2, "due_date": day("2026-08-01")},
     {"person_id": "bo", "skill_id": "ux", "status_date": STATUS, "target_level": 2, "due_date": day("2026-08-01")}],
)  # fmt: skip


def mine(coach: str | None, *rows: tuple[str, str, str], held: int = 3) -> pd.DataFrame:
    matrix = skill_matrix(levels(("ann", "sql", held)), persons("ann", "bo"), skills(), status_date=STATUS)
    return own_mentee(PAIRS, talks(*rows), GOALS, matrix, status_date=STATUS, coach_id=coach)


def test_a_coach_sees_their_own_and_nobody_elses() -> None:
    found = mine("coach", ("ann", "coach", "2026-04-01"), ("ann", "other", "2026-06-29"), ("cy", "coach", "2026-06-20"))
    rows = found.set_index("person_id")
    assert rows.index.to_list() == ["ann", "cy"]
    assert rows["is_mentee"].to_dict() == {"ann": True, "cy": False}
    assert rows.loc["ann", "last_session_date"] == day("2026-04-01")
    assert rows.loc["ann", "coaching_prompt"] == (
        "no session for 90 days; sql at 4 was due on 2026-06-15; ux at 2 is due on 2026-08-01"
    )
    assert mine(None, ("ann", "coach", "2026-04-01")).empty
    assert mine("nobody").empty


def test_a_goal_that_is_reached_is_no_longer_open() -> None:
    row = mine("coach", held=4).iloc[0]
    assert (row["open_goal_count"], row["next_due_date"]) == (1, day("2026-08-01"))
    assert row["coaching_prompt"].startswith("no session in half a year; ux")
