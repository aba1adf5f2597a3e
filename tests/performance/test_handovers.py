from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.dependency_charts import (
    dependency_map,
    dependency_map_data,
    layered_places,
    slip_gantt,
    slip_gantt_data,
)
from pmo_analytics.performance.dependency_cycles import dependency_cycles
from pmo_analytics.performance.handovers import doubtful_links, handover_outlook
from pmo_analytics.performance.slip_propagation import project_slip, slip_probability
from tests.frames import contract_frame, project_row
from tests.specs import rows_of_spec, styles

JUNE = pd.Timestamp("2026-06-01")
HOSTILE = "<script>alert(1)</script>"


def tie(giver: str | None, waits: str | None, needed: str = "", forecast: str = "", **values: Any) -> dict[str, Any]:
    """A dependency of the register, open unless `values` say otherwise."""
    row = {
        "origin": "register", "dependency_id": f"{giver}-{waits}", "predecessor_project_id": giver,
        "successor_project_id": waits, "needed_by_date": pd.Timestamp(needed or "NaT"),
        "forecast_date": pd.Timestamp(forecast or "NaT"), "link_state": "open", "updated_on_date": JUNE,
        "link_count": 1, "open_link_count": 1, "dangling_count": 0,
    }  # fmt: skip
    return row | values


def ties(*rows: dict[str, Any]) -> pd.DataFrame:
    return contract_frame("project_dependency", rows)


def projects(*names: str, **values: Any) -> pd.DataFrame:
    finish = pd.Timestamp("2026-12-31")
    known = {"baseline_start_date": JUNE, "baseline_finish_date": finish}
    return contract_frame("project", [project_row(name, **known, **values) for name in names])


def statuses(**forecasts: str) -> pd.DataFrame:
    rows = [
        {"project_id": name, "status_date": JUNE, "state": "active", "forecast_finish_date": pd.Timestamp(day)}
        for name, day in forecasts.items()
    ]
    return contract_frame("project_status", rows)


WORKED = ties(tie("A", "B", "2026-06-10", "2026-06-20"), tie("B", "C", "2026-08-01", "2026-07-25"))


def test_the_worked_example_of_hand_overs() -> None:
    priced = projects("A", "B", "C", budget_at_completion_amount=100.0, currency="EUR")
    found = handover_outlook(WORKED, priced, status_date=JUNE)
    first = found.iloc[0]
    assert first[["late_days", "waiting_count", "delay_at_stake_days", "stake_amount"]].to_list() == [10, 2, 20, 200]
    assert found["handover_state"].to_list() == ["late", "in time"]
    assert found["late_days"].to_list() == [10, -7]
    overdue = ties(tie("A", "B", "2026-06-10", "2026-05-25"))
    assert handover_outlook(overdue, priced, status_date=JUNE)["handover_state"].to_list() == ["in time"]
    later = handover_outlook(overdue, priced, status_date=pd.Timestamp("2026-06-15"))
    assert later["late_days"].to_list() == [5]


def test_a_lag_counts_and_what_is_not_known_is_no_delay() -> None:
    rows = ties(
        tie("A", "B", "2026-06-10", "2026-06-09", lag_days=3),
        tie("A", "C", "2026-06-10"),
        tie("A", "D", "2026-06-10", "2026-07-01", link_state="cancelled"),
        tie("A", "E", link_state="delivered"),
        tie("A", "F", link_state="withdrawn"),
        tie(None, "B", "2026-06-10", "2026-07-01", link_state="unknown", dependency_id="x"),
    )
    found = handover_outlook(rows, projects("A", "B"), status_date=JUNE).set_index("dependency_id")
    assert found.loc["A-B", "late_days"] == 2
    assert found["handover_state"].to_dict() == {
        "A-B": "late", "A-C": "not dated", "A-D": "leads nowhere", "x": "leads nowhere",
    }  # fmt: skip
    assert found["late_days"].isna().sum() == 3
    # B has no budget: it is counted, and nothing is summed past it.
    assert found["unpriced_count"].to_dict()["A-B"] == 1
    assert found["stake_amount"].isna().all()


