"""What charts of priorities say and draw: chances in cells, parts one behind the other, ranges where scores lack."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.portfolio import prioritisation_charts as charts
from pmo_analytics.portfolio.prioritisation import priority_component, priority_score, rank_chance
from tests.frames import contract_frame, project_row
from tests.portfolio.test_prioritisation import BOARD, EXAMPLE, TODAY, scores
from tests.specs import rows_of_spec, styles

NAMES = {"A": "Queue <b>", "B": "Berths"}


def test_names_that_stand_twice_are_told_apart() -> None:
    proposal = contract_frame(
        "proposal", [{"proposal_id": name, "status_date": TODAY, "name": "Same"} for name in ("X", "Y")]
    )
    project = contract_frame("project", [project_row("P")])
    names = charts.subject_names(proposal, project)
    assert names == {"P": "Project P", "X": "Same, X", "Y": "Same, Y"}


def test_the_map_has_every_place_and_numbers_where_a_chance_shows() -> None:
    given = scores(EXAMPLE)
    data = charts.rank_map_data(rank_chance(BOARD, given), NAMES)
    assert data[["subject", "rank_place"]].to_numpy().tolist() == [
        ["Queue <b>", 1], ["Queue <b>", 2], ["Berths", 1], ["Berths", 2],
    ]  # fmt: skip
    assert data["percent"].iloc[0] + data["percent"].iloc[2] == pytest.approx(100, abs=1)
    assert data["title"].iloc[0].startswith("Queue <b> comes first with a chance of ")
    assert (data["cell"] == "").equals(data["percent"] == 0)
    spec = charts.rank_map(data).to_dict()
    assert "on-deep" in styles(spec)
    assert spec["usermeta"]["narrow_filter"] == "datum.rank_place <= 6"
    assert len(rows_of_spec(spec, "rank_place")) == 4


def test_parts_stand_one_behind_the_other_and_end_at_the_value() -> None:
    given = scores(EXAMPLE)
    data = charts.value_parts_data(priority_component(BOARD, given), priority_score(BOARD, given), BOARD, NAMES)
    assert data[["subject", "criterion", "points_begin", "points_end"]].to_numpy().tolist() == [
        ["Queue <b>", "reach", 0, 75], ["Queue <b>", "ease", 75, 75],
        ["Berths", "reach", 0, 0], ["Berths", "ease", 0, 25],
    ]  # fmt: skip
    assert data.loc[data["label"] != "", "label"].to_list() == ["75", "25"]
    assert data["title"].iloc[0] == "75 of Queue <b>'s 75 points come from \u201creach\u201d"
    assert {"cell", "label", "on-deep"} <= styles(charts.value_parts(data).to_dict())


def test_a_missing_score_has_no_part_and_the_end_tells_the_range() -> None:
    given = scores(EXAMPLE | {("C", "reach"): 5.0})
    data = charts.value_parts_data(priority_component(BOARD, given), priority_score(BOARD, given), BOARD, {})
    of = data[data["subject"] == "C"]
    assert of["points"].to_list() == [37.5, 0]
    # Three quarters of a half, and with it all of the other quarter or none.
    assert of["label"].to_list() == ["", "38 to 62"]


def test_where_nothing_is_scored_nothing_is_drawn() -> None:
    none = scores({})
    assert charts.rank_map_data(rank_chance(BOARD, none), {}).empty
    empty = charts.value_parts_data(priority_component(BOARD, none), priority_score(BOARD, none), BOARD, {})
    assert isinstance(empty, pd.DataFrame)
    assert empty.empty
