"""Tests on real public exports, which are not part of this project: `make real-data`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DEFAULT = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real exports that PMO_REAL_DATA names; read, never written."""
    named = os.environ.get("PMO_REAL_DATA")
    folder = (Path(named) if named else DEFAULT).resolve()
    if not folder.is_dir():
        pytest.skip("no folder of real exports: set PMO_REAL_DATA to one")
    return folder
