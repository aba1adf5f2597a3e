"""What the command line prints: tables, loads, status; control characters of exports never reach a terminal."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pmo_analytics.ingest import LoadResult

if TYPE_CHECKING:
    from pathlib import Path

    from pmo_analytics.corrections import WrittenCorrections
    from pmo_analytics.reporting.pipeline import PublishedReport
    from pmo_analytics.reporting.reproduction import Reproduction
    from pmo_analytics.warehouse.checks import CheckFinding
    from pmo_analytics.warehouse.integrity import Inspection

_SHOWN_REJECTS = 5
_WIDEST = 60
# What JSON would let through to a terminal as it is.
_STEERING = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """`text` without what could steer a terminal: control and direction characters become a replacement sign."""
    return _CONTROL.sub("\ufffd", text)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: decimals as numbers where that is exact, else as text."""
    if isinstance(value, Decimal):
        number = float(value)
        if Decimal(repr(number)) != value:
            return str(value)
        return int(value) if value == value.to_integral_value() and abs(value) < 2**53 else number
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def print_json(data: Any) -> None:
    """Print data as JSON, one document."""
    text = json.dumps(data, ensure_ascii=False, indent=1, default=_unknown)
    print(_STEERING.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text))


def _unknown(value: Any) -> Any:
    known = plain(value)
    return str(value) if known is value else known


def print_rows(columns: list[str], rows: list[tuple[Any, ...]], format: str) -> None:
    """Print a query's result as a table, as CSV or as JSON."""
    if format == "json":
        print_json([{c: plain(v) for c, v in zip(columns, row, strict=True)} for row in rows])
        return
    if format == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if v is None else plain(v) for v in row] for row in rows])
        sys.stdout.write(buffer.getvalue())
        return
    print_table(columns, rows)
    print(f"{len(rows)} rows")