def test_a_portfolio_shows_what_it_gives_and_waits_for() -> None:
    known = pd.concat([projects("A", "B", portfolio="North"), projects("C", portfolio="South")], ignore_index=True)
    assert len(handover_outlook(WORKED, known, status_date=JUNE, portfolio="North")) == 2
    south = handover_outlook(WORKED, known, status_date=JUNE, portfolio="South")
    assert south["dependency_id"].to_list() == ["B-C"]


def test_stale_and_lost_links_are_named() -> None:
    old, none = pd.Timestamp("2026-03-01"), contract_frame("schedule_tie", [])
    rows = ties(
        tie("A", "B", "2026-05-01", updated_on_date=old),
        tie("A", "C", "2026-05-01"),
        tie("A", "D", "2026-07-01", updated_on_date=old),
        tie("A", "E", "2026-05-01", updated_on_date=old, link_state="unknown"),
        tie("A", "F", link_state="cancelled", updated_on_date=pd.Timestamp("2026-02-01")),
    )
    issue = {"predecessor_key": "X-1", "successor_key": "Y-1", "link_state": "unknown", "updated_on_date": JUNE}
    found = doubtful_links(rows, contract_frame("issue_dependency", [issue]), none, status_date=JUNE)
    told = found[["finding", "successor_project_id", "predecessor_ref"]].astype(object)
    assert told.where(told.notna(), None).to_numpy().tolist() == [
        ["its giver was cancelled", "F", None],
        ["stale", "B", None],
        ["an end is not known", "E", None],
        ["an end is not known", None, "X-1"],
    ]


def test_the_worked_example_of_circles() -> None:
    rows = ties(tie("B", "A"), tie("C", "B"), tie("A", "C"), tie("A", "D"), tie("D", "A", link_state="delivered"))
    empty = contract_frame("issue_dependency", []), contract_frame("schedule_tie", [])
    found = dependency_cycles(rows, *empty)
    assert found[["cycle_level", "member_count", "project_ids"]].to_numpy().tolist() == [["projects", 3, "A, B, C"]]
    assert found["cycle_path"].iloc[0] == "A → C → B → A"


def test_the_worked_example_of_slip() -> None:
    found = project_slip(
        WORKED, projects("A", "B", "C"), statuses(A="2026-10-01", B="2026-10-01", C="2026-12-31"), status_date=JUNE
    ).set_index("project_id")
    assert found["passed_on_days"].to_dict() == {"A": 0, "B": 10, "C": 3}
    assert found.loc["C", "slip_path"] == "A → B → C"
    assert found.loc["C", "slipped_finish_date"] == pd.Timestamp("2027-01-03")
    assert found.loc["B", "own_slip_days"] == -91


def test_a_day_needed_that_has_passed_counts_as_today() -> None:
    rows = ties(tie("A", "B", "2026-01-01", "2026-06-05"))
    found = project_slip(rows, projects("A", "B"), statuses(), status_date=JUNE).set_index("project_id")
    assert found.loc["B", "passed_on_days"] == 4


def test_circles_pass_nothing_on_and_ended_projects_are_left_out() -> None:
    rows = ties(
        tie("A", "B", "2026-06-10", "2026-06-20"),
        tie("B", "A", "2026-06-10", "2026-06-20"),
        tie("C", "B", "2026-06-10", "2026-06-12"),
        tie("Z", "B", "2026-06-10", "2026-08-12"),
    )
    ended = statuses(Z="2026-12-31").assign(state="complete")
    found = project_slip(rows, projects("A", "B", "C", "Z"), ended, status_date=JUNE).set_index("project_id")
    assert found["passed_on_days"].to_dict() == {"A": 0, "B": 2, "C": 0}
    assert found["in_circle_count"].to_dict() == {"A": 2, "B": 2, "C": 0}


def milestones(*ratios: float) -> pd.DataFrame:
    """Milestones that were forecast a hundred days ahead and took so many times as long."""
    first = pd.Timestamp("2025-01-01")
    rows: list[dict[str, Any]] = []
    for place, ratio in enumerate(ratios):
        known = {"project_id": "M", "milestone_id": f"M{place}"}
        rows += [
            known | {"status_date": first, "forecast_date": first + pd.Timedelta(days=100)},
            known | {"status_date": JUNE, "actual_date": first + pd.Timedelta(days=100 * ratio)},
        ]
    return contract_frame("milestone_slip", rows)


