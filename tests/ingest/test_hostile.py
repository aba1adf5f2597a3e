"""Hostile exports: each is loaded as the text it is or refused in words, and nothing of it runs."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pmo_analytics.errors import PmoError, SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, export_files, ingest_files
from pmo_analytics.terminal import clean
from pmo_analytics.workspace import Workspace
from tests.exports import TOGGL_HEADERS, Desk, balances, toggl_row, write_csv

TEXTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7*7 }}", "${jndi:ldap://x/a}", "%s%n%x",
    "'; DROP TABLE lake.core.timesheet_entry; --", "') UNION SELECT 1 --", '"; ATTACH \'x\' AS y; --', "$1", "?",
    "=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://x\")",
    "../../etc/passwd", "/etc/passwd", "C:\\windows\\system32", "file:///etc/passwd", "a\\nb",
    "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b31m", "\u202egnp.exe", "\u2066a\u2069", "a\x08b", "\x7f",
    "a\u0000b".replace("\u0000", "\u2400"), "\ufffd", "e\u0301", "\U0001f6a2", "\U000e0041", "a,b;c\td|e", 'a"b', '""',
    "line\nbreak", "NULL", "null", "NaN", "true", "[]", "{}", "\u00a0x\u00a0y",
]  # fmt: skip


def load(desk: Desk, *paths: Path) -> list[LoadResult | PmoError]:
    return list(ingest_files(desk.workspace, list(paths), IngestOptions(), desk.edges))


def refusal(desk: Desk, *paths: Path) -> str:
    (problem,) = load(desk, *paths)
    assert isinstance(problem, SourceError)
    assert desk.loads() == []
    return str(problem)


def test_what_is_stored_is_what_was_written_and_the_terminal_stays_clean(desk: Desk) -> None:
    headers = [*TOGGL_HEADERS, 'x"); DROP TABLE y; --', "<b>'", "select", "load_id", "source_line", "c0", "fault"]
    rows = [[*toggl_row(description=text), text, text, "", "", "", "", ""] for text in TEXTS]
    path = write_csv(desk.folder / "hostile.csv", headers, rows)
    result = desk.load(path)
    assert (result.rows["added"], result.rejects) == (len(TEXTS), [])
    stored = desk.query("SELECT description, custom FROM core.timesheet_entry ORDER BY source_line")
    expected = [text.strip(" \t\r\n\u00a0") for text in TEXTS]
    assert [description for description, _ in stored] == expected
    assert [json.loads(str(custom))["<b>'"] for _, custom in stored] == [[text] for text in expected]
    command = [sys.executable, "-m", "pmo_analytics.cli", "--workspace", str(desk.workspace.root), "sql"]
    for form in ("table", "json"):
        query = "select description, custom from core.timesheet_entry order by source_line"
        done = subprocess.run([*command, query, "--format", form], capture_output=True, text=True, check=True)
        assert done.stdout == clean(done.stdout)
    assert [row["description"] for row in json.loads(done.stdout)] == expected


@pytest.mark.parametrize(
    "name",
    ["toggl[1].csv", "toggl*.csv", "togg?1.csv", "it's.csv", 'a"b.csv', "two\nlines.csv", "<b>&.csv", "\x1b[31m.csv",
     "year=2026.csv", "-rf.csv", "%s.csv", "$HOME.csv"],
)  # fmt: skip
def test_a_files_name_is_a_name_and_never_a_pattern(desk: Desk, name: str) -> None:
    write_csv(desk.folder / "toggl1.csv", TOGGL_HEADERS, [toggl_row(description="another file")])
    (desk.folder / "month=03").mkdir()
    path = write_csv(desk.folder / "month=03" / name, TOGGL_HEADERS, [toggl_row(description="this file")])
    write_csv(desk.folder / "month=03" / "toggl1.csv", TOGGL_HEADERS, [toggl_row(description="another file")])
    assert desk.load(path).rows["added"] == 1
    assert desk.query("SELECT description FROM core.timesheet_entry") == [("this file",)]


def test_a_workspace_may_have_an_odd_name(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "it's [1] * ? year=2026 %s")
    desk.toggl(toggl_row())
    desk.toggl(toggl_row(duration="02:00:00"), name="again.csv")
    assert desk.query("SELECT count(load_id), sum(duration_seconds) FROM core.timesheet_entry") == [(1, 7200)]


def test_a_name_of_several_lines_prints_as_one(desk: Desk) -> None:
    path = write_csv(desk.workspace.root / "a\npmo: all is well\n\x1b[1m.csv", TOGGL_HEADERS, [toggl_row()])
    command = [sys.executable, "-m", "pmo_analytics.cli", "--workspace", str(desk.workspace.root), "ingest", str(path)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[0].endswith(".csv: Toggl Track detailed report")
    assert "\x1b" not in printed


def test_a_cell_of_ten_megabytes_comes_in_whole(desk: Desk) -> None:
    text = "0123456789" * 1_000_000
    assert desk.toggl(toggl_row(description=text), toggl_row()).rows["added"] == 2
    assert desk.query("SELECT max(length(description)), count(load_id) FROM core.timesheet_entry") == [(10_000_000, 2)]


def test_a_cell_that_never_ends_is_refused(desk: Desk) -> None:
    before = csv.field_size_limit(2_000_000)
    try:
        path = write_csv(desk.folder / "endless.csv", TOGGL_HEADERS, [toggl_row()] * 3)
        path.write_bytes(path.read_bytes() + b'Ann,"' + b"and so on\n" * 300_000)
        assert "a cell never ends" in refusal(desk, path)
    finally:
        csv.field_size_limit(before)


def test_a_header_of_a_megabyte_and_two_thousand_columns_are_read(desk: Desk) -> None:
    more = ["h" * 1_000_000, *[f"column {n}" for n in range(2_000)]]
    path = write_csv(desk.folder / "wide.csv", [*TOGGL_HEADERS, *more], [[*toggl_row(), *["v"] * len(more)]])
    result = desk.load(path)
    assert balances(result)
    assert result.rows["added"] == 1
    (custom,) = desk.query("SELECT custom FROM core.timesheet_entry")[0]
    assert len(json.loads(str(custom))) == len(more)


def test_more_columns_than_an_export_has_are_refused(desk: Desk) -> None:
    more = [f"c{n}" for n in range(20_000)]
    path = write_csv(desk.folder / "wider.csv", [*TOGGL_HEADERS, *more], [[*toggl_row(), *["v"] * len(more)]])
    assert "20,014 columns" in refusal(desk, path)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return path


def export(desk: Desk) -> bytes:
    return write_csv(desk.folder / "plain.csv", TOGGL_HEADERS, [toggl_row()]).read_bytes()


def test_a_locked_zip_file_is_refused(desk: Desk) -> None:
    path = zipped(desk.folder / "locked.zip", {"a.csv": export(desk)})
    data = bytearray(path.read_bytes())
    # The flag of encryption stands in the member's header and in the directory.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "locked" in refusal(desk, path)


def test_a_zip_file_within_a_zip_file_is_refused_and_its_neighbours_load(desk: Desk) -> None:
    inner = zipped(desk.folder / "inner.zip", {"a.csv": export(desk)}).read_bytes()
    problem, result = load(desk, zipped(desk.folder / "outer.zip", {"inner.zip": inner, "b.csv": export(desk)}))
    assert isinstance(problem, SourceError)
    assert "outer.zip/inner.zip" in str(problem)
    assert isinstance(result, LoadResult)


@pytest.mark.parametrize("name", ["..\\evil.csv", "C:\\evil.csv", "a\\..\\b.csv", "C:evil.csv"])
def test_a_name_that_leads_out_on_another_system_is_refused(desk: Desk, name: str) -> None:
    assert "outside" in refusal(desk, zipped(desk.folder / "all.zip", {name: export(desk)}))


def test_a_gzip_bomb_is_refused(desk: Desk) -> None:
    path = desk.folder / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(80):
            file.write(b"0" * (1 << 20))
    assert "grows" in refusal(desk, path)


def test_pipes_devices_and_links_in_a_folder_are_never_waited_for(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    os.mkfifo(folder / "pipe.csv")
    (folder / "device.csv").symlink_to("/dev/zero")
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "up").symlink_to(tmp_path)
    (folder / "a.csv").write_bytes(export(desk))
    assert [path.name for path in export_files([folder])] == ["a.csv"]
    for name in ("pipe.csv", "device.csv", "loop.csv"):
        with pytest.raises(SourceError, match=r"no file that can be read|no such file"):
            export_files([folder / name])


def test_settings_are_never_taken_from_an_export(desk: Desk) -> None:
    (desk.folder / "pmo.toml").write_text("time_zone = 'Nowhere/None'")
    desk.load(write_csv(desk.folder / "toggl.csv", TOGGL_HEADERS, [toggl_row()]))
    assert Workspace.find(desk.workspace.root).time_zone == "UTC"
