from __future__ import annotations

import pandas as pd

from pmo_analytics.portfolio.membership import members, portfolio_names, rows_of
from tests.frames import contract_frame, project_row

PROJECTS = [project_row("A", portfolio="North"), project_row("B", portfolio="South"), project_row("C")]


def test_members_are_those_of_the_portfolio_and_all_without_one() -> None:
    project = contract_frame("project", PROJECTS)
    assert members(project, "North")["project_id"].to_list() == ["A"]
    assert members(project, None)["project_id"].to_list() == ["A", "B", "C"]
    assert members(project, "north").empty
    assert portfolio_names(project) == ["North", "South"]


def test_rows_of_keeps_order_and_leaves_out_unmapped() -> None:
    project = contract_frame("project", PROJECTS[:2])
    frame = pd.DataFrame({"project_id": ["B", None, "A", "C", "B"], "n": [1, 2, 3, 4, 5]})
    assert rows_of(frame, project)["n"].to_list() == [1, 3, 5]
