from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.knowledge.development_effect import coaching_effect, training_effect
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, day
from tests.knowledge.training import course, done

TODAY = day("2026-12-31")
FIVE = ["ann", "bo", "cy", "di", "eve"]
OTHER = ["p1", "p2", "p3", "p4", "p5"]
COURSES = contract_frame("training_course", [course("c", "planning", 2, 3)])


def people(**team: list[str]) -> pd.DataFrame:
    return contract_frame(
        "person",
        [{"person_id": who, "status_date": day("2026-01-01"), "fte_pct": 100.0, "team": name}
         for name, members in team.items() for who in members],
    )  # fmt: skip


def effort(**project: str) -> pd.DataFrame:
    """Who did all of a project's work."""
    return contract_frame(
        "effort_by_person_month",
        [{"person_id": who, "project_id": name, "period_month": day("2026-02-01"), "duration_seconds": HOUR,
          "billable_seconds": 0.0, "entry_count": 1} for name, who in project.items()],
    )  # fmt: skip


def items(*rows: tuple[str, str, float], days: int = 5) -> pd.DataFrame:
    """Project, day of the estimate and A/E."""
    return contract_frame(
        "estimate_history",
        [{"item_id": f"i{n}", "project_id": project, "estimate_seconds": HOUR, "actual_seconds": ratio * HOUR,
          "estimated_on_date": day(on), "finished_on_date": day(on) + pd.Timedelta(days=days), "state": "finished",
          "actual_source": "register"} for n, (project, on, ratio) in enumerate(rows)],
    )  # fmt: skip


BEFORE, AFTER = [("A", "2026-02-10", 2.0)] * 10, [("A", "2026-03-10", 1.0)] * 10


def trained(history: pd.DataFrame, *, who: list[str] = FIVE, on: str = "2026-03-01", **options: Any) -> pd.DataFrame:
    return training_effect(
        history, effort(A="ann", B="p1"), contract_frame("training_record", [done(name, "c", on) for name in who]),
        COURSES, people(Core=FIVE, Other=OTHER), status_date=TODAY, **options,
    )  # fmt: skip


def test_the_worked_example() -> None:
    row = trained(items(*BEFORE, *AFTER)).iloc[0]
    assert (row["team"], row["effect_kind"], row["skill_id"], row["person_count"]) == (
        "Core",
        "training",
        "planning",
        5,
    )
    assert row["bias_before"] == pytest.approx(math.log(2))
    assert row["bias_after"] == 0
    assert row["bias_change"] == pytest.approx(-math.log(2))
    assert row["p_value"] < 0.01
    assert row["bias_change_high"] < 0
    assert row["quality_note"] == "no other team to compare with"


def test_what_changed_for_others_too_is_no_effect() -> None:
    other = [("B", on, ratio) for _, on, ratio in (*BEFORE, *AFTER)]
    row = trained(items(*BEFORE, *AFTER, *other)).iloc[0]
    assert row["bias_change"] == pytest.approx(0)
    assert (row["items_control"], row["quality_note"]) == (20, "")
    assert row["p_value"] > 0.5


def test_of_fewer_than_five_nothing_is_shown_and_thin_data_are_refused() -> None:
    few = trained(items(*BEFORE, *AFTER), who=FIVE[:4]).iloc[0]
    assert few["quality_note"] == "fewer than 5 persons: not shown"
    assert few[["person_count", "first_date", "bias_before", "bias_change", "p_value"]].isna().all()
    thin = trained(items(*BEFORE[:8], *AFTER)).iloc[0]
    assert thin["quality_note"].startswith("thin: 8 items before and 10 after")
    assert thin[["bias_before", "bias_after", "bias_change", "p_value"]].isna().all()


def test_a_team_of_four_is_no_group() -> None:
    found = training_effect(
        items(*BEFORE), effort(A="ann"), contract_frame("training_record", [done(w, "c", "2026-03-01") for w in FIVE]),
        COURSES, people(Core=FIVE[:4], Rest=["eve"]), status_date=TODAY,
    )  # fmt: skip
    assert found.empty


def test_work_that_took_long_or_was_estimated_lately_counts_on_neither_side() -> None:
    slow = trained(items(*BEFORE, *AFTER, days=91)).iloc[0]
    assert (slow["items_before"], slow["items_after"]) == (0, 0)
    late = trained(items(*[("A", "2026-09-10", 2.0)] * 10, *[("A", "2026-11-10", 1.0)] * 10), on="2026-10-15").iloc[0]
    assert late["quality_note"].startswith("thin")


def test_courses_over_a_long_time_have_no_before_and_after() -> None:
    record = contract_frame(
        "training_record",
        [done(who, "c", on) for who, on in zip(FIVE, ["2026-03-01"] * 3 + ["2026-06-15"] * 2, strict=True)],
    )  # fmt: skip
    found = training_effect(
        items(*BEFORE, *AFTER), effort(A="ann"), record, COURSES, people(Core=FIVE), status_date=TODAY
    )
    assert found["quality_note"].to_list() == ["over more than 90 days: no before and after"]


def test_coaching_begins_with_the_first_session() -> None:
    talks = contract_frame(
        "coaching_session",
        [{"session_id": f"{who}{n}", "person_id": who, "coach_id": "coach", "session_date": day(on)}
         for who in FIVE for n, on in enumerate(("2026-03-01", "2026-08-01"))],
    )  # fmt: skip
    found = coaching_effect(items(*BEFORE, *AFTER), effort(A="ann"), talks, people(Core=FIVE), status_date=TODAY).iloc[
        0
    ]
    assert (found["effect_kind"], found["items_after"]) == ("coaching", 10)
    assert found["bias_change"] == pytest.approx(-math.log(2))
    assert pd.isna(found["skill_id"])


def test_items_that_come_later_change_nothing() -> None:
    chance = np.random.default_rng(2)
    rows = [(p, on, float(np.exp(chance.normal()))) for p, on, _ in (*BEFORE, *AFTER)]
    later = items(*rows, ("A", "2027-01-05", 9.0))
    pd.testing.assert_frame_equal(trained(items(*rows)), trained(later))
