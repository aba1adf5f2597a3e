"""Every page that the packs of the demonstration publish, as readers open them: screen, telephone, keyboard, print.

Two months, and the last whole week and quarter.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.readers import LOOKS, opened

pytestmark = pytest.mark.browser
# Pages whose charts a script draws hold the script; those drawn when they are made do not.
MOST_KB = {"project": 150, "index": 150}
WITH_SCRIPT_KB = 1_200


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("every")
    runs = (["demo"], ["run", "monthly", "--as-of", "2026-05"], ["run", "weekly"], ["run", "quarterly"])
    for arguments in runs:
        command = [sys.executable, "-m", "pmo_analytics.cli", "--workspace", "w", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    reports = folder / "w" / "reports"
    found = sorted(reports.rglob("*.html"))
    names = {
        pipeline: {path.name.partition("-")[0].removesuffix(".html") for path in (reports / pipeline).glob("*/*.html")}
        for pipeline in ("monthly", "weekly", "quarterly")
    }
    assert names["weekly"] == {
        "index", "portfolio_review", "flow", "risk", "dependencies", "capacity", "utilisation",
    }  # fmt: skip
    assert names["quarterly"] == {
        "index", "portfolio_review", "alignment", "prioritisation", "selection", "benefits", "methodology", "audit",
    }  # fmt: skip
    assert names["weekly"] | names["quarterly"] < names["monthly"]
    # As many in each month, thirteen of them projects', and the list of the months.
    months = [
        sorted(path.name for path in (reports / "monthly" / month).glob("*.html"))
        for month in ("2026-05-31", "2026-06-30")
    ]
    assert months[0] == months[1]
    assert sum(name.startswith("project_health-project-") for name in months[0]) == 13
    assert len(list((reports / "monthly").rglob("*.html"))) == 2 * len(months[0]) + 1
    return found


def drawn(page: Page) -> bool:
    """Whether every chart of the page is drawn, by its script or when it was made."""
    return bool(
        page.evaluate(
            "[...document.querySelectorAll('.chart, .chart-static')].every(c => c.querySelectorAll('svg path').length)"
            " && document.querySelectorAll('[data-drawn]').length"
            "    === document.querySelectorAll('.chart, .chart-print').length"
        )
    )


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_nothing_is_asked_said_cut_or_out_of_reach(
    browser: Browser, pages: list[Path], scheme: str, width: int
) -> None:
    wrong: dict[str, object] = {}
    for path in pages:
        reading = opened(browser, path, scheme=scheme, width=width)
        reading.wait_until_drawn()
        found = reading.faults(path)
        if found or not drawn(reading.page):
            wrong[f"{path.parent.name}/{path.name}"] = (found, drawn(reading.page))
        reading.close()
    assert wrong == {}


def test_it_is_light(pages: list[Path]) -> None:
    sizes = [(path.name, path.stat().st_size / 1000) for path in pages]
    assert [each for each in sizes if each[1] > MOST_KB.get(re.split(r"[_.]", each[0])[0], WITH_SCRIPT_KB)] == []


def test_the_keyboard_reaches_what_can_be_opened_and_shows_where_it_is(browser: Browser, pages: list[Path]) -> None:
    for path in [each for each in pages if each.parent.match("monthly/2026-06-30")][:6]:
        page = opened(browser, path).page
        expected = page.evaluate(
            "[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')]"
            ".filter(e => e.checkVisibility()).length"
        )
        reached: set[str] = set()
        for _ in range(expected + 5):
            page.keyboard.press("Tab")
            place = page.evaluate(
                "() => { const e = document.activeElement; if (e === document.body) return '';"
                " const style = getComputedStyle(e);"
                " return [...document.querySelectorAll('*')].indexOf(e) + ' ' + style.outlineStyle; }"
            )
            if place:
                reached.add(place)
        assert len(reached) >= expected, path.name
        assert all(place.endswith("solid") for place in reached), path.name
        page.context.close()


def test_printed_no_chart_is_cut_or_left_out(browser: Browser, pages: list[Path]) -> None:
    wrong = []
    for path in pages:
        reading = opened(browser, path)
        reading.wait_until_drawn()
        page = reading.page
        # A4 less its margins, in CSS pixels.
        page.set_viewport_size({"width": 718, "height": 1047})
        page.emulate_media(media="print")
        cut = page.evaluate(
            """() => [...document.querySelectorAll('.chart-print svg, .chart-static svg')]
              .map(svg => svg.getBoundingClientRect()).filter(box => box.width)
              .filter(box => box.right > innerWidth + 1 || box.left < -1 || box.height > innerHeight || box.height < 60)
              .length"""
        )
        shown = page.evaluate(
            "[...document.querySelectorAll('.chart-print svg, .chart-static svg')]"
            ".filter(svg => svg.getBoundingClientRect().width).length"
        )
        if cut or shown != page.locator("figure").count():
            wrong.append((path.name, cut, shown, page.locator("figure").count()))
        page.context.close()
    assert wrong == []
