"""Schedules that were cut, shuffled or damaged: every row is handed on, or the file is refused in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import PmoError
from tests.exports import Desk, balances
from tests.schedule_texts import calendar, link, mspdi, tables_of, task, xer, xer_link, xer_task

MSPDI = mspdi([task(1), task(2, [link(1), link(1, Type=3)]), task(3, [link(2, LinkLag=-4800)])], [calendar()])
XER = xer([xer_task(1), xer_task(2), xer_task(3)], [xer_link(101, 102), xer_link(102, 103, "SS", 8)])


@st.composite
def mutants(draw: st.DrawFn, text: str) -> bytes:
    """The text with lines moved, dropped or doubled, bytes changed, or its end cut off."""
    lines = text.splitlines(keepends=True)
    kind = draw(st.sampled_from(["cut", "swap", "drop", "double", "byte", "insert"]))
    at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    if kind == "swap":
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == "drop":
        del lines[at]
    elif kind == "double":
        lines.insert(at, lines[other])
    raw = "".join(lines).encode()
    place = draw(st.integers(1, len(raw) - 1))
    if kind == "cut":
        return raw[:place]
    if kind in {"byte", "insert"}:
        put = draw(st.binary(min_size=1, max_size=2))
        return raw[:place] + put + raw[place + (kind == "byte") :]
    return raw


def outcome(folder: Path, content: bytes, name: str) -> dict[str, list[dict[str, str]]] | None:
    """The tables, or None where the file was refused; then in words."""
    try:
        return tables_of(folder, content, name)
    except PmoError as problem:
        told = problem
    assert told.file == name
    assert told.hint
    return None


@given(mutants(MSPDI))
def test_no_task_or_link_of_microsoft_project_is_lost(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    tables = outcome(tmp_path_factory.getbasetemp(), content, "a.xml")
    if tables is not None and content.isascii() and b"\x00" not in content:
        text = re.sub(r"<!--.*?-->", "", content.decode(), flags=re.DOTALL)
        assert len(tables["mspdi_task"]) == len(re.findall(r"<Task[\s/>]", text))
        assert len(tables.get("mspdi_link", [])) == len(re.findall(r"<PredecessorLink[\s/>]", text))


@given(mutants(XER))
def test_no_task_or_link_of_primavera_is_lost(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    tables = outcome(tmp_path_factory.getbasetemp(), content, "a.xer")
    if tables is None or not content.isascii():
        return
    counted = {"TASK": 0, "TASKPRED": 0}
    table = ""
    for line in content.decode().split("\n"):
        mark = line.split("\t")[0].strip()
        if mark == "%T":
            table = [*line.split("\t"), ""][1].strip()
        elif mark == "%R" and table in counted:
            counted[table] += 1
    assert {"TASK": len(tables["xer_task"]), "TASKPRED": len(tables.get("xer_link", []))} == counted


@pytest.mark.parametrize(("text", "name"), [(MSPDI, "a.xml"), (XER, "a.xer")])
def test_a_file_that_breaks_off_is_refused_with_its_line_wherever_it_does(tmp_path: Path, text: str, name: str) -> None:
    raw = text.rstrip().encode()
    for at in range(60, len(raw) - 1, 97):
        (tmp_path / name).write_bytes(raw[:at])
        with pytest.raises(PmoError) as caught:
            tables_of(tmp_path, raw[:at], name)
        assert caught.value.row, raw[at - 20 : at]


def test_a_damaged_file_changes_nothing_and_a_shuffled_one_balances(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    path = tmp_path / "a.xer"
    path.write_bytes(XER.encode()[:-20])
    assert [type(result).__name__ for result in desk.load_all(path)] == ["SourceError"]
    assert desk.loads() == []
    lines = XER.splitlines(keepends=True)
    begin = next(n for n, line in enumerate(lines) if line.startswith("%T\tTASK\r"))
    end = next(n for n, line in enumerate(lines) if line.startswith("%T\tTASKPRED"))
    # Tasks in front of all that they name, and one of them twice.
    moved = [lines[0], *lines[begin:end], lines[end - 1], *lines[1:begin], *lines[end:]]
    path.write_bytes("".join(moved).encode())
    results = [result for result in desk.load_all(path) if not isinstance(result, PmoError)]
    assert [(result.source, balances(result)) for result in results] == [
        ("xer_calendar", True), ("xer_task", True), ("xer_link", True),
    ]  # fmt: skip
    rows = {result.source: {fate: n for fate, n in result.rows.items() if n} for result in results}
    assert rows["xer_task"] == {"added": 3, "set_aside": 1}
    assert desk.query("SELECT DISTINCT calendar, wbs FROM core.schedule_task") == [("5 days", "BRIDGE.Deck")]
