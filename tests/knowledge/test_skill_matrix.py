from __future__ import annotations

import pandas as pd

from pmo_analytics.knowledge.skill_matrix import skill_matrix
from tests.knowledge.staff import STATUS, levels, persons, skills


def matrix(rows: pd.DataFrame, *names: str, **values: object) -> pd.DataFrame:
    return skill_matrix(rows, persons(*names, **values), skills(sql="specialised software"), status_date=STATUS)


def test_the_worked_example() -> None:
    rows = levels(("ann", "sql", 5, "2026-05-01", "self"), ("ann", "sql", 3, "2025-01-01", "Manager"))
    found = matrix(rows, "ann").iloc[0]
    assert (found["level"], found["self_level"], found["assessment_age_days"]) == (3, 5, 545)
    assert found["is_stale"]
    assert found["quality_note"] == "stale"
    assert found["category"] == "specialised software"


def test_an_examiner_counts_before_a_manager_and_a_peer_before_the_person() -> None:
    rows = levels(
        ("ann", "sql", 2, "2026-01-01", "examiner"), ("ann", "sql", 4, "2026-05-01", "manager"),
        ("bo", "sql", 5, "2026-05-01", "self"), ("bo", "sql", 1, "2026-01-01", "peer"),
        ("cy", "sql", 6, "2026-05-01", "self"), ("di", "sql", 3, "2026-05-01", None),
    )  # fmt: skip
    found = matrix(rows, "ann", "bo", "cy", "di").set_index("person_id")
    assert found["level"].to_dict() == {"ann": 2, "bo": 1, "cy": 6, "di": 3}
    assert found.loc["cy", "quality_note"] == "the person's own word alone"
    assert found.loc["di", "quality_note"] == "who assessed it is not known"


def test_of_one_kind_the_last_assessment_by_the_date_counts() -> None:
    rows = levels(("ann", "sql", 2, "2026-01-01"), ("ann", "sql", 4, "2026-05-01"), ("ann", "sql", 7, "2026-07-01"))
    assert matrix(rows, "ann")["level"].to_list() == [4]


def test_who_has_left_is_in_nothing_and_a_skill_without_a_register_has_no_category() -> None:
    left = matrix(levels(("ann", "sql", 4)), "ann", left_date=pd.Timestamp("2026-06-29"))
    assert left.empty
    last_day = matrix(levels(("ann", "java", 4)), "ann", left_date=STATUS)
    assert last_day["category"].to_list() == ["no category"]
