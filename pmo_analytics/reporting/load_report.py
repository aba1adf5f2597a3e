"""The report of a call of ingestion: what became of each file, as data and as a piece of a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.ingest import LoadResult
from pmo_analytics.reporting.fragments import Fragment, fragment
from pmo_analytics.reporting.page import page_style

_SHOWN_REJECTS = 1_000
_TOLD = ("message", "file", "row", "column", "found", "expected", "hint")


def load_report(results: Sequence[LoadResult], problems: Sequence[PmoError]) -> Fragment:
    """The files with their rows by fate, how each was read, the rows to correct, and the files that failed."""
    rows = sum(result.rows_in for result in results)
    rejected = sum(result.rows["rejected"] for result in results)
    told = [f"{_counted(len(results), 'file')} with {_counted(rows, 'row')} read"]
    told.append(f"{_counted(rejected, 'row')} to correct" if rejected else "none refused")
    if problems:
        told.append(f"{_counted(len(problems), 'file')} could not be read")
    return fragment("load_report", headline=", ".join(told), loads=results, problems=problems, shown=_SHOWN_REJECTS)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def load_records(results: Sequence[LoadResult], problems: Sequence[PmoError]) -> dict[str, Any]:
    """The same as data, every reject included."""
    return {
        "loads": [asdict(result) for result in results],
        "problems": [{name: getattr(problem, name) for name in _TOLD} for problem in problems],
    }


def write_load_report(path: Path, results: Sequence[LoadResult], problems: Sequence[PmoError]) -> None:
    """Write the report as a page or as JSON, by the ending of `path`; UsageError for another ending."""
    if path.suffix.lower() == ".json":
        text = json.dumps(load_records(results, problems), ensure_ascii=False, indent=1, default=str) + "\n"
    elif path.suffix.lower() == ".html":
        text = fragment("load_page", report=load_report(results, problems).html, style=page_style()).html
    else:
        raise UsageError("a load report is a page or data", file=path, found=path.suffix, expected=".html or .json")
    path.write_text(text, encoding="utf-8")
