"""The board's order: the worked example, missing scores as ranges, disagreement, and reversals by near copies."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.prioritisation import priority_component, priority_score, rank_chance, rank_turn
from tests.frames import contract_frame

TODAY = pd.Timestamp("2026-01-01")
Scores = dict[tuple[str, str], float]


def criteria(**weights: tuple[float, str]) -> pd.DataFrame:
    rows = [
        {"criterion_id": name, "status_date": TODAY, "name": name, "weight": weight, "direction": direction}
        for name, (weight, direction) in weights.items()
    ]
    return contract_frame("criterion", rows)


def scores(given: Scores, assessor: str = "ann") -> pd.DataFrame:
    rows = [
        {
            "subject_id": subject,
            "criterion_id": criterion,
            "assessor_id": assessor,
            "status_date": TODAY,
            "score": score,
        }
        for (subject, criterion), score in given.items()
    ]
    return contract_frame("criterion_score", rows)


BOARD = criteria(reach=(3, "benefit"), ease=(1, "benefit"))
EXAMPLE: Scores = {("A", "reach"): 10, ("A", "ease"): 2, ("B", "reach"): 0, ("B", "ease"): 6}


def test_the_worked_example() -> None:
    found = priority_score(BOARD, scores(EXAMPLE)).set_index("subject_id")
    assert found["weighted_value"].to_dict() == {"A": 0.75, "B": 0.25}
    assert found["value_rank"].to_list() == [1, 2]
    assert found.loc["A", "net_flow"] == 0.5
    turn = rank_turn(BOARD, scores(EXAMPLE)).iloc[0]
    assert turn["moved_share"] == pytest.approx(0.25)
    assert turn["quality_note"] == "from reach to ease"


def test_components_sum_to_the_value() -> None:
    parts = priority_component(BOARD, scores(EXAMPLE))
    assert parts.groupby("subject_id")["value_part"].sum().to_dict() == {"A": 0.75, "B": 0.25}
    assert parts["criterion_id"].to_list() == ["reach", "ease"] * 2
    assert parts["weight_share"].to_list() == [0.75, 0.25] * 2


def test_a_missing_score_is_a_range_and_no_zero() -> None:
    given = EXAMPLE | {("C", "reach"): 5.0}
    row = priority_score(BOARD, scores(given)).set_index("subject_id").loc["C"]
    assert (row["value_low"], row["value_high"], row["weighted_value"]) == (0.375, 0.625, 0.5)
    assert pd.isna(row["topsis_closeness"])
    assert pd.isna(row["flow_rank"])
    assert row["quality_note"] == "no score under ease"
    assert (
        priority_component(BOARD, scores(given))
        .set_index(["subject_id", "criterion_id"])
        .isna()
        .loc[("C", "ease"), "value_part"]
    )


def test_assessors_are_taken_in_the_mean_and_their_disagreement_is_shown() -> None:
    other = {("A", "reach"): 10, ("A", "ease"): 2, ("B", "reach"): 8, ("B", "ease"): 6}
    both = pd.concat([scores(EXAMPLE), scores(other, "bo")], ignore_index=True)
    found = priority_score(BOARD, both).set_index("subject_id")
    assert found["assessor_count"].to_list() == [2, 2]
    # Both agree on A; B's means are 4 and 6: by one assessor it is at the bottom, by the other above the middle.
    assert found.loc["A", "assessor_spread"] == 0
    assert found.loc["B", "assessor_spread"] > 0.4
    parts = priority_component(BOARD, both).set_index(["subject_id", "criterion_id"])
    assert parts.loc[("B", "reach"), ["score", "score_spread", "assessor_count"]].to_list() == [4, 8, 2]


def test_chances_of_places_are_whole() -> None:
    chances = rank_chance(BOARD, scores(EXAMPLE | {("C", "reach"): 5.0, ("C", "ease"): 4.0}))
    assert chances.groupby("subject_id")["rank_probability"].sum().to_list() == pytest.approx([1, 1, 1])
    assert chances.groupby("rank_place")["rank_probability"].sum().to_list() == pytest.approx([1, 1, 1])
    again = rank_chance(BOARD, scores(EXAMPLE | {("C", "reach"): 5.0, ("C", "ease"): 4.0}))
    pd.testing.assert_frame_equal(chances, again)


def test_a_reversal_by_a_near_copy_is_warned_of() -> None:
    board = criteria(a=(1, "benefit"), b=(1, "benefit"), c=(1, "benefit"))
    # A circle of preferences: A beats B, B beats C and C beats A under two of three criteria.
    circle = {
        ("A", "a"): 3, ("A", "b"): 1, ("A", "c"): 2, ("B", "a"): 2, ("B", "b"): 3, ("B", "c"): 1, ("C", "a"): 1,
        ("C", "b"): 2, ("C", "c"): 3,
    }  # fmt: skip
    assert "PROMETHEE turns when a near copy" in priority_score(board, scores(circle))["quality_note"].iloc[0]
    assert priority_score(BOARD, scores(EXAMPLE))["quality_note"].to_list() == ["", ""]


@pytest.mark.parametrize(
    ("board", "given", "told"),
    [
        (BOARD, {("A", "price"): 3.0}, "criteria that the register does not know"),
        (criteria(reach=(0, "benefit")), {("A", "reach"): 3.0}, "nothing to put in order"),
    ],
)
def test_what_cannot_be_put_in_order_is_said(board: pd.DataFrame, given: Scores, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        priority_score(board, scores(given))
