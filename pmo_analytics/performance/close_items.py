"""What is still open before a month can be closed: one item for each thing that somebody is asked for.

Made of frames that tell each kind of it: hours missing, reports and commentary,
codes that nobody mapped, timesheets against the ledger, measurements, gates.
What makes figures of the month wrong blocks its close; what makes a decision
late warns. Source: the close of books in accounting, a list of what must be in
and agree before a period is shut; which kinds block is this project's own rule.

Worked example: June ends on a Tuesday. Timesheets are asked for within two
working days, by 2 July; a report of 20 May is 41 days old on 30 June, none is
of June, and its manager is asked for one by 3 July.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pmo_analytics.contracts.benefits import Benefit
from pmo_analytics.contracts.marts import UnmappedCode
from pmo_analytics.contracts.people import Team
from pmo_analytics.performance.month_reports import MonthReport

BLOCKS, WARNS = "blocks", "warns"
TIMESHEETS, STATUS, COMMENTARY, UNMAPPED, LEDGER, MEASUREMENT, GATE = (
    "timesheets", "status report", "commentary", "unmapped", "ledger against timesheets", "measurement", "gate",
)  # fmt: skip
# What each kind does to the close, and within how many working days of the month's end it is asked for.
KINDS: dict[str, tuple[str, int]] = {
    TIMESHEETS: (BLOCKS, 2),
    STATUS: (BLOCKS, 3),
    UNMAPPED: (BLOCKS, 3),
    LEDGER: (BLOCKS, 4),
    COMMENTARY: (BLOCKS, 4),
    MEASUREMENT: (WARNS, 6),
    GATE: (WARNS, 6),
}
_FINANCE = ("ledger_entry", "commitment")
_MANAGER = "project manager"
_COUNTED = ("days", "sections", "gates", "rows")


@dataclass(frozen=True)
class CloseItem:
    """One thing that is open: of whom it is asked, what it is, what it does to the close, and its figure.

    `frame` names the frame that the figure is of, `key` its row, `column` the
    figure; `unit` is seconds, days, a currency, or rows.
    """

    kind: str
    subject: str
    subject_id: str
    owner_role: str
    owner_id: str
    what: str
    effect: str
    due: pd.Timestamp
    value: float
    unit: str
    frame: str
    key: tuple[tuple[str, Hashable], ...]
    column: str

    @property
    def owner(self) -> str:
        """Role and subject, which tell one owner from another without a person's name."""
        return f"{self.owner_role}, {self.subject_id or self.subject}"


@dataclass(frozen=True)
class CloseFrames:
    """The frames that items are made of, by what each is."""

    gaps: pd.DataFrame
    reports: pd.DataFrame
    codes: pd.DataFrame
    costs: pd.DataFrame
    timing: pd.DataFrame
    gates: pd.DataFrame
    team: pd.DataFrame
    benefit: pd.DataFrame


def close_items(frames: CloseFrames, *, status_date: pd.Timestamp, differing: Sequence[str]) -> list[CloseItem]:
    """Every open item of the month of the reporting date: what blocks first, then as it is due.

    Takes `TimesheetGap`, `MonthReport`, `UnmappedCode`, `CostDifference`,
    `BenefitTiming` and `GateStanding` frames and two registers; `differing` are
    the states of a `CostDifference` in which two sides do not agree.
    """
    month = status_date.normalize().replace(day=1)
    found = [
        *_timesheets(frames),
        *_reports(frames.reports),
        *_codes(frames.codes, month),
        *_ledger(frames.costs, month, differing),
        *_measurements(frames, month),
        *_gates(frames.gates),
    ]
    end = (month + pd.offsets.MonthEnd(0)).date()
    items = [CloseItem(effect=KINDS[kind][0], due=_due(end, KINDS[kind][1]), kind=kind, **told) for kind, told in found]
    return sorted(items, key=lambda each: (each.effect != BLOCKS, each.due, each.kind, each.owner))


def counted(unit: str, value: float) -> str:
    """The unit of a figure, as it is called where there is one."""
    return unit.removesuffix("s") if value == 1 and unit in _COUNTED else unit


