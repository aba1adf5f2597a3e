from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.governance.given_methods import GIVEN, given_gates, given_methodologies, given_requirements
from pmo_analytics.governance.methodology import method_gates, methods_in_force, project_methods, version_order
from pmo_analytics.governance.tailoring import reading
from tests.frames import contract_frame
from tests.governance.methods import Office, asked_row, gate_row, method_row, run_by


def test_the_worked_example() -> None:
    methods = [method_row(version="1"), method_row(version="2")]
    gates = [gate_row("G1", 1, version="2"), gate_row("G2", 2, version="2"),
             gate_row("G3", 3, version="2", follows_gates="G9")]  # fmt: skip
    office = Office([run_by("A")], methods, gates, [])
    assert office.methods[["version", "version_basis"]].to_numpy().tolist() == [["2", "latest"]]
    assert office.gates["is_reachable"].to_list() == [True, True, False]
    assert office.gates["follows_gates"].fillna("").to_list() == ["", "G1", "G9"]
    assert office.gates["method_problem"].iloc[2] == "it cannot be reached: it follows G9, which the method has not"


def test_a_circle_and_what_waits_for_it_cannot_be_reached_and_the_others_can() -> None:
    gates = [gate_row("G1", 1), gate_row("G2", 2, follows_gates="G3"), gate_row("G3", 3, follows_gates="G2, G1"),
             gate_row("G4", 4), gate_row("G5", 5, follows_gates="G1")]  # fmt: skip
    found = Office([run_by("A")], [method_row()], gates, []).gates
    assert found["is_reachable"].to_list() == [True, False, False, False, True]
    assert found["method_problem"].fillna("").to_list() == [
        "",
        "it cannot be reached: it follows itself, directly or through others",
        "it cannot be reached: it follows itself, directly or through others",
        "it cannot be reached, since G3 cannot",
        "",
    ]


def test_versions_stand_in_the_order_of_their_numbers() -> None:
    assert sorted(["10", "9", "1.10", "1.9", "2", "v2", "v10"], key=version_order) == [
        "v2", "v10", "1.9", "1.10", "2", "9", "10",
    ]  # fmt: skip


def test_a_project_goes_by_the_version_it_states_and_says_where_it_cannot() -> None:
    methods = [method_row(version=each) for each in ("1", "9", "10")]
    projects = [run_by("A", "OWN", methodology_version="9"), run_by("B"), run_by("C", methodology_version="7"),
                run_by("D", "Agil"), run_by("E", None)]  # fmt: skip
    found = project_methods(contract_frame("project", projects), contract_frame("methodology", methods))
    assert found["version"].fillna("").to_list() == ["9", "10", "10", "", ""]
    assert found["version_basis"].to_list() == ["stated", "latest", "latest", "unknown", "none"]
    assert found["method_problem"].fillna("").to_list() == [
        "", "", "own has no version '7', but 1, 9, 10: the latest counts",
        "no register states the method 'Agil'", "the register of projects names no method",
    ]  # fmt: skip


def test_a_given_method_stands_in_until_a_register_states_it() -> None:
    office = Office([run_by("A", "Agile"), run_by("B", "hybrid")], [method_row("agile", "3")], [], [])
    rows = methods_in_force(office.project, contract_frame("methodology", [method_row("agile", "3")]), office.methods)
    assert rows[["methodology_id", "version", "is_given", "project_count"]].to_numpy().tolist() == [
        ["agile", "3", False, 1],
        ["hybrid", "1", True, 1],
    ]
    assert set(office.gates["methodology_id"]) == {"hybrid"}, "agile's gates are what its register says: none"


def test_the_given_methods_are_sound() -> None:
    projects = contract_frame("project", [run_by(name, name) for name in GIVEN])
    gates = method_gates(projects, contract_frame("methodology", []), contract_frame("stage_gate", []))
    assert gates["is_reachable"].all()
    assert gates["method_problem"].isna().all()
    places = set(zip(given_gates()["methodology_id"], given_gates()["gate_id"], strict=True))
    asked = given_requirements()
    assert {(row.methodology_id, row.gate_id) for row in asked.itertuples()} == places, "each gate asks for something"
    assert all(not reading(text).problem for text in asked["tailoring"].dropna())
    assert set(given_methodologies()["methodology_id"]) == set(GIVEN) == {"waterfall", "agile", "hybrid"}


def test_a_requirement_of_no_gate_and_one_that_cannot_be_read_are_told_and_the_others_stand() -> None:
    asked = [asked_row("G1", "charter"), asked_row("G7", "plan"), asked_row("G1", "test", tailoring="sometimes")]
    found = Office([run_by("A")], [method_row()], [gate_row("G1", 1)], asked).requirements
    assert found[["gate_id", "artefact_kind"]].to_numpy().tolist() == [
        ["G1", "charter"], ["G1", "test"], ["G7", "plan"],
    ]  # fmt: skip
    assert found["method_problem"].fillna("").to_list() == [
        "", "cannot read the tailoring 'sometimes': it begins with neither size nor risk",
        "the method has no such gate",
    ]  # fmt: skip
    assert found["is_mandatory"].all()


@settings(max_examples=12)
@given(st.dictionaries(st.integers(1, 7), st.lists(st.integers(1, 7), max_size=2), min_size=1, max_size=7))
def test_a_gate_is_reached_where_all_that_it_follows_are(follows: dict[int, list[int]]) -> None:
    rows = [
        gate_row(f"G{at}", at, follows_gates=", ".join(f"G{each}" for each in named) or None)
        for at, named in sorted(follows.items())
    ]
    found = Office([run_by("A")], [method_row()], rows, []).gates.set_index("gate_id")
    reached = set(found.index[found["is_reachable"].astype(bool)])
    for gate, row in found.iterrows():
        before = {
            each.strip() for each in (row["follows_gates"] if isinstance(row["follows_gates"], str) else "").split(",")
        }
        assert (gate in reached) == (before - {""} <= reached)
        assert (gate in reached) == (not isinstance(row["method_problem"], str))
