from __future__ import annotations

import pytest

from pmo_analytics.portfolio.project_priorities import project_priority
from tests.frames import contract_frame, project_row

DAY = "2026-06-30"


def test_the_worked_example_a_floor_and_scores_that_weigh_nothing() -> None:
    criterion = contract_frame(
        "criterion",
        [{"criterion_id": "worth", "status_date": DAY, "name": "Worth", "weight": 1.0, "direction": "benefit"}],
    )
    # The ends of the scale are two proposals.
    given = {"A": 75.0, "B": 25.0, "P1": 100.0, "P0": 0.0}
    rows = [
        {"subject_id": name, "criterion_id": "worth", "assessor_id": "x", "status_date": DAY, "score": score}
        for name, score in given.items()
    ]
    projects = contract_frame("project", [project_row("A"), project_row("B"), project_row("C")])
    found = project_priority(criterion, contract_frame("criterion_score", rows), projects)
    assert dict(found.itertuples(index=False, name=None)) == pytest.approx({"A": 1.5, "B": 0.5})
    both = contract_frame("project", [project_row("P1"), project_row("P0")])
    lowest = project_priority(criterion, contract_frame("criterion_score", rows), both)
    assert dict(lowest.itertuples(index=False, name=None)) == pytest.approx({"P1": 1 / 0.55, "P0": 0.1 / 0.55})
    no_weight = criterion.assign(weight=float("nan"))
    assert project_priority(no_weight, contract_frame("criterion_score", rows), projects).empty
    assert project_priority(criterion.iloc[0:0], contract_frame("criterion_score", rows), projects).empty
