"""A page as a reader's browser has it: what it asks for, what it says, what cannot be seen or reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LOOKS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
# What `make test` looks at of pages that `tests/slow/test_every_page.py` looks at from all sides.
TWO_LOOKS = [LOOKS[0], LOOKS[3]]
_DRAWN = "document.querySelectorAll('[data-drawn]').length === document.querySelectorAll('.chart, .chart-print').length"


@dataclass(frozen=True)
class Reading:
    """A page that is open offline, the addresses it asked for, and what stood on the console."""

    page: Page
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Close the browser's context."""
        self.page.context.close()

    def wait_until_drawn(self) -> None:
        """Wait for the charts that the page's script draws."""
        self.page.wait_for_function(_DRAWN, timeout=30_000)

    def faults(self, path: Path) -> list[object]:
        """Other addresses asked for, messages, what is wider than the window, and what axe finds."""
        from axe_playwright_python.sync_playwright import Axe

        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = Axe().run(self.page).response["violations"]
        return [
            *(url for url in self.requests if url != path.as_uri()),
            *self.messages,
            *([f"{over} pixels too wide"] if over > 0 else []),
            *((each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found),
        ]


def opened(browser: Browser, path: Path, *, scheme: str = "light", width: int = 1280) -> Reading:
    """The page at `path`, in a window of this width and colour scheme, without a network."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}, offline=True)  # type: ignore[arg-type]
    reading = Reading(context.new_page())
    reading.page.on("request", lambda request: reading.requests.append(request.url))
    reading.page.on("console", lambda message: reading.messages.append(message.text))
    reading.page.on("pageerror", lambda error: reading.messages.append(str(error)))
    reading.page.goto(path.as_uri())
    return reading
