from __future__ import annotations

from pmo_analytics.governance.method_changes import method_changes
from tests.governance.methods import Office, asked_row, gate_row, method_row, run_by


def changed(
    gates: list[dict[str, object]], asked: list[dict[str, object]], versions: tuple[str, ...]
) -> list[list[str]]:
    office = Office([run_by("A")], [method_row(version=each) for each in versions], gates, asked)
    found = method_changes(office.gates, office.requirements)
    columns = ["from_version", "to_version", "gate_id", "artefact_kind", "method_change", "from_text", "to_text"]
    return found[columns].astype(object).fillna("").to_numpy().tolist()


def test_the_worked_example() -> None:
    gates = [gate_row("G1", 1), gate_row("G1", 1, version="2") | {"name": "Begin"}, gate_row("G2", 2, version="2")]
    asked = [asked_row("G1", "charter"), asked_row("G1", "charter", version="2", is_mandatory=False)]
    assert changed(gates, asked, ("1", "2")) == [
        ["1", "2", "G1", "", "name", "Gate G1", "Begin"],
        ["1", "2", "G1", "charter", "mandatory", "yes", "no"],
        ["1", "2", "G2", "", "gate added", "", "Gate G2"],
    ]


def test_versions_are_held_against_the_one_before_by_number() -> None:
    gates = [gate_row("G1", 1, version=each) for each in ("2", "9", "10")]
    asked = [asked_row("G1", "plan", version="9"), asked_row("G1", "plan", version="10", tailoring="size large")]
    assert changed(gates, asked, ("10", "2", "9")) == [
        ["9", "10", "G1", "plan", "tailoring", "", "size large"],
        ["2", "9", "G1", "plan", "artefact added", "", "plan"],
    ]


def test_equal_versions_changed_nothing() -> None:
    gates = [gate_row("G1", 1, version=each, stage="build") for each in ("1", "2")]
    assert changed(gates, [asked_row("G1", "plan", version=each) for each in ("1", "2")], ("1", "2")) == []
