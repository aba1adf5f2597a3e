from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.governance.gate_standing import THROUGH
from pmo_analytics.governance.method_adoption import method_adoption
from pmo_analytics.governance.project_risk_level import project_risk_level
from pmo_analytics.performance.raid_log import open_risks
from tests.frames import contract_frame
from tests.governance.methods import (
    TODAY,
    YEAR,
    Office,
    artefact_row,
    asked_row,
    gate_row,
    method_row,
    review_row,
    run_by,
)

GATES = [gate_row("G1", 1, stage="initiation"), gate_row("G2", 2, stage="planning"), gate_row("G3", 3, stage="build")]
ASKED = [asked_row("G1", "charter"), asked_row("G2", "plan"), asked_row("G3", "test report"),
         asked_row("G3", "handover")]  # fmt: skip
EXAMPLE = {
    "artefacts": [artefact_row("A", "Charter", "2026-01-10"), artefact_row("A", "plan", "2026-05-10"),
                  artefact_row("A", "handover", "2026-06-10")],
    "reviews": [review_row("A", "G1", "2026-02-01"), review_row("A", "G2", "2026-04-01", "Conditional  Go")],
}  # fmt: skip


def office(pmo_type: str = "directive", **rows: Any) -> Office:
    return Office([run_by("A")], [method_row()], GATES, ASKED, pmo_type=pmo_type, **{**EXAMPLE, **rows})


def test_the_worked_example() -> None:
    found = office()
    assert found.states() == {"G1": "passed", "G2": "passed without evidence", "G3": "next"}
    (row,) = found.standing.to_dict("records")
    assert (row["gates_passed_count"], row["gate_count"], row["unevidenced_count"]) == (2, 3, 1)
    assert (row["next_gate_id"], row["required_count"], row["approved_count"]) == ("G3", 2, 1)
    assert (row["gate_verdict"], row["lacking_artefacts"]) == ("block", "test report")


@pytest.mark.parametrize(("pmo_type", "verdict"), [("supportive", "advise"), ("controlling", "warn")])
def test_the_type_of_the_office_decides_what_a_gate_says(pmo_type: str, verdict: str) -> None:
    assert office(pmo_type).standing["gate_verdict"].to_list() == [verdict]


def test_a_gate_with_all_its_evidence_is_ready_and_after_the_last_a_project_is_done() -> None:
    whole = [*EXAMPLE["artefacts"], artefact_row("A", "test report", "2026-06-11")]
    assert office(artefacts=whole).standing["gate_verdict"].to_list() == ["ready"]
    reviews = [*EXAMPLE["reviews"], review_row("A", "G3", "2026-06-20", "go")]
    assert office(artefacts=whole, reviews=reviews).standing["gate_verdict"].to_list() == ["done"]


def test_a_later_version_of_an_artefact_takes_nothing_from_a_gate_passed_on_an_earlier_one() -> None:
    again = [*EXAMPLE["artefacts"], artefact_row("A", "charter", "2026-06-01", version="2")]
    found = office(artefacts=again)
    assert found.states()["G1"] == "passed"
    charter = found.evidence[found.evidence["artefact_kind"] == "charter"].iloc[0]
    assert (charter["artefact_version"], charter["first_approved_on_date"]) == ("2", pd.Timestamp("2026-01-10"))


def test_the_latest_review_decides_and_a_word_nobody_knows_passes_nothing() -> None:
    reviews = [review_row("A", "G1", "2026-02-01"), review_row("A", "G1", "2026-03-01", "No go")]
    assert office(reviews=reviews).states()["G1"] == "refused"
    assert office(reviews=reviews).standing["gate_verdict"].to_list() == ["block"]
    reviews[1]["outcome"] = "nodded at"
    assert office(reviews=reviews).states() == {"G1": "next", "G2": "later", "G3": "later"}


def test_a_gate_passed_before_the_one_it_follows_is_out_of_turn() -> None:
    reviews = [review_row("A", "G2", "2026-05-20")]
    found = office(reviews=reviews)
    assert found.states() == {"G1": "next", "G2": "passed out of turn", "G3": "later"}
    assert found.standing["out_of_turn_count"].to_list() == [1]


def test_reviews_and_approvals_after_the_date_are_not_known_yet() -> None:
    found = office(
        artefacts=[artefact_row("A", "charter", "2026-07-01")], reviews=[review_row("A", "G1", "2026-07-02")]
    )
    assert found.states()["G1"] == "next"
    assert found.evidence["artefact_state"].to_list() == ["not approved", "missing", "missing", "missing"]


def test_tailored_out_gates_and_artefacts_are_asked_of_nobody_they_are_not_for() -> None:
    gates = [gate_row("G1", 1), gate_row("G2", 2, tailoring="size large"), gate_row("G3", 3)]
    asked = [asked_row("G1", "charter"), asked_row("G3", "test", tailoring="risk high"),
             asked_row("G3", "note", is_mandatory=False)]  # fmt: skip
    risks = [{"risk_id": "R", "project_id": "B", "status_date": YEAR, "title": "r", "probability": 0.5,
              "cost_most_likely_amount": 40.0, "currency": "EUR"}]  # fmt: skip
    budget = {"budget_at_completion_amount": 100.0, "currency": "EUR", "size_band": "small"}
    found = Office(
        [run_by("A", **budget), run_by("B", **budget)], [method_row()], gates, asked, risks=risks,
        artefacts=[artefact_row("A", "charter", "2026-01-01")],
        reviews=[review_row("A", "G1", "2026-02-01"), review_row("A", "G3", "2026-03-01")],
    )  # fmt: skip
    assert found.levels.set_index("project_id")["risk_level"].to_dict() == {"A": "unknown", "B": "high"}
    # Size alone excuses no one from what only risk asks for: A's risk is not known.
    assert found.states("A") == {"G1": "passed", "G2": "excused", "G3": "passed without evidence"}
    evidence = found.evidence.set_index(["project_id", "artefact_kind"])
    assert evidence.loc[("B", "test"), "requirement_basis"] == "since its risk is high"
    assert evidence.loc[("A", "note"), ["is_required", "artefact_state"]].to_list() == [False, "not needed"]


