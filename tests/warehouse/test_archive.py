from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.errors import WarehouseError
from pmo_analytics.warehouse import archive


def test_an_original_comes_back_byte_for_byte_and_is_kept_once(tmp_path: Path) -> None:
    original = tmp_path / "a.csv"
    original.write_bytes(bytes(range(256)) * 5000)
    digest = archive.sha256(original)
    for _ in range(2):
        archive.keep(original, tmp_path / "archive", digest)
    kept = [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert [path.stem for path in kept] == [digest]
    assert kept[0].stat().st_mode & 0o222 == 0
    assert archive.restore(digest, tmp_path / "archive", tmp_path / "b.csv").read_bytes() == original.read_bytes()


def test_a_missing_original_is_told(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="lacks an original"):
        archive.restore("ab" * 32, tmp_path, tmp_path / "out")


def test_an_altered_original_is_told(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("one")
    other.write_text("other")
    folder = tmp_path / "archive"
    digest, wrong = archive.sha256(one), archive.sha256(other)
    archive.keep(one, folder, digest)
    archive.keep(other, folder, wrong)
    place, source = (folder / d[:2] / f"{d}.zst" for d in (digest, wrong))
    place.chmod(0o644)
    place.write_bytes(source.read_bytes())
    with pytest.raises(WarehouseError, match="was altered"):
        archive.restore(digest, folder, tmp_path / "out")
