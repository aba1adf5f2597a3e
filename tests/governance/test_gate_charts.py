"""What the chart of gates says and draws: breaches first, a sign in each mark, hostile names as text."""

from __future__ import annotations

from typing import Any

from pmo_analytics.governance.gate_charts import gate_pipeline, gate_pipeline_data
from pmo_analytics.governance.gate_summary import gate_summary
from tests.governance.methods import Office, artefact_row, asked_row, gate_row, method_row, review_row, run_by
from tests.specs import marks, rows_of_spec, styles

GATES = [gate_row("G1", 1), gate_row("G2", 2), gate_row("G3", 3, tailoring="size large")]
ASKED = [asked_row("G1", "charter"), asked_row("G2", "plan")]
HOSTILE = "</script><script>alert(1)</script>"


def office(**values: Any) -> Office:
    projects = [run_by("A", size_band="small"), run_by("B", size_band="small"), run_by(HOSTILE, size_band="large")]
    return Office(
        projects, [method_row()], GATES, ASKED,
        artefacts=[artefact_row("A", "charter", "2026-01-01"), artefact_row("A", "plan", "2026-01-01"),
                   artefact_row("B", "charter", "2026-03-01")],
        reviews=[review_row("A", "G1", "2026-02-01"), review_row("B", "G1", "2026-02-01")], **values,
    )  # fmt: skip


def test_projects_with_a_breach_stand_first_and_excused_gates_are_not_drawn() -> None:
    made = office()
    data = gate_pipeline_data(made.project_gates, made.standing)
    assert data["project"].drop_duplicates().to_list() == ["B", HOSTILE, "A"]
    assert data[data["project"] == "B"]["sign"].to_list() == ["!", ""]
    assert data[data["project"] == "A"]["sign"].to_list() == ["✓", ""]
    assert data["gate_place"].to_list() == [1, 2, 1, 2, 3, 1, 2]
    assert data["title"].iloc[0] == "1 of 3 projects passed a gate without its evidence or out of turn"
    assert [label for label in data["label"] if label] == [
        "Gate G2: warn, 0 of 1",
        "Gate G1: warn, 0 of 1",
        "Gate G2: ready",
    ]
    spec = gate_pipeline(data).to_dict()
    assert marks(spec) >= {"line", "point", "text"}
    assert {"better", "worse", "total", "muted"} <= styles(spec)
    assert {row["project"] for row in rows_of_spec(spec, "gate_place")} == {"A", "B", HOSTILE}


def test_nothing_is_drawn_of_nothing() -> None:
    made = Office([run_by("A", None)], [method_row()], GATES, ASKED)
    assert gate_pipeline_data(made.project_gates, made.standing).empty


def test_the_counts_of_the_worked_example() -> None:
    (row,) = gate_summary(office().standing).to_dict("records")
    assert (row["project_count"], row["with_method_count"], row["breached_count"], row["ready_count"]) == (3, 3, 1, 1)
