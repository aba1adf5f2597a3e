"""CONTRIBUTING's steps to a new analysis and its page, followed to the letter."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports import Desk, toggl_row

SECTION = re.compile(r"^## An analysis and its page, step by step\n(.*?)^## ", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w/]+\.py)`")
COPIED = ("pmo_analytics", "notebooks", "pipelines", "tests", "pyproject.toml")


def steps(text: str) -> Iterator[tuple[str, str, str]]:
    """Language and code of each block, with the file that the words before it name, empty where they name none."""
    begun = 0
    for block in BLOCK.finditer(text):
        named = FILE.findall(text[begun : block.start()].rstrip().rpartition("\n\n")[2])
        yield block[1], block[2], named[-1] if named and block[1] == "python" else ""
        begun = block.end()


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, folder / name)
    return folder


def test_the_steps_lead_to_an_analysis_and_a_page(copy: Path, root: Path, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["A", "Alpha", "North", 100, "EUR", "2026-01-01"],
        ["B", "Beta", "North", 50, "EUR", "2026-01-01"],
    )
    desk.toggl(toggl_row("ann", "A", "2026-04-05", "02:00:00"))
    workspace = desk.workspace.root
    # A workspace named in the environment goes before the folder that a command is given in.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PMO_")}
    environment = kept | {"PYTHONPATH": str(copy)}
    told: list[str] = []
    section = SECTION.search((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert section
    for language, code, file in steps(section[1]):
        if file:
            assert not (copy / file).exists(), f"{file} is no example any more"
            (copy / file).write_text(code, encoding="utf-8")
        elif language == "python":
            replace_project_table(workspace / "notebooks" / "portfolio_size.ipynb", code)
        else:
            for line in code.splitlines():
                program, *arguments = shlex.split(line.removeprefix("$ "))
                where = {"pytest": copy, "pmo": workspace}[program]
                module = {"pytest": "pytest", "pmo": "pmo_analytics.cli"}[program]
                done = subprocess.run(
                    [sys.executable, "-m", module, *arguments],
                    cwd=where, env=environment, capture_output=True, text=True, check=False,
                )  # fmt: skip
                assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
                told.append(done.stdout)
    assert " passed" in told[0]
    assert " failed" not in told[0]
    page = (workspace / "reports/single/2026-03-31/portfolio_size.html").read_text(encoding="utf-8")
    assert '<a class="figure" id="sizes-North-EUR-project_count">2</a>' in page
    assert (workspace / "reports/single/2026-03-31/portfolio_size.xlsx").is_file()
    assert "project.csv" in told[-1]


def replace_project_table(notebook: Path, code: str) -> None:
    """What an analyst does in JupyterLab."""
    data = json.loads(notebook.read_text(encoding="utf-8"))
    (cell,) = [cell for cell in data["cells"] if "".join(cell["source"]).startswith("blocks.project_table(")]
    cell["source"] = code.rstrip("\n").splitlines(keepends=True)
    notebook.write_text(json.dumps(data), encoding="utf-8")
