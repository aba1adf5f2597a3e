"""What has to be said beside a line of a budget: what is not in it, what may be counted twice, what is old."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from pmo_analytics.contracts.budget_marts import BudgetByProjectYear as Year
from pmo_analytics.resources.budget_amounts import exact_sums

_COMPLETION = "completion"
_Place = tuple[str, str | None]


def _money(amount: float, currency: object) -> str:
    return f"{currency} {amount:,.2f}"


def with_notes(
    rows: pd.DataFrame, mart: pd.DataFrame, closed: set[object], status_date: pd.Timestamp
) -> pd.DataFrame:  # fmt: skip
    """Lines with `quality_note`: the reason of a refusal first, then what else their reader has to know."""
    hours, foreign, listed = _hours(mart), _foreign(mart), _listed_before(mart, status_date)
    undated = mart[mart[Year.fiscal_year].isna() & mart[Year.to_currency].isna()]
    undated_orders = undated.groupby([Year.project_id, Year.currency])[Year.commitment_amount].sum()
    notes = []
    for row in rows.to_dict("records"):
        told = [str(row["reason"])] if row["reason"] else []
        project, is_whole = row[Year.project_id], row["horizon"] == _COMPLETION
        if pd.isna(project):
            told.append("no register or alias knows its project")
        elif not pd.isna(row[Year.to_currency]):
            told.append(
                f"no dated rate from {row[Year.currency]} to {row[Year.to_currency]} is known: it is in no sum of the "
                f"project's {row[Year.to_currency]}"
            )
        elif pd.isna(row[Year.currency]):
            told.append("its currency is not known")
        else:
            told += _of_project(row, is_closed=project in closed)
            place = (str(project), None if is_whole else str(row[Year.fiscal_year]))
            told += [f"{hours[place]:,.2f} h have no rate and cost nothing here"] if place in hours else []
            told += foreign.get(place, [])
            orders = undated_orders.get((project, row[Year.currency]), 0.0)
            if row["is_running"] and not is_whole:
                undated_note = f"orders of {_money(orders, row[Year.currency])} have no due date and are in no year"
                told += [undated_note] if orders else []
            told += [f"orders as listed on {listed[project]}"] if row["is_running"] and project in listed else []
        notes.append("; ".join(told))
    return rows.assign(quality_note=notes)


def _of_project(row: Mapping[Hashable, Any], *, is_closed: bool) -> list[str]:
    currency, told = row[Year.currency], list[str]()
    overdue, converted = row[Year.overdue_amount], row[Year.converted_amount]
    if overdue:
        told.append(f"orders of {_money(overdue, currency)} are overdue")
    if converted:
        told.append(f"{_money(converted, currency)} was converted at dated rates")
    if is_closed and row[Year.commitment_amount]:
        told.append("it is closed and has open orders")
    return told


def _listed_before(mart: pd.DataFrame, status_date: pd.Timestamp) -> dict[object, str]:
    """The day of the list that a project's orders are of, where that is of an earlier month."""
    begin = status_date.normalize().replace(day=1)
    days = mart.groupby(Year.project_id)[Year.status_date].min()
    return {project: f"{day:%Y-%m-%d}" for project, day in days[days < begin].items()}


def _hours(mart: pd.DataFrame) -> dict[_Place, float]:
    """Hours without a rate by project and year, and by project over all years, which has no year."""
    rows = mart[(mart[Year.uncosted_seconds] != 0) & mart[Year.project_id].notna()]
    found: dict[_Place, float] = {}
    for project, year, seconds in rows[[Year.project_id, Year.fiscal_year, Year.uncosted_seconds]].itertuples(
        index=False
    ):
        for place in ((str(project), str(year)), (str(project), None)):
            found[place] = found.get(place, 0.0) + float(seconds) / 3600
    return found


def _foreign(mart: pd.DataFrame) -> dict[_Place, list[str]]:
    """What cannot be converted by project and year, and over all years, in words."""
    rows = mart[mart[Year.to_currency].notna()]
    names = {Year.actual_amount: "spent", Year.accrual_amount: "accrued", Year.commitment_amount: "ordered",
             Year.budget_amount: "budgeted"}  # fmt: skip
    found: dict[_Place, list[str]] = {}
    for year, part in (*rows.groupby(Year.fiscal_year), (None, rows)):
        sums = exact_sums(part, [Year.project_id, Year.currency], list(names))
        for row in sums.to_dict("records"):
            told = [f"{_money(row[name], row[Year.currency])} {word}" for name, word in names.items() if row[name]]
            place = (str(row[Year.project_id]), None if year is None else str(year))
            if told:
                found.setdefault(place, []).append(f"not converted for want of a dated rate: {', '.join(told)}")
    return found
