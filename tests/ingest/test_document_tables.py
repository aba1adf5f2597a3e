"""Methods and rules in TOML go in as any export does: archived, row by row, once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.exchange.method_toml import method_text
from pmo_analytics.governance.given_methods import GIVEN, given_gates, given_methodologies, given_requirements
from pmo_analytics.ingest import IngestOptions, LoadResult, export_files, ingest_files
from pmo_analytics.system import edges
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
from tests.exports import Desk

RULES = """\
valid_from = 2026-01-01
[[rule]]
id = "fresh"
title = "Reports are fresh"
newest = 45
[[rule]]
title = "nobody knows me"
[[rule]]
id = "<script>alert(1)</script>"
title = "=1+1"
"""


def load(workspace: Workspace, *files: Path) -> list[object]:
    return list(ingest_files(workspace, list(files), IngestOptions(), edges()))


def test_a_rule_that_lacks_its_name_is_rejected_and_the_others_are_loaded(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES, encoding="utf-8")
    (done,) = load(desk.workspace, file)
    assert isinstance(done, LoadResult)
    assert (done.rows["added"], done.rows["rejected"]) == (2, 1)
    with Warehouse(desk.workspace).at(as_of="2026-06-30") as view:
        found = view.table("audit_rule")
    assert found[["rule_id", "title", "definition"]].to_numpy().tolist() == [
        ["<script>alert(1)</script>", "=1+1", "{}"],
        ["fresh", "Reports are fresh", '{"newest": 45}'],
    ]
    assert [type(each).__name__ for each in load(desk.workspace, file)] == ["LoadResult"]


@pytest.mark.parametrize("name", GIVEN)
def test_a_method_that_is_written_reads_back_in_as_it_was(name: str, desk: Desk, tmp_path: Path) -> None:
    frames = [frame[frame["methodology_id"] == name] for frame in (given_gates(), given_requirements())]
    method = given_methodologies().set_index("methodology_id", drop=False).loc[name].to_dict()
    file = tmp_path / f"{name}.toml"
    file.write_text(method_text(method, *frames), encoding="utf-8")
    assert [type(each).__name__ for each in load(desk.workspace, file)] == ["LoadResult"] * 3
    with Warehouse(desk.workspace).at(as_of="2026-06-30") as view:
        for register, frame in zip(("stage_gate", "required_artefact"), frames, strict=True):
            table = view.table(register)
            key = [*table.columns[:3], table.columns[3] if register == "required_artefact" else "name"]
            was = frame.sort_values(key).reset_index(drop=True)
            now = table.sort_values(key).reset_index(drop=True)
            assert (
                now.astype(object).fillna("").to_numpy().tolist() == was.astype(object).fillna("").to_numpy().tolist()
            )


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_any_text_of_a_method_comes_back(text: str) -> None:
    gates = given_gates()[lambda frame: frame["methodology_id"] == "agile"].assign(name=text)
    asked = given_requirements()[lambda frame: frame["methodology_id"] == "agile"].assign(artefact_kind=text)
    method = given_methodologies().iloc[1].to_dict() | {"name": text}
    document = tomllib.loads(method_text(method, gates, asked))
    assert document["methodology"]["name"] == text
    assert {gate["name"] for gate in document["gate"]} == {text}


def test_what_is_no_method_and_no_rule_is_told(desk: Desk, tmp_path: Path) -> None:
    for content, told in (("[tool]\n", "nothing that is loaded"), ("rule = []\n", "states nothing")):
        file = tmp_path / "x.toml"
        file.write_text(content, encoding="utf-8")
        (problem,) = load(desk.workspace, file)
        assert told in str(problem)


def test_a_folder_stands_for_its_methods_and_not_for_settings(tmp_path: Path) -> None:
    for name, content in (("pmo.toml", 'pmo_type = "directive"\n'), ("own.toml", "[methodology]\n"), ("a.csv", "x\n")):
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert [file.name for file in export_files([tmp_path])] == ["a.csv", "own.toml"]
