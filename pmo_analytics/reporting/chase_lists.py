"""What each owner is asked for before a month closes, one file an owner, to be sent; and the form for commentary."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pmo_analytics.contracts.month_close import PORTFOLIO, PROJECT, Commentary
from pmo_analytics.errors import UsageError
from pmo_analytics.exchange import register_csv
from pmo_analytics.exchange.register_xlsx import workbook_bytes
from pmo_analytics.performance.close_items import CloseItem
from pmo_analytics.reporting.publishing import slug

FORMATS = ("xlsx", "csv", "text")
_COLUMNS = ("where", "identifier", "what", "how much", "unit", "it", "due", "how to answer")
_ANSWERS = {
    "timesheets": "book the hours in the timesheet system; its next export is loaded",
    "status report": "fill in registers/project_status.csv, or a template of `pmo templates new status_report`",
    "commentary": "fill in the form of `pmo close MONTH form`; `pmo close MONTH comment FILE` loads it",
    "unmapped": "fill in the sheet of `pmo map`, which loads as aliases",
    "ledger against timesheets": "correct the posting or the hours, or say why they differ in the commentary on cost",
    "measurement": "state the realised values in registers/benefit_value.csv",
    "gate": "load the approved artefacts, or a waiver with its end",
}


def by_owner(items: Sequence[CloseItem]) -> dict[str, list[CloseItem]]:
    """The items of each owner, in their order."""
    found: dict[str, list[CloseItem]] = {}
    for item in items:
        found.setdefault(item.owner, []).append(item)
    return found


def write_chase_lists(
    folder: Path, close: str, items: Sequence[CloseItem], form: str, *, clean: Callable[[str], str]
) -> dict[str, Path]:
    """Write a file for each owner into a new folder, as workbook, CSV or text; the file by owner.

    `clean` takes out of a text what could steer a terminal.

    Raises UsageError where the folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError("there is something in this folder already", file=folder, hint="name a new one")
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for owner, own in by_owner(items).items():
        path = folder / f"{slug(owner)}.{'txt' if form == 'text' else form}"
        title = f"Close of {close}: {owner}"
        rows = [_row(item, close) for item in own]
        if form == "xlsx":
            path.write_bytes(workbook_bytes([("Open", _COLUMNS, rows)], file=path))
        elif form == "csv":
            register_csv.write(path, _COLUMNS, rows, title=title)
        else:
            path.write_text(_letter(title, rows, clean), encoding="utf-8")
        written[owner] = path
    return written


def _row(item: CloseItem, close: str) -> tuple[Any, ...]:
    value = item.value / 3600 if item.unit == "seconds" else item.value
    amount = None if math.isnan(value) else round(value, 2)
    unit = "hours" if item.unit == "seconds" else item.unit
    answer = _ANSWERS[item.kind].replace("MONTH", close)
    return (item.subject, item.subject_id, item.what, amount, unit, item.effect, item.due.date(), answer)


def _letter(title: str, rows: Sequence[tuple[Any, ...]], clean: Callable[[str], str]) -> str:
    """The list as text for a mail, what could steer a terminal taken out."""
    lines = [title, ""]
    for where, identifier, what, amount, unit, effect, due, answer in rows:
        place = f"{where} ({identifier})" if identifier else str(where)
        much = "" if amount is None else f", {amount:,.10g} {unit}"
        lines += [f"- {place}: {what}{much}", f"  {effect} the close, due {due:%d %B %Y}; {answer}", ""]
    return "\n".join(clean(line) for line in lines)


def commentary_form(
    close: str, reports: pd.DataFrame, commentary: pd.DataFrame, portfolios: Sequence[str]
) -> Mapping[str, list[dict[str, object]]]:
    """Rows to fill a template of `commentary` with: the month's subjects, and what they have said already.

    Takes the `MonthReport` frame and the month's rows of the register; the row of a
    subject that said nothing has no text, and is set aside where it stays so.
    """
    month = pd.Timestamp(f"{close}-01").date()
    rows: list[dict[str, object]] = [
        {name: row[name] for name in (
            Commentary.subject_kind, Commentary.subject_id, Commentary.section, Commentary.text)}
        for row in commentary.to_dict("records")
    ]  # fmt: skip
    said = {(row[Commentary.subject_kind], row[Commentary.subject_id]) for row in rows}
    asked = [(PORTFOLIO, name) for name in portfolios] + [(PROJECT, str(each)) for each in reports["project_id"]]
    rows += [
        {Commentary.subject_kind: kind, Commentary.subject_id: name, Commentary.section: "summary"}
        for kind, name in asked
        if (kind, name) not in said
    ]
    return {"commentary": [{Commentary.period_month: month} | row for row in rows]}
