"""Published pages printed to PDF by the Chromium of this machine: A4 as the page's style says, tagged, without a clock.

The same page printed by the same browser gives the same bytes: the time of day
that Chromium writes gives way to the reporting date.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from pmo_analytics.errors import ReportError, UsageError
from pmo_analytics.reporting.cited_figures import published_text

VARIABLE = "PMO_CHROMIUM"
SECONDS = 120
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
# Drawing takes a page well under a second; the browser's own clock runs on until nothing is left to do.
_DRAWN_BY = 20_000
_OPTIONS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions",
    "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage", "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND", f"--virtual-time-budget={_DRAWN_BY}", "--no-pdf-header-footer",
    "--export-tagged-pdf", "--generate-pdf-document-outline",
)  # fmt: skip
_BESIDE = re.compile(r'(<a\b[^>]*?) href="(?!#|[a-z]+:)[^"]*"')
_DATES = re.compile(rb"/(CreationDate|ModDate) \(D:(\d{14})")


def find_browser(
    environment: Mapping[str, str] = os.environ,
    *,
    names: Sequence[str] = NAMES,
    applications: Sequence[Path] = APPLICATIONS,
) -> Path:
    """The Chromium of this machine: what PMO_CHROMIUM names, else one on the path, else an application of macOS.

    Raises UsageError where there is none.
    """
    if told := environment.get(VARIABLE):
        found = shutil.which(told)
        if found is None:
            raise UsageError("is no program", file=VARIABLE, found=told, expected="the path of Chromium or Chrome")
        return Path(found)
    for name in names:
        if found := shutil.which(name, path=environment.get("PATH", os.defpath)):
            return Path(found)
    for application in applications:
        if os.access(application, os.X_OK):
            return application
    raise UsageError(
        "there is no browser to print with",
        found="none of " + ", ".join(names),
        expected="Chromium or Chrome",
        hint=f"install it (Debian: apt-get install chromium), or name it in {VARIABLE}",
    )


def page_pdf(page: Path, *, browser: Path, as_of: date, seconds: float = SECONDS) -> bytes:
    """The page at `page` as PDF, dated `as_of`.

    Raises ReportError where the browser fails or takes longer than `seconds`; it is ended then.
    """
    with tempfile.TemporaryDirectory(prefix="pmo-print-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(without_links_beside(published_text(page)).encode())
        profile = Path(folder) / "profile"
        # The sandbox is refused to the superuser, as in a container.
        unsafe = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        told = _run(
            [
                str(browser), *_OPTIONS, *unsafe, f"--user-data-dir={profile}", f"--print-to-pdf={target}",
                source.as_uri(),
            ],
            page, seconds,
        )  # fmt: skip
        if not target.is_file() or not (printed := target.read_bytes()).rstrip().endswith(b"%%EOF"):
            last = told.strip().splitlines()
            raise ReportError(
                "could not be printed", file=page, found=last[-1][:300] if last else "no output",
                expected=f"a PDF written by {browser}",
                hint="a confined browser needs TMPDIR set to a folder that it may read",
            )  # fmt: skip
    return dated(printed, as_of)


def without_links_beside(page: str) -> str:
    """The page without links to files beside it: a PDF would hold them with the path of this machine."""
    shown, script, engine = page.partition("<script>")
    return _BESIDE.sub(r"\1", shown) + script + engine


def dated(pdf: bytes, day: date) -> bytes:
    """The PDF with the start of `day` as the time of its making, every other byte in its place."""
    return _DATES.sub(lambda found: b"/%s (D:%s000000" % (found[1], day.strftime("%Y%m%d").encode()), pdf)


def _run(command: Sequence[str], page: Path, seconds: float) -> str:
    """Run the browser and return what it says; with all its processes, it is ended after `seconds`."""
    # A file, since processes that outlive the browser would keep a pipe open.
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
        except OSError as problem:
            raise ReportError(
                "could not be printed", file=page, found=f"{command[0]}: {problem.strerror}", expected="a browser"
            ) from None
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise ReportError(
                "could not be printed", file=page, found=f"the browser ran longer than {seconds:g} seconds",
                expected="a printed page", hint=f"is {command[0]} a working Chromium? {VARIABLE} names another",
            ) from None  # fmt: skip
        finally:
            _end(process)
        said.seek(0)
        return said.read().decode("utf-8", "replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of the browser: its whole group, which it was started in."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
