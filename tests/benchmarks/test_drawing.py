"""How long a published page takes until its last chart is drawn, against a page of the same run that has none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pmo_analytics.demo import run_demo
from tests.readers import opened

TURNS = 3
MOST_SECONDS = 2.0


def seconds(browser: Browser, path: Path) -> float:
    """The least of three turns, from the first request to the last chart."""
    found = []
    for _ in range(TURNS):
        started = time.perf_counter()
        reading = opened(browser, path)
        reading.wait_until_drawn()
        found.append(time.perf_counter() - started)
        reading.close()
    return min(found)


@pytest.mark.browser
def test_pages_of_the_demonstration(tmp_path: Path, browser: Browser) -> None:
    reports = run_demo(tmp_path / "w", say=lambda _: None, loaded=lambda _: None)
    folder = reports[0].path.parent
    bare = seconds(browser, folder / "index.html")
    print(f"\n{'index, no chart':<40}{bare:6.2f} s")
    for path in sorted(folder.glob("*.html")):
        if path.name != "index.html":
            found = seconds(browser, path)
            print(f"{path.stem:<40}{found:6.2f} s, {found / bare:5.1f} times, {path.stat().st_size / 1000:6.0f} KB")
            assert found <= MOST_SECONDS, path.name