def test_the_declared_stage_is_held_against_the_gates() -> None:
    reports = [{"project_id": "A", "status_date": YEAR, "state": "active", "stage": "Build"},
               {"project_id": "A", "status_date": TODAY, "state": "active", "stage": None}]  # fmt: skip
    (row,) = office(reports=reports).standing.to_dict("records")
    assert (row["stage"], row["stage_by_gates"], row["is_stage_different"]) == ("Build", "build", False)
    (row,) = office(reports=reports, reviews=[]).standing.to_dict("records")
    assert row["is_stage_different"]


def test_a_cancelled_project_has_stopped_whatever_its_next_gate_lacks() -> None:
    reports = [{"project_id": "A", "status_date": YEAR, "state": "cancelled"}]
    assert office(reports=reports).standing["gate_verdict"].to_list() == ["stopped"]


def test_a_project_without_a_method_stands_nowhere() -> None:
    found = Office([run_by("A", None)], [method_row()], GATES, ASKED)
    assert found.standing[["gate_count", "gate_verdict"]].to_numpy().tolist() == [[0, "unknown"]]


OUTCOMES = st.sampled_from(["passed", "no go", "perhaps"])
REVIEWS = st.lists(st.tuples(st.sampled_from(["G1", "G2", "G3"]), st.integers(1, 28), OUTCOMES), max_size=6,
                   unique_by=lambda each: each[:2])  # fmt: skip


@settings(max_examples=12)
@given(REVIEWS, st.sets(st.sampled_from(["charter", "plan", "test report", "handover"])))
def test_one_gate_at_most_is_next_and_every_passed_one_has_a_pass(
    reviews: list[tuple[str, int, str]], kinds: set[str]
) -> None:
    rows = [review_row("A", gate, f"2026-02-{day:02d}", outcome) for gate, day, outcome in reviews]
    found = office(artefacts=[artefact_row("A", kind, "2026-02-14") for kind in sorted(kinds)], reviews=rows)
    states = found.states()
    assert sum(state == "next" for state in states.values()) <= 1
    last: dict[str, tuple[int, str]] = {}
    for gate, day, outcome in reviews:
        last[gate] = max(last.get(gate, (0, "")), (day, outcome))
    assert {gate for gate, state in states.items() if state in THROUGH} == {
        gate for gate, (_, outcome) in last.items() if outcome == "passed"
    }
    (row,) = found.standing.to_dict("records")
    assert (row["gate_verdict"] == "ready") <= (not isinstance(row["lacking_artefacts"], str))


def test_the_risk_level_of_the_worked_example() -> None:
    budget = {"budget_at_completion_amount": 100.0, "currency": "EUR"}
    projects = contract_frame("project", [run_by("A", **budget), run_by("B", **budget), run_by("C")])
    risks = [
        {"risk_id": f"R{at}", "project_id": project, "status_date": YEAR, "title": "r", "probability": 0.5,
         "cost_most_likely_amount": 2 * amount, "currency": currency}
        for at, (project, amount, currency) in enumerate([("A", 4.0, "EUR"), ("A", 5.0, "EUR"), ("B", 50.0, "USD")])
    ]  # fmt: skip
    found = project_risk_level(projects, open_risks(contract_frame("risk", risks), status_date=TODAY))
    assert found["risk_level"].to_list() == ["medium", "unknown", "unknown"]
    assert found["exposure_pct"].iloc[0] == pytest.approx(9.0)
    assert found["risk_count"].to_list() == [2, 0, 0]


def test_adoption_of_the_worked_example_and_small_departments_in_one() -> None:
    made = Office(
        [run_by("A", project_manager_id="P1"), run_by("B", None, project_manager_id="P2"),
         run_by("C", project_manager_id="Q1"), run_by("D")],
        [method_row()], GATES, ASKED, **EXAMPLE,
    )  # fmt: skip
    people = [{"person_id": f"P{at}", "team": "T"} for at in range(1, 7)] + [{"person_id": "Q1", "team": "S"}]
    person = contract_frame("person", [{**each, "status_date": YEAR, "fte_pct": 100.0} for each in people])
    team = contract_frame(
        "team",
        [{"team": name, "status_date": YEAR, "department": place} for name, place in (("T", "North"), ("S", "South"))],
    )
    found = method_adoption(made.project, person, team, made.methods, made.project_gates).set_index("department")
    counts = ["project_count", "with_method_count", "reviewed_count", "gates_passed_count", "evidenced_pct"]
    assert found.loc["North", counts].to_list() == [2, 1, 1, 2, 50.0]
    assert list(found.index) == ["North", "departments below five persons", "no department"]