def print_table(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Print rows in columns, numbers to the right."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        numeric = any(isinstance(row[index], int | float | Decimal) for row in rows)
        table.add_column(Text(clean(column)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*[Text("" if v is None else clean(_shown(v))) for v in row])
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(240, console.width))
    console.print(table)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def say(text: str) -> None:
    """Print one line of progress at once."""
    print(clean(text), flush=True)


@contextmanager
def progress_bar() -> Iterator[Callable[[str | None], None]]:
    """What to tell each step to; None ends a file. On a terminal alone, a line shows the step and the time since."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    progress = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)

    def step(text: str | None) -> None:
        if text is None:
            progress.stop()
            for task in progress.task_ids:
                progress.remove_task(task)
        elif progress.task_ids:
            progress.update(progress.task_ids[0], description=clean(text))
        else:
            progress.add_task(clean(text), total=None)
            progress.start()

    try:
        yield step
    finally:
        progress.stop()


def print_load(result: LoadResult) -> None:
    """Print what became of a file: how it was read, rows by fate, totals, the first rejects."""
    print(clean(f"{result.file}: {result.title}".replace("\n", "\ufffd")))
    if result.state == "unchanged":
        print(f"  nothing changes: {result.assumptions[0]}")
        return
    for assumption in result.assumptions[:1] + [f"assumed: {text}" for text in result.assumptions[1:]]:
        print(clean(f"  {assumption}"))
    for text in result.checks:
        print(clean(f"  {text}"))
    fates = ", ".join(f"{n:,} {fate.replace('_', ' ')}" for fate, n in result.rows.items() if n) or "0"
    print(f"  {result.rows_in:,} rows in = {fates}")
    if result.rows_removed:
        print(f"  {result.rows_removed:,} stored rows were no longer in the file's scope: {clean(result.scope or '')}")
    for column in dict.fromkeys(total.column for total in result.totals):
        _print_totals(result, column)
    for reject in result.rejects[:_SHOWN_REJECTS]:
        found = "empty" if reject.value is None else repr(clean(reject.value))
        print(
            clean(f"  rejected line {reject.source_line}, {reject.column}: {found}")
            + f" ({reject.rule}; expected {reject.expected})"
        )
    if len(result.rejects) > _SHOWN_REJECTS:
        print(f"  … {len(result.rejects) - _SHOWN_REJECTS} more: pmo rejects")
    print("  nothing was changed (dry run)" if result.state == "dry_run" else f"  version {result.version}")


def print_reading(result: LoadResult, *, is_asked: bool) -> None:
    """Print how each column of a file is read: its header, the first cell found and what it is taken for."""
    if not is_asked or not result.columns:
        return
    rows: list[tuple[Any, ...]] = [(c.column, c.header, _cut(c.found), _cut(c.read_as)) for c in result.columns]
    print_rows(["column", "read from", "first found", "taken for"], rows, "table")


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def print_corrections(path: Path, written: WrittenCorrections) -> None:
    """Print which rejected rows were written where, and that they may name persons."""
    for sheet in written.sheets:
        print(clean(f"  {sheet.title}: {len(sheet.rows):,} rejected rows of {sheet.file}"))
    for problem in written.left_out:
        print(clean(f"left out: {problem}"), file=sys.stderr)
    print(f"{path}: correct the marked cells, then: pmo ingest {path}")
    print("the rows are as the exports have them, persons' names included: keep the workbook where those may be")


def print_checks(findings: list[CheckFinding], *, as_json: bool) -> bool:
    """Print the broken rules between tables with the first places; tell whether none that rejects is among them."""
    broken = [finding for finding in findings if finding.rows is not None]
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in broken:
            rows = "1 row" if finding.rows == 1 else f"{finding.rows:,} rows"
            print(clean(f"{finding.rule}, {finding.table} ({finding.severity}), {rows}: {finding.message}"))
            print(clean(f"  {finding.column} such as {finding.example!r}, in {finding.places}"))
            print(clean(f"  do: {finding.hint}"))
        for rule, why in {finding.rule: finding.places for finding in findings if finding.rows is None}.items():
            print(f"not checked: {rule}: {why}")
        if not broken:
            print("every rule that could be checked holds")
    return all(finding.severity != "reject" for finding in broken)


def print_inspection(found: Inspection, *, as_json: bool) -> None:
    """Print what does not hold in a warehouse, where and what to do, and how much was looked at."""
    if as_json:
        print_json(asdict(found) | {"is_clean": found.is_clean})
        return
    for path in found.removed:
        print(clean(f"removed {path}"))
    if found.findings:
        rows = [("note" if f.is_note else "damage", f.subject, f.finding, f.remedy) for f in found.findings]
        print_rows(["kind", "where", "finding", "do"], list(rows), "table")
    looked = f"{found.loads:,} loads, {found.data_files:,} data files and {found.originals:,} originals"
    print(f"{looked}: {'all is as it was written' if found.is_clean else 'not all is as it was written'}")


def _print_totals(result: LoadResult, column: str) -> None:
    by_currency: dict[str | None, list[str]] = {}
    for total in (t for t in result.totals if t.column == column):
        is_time = column.endswith("_seconds")
        shown = f"{total.total / 3600:,.2f} h" if is_time else f"{total.total:,.2f} {total.currency or ''}".rstrip()
        by_currency.setdefault(total.currency, []).append(f"{shown} {total.fate.replace('_', ' ')}")
    for parts in by_currency.values():
        print(f"  {column}: {', '.join(parts)}")


def print_status(view: Any, *, as_json: bool, runs: dict[str, Any]) -> None:
    """Print what is in the warehouse: rows, balance of every load, hours mapped and not, what is missing.

    As JSON with what `runs` tells of scheduled ones.
    """
    summary_columns, summary = view.rows(
        "SELECT count(*) AS loads, coalesce(sum(rows_in), 0) AS rows_in, coalesce(sum(rows_added), 0) AS added, "
        "coalesce(sum(rows_replacing), 0) AS replacing, coalesce(sum(rows_unchanged), 0) AS unchanged, "
        "coalesce(sum(rows_rejected), 0) AS rejected, coalesce(sum(rows_set_aside), 0) AS set_aside FROM meta.load"
    )
    totals = dict(zip(summary_columns, (plain(v) for v in summary[0]), strict=True))
    parts = [totals[name] for name in ("added", "replacing", "unchanged", "rejected", "set_aside")]
    tables = _table_counts(view)
    findings = [
        finding | {"duration_seconds": None if math.isnan(finding["duration_seconds"]) else finding["duration_seconds"]}
        for finding in view.missing().to_dict("records")
    ]
    if as_json:
        print_json({"version": view.version, "balance": totals, "tables": tables, "missing": findings} | runs)
        return
    print(clean(f"{view.workspace.root}, version {view.version}"))
    sign = "=" if totals["rows_in"] == sum(parts) else "≠"
    print(
        f"{totals['rows_in']:,} rows in {sign} {parts[0]:,} added + {parts[1]:,} replacing + {parts[2]:,} unchanged "
        f"+ {parts[3]:,} rejected + {parts[4]:,} set aside"
    )
    for name, rows in tables.items():
        print(f"  {name:<24}{rows:>12,}")
    print("missing:" if findings else "nothing is missing")
    for finding in findings:
        seconds = finding["duration_seconds"]
        hours = "" if seconds is None else f" ({seconds / 3600:,.2f} h)"
        print(clean(f"  {finding['subject']}: {finding['finding']}{hours}"))
        print(clean(f"    do: {finding['remedy']}"))


def _table_counts(view: Any) -> dict[str, int]:
    from pmo_analytics.contracts import stored
    from pmo_analytics.contracts.base import CORE

    loaded = {str(row[0]) for row in view.rows("SELECT DISTINCT table_name FROM meta.load")[1]}
    loaded |= {"issue_link", "issue_sprint"} if "issue" in loaded else set()
    # Names of our own contracts. A count of rows could come from the catalog alone, one of a column is read.
    counted = [
        f"SELECT '{name}' AS name, count(load_id) AS n FROM core.{name}"  # noqa: S608
        for name, table in stored().items()
        if table.lake == CORE and name in loaded
    ]
    if not counted:
        return {}
    return {name: int(count) for name, count in view.rows(" UNION ALL ".join(counted))[1] if count}


def print_reproduction(found: Reproduction, *, as_json: bool) -> None:
    """Print whether a page is the same made again, what it was made with that differs here, and its other figures."""
    if as_json:
        print_json(
            {
                "is_same": found.is_same,
                "changed": [{"what": what, "cited": cited, "here": here} for what, cited, here in found.changed],
                "differences": [vars(difference) for difference in found.differences],
            }
        )
        return
    if found.is_same:
        print("the same, byte for byte")
        return
    print("not the same bytes")
    for what, cited, here in found.changed:
        print(clean(f"  {what}: {cited[:12] or 'none'} cited, {here[:12] or 'none'} here"))
    print(f"{len(found.differences):,} figures differ")
    for difference in found.differences:
        before, now = (("nothing" if text is None else text) for text in (difference.published, difference.now))
        print(clean(f"  {difference.place}: {before} → {now}"))


def print_reports(reports: list[PublishedReport]) -> bool:
    """Print where each page stands, failures with their cause; tell whether all were published, and printed."""
    for report in reports:
        if report.error is None:
            kept = " (kept)" if report.state == "kept" else ""
            print(clean(f"{report.title}: {report.path}{kept}"))
        else:
            print(clean(f"{report.title}: failed, see {report.path}"))
            print(clean(str(report.error)), file=sys.stderr)
        if report.print_error is not None:
            print(clean(str(report.print_error)), file=sys.stderr)
    return all(report.error is None and report.print_error is None for report in reports)


def print_indexes(reports: list[PublishedReport]) -> None:
    """Print where the index page of each reporting date stands."""
    for folder in dict.fromkeys(report.path.parent for report in reports):
        print(clean(f"Index of {folder.name}: {folder / 'index.html'}"))
