from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.audit_rule_toml import rule_tables
from pmo_analytics.sources.method_toml import method_tables
from pmo_analytics.sources.toml_text import MOST_BYTES, parsed, states_registers

METHOD: dict[str, Any] = {"methodology": {"id": "own", "version": 2, "name": "Own"}}


def test_a_method_is_three_registers_and_gates_stand_in_their_order() -> None:
    gates = [
        {"id": "G1", "name": "Start", "artefacts": ["charter", {"kind": "plan", "mandatory": False}]},
        {"id": "G2", "name": "End", "follows": ["G1", "G0"], "tailoring": "size large", "stage": "closure"},
    ]
    method, stages, asked = method_tables(METHOD | {"gate": gates}, "own.toml")
    assert method.headers == ("methodology_id", "version", "name", "approach")
    assert method.rows == [["own", "2", "Own", ""]]
    assert stages.rows == [
        ["own", "2", "G1", "1", "Start", "", "", ""],
        ["own", "2", "G2", "2", "End", "closure", "G1, G0", "size large"],
    ]
    assert asked.rows == [["own", "2", "G1", "charter", "true", ""], ["own", "2", "G1", "plan", "false", ""]]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (METHOD | {"gates": []}, "unknown key 'gates' in the file.*did you mean 'gate'"),
        (METHOD | {"gate": [{"id": "G1", "artifacts": []}]}, r"unknown key 'artifacts' in \[\[gate\]\] 1"),
        (METHOD | {"gate": [{"follows": "G1"}]}, r"follows of \[\[gate\]\] 1 is no list of gates"),
        (METHOD | {"gate": [{"artefacts": [3]}]}, r"an artefact of \[\[gate\]\] 1 is neither a kind nor a table"),
        (METHOD | {"gate": {"id": "G1"}}, "gate is not a list of tables"),
        ({"gate": []}, r"the file has no table \[methodology\]"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(document: dict[str, Any], told: str) -> None:
    with pytest.raises(SourceError, match=f"(?s){told}"):
        method_tables(document, "own.toml")


def test_what_a_rule_says_beside_its_columns_is_kept_as_json() -> None:
    rules = [{"id": "r1", "title": "T", "is_hard_gate": True, "where": {"state": "öpen"}}, {"title": "no id"}]
    (table,) = rule_tables({"rule": rules}, "rules.toml")
    assert table.headers == ("rule_id", "title", "perspective", "severity", "is_hard_gate", "state", "definition")
    assert [row[:6] for row in table.rows] == [["r1", "T", "", "", "true", ""], ["", "no id", "", "", "", ""]]
    assert [json.loads(row[6]) for row in table.rows] == [{"where": {"state": "öpen"}}, {}]


def test_toml_that_is_none_or_too_large_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    for content, told in (
        (b"[[rule]\n", "not valid TOML"), (b"a = '\xff'\n", "not valid TOML"), (b"#" * (MOST_BYTES + 1), "too large"),
        (b"a = " + b"[" * 10_000, "not valid TOML"),
    ):  # fmt: skip
        file.write_bytes(content)
        with pytest.raises(SourceError, match=told):
            parsed(file, "x.toml")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("[methodology]\n", True), ("x = 1\n  [[rule]]\n", True), ("[selection]\n", False), ("a = '[rule'\n", False)],
)
def test_settings_and_scenarios_beside_exports_are_left_alone(text: str, is_one: bool, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    assert states_registers(file) is is_one
