from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = """
import pytest

@pytest.mark.browser
def test_page():
    pytest.skip("no browser")

def test_other():
    pytest.skip("not on this system")
"""


@pytest.mark.parametrize(("ci", "closing"), [("true", "1 failed, 1 skipped"), ("", "2 skipped")])
def test_a_skipped_browser_test_fails_in_ci_alone(root: Path, tmp_path: Path, ci: str, closing: str) -> None:
    (tmp_path / "conftest.py").write_text((root / "tests" / "conftest.py").read_text())
    (tmp_path / "test_pages.py").write_text(SKIPPED)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
    run = subprocess.run(
        command, check=False, env={**os.environ, "CI": ci}, cwd=tmp_path, capture_output=True, text=True
    )
    assert closing in run.stdout.splitlines()[-1]


@pytest.mark.browser
def test_a_page_opens_without_a_network(page: object, tmp_path: Path) -> None:
    from playwright.sync_api import Page

    assert isinstance(page, Page)
    (tmp_path / "page.html").write_text("<!doctype html><title>June</title><h1>Portfolio</h1>")
    page.goto((tmp_path / "page.html").as_uri())
    assert page.title() == "June"
    assert page.evaluate("navigator.onLine") is False
