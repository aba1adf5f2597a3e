from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page

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


@pytest.fixture
def neighbour() -> Iterator[str]:
    """The address of a server on this machine, which any page with a network reaches."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


REACHED = "address => fetch(address, {mode: 'no-cors'}).then(() => true, () => false)"


@pytest.mark.browser
def test_a_page_opens_without_a_network(page: Page, neighbour: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><title>June</title><h1>Portfolio</h1>")
    page.goto((tmp_path / "page.html").as_uri())
    assert page.title() == "June"
    assert page.evaluate(REACHED, neighbour) is False
    # The server is there: it is the page that has no network.
    page.context.set_offline(False)
    assert page.evaluate(REACHED, neighbour) is True
