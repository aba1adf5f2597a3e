"""Shares by objective: the worked example, a tree, what serves nothing, and that the parts make the whole."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.alignment import alignment_concentration, alignment_drift, objective_alignment
from tests.frames import contract_frame, project_row

TODAY = pd.Timestamp("2026-01-01")
NO_COST, NO_HOURS = contract_frame("spend_by_project_month", []), contract_frame("effort_by_person_month", [])


def objectives(**given_objectives: tuple[str | None, float | None]) -> pd.DataFrame:
    rows = [
        {"objective_id": name, "status_date": TODAY, "name": name, "parent_objective_id": parent, "weight": weight}
        for name, (parent, weight) in given_objectives.items()
    ]  # fmt: skip
    return contract_frame("objective", rows)


def contributions(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    columns = ("project_id", "objective_id", "share_pct")
    return contract_frame(
        "contribution", [dict(zip(columns, row, strict=True)) | {"status_date": TODAY} for row in rows]
    )


def projects(**budgets: float) -> pd.DataFrame:
    rows = [project_row(name, budget_at_completion_amount=amount, currency="EUR") for name, amount in budgets.items()]
    return contract_frame("project", rows)


def test_the_worked_example() -> None:
    found = objective_alignment(
        objectives(a=(None, 3), b=(None, 1)), contributions(("P", "a", 50), ("P", "b", 50)), projects(P=100, Q=300),
        NO_COST, NO_HOURS,
    )  # fmt: skip
    assert found["objective_id"].fillna("none").to_list() == ["a", "b", "none"]
    assert found["measure_share"].to_list() == [0.125, 0.125, 0.75]
    assert found["weight_share"].to_list()[:2] == [0.75, 0.25]
    assert found["gap_points"].to_list()[:2] == [-62.5, -12.5]
    known = objectives(a=(None, 1))
    served = contributions(("P", "a", 50), ("Q", "unknown", 100))
    whole = alignment_concentration(known, served, projects(P=100, Q=300), NO_COST, NO_HOURS).iloc[0]
    assert (whole["concentration_index"], whole["unaligned_share"]) == (0.0625 + 0.5625, 0.75)
    assert whole["equal_projects"] == pytest.approx(1.6)


def test_weights_count_among_siblings_and_what_serves_a_child_serves_its_parent() -> None:
    tree = objectives(top=(None, 5), x=("top", 1), y=("top", 3), other=(None, 5))
    found = objective_alignment(tree, contributions(("P", "x", None)), projects(P=80), NO_COST, NO_HOURS)
    rows = found[found["objective_id"].notna()].set_index("objective_id")
    assert rows["weight_share"].to_dict() == {"top": 0.5, "other": 0.5, "y": 0.375, "x": 0.125}
    assert rows["measure_value"].to_dict() == {"top": 80, "other": 0, "y": 0, "x": 80}
    assert rows["is_orphan"].to_dict() == {"top": False, "other": True, "y": True, "x": False}


def test_shares_of_a_project_are_divided_by_their_sum_and_unknown_objectives_serve_nothing() -> None:
    found = objective_alignment(
        objectives(a=(None, None), b=(None, None)),
        contributions(("P", "a", 90), ("P", "b", 90), ("Q", "gone", 100)), projects(P=100, Q=50), NO_COST, NO_HOURS,
    )  # fmt: skip
    assert found["measure_value"].to_list() == [50, 50, 50]
    assert found["weight_share"].to_list()[:2] == [0.5, 0.5]


def test_drift_by_month_sums_to_the_whole() -> None:
    months = [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    hours = contract_frame(
        "effort_by_person_month",
        [
            {"person_id": "ann", "project_id": project, "period_month": month, "duration_seconds": seconds,
             "billable_seconds": 0.0, "entry_count": 1}
            for month, given_hours in zip(months, ((3600.0, 3600.0), (3600.0, 10800.0)), strict=True)
            for project, seconds in zip(("P", None), given_hours, strict=True)
        ],
    )  # fmt: skip
    found = alignment_drift(objectives(a=(None, 1)), contributions(("P", "a", 100)), hours)
    assert found["measure_share"].to_list() == [0.5, 0.5, 0.25, 0.75]


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (objectives(a=("b", 1), b=("a", 1)), "objectives form a circle"),
        (objectives(a=(None, 0), b=(None, 0)), "at the top are all 0"),
    ],
)
def test_what_is_no_tree_is_said(tree: pd.DataFrame, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        objective_alignment(tree, contributions(("P", "a", 100)), projects(P=1), NO_COST, NO_HOURS)


@settings(max_examples=8, deadline=None)
@given(
    budgets=st.lists(st.floats(1, 1e6), min_size=3, max_size=3),
    shares=st.lists(st.floats(0, 100), min_size=6, max_size=6),
)
def test_top_objectives_and_the_unaligned_make_the_whole(budgets: list[float], shares: list[float]) -> None:
    served = contributions(
        *[(f"P{n % 2}", name, share) for n, (name, share) in enumerate(zip("abcabc", shares, strict=True))]
    )
    served = served.drop_duplicates(["project_id", "objective_id"])
    known = projects(**{f"P{n}": each for n, each in enumerate(budgets)})
    found = objective_alignment(objectives(a=(None, 2), b=("a", 1), c=(None, 3)), served, known, NO_COST, NO_HOURS)
    tops = found[found["parent_objective_id"].isna()]
    assert tops["measure_share"].sum() == pytest.approx(1)
    assert found["weight_share"].sum() == pytest.approx(1 + 2 / 5)