def test_probabilities_are_refused_below_nine_milestones_and_say_so() -> None:
    given = WORKED, projects("A", "B", "C"), statuses()
    refused = slip_probability(*given, milestones(*[1.0] * 8), status_date=JUNE)
    assert refused["is_refused"].all()
    assert refused["p80_finish_date"].isna().all()
    assert refused["verdict"].iloc[0].startswith("refused: 8 milestones")
    assert not slip_probability(*given, milestones(*[1.0] * 9), status_date=JUNE)["is_refused"].any()


def test_certain_forecasts_give_what_is_forecast() -> None:
    given = WORKED, projects("A", "B", "C"), statuses()
    certain = slip_probability(*given, milestones(*[1.0] * 9), status_date=JUNE, draws=50).set_index("project_id")
    plain = project_slip(*given, status_date=JUNE).set_index("project_id")
    for column in ("p50_finish_date", "p80_finish_date"):
        assert certain[column].to_dict() == plain["slipped_finish_date"].to_dict()
    assert certain["slip_probability"].to_dict() == {"A": 0, "B": 1, "C": 1}


def test_the_chance_of_slip_is_that_of_the_record() -> None:
    # A gives in 19 days, needed in 24: late where the time is 1.5 times the forecast, in 3 of 10 outcomes.
    rows = ties(tie("A", "B", "2026-06-25", "2026-06-20"))
    record = milestones(*[1.0] * 7, *[1.5] * 3)
    found = slip_probability(rows, projects("A", "B"), statuses(), record, status_date=JUNE).set_index("project_id")
    # Three standard errors of 10,000 draws.
    assert found.loc["B", "slip_probability"] == pytest.approx(0.3, abs=0.014)


def test_later_rows_change_nothing() -> None:
    record = milestones(*[1.0] * 7, *[1.5] * 3)
    later = record.assign(status_date=pd.Timestamp("2027-01-01"), milestone_id="L" + record["milestone_id"])
    given = WORKED, projects("A", "B", "C"), statuses()
    once = slip_probability(*given, record, status_date=JUNE, draws=100)
    again = slip_probability(*given, pd.concat([record, later], ignore_index=True), status_date=JUNE, draws=100)
    pd.testing.assert_frame_equal(once, again)


def test_layers_lead_from_giver_to_what_waits() -> None:
    places = layered_places([("A", "B"), ("B", "C"), ("A", "C"), ("C", "A")])
    assert {name: layer for name, (layer, _) in places.items()} == {"A": 0, "B": 1, "C": 2}
    assert all(0 <= height <= 1 for _, height in places.values())


def test_the_map_marks_late_links_and_escapes_nothing_itself() -> None:
    rows = ties(tie("A", "B", "2026-06-10", "2026-06-20"), tie("B", HOSTILE, "2026-08-01", "2026-07-25"), tie("A", "C"))
    data = dependency_map_data(handover_outlook(rows, projects("A", "B"), status_date=JUNE))
    assert data["title"].iloc[0] == "1 of 3 hand-overs come late; B waits longest, 10 days for A"
    assert data["state"].to_list() == ["late", "in time", "not dated"]
    spec = dependency_map(data).to_dict()
    assert {"worse", "better", "muted", "total", "label"} <= styles(spec)
    assert {row["name"] for row in rows_of_spec(spec, "name")} == {"A", "B", "C", HOSTILE}


def test_the_bars_show_what_is_added_and_p80_where_it_is_told() -> None:
    given = WORKED, projects("A", "B", "C"), statuses()
    slip = project_slip(*given, status_date=JUNE)
    refused = slip_probability(*given, milestones(), status_date=JUNE)
    data = slip_gantt_data(slip, refused)
    assert data["title"].iloc[0].startswith("Late hand-overs move 2 of 3 projects, B most: by 10 days")
    assert "P80 is refused" in data["subtitle"].iloc[0]
    assert data["label"].to_list() == ["+10 days", "+3 days", ""]
    assert {"muted", "better", "worse", "total"} <= styles(slip_gantt(data).to_dict())
    told = slip_probability(*given, milestones(*[1.0] * 9), status_date=JUNE, draws=20)
    assert "mark: P80" in slip_gantt_data(slip, told)["subtitle"].iloc[0]
