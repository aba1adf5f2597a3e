from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.knowledge.training_calendar import expiring_certificate, training_calendar
from tests.frames import contract_frame
from tests.knowledge.staff import HOUR, STATUS, asked, day
from tests.knowledge.training import course, done, person, seat, session, short

COURSES = contract_frame("training_course", [course("c", "sql", 2, 3)])


def calendar(*enrolment: dict[str, Any], sessions: Any = None, people: Any = (), away: Any = ()) -> pd.DataFrame:
    made = sessions or [session("s", "c", "2026-07-06", "2026-07-08", seats=2)]
    return training_calendar(
        contract_frame("training_session", made), COURSES, contract_frame("enrolment", enrolment),
        contract_frame("person", people), contract_frame("absence", away), short(("sql", 3, "2026-08-01", 9)),
        status_date=STATUS,
    )  # fmt: skip


def test_the_worked_example() -> None:
    row = calendar(
        seat("s", "ann"), seat("s", "bo"), seat("s", "cy", None), seat("s", "di", "Waiting"),
        seat("s", "eve", "cancelled"), people=[person("cy", left_date=day("2026-07-01"))],
    ).iloc[0]  # fmt: skip
    assert (row["taken_count"], row["free_count"], row["waitlist_count"], row["left_count"]) == (3, -1, 1, 1)
    assert row["quality_note"] == "overbooked by 1; 1 of the seats are of who will have left"
    assert row["is_needed"]


def test_who_waits_can_have_a_free_seat_and_who_is_away_is_told() -> None:
    away = [{"person_id": "ann", "absence_date": day("2026-07-07"), "duration_seconds": HOUR}]
    row = calendar(seat("s", "ann"), seat("s", "bo", "waitlisted"), away=away).iloc[0]
    assert row["quality_note"] == "1 of the seats are of who is away then; 1 who wait can have a seat"


def test_a_session_after_the_last_gap_is_not_needed_and_an_ended_one_is_not_shown() -> None:
    found = calendar(
        sessions=[session("old", "c", "2026-06-01", "2026-06-30"), session("late", "c", "2026-08-03", "2026-08-04"),
                  session("open", "c", None, None, seats=None)],
    ).set_index("session_id")  # fmt: skip
    assert found.index.to_list() == ["late", "open"]
    assert not found["is_needed"].any()
    assert found.loc["open", "quality_note"].startswith("no dates")
    assert pd.isna(found.loc["open", "free_count"])


def certificates(*record: dict[str, Any], people: Any = (), demand: Any = None) -> pd.DataFrame:
    return expiring_certificate(
        contract_frame("training_record", record), COURSES, contract_frame("person", people),
        asked(("A", "sql", 8, 3, "2026-10-01")) if demand is None else demand, status_date=STATUS,
    )  # fmt: skip


def own(who: str, expires: str | None, on: str = "2024-01-10", **values: Any) -> dict[str, Any]:
    return done(who, "c", on, certificate="SQL", expires_on_date=pd.Timestamp(expires), **values)


def test_certificates_that_have_run_out_or_will_within_half_a_year() -> None:
    found = certificates(
        own("ann", "2026-06-29"), own("bo", "2026-06-30"), own("cy", "2026-12-30"), own("di", "2026-12-31"),
        own("eve", None), own("fay", "2026-07-01", outcome="Failed"),
    ).set_index("person_id")  # fmt: skip
    assert found["certificate_state"].to_dict() == {"ann": "expired", "bo": "expiring", "cy": "expiring"}
    assert found["is_demanded"].to_dict() == {"ann": True, "bo": True, "cy": False}


def test_who_renewed_or_left_is_in_nothing() -> None:
    assert certificates(own("ann", "2026-05-01"), own("ann", "2028-05-01", on="2026-04-01")).empty
    assert certificates(own("ann", "2026-05-01"), people=[person("ann", left_date=day("2026-06-01"))]).empty


def test_a_skill_that_nothing_asks_for_any_more_is_not_demanded() -> None:
    past = certificates(own("ann", "2026-05-01"), demand=asked(("A", "sql", 8, 3, "2026-06-01")))
    assert past["is_demanded"].to_list() == [False]