def _plural(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _due(end: Any, days: int) -> pd.Timestamp:
    """So many working days after the month's end; public holidays are not known here."""
    return pd.Timestamp(np.busday_offset(end, days, roll="backward"))


_Found = list[tuple[str, dict[str, Any]]]


def _timesheets(frames: CloseFrames) -> _Found:
    leads = _texts(frames.team, Team.team, Team.lead_id)
    return [
        (TIMESHEETS, {
            "subject": str(row["team"]), "subject_id": "", "owner_role": "team lead",
            "owner_id": leads.get(str(row["team"]), ""),
            "what": f"hours are missing of {int(row['persons_missing_count'])} of {int(row['person_count'])} people",
            "value": float(row["missing_seconds"]), "unit": "seconds", "frame": "gaps",
            "key": (("team", row["team"]),), "column": "missing_seconds",
        })
        for row in _rows(frames.gaps[frames.gaps["is_short"].fillna(False).astype(bool)])
        if not pd.isna(row["missing_seconds"])
    ]  # fmt: skip


def _reports(reports: pd.DataFrame) -> _Found:
    found: _Found = []
    for row in _rows(reports):
        told = {
            "subject": str(row[MonthReport.name]), "subject_id": str(row[MonthReport.project_id]),
            "owner_role": _MANAGER, "owner_id": _text(row[MonthReport.project_manager_id]), "frame": "reports",
            "key": ((MonthReport.project_id, row[MonthReport.project_id]),),
        }  # fmt: skip
        if not row[MonthReport.is_reported]:
            age = row[MonthReport.status_age_days]
            what = "no status was ever reported" if pd.isna(age) else "no status of this month is reported; last before"
            found.append((STATUS, told | {
                "what": what, "value": float("nan") if pd.isna(age) else float(age), "unit": "days",
                "column": MonthReport.status_age_days,
            }))  # fmt: skip
        if not row[MonthReport.commentary_count]:
            found.append((COMMENTARY, told | {
                "what": "the manager has not commented on the month", "value": 0.0, "unit": "sections",
                "column": MonthReport.commentary_count,
            }))  # fmt: skip
    return found


def _codes(codes: pd.DataFrame, month: pd.Timestamp) -> _Found:
    """Codes with rows in the month: what is unmapped since before is in earlier months' figures as well."""
    key = ("source", "table_name", "external_key", "name", "currency")
    own = codes[pd.to_datetime(codes[UnmappedCode.last_month]) >= month]
    found: _Found = []
    for row in _rows(own):
        is_hours = not pd.isna(row["duration_seconds"]) and float(row["duration_seconds"]) != 0
        is_money = not is_hours and not pd.isna(row["amount"])
        column = "duration_seconds" if is_hours else "amount" if is_money else "row_count"
        unit = "seconds" if is_hours else _text(row["currency"]) if is_money else "rows"
        named = _text(row["external_key"]) or _text(row["name"]) or "no code"
        found.append((UNMAPPED, {
            "subject": f"{row['source']} {named}", "subject_id": "",
            "owner_role": "finance" if row["table_name"] in _FINANCE else "PMO", "owner_id": "",
            "what": "no register or alias knows this code: what is booked on it is in no project",
            "value": float(row[column]), "unit": unit, "frame": "codes",
            "key": tuple((name, row[name]) for name in key if name in row), "column": column,
        }))  # fmt: skip
    return found


def _ledger(costs: pd.DataFrame, month: pd.Timestamp, differing: Sequence[str]) -> _Found:
    rows = costs[(pd.to_datetime(costs["period_month"]) == month) & costs["state"].isin(differing)]
    return [
        (LEDGER, {
            "subject": _text(row["name"]), "subject_id": _text(row["project_id"]), "owner_role": _MANAGER,
            "owner_id": "", "what": f"timesheets and ledger differ: {row['state']}",
            "value": float(row["difference_amount"]), "unit": _text(row["currency"]), "frame": "costs",
            "key": tuple((name, row[name]) for name in ("project_id", "period_month", "currency")),
            "column": "difference_amount",
        })
        for row in _rows(rows)
    ]  # fmt: skip


def _measurements(frames: CloseFrames, month: pd.Timestamp) -> _Found:
    owners, names = (_texts(frames.benefit, Benefit.benefit_id, column) for column in (Benefit.owner_id, Benefit.name))
    timing = frames.timing
    late = timing[timing["is_overdue"].fillna(False).astype(bool) & (pd.to_datetime(timing["period_month"]) <= month)]
    found: _Found = []
    for identifier, rows in late.groupby("benefit_id", sort=True):
        first = _rows(rows.sort_values("period_month").head(1))[0]
        name = str(identifier)
        found.append((MEASUREMENT, {
            "subject": names.get(name) or name, "subject_id": name, "owner_role": "benefit owner",
            "owner_id": owners.get(name, ""),
            "what": f"{_plural(len(rows), 'measurement is', 'measurements are')} not stated, "
                    f"the first of {first['period_month']:%B %Y}",
            "value": float(first["planned_amount"]) if not pd.isna(first["planned_amount"]) else float("nan"),
            "unit": _text(first["currency"]), "frame": "timing",
            "key": tuple((column, first[column]) for column in ("benefit_id", "currency", "period_month")),
            "column": "planned_amount",
        }))  # fmt: skip
    return found


def _gates(gates: pd.DataFrame) -> _Found:
    found: _Found = []
    for row in _rows(gates):
        told = {
            "subject": str(row["name"]), "subject_id": str(row["project_id"]), "owner_role": _MANAGER, "owner_id": "",
            "frame": "gates", "key": (("project_id", row["project_id"]),), "unit": "gates",
        }  # fmt: skip
        for column, what in (
            ("unevidenced_count", "gates were passed without their evidence and without a waiver"),
            ("out_of_turn_count", "gates were passed before one that they follow"),
        ):
            if row[column]:
                found.append((GATE, told | {"what": what, "value": float(row[column]), "column": column}))
    return found


def _rows(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return frame.to_dict("records")


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _texts(frame: pd.DataFrame, key: str, column: str) -> dict[str, str]:
    return {str(row[key]): _text(row[column]) for row in _rows(frame)}
