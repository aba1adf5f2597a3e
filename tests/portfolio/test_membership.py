from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.membership import members, only, portfolio_names, rows_of
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


def two_projects() -> pd.DataFrame:
    return contract_frame("project", [project_row("A-1"), project_row("B-2")])


def test_one_project_is_found_by_its_identifier_and_the_first_where_none_is_asked_for() -> None:
    assert only(two_projects(), "B-2")["name"].to_list() == ["Project B-2"]
    assert only(two_projects(), None)["project_id"].to_list() == ["A-1"]


def test_a_project_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"(?s)no such project.*did you mean 'B-2'"):
        only(two_projects(), "B-3")


def test_an_empty_register_has_no_project() -> None:
    with pytest.raises(UsageError, match="there is no project"):
        only(two_projects().iloc[0:0], None)
