"""Lessons: what is known when, which a project should see and why, what waits, what repeats, how they are used."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.knowledge.lesson_duplicates import lesson_duplicates
from pmo_analytics.knowledge.lesson_texts import lesson_texts
from pmo_analytics.knowledge.lesson_workflow import (
    EARLY_REVIEW,
    LOST_ORIGINAL,
    NO_ADVICE,
    NO_REVIEW_DAY,
    NO_REVIEWER,
    OVERDUE,
    UNKNOWN_STATE,
    WAITING,
    lesson_findings,
    lesson_repository,
    lesson_uses,
)
from pmo_analytics.knowledge.lessons_for_project import lessons_for_project
from pmo_analytics.performance.raid_log import open_risks
from tests.frames import contract_frame, project_row

DAY = pd.Timestamp("2026-06-30")


def lesson(name: str, title: str = "A lesson", **values: Any) -> dict[str, Any]:
    row = {"lesson_id": name, "status_date": pd.Timestamp("2026-05-01"), "title": title, "state": "published",
           "recommendation": "Do it better", "recorded_on_date": pd.Timestamp("2026-03-01"), "reviewer_id": "P1",
           "reviewed_on_date": pd.Timestamp("2026-03-05")}  # fmt: skip
    return row | {name: pd.Timestamp(value) if name.endswith("_date") else value for name, value in values.items()}


def lessons(*rows: dict[str, Any]) -> pd.DataFrame:
    return contract_frame("lesson", rows)


def texts_of(frame: pd.DataFrame, day: pd.Timestamp, **others: pd.DataFrame) -> pd.DataFrame:
    nothing = {name: contract_frame(name, []) for name in ("document", "post_project_review", "project")}
    return lesson_texts(frame, **(nothing | others), status_date=day)


def pushed(frame: pd.DataFrame, *, project: str = "D", risks: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    rows = [
        {"project_id": project, "status_date": DAY, "state": "open", "probability": 0.5} | each for each in risks or []
    ]
    return lessons_for_project(
        frame,
        contract_frame("project", [project_row(project, name="Dock scheduling", methodology="agile")]),
        open_risks(contract_frame("risk", rows), status_date=DAY),
        status_date=DAY,
    )


SUPPLIER = {"risk_id": "R1", "title": "Supplier delivers late", "cost_most_likely_amount": 100.0, "currency": "EUR"}
THREE = (
    lesson("L1", "Agree dates with the supplier"), lesson("L2", "Test radio masts"), lesson("L3", "Name one owner"),
)  # fmt: skip


def test_a_lesson_is_known_from_the_day_it_was_written_down() -> None:
    frame = lessons(
        lesson("L1", status_date="2026-01-01"), lesson("L2", recorded_on_date=None, status_date="2026-05-01")
    )
    assert texts_of(frame, pd.Timestamp("2026-02-28")).empty
    assert texts_of(frame, pd.Timestamp("2026-03-01"))["text_id"].to_list() == ["lesson L1"]
    assert texts_of(frame, DAY)["text_id"].to_list() == ["lesson L1", "lesson L2"]


def test_documents_and_reviews_stand_beside_lessons_with_their_portfolios() -> None:
    document = contract_frame(
        "document",
        [{"document_id": "D1", "status_date": DAY, "project_id": "A", "title": "Case", "artefact_kind": "business case",
          "dated_on_date": pd.Timestamp("2026-01-05"), "text": "why"}],
    )  # fmt: skip
    review = contract_frame(
        "post_project_review",
        [
            {
                "project_id": "A",
                "review_date": pd.Timestamp("2026-06-01"),
                "summary": "It went well",
                "time_outcome": "late",
            }
        ],
    )
    project = contract_frame("project", [project_row("A", portfolio="North")])
    found = texts_of(lessons(), DAY, document=document, post_project_review=review, project=project)
    assert found["text_id"].to_list() == ["document D1", "review A 2026-06-01"]
    assert found["portfolio"].to_list() == ["North", "North"]
    assert found["text"].to_list() == ["why", "It went well\nlate"]


@pytest.mark.parametrize(
    ("repeats", "originals"),
    [
        ({"L2": "L1"}, {"L1": "L1", "L2": "L1", "L3": "L3"}),
        ({"L3": "L2", "L2": "L1"}, {"L1": "L1", "L2": "L1", "L3": "L1"}),
        ({"L1": "L2", "L2": "L1"}, {"L1": "L1", "L2": "L1", "L3": "L3"}),
        ({"L1": "gone"}, {"L1": "L1", "L2": "L2", "L3": "L3"}),
        ({"L1": "L1"}, {"L1": "L1", "L2": "L2", "L3": "L3"}),
    ],
)
def test_a_repetition_counts_as_what_it_repeats(repeats: dict[str, str], originals: dict[str, str]) -> None:
    found = texts_of(lessons(*(lesson(n, duplicate_of_id=repeats.get(n)) for n in ("L1", "L2", "L3"))), DAY)
    told = dict(zip(found["text_id"], found["original_id"], strict=True))
    assert told == {f"lesson {name}": f"lesson {original}" for name, original in originals.items()}


def test_a_project_sees_the_lesson_that_its_risk_asks_for_and_why() -> None:
    found = pushed(lessons(*THREE), risks=[SUPPLIER])
    assert found["lesson_id"].to_list() == ["L1"]
    assert found["reason"].to_list() == ["risk R1: supplier"]
    assert found["matched_terms"].to_list() == ["supplier"]
    # By hand: of three lessons one has the term, in the title, once: idf ln(2.5 / 1.5), weight 3; lengths 6, 6 and 5
    # with their recommendations ("better"): agree dates supplier better, test radio masts better, name owner better.
    assert found["lesson_score"].iloc[0] == pytest.approx(
        0.510826 * 3 * 2.2 / (3 + 1.2 * (0.25 + 0.75 * 4 / (11 / 3))), rel=1e-4
    )


def test_one_word_of_the_profile_brings_no_lesson_but_two_do() -> None:
    found = pushed(lessons(*THREE, lesson("L4", "A dock is no quay"), lesson("L5", "Dock scheduling by tide")))
    assert found["lesson_id"].to_list() == ["L5"]
    assert found["reason"].to_list() == ["profile: scheduling, dock"]


@pytest.mark.parametrize(
    "change",
    [
        {"state": "draft"}, {"state": "In review"}, {"state": "retired"}, {"state": None},
        {"recorded_on_date": "2026-07-01"}, {"status_date": "2026-07-01"}, {"project_id": "D"},
        {"duplicate_of_id": "L3"},
    ],
)  # fmt: skip
def test_what_is_not_published_or_not_known_or_the_projects_own_is_not_shown(change: dict[str, Any]) -> None:
    assert pushed(lessons(lesson("L1", "Agree dates with the supplier", **change), *THREE[1:]), risks=[SUPPLIER]).empty


def test_lessons_known_later_change_nothing() -> None:
    later = lesson("L9", "Supplier delivers late", recorded_on_date="2026-07-01")
    pd.testing.assert_frame_equal(
        pushed(lessons(*THREE), risks=[SUPPLIER]), pushed(lessons(*THREE, later), risks=[SUPPLIER])
    )


def test_five_lessons_at_most_and_the_five_foremost_risks() -> None:
    rows = [lesson(f"L{n:02d}", f"Supplier {n}") for n in range(8)] + [
        lesson(f"M{n:02d}", "Radio masts") for n in range(9)
    ]
    risks = [SUPPLIER | {"cost_most_likely_amount": 1.0}]
    risks += [{"risk_id": f"S{n}", "title": "Budget", "cost_most_likely_amount": 50.0} for n in range(5)]
    assert len(pushed(lessons(*rows), risks=[SUPPLIER])) == 5
    assert pushed(lessons(*rows), risks=risks).empty


def test_the_repository_by_category_and_state() -> None:
    frame = lessons(lesson("L1", category="Supply"), lesson("L2", category="Supply", state=" In Review "), lesson("L3"))
    found = lesson_repository(frame, status_date=DAY)
    assert found.to_numpy().tolist() == [
        ["Supply", "in_review", 1],
        ["Supply", "published", 1],
        ["no category", "published", 1],
    ]


@pytest.mark.parametrize(
    ("change", "findings"),
    [
        ({}, []),
        ({"state": "in review", "recorded_on_date": "2026-05-01"}, [OVERDUE]),
        ({"state": "in review", "recorded_on_date": "2026-05-31", "reviewed_on_date": None}, [WAITING]),
        ({"state": "agreed"}, [UNKNOWN_STATE]),
        ({"reviewer_id": None}, [NO_REVIEWER]),
        ({"reviewed_on_date": None}, [NO_REVIEW_DAY]),
        ({"reviewed_on_date": "2026-02-01"}, [EARLY_REVIEW]),
        ({"recommendation": None}, [NO_ADVICE]),
        ({"duplicate_of_id": "gone"}, [LOST_ORIGINAL]),
    ],
)
def test_what_waits_and_what_is_wrong(change: dict[str, Any], findings: list[str]) -> None:
    values = {"reviewed_on_date": None} if change.get("state") == "in review" else {}
    found = lesson_findings(lessons(lesson("L1", **(values | change))), status_date=DAY)
    assert found["finding"].to_list() == findings


def test_days_in_review_are_counted() -> None:
    found = lesson_findings(
        lessons(lesson("L1", state="in review", recorded_on_date="2026-05-01", reviewed_on_date=None)), status_date=DAY
    )
    assert found["in_review_days"].to_list() == [60.0]


@pytest.mark.parametrize(
    ("states", "findings"),
    [
        (["draft", "in review", "published", "retired"], []),
        (["draft", "published"], ["went from draft to published"]),
        (["in review", "draft", "in review", "published"], []),
        (["published", "draft", "in review", "published"], ["went from published to draft"]),
        (["retired", "published"], ["went from retired to published"]),
    ],
)
def test_a_wrong_step_is_found_in_earlier_rows(states: list[str], findings: list[str]) -> None:
    rows = [lesson("L1", state=state, status_date=f"2026-0{n}-01") for n, state in enumerate(states, start=2)]
    assert lesson_findings(lessons(*rows), status_date=DAY)["finding"].to_list() == findings


def test_uses_are_counted_and_what_nobody_said_is_not_guessed() -> None:
    rows = [("A", "2026-04-01", True, False), ("B", "2026-05-01", None, None), ("C", "2026-05-02", False, True),
            ("D", "2026-07-02", True, None)]  # fmt: skip
    uses = contract_frame(
        "lesson_use",
        [
            {"lesson_id": "L1", "project_id": p, "shown_on_date": pd.Timestamp(day), "applied": a, "recurred": r}
            for p, day, a, r in rows
        ],
    )
    found = lesson_uses(lessons(lesson("L1"), lesson("L2")), uses, status_date=DAY)
    counts = found[["lesson_id", "shown_count", "applied_count", "not_applied_count", "recurred_count"]]
    assert counts.to_numpy().tolist() == [["L1", 3, 1, 1, 1], ["L2", 0, 0, 0, 0]]
    assert found["last_shown_on_date"].iloc[0] == pd.Timestamp("2026-05-02")


def duplicates(*rows: dict[str, Any], uses: int = 0) -> pd.DataFrame:
    shown = [
        {"lesson_id": "L2", "project_id": f"P{n}", "shown_on_date": pd.Timestamp("2026-04-01")} for n in range(uses)
    ]
    return lesson_duplicates(lessons(*rows), contract_frame("lesson_use", shown), status_date=DAY)


EARLY = "Agree delivery dates early with suppliers"


def test_two_lessons_that_say_nearly_the_same() -> None:
    rows = (lesson("L1", EARLY, recommendation=None), lesson("L2", EARLY.replace("early ", ""), recommendation=None))
    found = duplicates(*rows)
    assert found[["kept_id", "folded_id", "similarity", "reason"]].to_numpy().tolist() == [
        ["L1", "L2", 0.8, "its identifier comes first"]
    ]
    assert duplicates(*rows, uses=1)[["kept_id", "reason"]].to_numpy().tolist() == [["L2", "it was shown more often"]]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"state": "draft"}, ["L2", "it is published"]),
        ({"recorded_on_date": "2026-04-01"}, ["L2", "it was written down first"]),
    ],
)
def test_which_of_two_is_kept(change: dict[str, Any], kept: list[str]) -> None:
    found = duplicates(lesson("L1", EARLY, **change), lesson("L2", EARLY))
    assert found[["kept_id", "reason"]].to_numpy().tolist() == [kept]


@pytest.mark.parametrize(
    "change", [{"duplicate_of_id": "L2"}, {"state": "retired"}, {"recorded_on_date": "2026-07-01"}]
)
def test_what_is_marked_retired_or_not_yet_known_is_no_pair(change: dict[str, Any]) -> None:
    assert duplicates(lesson("L1", EARLY, **change), lesson("L2", EARLY)).empty
