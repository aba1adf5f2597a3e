"""What charts of strategy say and draw: trees in order, orphans named, cells as stated, hostile names as text."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.portfolio import alignment_charts as charts
from pmo_analytics.portfolio import alignment_drift_charts as drifts
from pmo_analytics.portfolio.alignment import alignment_drift, objective_alignment
from tests.frames import contract_frame
from tests.portfolio.test_alignment import contributions, objectives, projects
from tests.specs import marks, rows_of_spec, styles

NOTHING = contract_frame("spend_by_project_month", [])
GOALS = objectives(a=(None, 60), a1=("a", 50), a2=("a", 50), b=(None, 30), z=(None, 10))
SERVED = contributions(("P", "a1", 80), ("P", "b", 60), ("Q", "b", 100))
THREE = projects(P=300, Q=100, R=100)


def hours(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return contract_frame("effort_by_person_month", [
        {"person_id": "E", "project_id": project, "period_month": pd.Timestamp(month), "duration_seconds": 3600 * hours,
         "billable_seconds": 0.0, "entry_count": 1}
        for project, month, hours in rows
    ])  # fmt: skip


BOOKED = hours(("P", "2026-01-01", 10), ("Q", "2026-02-01", 3), ("R", "2026-02-01", 1))
ALIGNED = objective_alignment(GOALS, SERVED, THREE, NOTHING, hours())


def test_objectives_stand_below_what_they_belong_to_and_what_serves_none_is_last() -> None:
    data = charts.share_by_objective_data(ALIGNED)
    assert data["objective"].str.strip("\u00a0").to_list() == [*("a", "a1", "a2", "b", "z"), "no objective"]
    assert data["depth"].to_list() == [0, 1, 1, 0, 0, 0]
    # P's 300 count 80/140 for a1 and 60/140 for b, of 500 in all.
    assert data["share_pct"].to_list() == pytest.approx([34.2857, 34.2857, 0, 45.7143, 0, 20], abs=1e-3)
    assert data["label"].iloc[4] == "nothing for 10\u00a0%"
    assert data["title"].iloc[0] == "Nothing serves \u201ca2\u201d, which weighs 30\u00a0%, and 1 more have none"
    spec = charts.share_by_objective(data).to_dict()
    assert {"better", "worse", "total"} <= styles(spec)
    assert marks(spec) >= {"tick", "point", "rule"}
    assert len(rows_of_spec(spec, "share_pct")) == 6


def test_without_an_orphan_the_widest_gap_is_told() -> None:
    served = contributions(("P", "a1", 100), ("Q", "b", 100))
    aligned = objective_alignment(
        objectives(a1=(None, 50), b=(None, 50)), served, projects(P=90, Q=10), NOTHING, hours()
    )
    assert charts.share_by_objective_data(aligned)["title"].iloc[0] == (
        "\u201ca1\u201d has 90\u00a0% of the budget and weighs 50\u00a0%, the widest gap"
    )


def test_spend_is_shown_before_hours_and_hours_before_budget() -> None:
    both = objective_alignment(GOALS, SERVED, THREE, NOTHING, BOOKED)
    assert set(charts.main_measure(both)["measure_kind"]) == {"hours"}
    assert set(charts.main_measure(ALIGNED)["measure_kind"]) == {"budget"}
    none = objective_alignment(GOALS.iloc[0:0], SERVED, THREE, NOTHING, BOOKED)
    assert charts.main_measure(none).empty
    assert charts.share_by_objective_data(none).empty


def test_the_map_has_what_is_stated_and_a_row_for_who_serves_none() -> None:
    named = THREE.assign(name=["Dock <b>", "Dock <b>", "Radio"])
    data = charts.contribution_map_data(ALIGNED, GOALS, SERVED, named)
    cells = data[["project", "objective_id", "cell"]].to_numpy().tolist()
    assert cells == [
        ["Dock <b>, P: 140\u00a0%", "a1", "80"], ["Dock <b>, P: 140\u00a0%", "b", "60"], ["Dock <b>, Q", "b", "100"],
        ["Radio: none", "a1", ""],
    ]  # fmt: skip
    assert data["title"].iloc[0] == "1 of 3 projects serves no objective; P states 140\u00a0% of itself"
    # Wider objectives that only others serve have no column, those that nothing serves have one.
    assert data["axis_end"].iloc[0].split("\n") == ["a1", "a2", "b", "z"]
    assert {"cell", "on-deep"} <= styles(charts.contribution_map(data).to_dict())
    assert charts.contribution_map_data(ALIGNED, GOALS.iloc[0:0], SERVED, named).empty


def test_without_stated_shares_a_project_serves_its_objectives_alike() -> None:
    served = contributions(("P", "a1", None), ("P", "b", None))
    data = charts.contribution_map_data(ALIGNED, GOALS, served, projects(P=1))
    assert data["cell"].to_list() == ["50", "50"]


def test_the_drift_has_a_panel_an_objective_and_says_which_moved_most() -> None:
    drift = alignment_drift(GOALS, SERVED, BOOKED)
    data = drifts.drift_data(drift, ALIGNED, GOALS)
    assert data["objective"].drop_duplicates().to_list() == ["a", "b", "z", "no objective"]
    assert data["title"].iloc[0] == "Hours for \u201ca\u201d fell from 57 to 0\u00a0% since January\u00a02026"
    ends = data[data["label"] != ""].set_index("objective")["label"].to_dict()
    assert ends == {"a": "0\u00a0%", "b": "75\u00a0%", "z": "0\u00a0%", "no objective": "25\u00a0%"}
    spec = drifts.drift(data).to_dict()
    assert {"plan", "earned", "actual"} <= styles(spec)
    assert drifts.drift_data(drift, ALIGNED, GOALS.iloc[0:0]).empty


def test_objectives_of_one_name_have_panels_and_rows_of_their_own() -> None:
    same = GOALS.assign(name="Same")
    aligned = objective_alignment(same, SERVED, THREE, NOTHING, BOOKED)
    assert charts.share_by_objective_data(aligned)["objective"].is_unique
    data = drifts.drift_data(alignment_drift(same, SERVED, BOOKED), aligned, same)
    assert data["objective"].drop_duplicates().to_list() == ["Same, a", "Same, b", "Same, z", "no objective"]
