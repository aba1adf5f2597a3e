"""`pmo methodology`: methods, gates and what projects lack, from a small workspace; what is wrong told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands import Command, in_new_workspace
from tests.exports import Desk

OWN = """\
[methodology]
id = "own"
version = "{}"
name = "Own way"
valid_from = 2026-01-01
[[gate]]
id = "G1"
name = "Start"
artefacts = ["charter"]
[[gate]]
id = "G2"
name = "Out of reach"
follows = ["G9"]
[[gate]]
id = "G3"
name = "End"
follows = ["G1"]
artefacts = [{}]
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk = Desk(tmp_path_factory.mktemp("methods"))
    desk.register("project", "project_id,name,methodology,size_band,status_date",
                  ["P1", "One", "own", "small", "2026-01-31"],
                  ["P2", "Two", "agil", "small", "2026-01-31"])  # fmt: skip
    desk.register("artefact", "project_id,artefact_kind,version,status_date,approved_on_date",
                  ["P1", "charter", "1", "2026-02-28", "2026-02-10"])  # fmt: skip
    desk.register("gate_review", "project_id,gate_id,review_date,outcome", ["P1", "G1", "2026-03-01", "passed"])
    return desk.workspace.root


@pytest.fixture
def pmo(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    run = in_new_workspace(tmp_path, monkeypatch, capsys)
    shutil.copytree(loaded, tmp_path / "w", dirs_exist_ok=True)
    for version, last in (("1", '"report"'), ("2", '{ kind = "report", tailoring = "size large" }, "handover"')):
        Path(f"own{version}.toml").write_text(OWN.format(version, last), encoding="utf-8")
        assert run("ingest", f"own{version}.toml").code == 0
    return run


def test_what_is_wrong_with_a_method_is_told_and_its_other_gates_stand(pmo: Command) -> None:
    told = pmo("methodology", "list", "--as-of", "2026-06")
    assert "own 2, G2: it cannot be reached: it follows G9, which the method has not" in told.out
    assert "P2: no register states the method 'agil'" in told.out
    answer = json.loads(pmo("methodology", "gates", "P1", "--as-of", "2026-06", "--json").out)
    assert [(gate["gate_id"], gate["gate_state"]) for gate in answer["gates"]] == [
        ("G1", "passed"), ("G2", "cannot be reached"), ("G3", "next"),
    ]  # fmt: skip
    assert answer["standing"][0]["lacking_artefacts"] == "handover"


def test_a_directive_office_blocks_and_says_so_with_its_exit_code(pmo: Command) -> None:
    warned = pmo("methodology", "gates", "P1", "--as-of", "2026-06")
    assert (warned.code, "P1, own 2, 2026-06-30: End: warn" in warned.out) == (0, True)
    Path("pmo.toml").write_text('pmo_type = "directive"\n', encoding="utf-8")
    blocked = pmo("methodology", "gates", "P1", "--as-of", "2026-06")
    assert (blocked.code, "End: block" in blocked.out) == (5, True)
    table = pmo("methodology", "gates", "--as-of", "2026-06")
    assert (table.code, "handover" in table.out, "no method" in table.out) == (0, True, True)


def test_the_changes_from_version_to_version(pmo: Command) -> None:
    found = json.loads(pmo("methodology", "changes", "--as-of", "2026-06", "--json").out)["changes"]
    assert [(each["artefact_kind"], each["method_change"], each["to_text"]) for each in found] == [
        ("handover", "artefact added", "handover"), ("report", "tailoring", "size large"),
    ]  # fmt: skip
    assert "tailoring" in pmo("methodology", "changes", "--as-of", "2026-06").out


def test_a_method_is_shown_and_written_anew(pmo: Command) -> None:
    assert "size large" in pmo("methodology", "show", "own", "--as-of", "2026-06").out
    older = json.loads(pmo("methodology", "show", "own", "--of-version", "1", "--as-of", "2026-06", "--json").out)
    assert [row["artefact_kind"] for row in older["artefacts"]] == ["charter", "report"]
    assert pmo("methodology", "new", "own", "--out", "next.toml").out.startswith("next.toml written")
    again = pmo("ingest", "next.toml")
    assert (again.code, "rows in = 3 unchanged" in again.out, "added" in again.out) == (0, True, False)
    assert "there is a file of that name already" in pmo("methodology", "new", "own", "--out", "next.toml").err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "hybird"), "did you mean 'hybrid'?"),
        (("show", "own", "--of-version", "7"), "own has no version '7'"),
        (("gates", "P9"), "no project 'P9'"),
        (("new", "nothing"), "no method 'nothing'"),
    ],
)
def test_what_there_is_not_is_told(pmo: Command, arguments: tuple[str, ...], told: str) -> None:
    done = pmo("methodology", *arguments)
    assert (done.code, told in done.err) == (2, True)


def test_before_anything_is_loaded_the_given_methods_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = in_new_workspace(tmp_path, monkeypatch, capsys)
    assert 'id = "waterfall"' in run("methodology", "new", "waterfall").out
    assert run("methodology", "list").code == 1
