"""What is said of stated weights and contributions: the worked example, unknown names, weights that do sum."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.portfolio.alignment_checks import alignment_findings, objective_coverage
from tests.frames import contract_frame, project_row

DAY = pd.Timestamp("2026-01-01")


def objectives(*rows: tuple[str, str | None, float | None]) -> pd.DataFrame:
    return contract_frame(
        "objective",
        [
            {"objective_id": name, "parent_objective_id": parent, "name": name, "weight": weight, "status_date": DAY}
            for name, parent, weight in rows
        ],
    )


def contributions(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    return contract_frame(
        "contribution",
        [
            {"project_id": project, "objective_id": name, "share_pct": share, "status_date": DAY}
            for project, name, share in rows
        ],
    )


PROJECTS = contract_frame("project", [project_row("A"), project_row("B")])


def test_the_worked_example() -> None:
    found = alignment_findings(
        objectives(("X", None, 40), ("Y", None, 50), ("Z", None, None)), contributions(("A", "X", 80), ("A", "Y", 60)),
        PROJECTS,
    )  # fmt: skip
    assert found.to_numpy().tolist() == [
        ["A", "its contributions sum to 140 %: they count in proportion, as 100 %"],
        ["X", "weights of the objectives at the top sum to 90, neither 1 nor 100: only their proportions count"],
        ["Z", "it has no weight, and others beside it have one: it counts as nothing"],
    ]


def test_nothing_is_said_of_what_sums_or_states_nothing() -> None:
    whole = objectives(("X", None, 0.4), ("Y", None, 0.6), ("X1", "X", 30), ("X2", "X", 70), ("Y1", "Y", None))
    assert alignment_findings(whole, contributions(("A", "X1", 100), ("B", "Y", None)), PROJECTS).empty


def test_weights_are_held_together_by_parent() -> None:
    found = alignment_findings(objectives(("X", None, 100), ("X1", "X", 2), ("X2", "X", 3)), contributions(), PROJECTS)
    assert found["subject_id"].to_list() == ["X"]
    assert "under X sum to 5" in found["finding"].iloc[0]


def test_names_of_no_register_are_told() -> None:
    found = alignment_findings(objectives(("X", None, 1)), contributions(("A", "W", 50), ("Q", "X", 100)), PROJECTS)
    assert found["subject_id"].to_list() == ["A", "Q"]
    assert found["finding"].iloc[0].endswith("does not know: W")


def test_an_orphan_is_one_in_every_measure() -> None:
    rows = [
        ("X", "hours", False),
        ("X", "budget", True),
        ("Y", "hours", True),
        ("Y", "budget", True),
        (None, "hours", False),
    ]
    frame = pd.DataFrame(rows, columns=["objective_id", "measure_kind", "is_orphan"])
    assert objective_coverage(frame).iloc[0].to_list() == [2, 1]
    assert objective_coverage(frame.iloc[0:0]).empty
