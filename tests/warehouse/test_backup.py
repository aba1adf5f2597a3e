"""A backup gives back the same workspace; one that was tampered with, or leads elsewhere, gives nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pmo_analytics.errors import PmoError, UsageError, WarehouseError
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.backup import MANIFEST, back_up
from pmo_analytics.warehouse.integrity import inspect_warehouse
from pmo_analytics.warehouse.restoration import restore
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row

NOW = datetime(2026, 7, 1, 12, 30)
PERSON = "person_id,name,email,role,team,calendar_id,fte_pct,joined_date,left_date,status_date"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    desk = Desk(tmp_path_factory.mktemp("loaded"))
    rows = [toggl_row(f"p{n % 3}", day=f"2026-03-{1 + n % 28:02d}") for n in range(40)]
    desk.toggl(*rows, toggl_row(duration="25:00:00"))
    desk.toggl(*[[*row[:11], "02:00:00", *row[12:]] for row in rows[:39]], name="later.csv")
    desk.register("person", PERSON, ["E1", "P0", "p0@example.test", "Dev", "B", "main", 100, "", "", "2026-01-01"])
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Dev", "2026-01-01", 90, "EUR"])
    return desk.workspace


@pytest.fixture(scope="module")
def backup(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "pmo.zip"
    back_up(workspace, file, now=NOW)
    return file


SHOWN = (
    "core.timesheet_entry marts.cost_by_project_month personal_view.given_person_alias meta.load meta.reject".split()
)


def seen(workspace: Workspace) -> list[object]:
    """What every version shows: events, a mart, persons, loads and rejects."""
    found: list[object] = []
    for version in range(1, 5):
        with Warehouse(workspace).everything(version) as view:
            found += [view.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in SHOWN]
    return found


def test_a_restored_workspace_is_clean_and_shows_the_same(workspace: Workspace, backup: Path, tmp_path: Path) -> None:
    made = restore(backup, tmp_path / "new" / "w")
    assert inspect_warehouse(made).findings == []
    assert seen(made) == seen(workspace)
    assert made.settings_file.read_bytes() == workspace.settings_file.read_bytes()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["w"]


def test_a_backup_has_a_manifest_only_its_owner_reads_it_and_it_is_never_written_over(
    workspace: Workspace, backup: Path
) -> None:
    with zipfile.ZipFile(backup) as packed:
        said = json.loads(packed.read(MANIFEST))
        assert {p["name"] for p in said["parts"]} | {MANIFEST} == set(packed.namelist())
    assert said["made_at"] == "2026-07-01T12:30:00"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = backup.read_bytes()
    with pytest.raises(UsageError, match="the file exists"):
        back_up(workspace, backup, now=NOW)
    assert backup.read_bytes() == before


def test_what_killed_loads_left_is_no_part_of_a_backup(workspace: Workspace, tmp_path: Path) -> None:
    copy = Workspace.find(shutil.copytree(workspace.root, tmp_path / "w"))
    (copy.warehouse / "core/core/timesheet_entry/killed.parquet").write_bytes(b"half")
    (copy.warehouse / "archive/00").mkdir(exist_ok=True)
    (copy.warehouse / "archive/00/tmpabc").write_bytes(b"half")
    made = back_up(copy, tmp_path / "pmo.zip", now=NOW)
    assert not [part.name for part in made.parts if "killed" in part.name or "tmp" in part.name]


def test_a_damaged_warehouse_is_not_backed_up_and_no_half_file_stays(workspace: Workspace, tmp_path: Path) -> None:
    copy = Workspace.find(shutil.copytree(workspace.root, tmp_path / "w"))
    path = next(copy.warehouse.glob("core/core/timesheet_entry/*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(WarehouseError, match="damaged") as told:
        back_up(copy, tmp_path / "pmo.zip", now=NOW)
    assert str(path) in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize("kind", ["empty", "workspace"])
def test_a_folder_that_holds_nothing_of_its_own_takes_a_backup(backup: Path, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    if kind == "workspace":
        Workspace.create(folder)
    assert inspect_warehouse(restore(backup, folder)).is_clean
    assert not list(folder.glob(".restoring*"))


def test_a_folder_that_holds_anything_is_left_as_it_is(backup: Path, tmp_path: Path) -> None:
    other = Workspace.create(tmp_path / "other", time_zone="Europe/Berlin")
    with pytest.raises(UsageError, match="settings of its own"):
        restore(backup, other.root)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="not empty"):
        restore(backup, tmp_path / "full")
    loaded = restore(backup, tmp_path / "loaded")
    with pytest.raises(UsageError, match="not empty"):
        restore(backup, loaded.root)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


Change = Callable[[dict[str, bytes]], None]
PART = "warehouse/archive/00/" + "0" * 64 + ".zst"


def changed(backup: Path, target: Path, change: Change, *, link: str | None = None) -> Path:
    """A backup whose members and manifest were changed by hand."""
    with zipfile.ZipFile(backup) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as packed:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == link else 0
            packed.writestr(info, data)
    return target


def manifest(members: dict[str, bytes], **said: object) -> None:
    members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | said).encode()


def named_in_both(name: str) -> Change:
    def change(members: dict[str, bytes]) -> None:
        members[name] = b"x"
        parts = json.loads(members[MANIFEST])["parts"]
        digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        manifest(members, parts=[*parts, {"name": name, "bytes": 1, "sha256": digest}])

    return change


def altered(members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.endswith(".parquet"))
    members[name] = bytes(len(members[name]))


def without(name: str) -> Change:
    return lambda members: members.pop(name) and None


HOSTILE = ["/etc/cron.d/pmo", "../outside", "warehouse/core/../../../outside.parquet", "warehouse\\core.sqlite", "a\n"]
BROKEN: list[tuple[str, Change, str]] = [
    *((f"name {name!r}", named_in_both(name), "leads to where") for name in HOSTILE),
    ("altered", altered, "not what was packed"),
    ("shortened", lambda m: m.update({"pmo.toml": m["pmo.toml"][:-1]}), "bytes, and"),
    ("unnamed", lambda m: m.update({PART: b"x"}), "differ"),
    ("lacking", without("warehouse/personal.sqlite"), "differ"),
    ("no manifest", without(MANIFEST), "no backup"),
    ("no JSON", lambda m: m.update({MANIFEST: b"{"}), "cannot be read"),
    ("no parts", lambda m: manifest(m, parts=None), "cannot be read"),
    ("newer format", lambda m: manifest(m, format=9), "newer program"),
    ("newer schema", lambda m: manifest(m, schema_version=99), "newer program"),
]


@pytest.mark.parametrize(("change", "told"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_backup_that_was_tampered_with_gives_nothing(backup: Path, tmp_path: Path, change: Change, told: str) -> None:
    file = changed(backup, tmp_path / "changed.zip", change)
    with pytest.raises(PmoError, match=told):
        restore(file, tmp_path / "w")
    assert [path.name for path in tmp_path.iterdir()] == ["changed.zip"]
    assert not (tmp_path.parent / "outside").exists()


def test_links_repeated_members_and_other_files_are_refused(backup: Path, tmp_path: Path) -> None:
    file = changed(backup, tmp_path / "link.zip", named_in_both(PART), link=PART)
    with pytest.raises(WarehouseError, match="is a link"):
        restore(file, tmp_path / "w")
    twice = shutil.copyfile(backup, tmp_path / "twice.zip")
    with zipfile.ZipFile(twice, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("pmo.toml", b"")
    with pytest.raises(WarehouseError, match="twice"):
        restore(twice, tmp_path / "w")
    for name, data in (("text.zip", b"no archive"), ("cut.zip", backup.read_bytes()[:-500])):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(WarehouseError, match="cannot be unpacked"):
            restore(tmp_path / name, tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_a_catalog_that_names_files_elsewhere_is_refused(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pmo_analytics.warehouse.backup._copied", with_a_path_elsewhere)
    monkeypatch.setattr("pmo_analytics.warehouse.catalogs.is_within", lambda *_: True)
    monkeypatch.setattr("pmo_analytics.warehouse.backup.catalogs.named_files", lambda *_: [])
    back_up(workspace, tmp_path / "pmo.zip", now=NOW)
    monkeypatch.undo()
    with pytest.raises(WarehouseError, match="a data file elsewhere: /etc/passwd"):
        restore(tmp_path / "pmo.zip", tmp_path / "w")
    assert not (tmp_path / "w").exists()


def with_a_path_elsewhere(path: Path, folder: Path) -> Path:
    copy = shutil.copyfile(path, folder / path.name)
    with sqlite3.connect(copy) as catalog:
        catalog.execute("UPDATE ducklake_data_file SET path = '/etc/passwd', path_is_relative = 0")
    return copy


def test_an_empty_workspace_is_not_backed_up(tmp_path: Path) -> None:
    empty = Workspace.create(tmp_path / "w")
    with pytest.raises(WarehouseError, match="nothing has been loaded"):
        back_up(empty, tmp_path / "pmo.zip", now=NOW)
