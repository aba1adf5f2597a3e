"""Exports come packed, in folders and by pattern; what is hostile is refused."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from pmo_analytics.errors import PmoError, SourceError
from pmo_analytics.ingest import IngestOptions, LoadResult, export_files, ingest_files
from pmo_analytics.ingest.containers import unpacked
from tests.exports import TOGGL_HEADERS, Desk, toggl_row, write_csv


def load(desk: Desk, *paths: Path) -> list[LoadResult | PmoError]:
    return list(ingest_files(desk.workspace, list(paths), IngestOptions(), desk.edges))


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in members.items():
            container.writestr(name, data)
    return path


def export(tmp_path: Path, person: str) -> bytes:
    return write_csv(tmp_path / "one.csv", TOGGL_HEADERS, [toggl_row(person=person)]).read_bytes()


def test_each_export_in_a_zip_file_is_a_load_named_by_its_place(desk: Desk, tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv": export(tmp_path, "ann"), "deep/b.csv": export(tmp_path, "ben")})
    results = load(desk, path)
    assert [r.file for r in results if isinstance(r, LoadResult)] == ["all.zip/a.csv", "all.zip/deep/b.csv"]
    assert desk.loads() == ["all.zip/a.csv", "all.zip/deep/b.csv"]
    again = [r for r in load(desk, path) if isinstance(r, LoadResult)]
    assert {r.state for r in again} == {"unchanged"}


def test_a_gzip_file_is_read_as_what_it_holds(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "toggl.csv.gz"
    path.write_bytes(gzip.compress(export(tmp_path, "ann")))
    (result,) = load(desk, path)
    assert isinstance(result, LoadResult)
    assert result.rows["added"] == 1


def test_a_file_that_fails_leaves_the_others_of_its_container(desk: Desk, tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"notes.txt": b"hello", "b.csv": export(tmp_path, "ben")})
    problem, result = load(desk, path)
    assert isinstance(problem, SourceError)
    assert "all.zip/notes.txt" in str(problem)
    assert isinstance(result, LoadResult)
    assert result.rows["added"] == 1


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv"])
def test_a_name_outside_the_container_is_refused(desk: Desk, tmp_path: Path, name: str) -> None:
    (problem,) = load(desk, zipped(tmp_path / "all.zip", {name: export(tmp_path, "ann")}))
    assert isinstance(problem, SourceError)
    assert "outside" in str(problem)
    assert desk.loads() == []


def test_a_bomb_is_refused_before_it_fills_the_disk(desk: Desk, tmp_path: Path) -> None:
    (problem,) = load(desk, zipped(tmp_path / "bomb.zip", {"a.csv": b"0" * (80 << 20)}))
    assert isinstance(problem, SourceError)
    assert "grows" in str(problem)


@pytest.mark.parametrize("name", ["cut.zip", "cut.csv.gz"])
def test_a_damaged_container_is_told(desk: Desk, tmp_path: Path, name: str) -> None:
    whole = zipped(tmp_path / "whole.zip", {"a.csv": export(tmp_path, "ann") * 50})
    data = whole.read_bytes() if name.endswith(".zip") else gzip.compress(export(tmp_path, "ann") * 50)
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    (problem,) = load(desk, tmp_path / name)
    assert isinstance(problem, SourceError)
    assert "damaged" in str(problem)


def test_what_was_unpacked_goes_away(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv": b"x"})
    with unpacked(path) as files:
        places = [file.path for file in files]
    assert not any(place.exists() or place.parent.exists() for place in places)


def test_folders_and_patterns_name_exports(tmp_path: Path) -> None:
    for name in ("b.csv", "a.txt", "deep/c.tsv", "deep/d.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [p.name for p in export_files([tmp_path])] == ["a.txt", "b.csv", "c.tsv"]
    assert [p.name for p in export_files([tmp_path / "*.csv"])] == ["b.csv"]
    with pytest.raises(SourceError, match="no such"):
        export_files([tmp_path / "none*.csv"])
