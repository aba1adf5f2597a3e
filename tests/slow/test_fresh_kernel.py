"""Where nothing is forked, a kernel of its own keeps the same limits and gives every notebook's same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from pmo_analytics.demo import run_demo
from pmo_analytics.reporting.engines import ENGINE_VARIABLE, Limits
from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.reporting.runner import run_notebook
from pmo_analytics.workspace import Workspace
from tests.reporting.test_engines import failure
from tests.reporting.test_runner import write

COMMAND = [sys.executable, "-m", "pmo_analytics.cli"]
NOTEBOOKS = sorted(shipped("notebooks").glob("*.ipynb"))
PLACES = (
    {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8"},
    {"TZ": "America/St_Johns", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PMO_ENGINE": "fresh"},
)


@pytest.mark.parametrize(
    ("source", "limits", "told"),
    [
        ("while True:\n    pass", Limits(seconds=1), "TimeLimit: the cell ran longer than 1 seconds"),
        ("for _ in range(100_000):\n    print('0123456789')", Limits(), "OutputLimit: the cell shows more than"),
        ("import os\nos.kill(os.getpid(), 9)", Limits(), "ProcessEnded: the process of the notebook ended"),
    ],
)
def test_limits_of_a_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, limits: Limits, told: str
) -> None:
    workspace = Workspace.create(tmp_path / "w")
    found = failure(workspace, monkeypatch, "fresh", write(workspace, "page", source), limits)
    assert found.cell == 3
    assert found.error.startswith(told)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("demo") / "w"
    run_demo(folder, say=lambda _: None, loaded=lambda _: None)
    return Workspace.find(folder)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("as_of", ["2026-06-30", "2025-09-30"])
def test_every_notebook_gives_the_same_bytes_in_both(
    demo: Workspace, monkeypatch: pytest.MonkeyPatch, path: Path, as_of: str
) -> None:
    made = []
    for engine in ("prepared", "fresh"):
        monkeypatch.setenv(ENGINE_VARIABLE, engine)
        made.append(nbformat.writes(run_notebook(path, {"as_of": as_of, "version": 20}, demo)))
    assert made[0] == made[1]
    assert "outputs" in made[0]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place["TZ"])
def test_a_page_is_the_same_in_other_time_zones_and_locales(demo: Workspace, place: dict[str, str]) -> None:
    page = demo.reports / "monthly" / "2026-06-30" / "portfolio_review-fleet.html"
    told = subprocess.run(
        [*COMMAND, "--workspace", str(demo.root), "reproduce", str(page)],
        capture_output=True,
        text=True,
        env=os.environ | place,
        check=False,
    )
    assert (told.stdout, told.returncode) == ("the same, byte for byte\n", 0), told.stderr
