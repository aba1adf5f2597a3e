"""What a choice comes to: the worked example, ties, hours of what is chosen, and what charts say of it."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.portfolio import selection_charts as charts
from pmo_analytics.portfolio.project_selection import selected_proposals
from pmo_analytics.portfolio.selection_answer import SelectionAnswer, answered, cost_frontier, worths
from pmo_analytics.portfolio.selection_frames import (
    frontier_choices,
    limit_worths,
    selection_loads,
    selection_total,
)
from pmo_analytics.portfolio.selection_setup import SelectionRegisters, prepared
from pmo_analytics.portfolio.selection_terms import SelectionTerms
from tests.frames import contract_frame
from tests.portfolio.test_project_selection import EIGHT, THREE, TODAY, asked, linked, proposed, registers, there
from tests.specs import styles

SKILLS = contract_frame("skill", [{"skill_id": "java", "name": "Java <b>", "status_date": TODAY}])


def answer(terms: SelectionTerms = EIGHT, **rows: list[dict[str, object]]) -> SelectionAnswer:
    return answered(prepared(SelectionRegisters(**registers(**rows)), status_date=TODAY, terms=terms))


def test_the_worked_example() -> None:
    made = answer(proposal=THREE)
    total = selection_total(selected_proposals(made)).iloc[0]
    assert total[["chosen_count", "subject_count", "counted_value", "cost_amount"]].to_list() == [2, 3, 13, 8]
    assert total[["lost_count", "lost_value"]].to_list() == [1, 10]
    line = frontier_choices(cost_frontier(made, points=None))
    assert line[["counted_value", "cost_amount"]].to_numpy().tolist() == [[13, 8], [10, 6], [7, 4], [0, 0]]
    more = limit_worths(worths(made, money=2.0, hours=1.0)).iloc[0]
    assert more[["limit_name", "tried_amount", "least_unit_value", "most_unit_value"]].to_list() == ["2026", 2, 2, 2]


def test_what_ties_add_is_in_the_total_and_half_in_each() -> None:
    made = answer(proposal=THREE, proposal_link=[linked("B", "synergy", "C", 4.0)])
    rows = selected_proposals(made).set_index("subject_id")
    assert rows["tied_value"].to_dict() == {"B": 2, "C": 2, "A": 0}
    assert selection_total(rows.reset_index())["counted_value"].iloc[0] == 17 == made.choice.gain


def test_nothing_proposed_is_nothing_in_all() -> None:
    made = answer()
    assert selection_total(selected_proposals(made)).empty
    assert selection_loads(made).empty
    assert charts.road_map_data(selected_proposals(made)).empty
    assert charts.load_heat_map_data(selection_loads(made), SKILLS).empty
    assert charts.frontier_data(frontier_choices(cost_frontier(made, points=3)), currency="EUR").empty


@pytest.fixture(scope="module")
def busy() -> SelectionAnswer:
    return answer(
        SelectionTerms(),
        proposal=[proposed("A", 10_000, 6_000, duration_months=2), proposed("B", 7_000, 4_000)],
        demand=[asked("A", "2026-07-01", 60), asked("A", "2026-08-01", 30), asked("B", "2026-07-01", 60)],
        capacity_by_skill_month=[there("2026-07-01", 100), there("2026-08-01", 40)],
    )


def test_hours_of_what_is_chosen_stand_beside_those_free(busy: SelectionAnswer) -> None:
    loads = selection_loads(busy)
    java = loads[loads["skill_id"] == "java"].set_index("period_month")
    assert (java["chosen_seconds"] / 3600).to_dict() == {
        pd.Timestamp("2026-07-01"): 60, pd.Timestamp("2026-08-01"): 30,
    }  # fmt: skip
    assert (java["free_seconds"] / 3600).to_list() == [100, 40]
    data = charts.load_heat_map_data(loads, SKILLS)
    assert data[data["skill"] == "Java <b>"]["cell"].to_list() == ["60", "75"]
    assert data["title"].iloc[0] == "Java <b> is the tightest: 75\u00a0% of its free hours go in August\u00a02026"
    assert {"cell", "on-pale"} <= styles(charts.load_heat_map(data).to_dict())


def test_the_road_map_says_what_fits(busy: SelectionAnswer) -> None:
    chosen = selected_proposals(busy)
    data = charts.road_map_data(chosen)
    assert data[["begins", "ends"]].to_numpy().tolist() == [["2026-07-01", "2026-09-01"]]
    assert data["title"].iloc[0] == "1 of 2 fit: worth 10 for a cost of EUR 6 thousand"
    assert "better" in styles(charts.road_map(data).to_dict())


def test_the_frontier_marks_the_choice_and_leaves_out_labels_without_room() -> None:
    line = pd.DataFrame(
        {
            "counted_value": [100.0, 90.0, 89.0, 0.0], "cost_amount": [50.0, 30.0, 29.0, 0.0],
            "chosen_count": [5, 3, 2, 0], "is_proven": True,
        }
    )  # fmt: skip
    data = charts.frontier_data(line, currency="EUR")
    assert data["is_best"].to_list() == [False, False, False, True]
    assert data["label"].to_list() == ["0 chosen", "2 chosen", "", "5 chosen"]
    assert {"plan", "worse", "better"} <= styles(charts.frontier_chart(data).to_dict())
