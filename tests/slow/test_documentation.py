"""The documentation's examples do what it says, in a demonstration workspace; the site stands alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pmo_analytics.ingest import IngestOptions, ingest_files
from pmo_analytics.reporting.selection_inputs import FOLDER, USUAL
from pmo_analytics.synthetic import write_sample
from pmo_analytics.synthetic.strategy import BOARD_SCENARIO
from pmo_analytics.system import edges
from pmo_analytics.workspace import Workspace
from tests.conftest import ROOT
from tests.documents import Reader, examples, is_shown

pytestmark = pytest.mark.slow
DOCS = ROOT / "docs"
# What is installed there is the machine's own; tests/scheduling runs it against programs of their own.
NOT_RUN = {"how-to/run-on-a-schedule.md"}
PAGES = sorted({str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} - NOT_RUN)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documentation")
    workspace = Workspace.create(folder / "demo", has_discount_rate=True)
    write_sample(workspace.root / "sample")
    (workspace.root / FOLDER).mkdir(exist_ok=True)
    (workspace.root / FOLDER / f"{USUAL}.toml").write_text(BOARD_SCENARIO, encoding="utf-8")
    for result in ingest_files(workspace, [workspace.root / "sample"], IngestOptions(), edges()):
        assert not isinstance(result, Exception), result
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_each_example_does_what_the_page_says(name: str, loaded: Path, tmp_path: Path) -> None:
    told = list(examples((DOCS / name).read_text(encoding="utf-8")))
    if not told:
        return
    if told[0].code.startswith("pmo init w"):
        shutil.copytree(loaded / "demo" / "sample", tmp_path / "exports")
        reader = Reader(tmp_path, ROOT)
    else:
        shutil.copytree(loaded / "demo", tmp_path / "demo")
        has_python = any(each.language == "python" for each in told)
        reader = Reader(tmp_path if has_python else tmp_path / "demo", ROOT)
        if has_python:
            reader.environment["PMO_WORKSPACE"] = str(tmp_path / "demo")
    for each in told:
        code, printed = reader.run(each)
        assert code == each.exit_code, f"{each.code}\n{printed}"
        if each.shown is not None:
            assert is_shown(each.shown, printed), f"{each.code}\n{printed}"


def test_the_site_builds_strictly_and_asks_nothing_from_outside(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    built = list((tmp_path / "site").rglob("*.html"))
    assert len(built) > len(PAGES)
    for page in built:
        text = page.read_text(encoding="utf-8")
        loads = re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?(https?:|//)", text)
        loads += re.findall(r"<link[^>]*rel=\"?(?:stylesheet|preconnect|icon)[^>]*href=\"?(https?:|//)", text)
        assert not loads, page
