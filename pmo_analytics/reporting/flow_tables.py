"""The tables of the flow page, from frames of the analyses; text from exports is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.flow_charts import clock_of
from pmo_analytics.performance.flow_forecast import HOW_MANY, ThroughputForecastRows
from pmo_analytics.performance.flow_times import ALL, CYCLE_TIME, THIN
from pmo_analytics.performance.work_item_age import WITHIN_P50, WITHIN_P85
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, frame_table, is_missing
from pmo_analytics.reporting.flow import is_waiting_told
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.references import Shown

_MOST_AGES, _MOST_GROUPS = 15, 30
_COUNT, _ONE = Shown("number"), Shown("number", (1,))
_GROUPINGS = {ALL: "", "issue_type": "type", "project_id": "project", "team": "team"}
_SOURCES = {"pmo.toml": "pmo.toml", "jira": "Jira's category", "name": "its usual name"}


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)


def _numbers(*labels: str) -> list[Column]:
    return [Column(label, is_number=True) for label in labels]


def _band(figures: TableFigures, row: Row, name: str) -> Cell:
    """A percentile with its interval below it."""
    low, high = row[f"{name}_low_days"], row[f"{name}_high_days"]
    sub = "" if is_missing(low) else f"{_ONE.text(low)}\u2013{'' if is_missing(high) else _ONE.text(high)}"
    return figures.cell(row, f"{name}_days", _ONE, sub=sub)


def percentile_table(percentiles: pd.DataFrame) -> Fragment:
    """P50, P85 and P95 by issue type, project and team, with what they rest on, from `CycleTimePercentiles`."""
    clock = clock_of(percentiles)
    figures = TableFigures("time", percentiles, ("clock", "grouping", "group_name"))
    of_clock = percentiles[percentiles["clock"] == clock]
    shown = of_clock[of_clock["items_finished"] + of_clock["items_open"] > 0]
    columns = [Column("Items"), *_numbers("P50, days", "P85, days", "P95, days", "Done", "Open", "Left out")]
    rows = [
        [
            Cell("All" if row["grouping"] == ALL else row["group_name"], sub=_GROUPINGS[row["grouping"]]),
            *(_band(figures, row, name) for name in ("p50", "p85", "p95")),
            *(figures.cell(row, name, _COUNT) for name in ("items_finished", "items_open", "items_left_out")),
        ]
        for row in shown.head(_MOST_GROUPS).to_dict("records")
    ]
    what = "Cycle time, from the first start" if clock == CYCLE_TIME else "Lead time, from the creation: no start known"
    return figure_table(
        "times", "By type, project and team", [*columns], rows, figures=figures, data=percentiles,
        note=f"{what}. Elapsed days with 95 % intervals below; open items are counted in as not done yet, cancelled "
        f"ones are not. Left out: no time is known; where it is of no item, the row is left out too. Below {THIN} done "
        "items read a row with care.",
        left_out=len(of_clock) - len(rows), all_of="the page's workbook has all.",
        absent="No issues are loaded." if percentiles.empty else "Of no item a time is known.",
    )  # fmt: skip


def ageing_table(ages: pd.DataFrame) -> Fragment:
    """The oldest items in progress, from `WorkItemAge`."""
    figures = TableFigures("age", ages, ("issue_key",))
    columns = [
        Column("Item"), Column("Status"), *_numbers("Age, days", "In status, days", "Blocked, days"),
        Column("Against all items", is_remark=True),
    ]  # fmt: skip
    rows = [
        [
            Cell(_text(row["summary"]) or row["issue_key"], id=row["issue_key"]),
            Cell(row["status"], sub=_text(row["project_id"])),
            figures.cell(row, "age_days", _ONE, is_off=row["age_band"] not in {WITHIN_P50, WITHIN_P85}),
            figures.cell(row, "status_days", _ONE),
            figures.cell(row, "blocked_days", _ONE, sub="flagged" if row["is_flagged"] is True else ""),
            Cell(row["age_band"]),
        ]
        for row in ages.head(_MOST_AGES).to_dict("records")
    ]
    return figure_table(
        "ages", "The oldest work in progress", columns, rows, figures=figures, data=ages,
        note="Age since the first start, or since the creation where no start is known.",
        left_out=len(ages) - len(rows), all_of="the page's workbook has all.", absent="No item is in progress.",
    )  # fmt: skip


def forecast_table(forecast: pd.DataFrame) -> Fragment:
    """How many items in the next four weeks and when all are done, from `ThroughputForecastRows`, or why not."""
    verdict = _text(forecast[ThroughputForecastRows.verdict].iloc[0]) if len(forecast) else "there are no items"
    verdict = verdict.removeprefix("refused: ")
    is_shown = len(forecast) and not forecast[ThroughputForecastRows.is_refused].any()
    figures = TableFigures("forecast", forecast, ("question", "is_growing", "level_pct"))
    rows = [
        [
            Cell(_question(row)),
            Cell(f"{numerals.number(row['level_pct'])}\u00a0%"),
            figures.cell(row, "item_count", _COUNT),
            figures.cell(row, "week_count", _COUNT),
            figures.cell(row, "finish_date", Shown("day")),
        ]
        for row in (forecast.to_dict("records") if is_shown else [])
    ]
    return figure_table(
        "forecast", "When, and how many", [Column("Question"), *_numbers("Chance", "Items", "Weeks", "By")], rows,
        figures=figures, data=forecast,
        note=f"Weeks of the past drawn again in blocks of four. Its record on this history: {verdict}." if rows else "",
        absent=f"No forecast is shown: {verdict}.",
    )  # fmt: skip


def _question(row: Row) -> str:
    if row["question"] == HOW_MANY:
        return "Done in the next four weeks, at least"
    return "All that is open is done, as new work comes in" if row["is_growing"] else "All that is open is done"


def record_table(record: pd.DataFrame) -> Fragment:
    """How the expectation of each month held, the latest month first, from `ServiceLevelRecord`."""
    figures = TableFigures("held", record, ("period_month",))
    columns = [Column("Started in"), *_numbers("Expected, days", "Within", "Beyond", "Undecided", "Held, %")]
    rows = [
        [
            Cell(numerals.month(row["period_month"])),
            figures.cell(row, "expected_days", _ONE),
            *(figures.cell(row, name, _COUNT) for name in ("items_within", "items_beyond", "items_undecided")),
            figures.cell(
                row,
                "held_pct",
                Shown("number"),
                sub=f"{_COUNT.text(row['held_low_pct'])}\u2013{_COUNT.text(row['held_high_pct'])}",
                is_off=row["held_high_pct"] < row["level_pct"],
            ),
        ]
        for row in record.iloc[::-1].head(12).to_dict("records")
    ]
    return figure_table(
        "record", "How the expectation held", columns, rows, figures=figures, data=record,
        note="Each month's P85 from what was known on its eve, against the items begun in it; 95 % bands below. A band "
        "below 85 breaks the promise." if rows else "",
        left_out=len(record) - len(rows), all_of="the page's workbook has all.",
        absent="Fewer than ten items were done before any month: there is no expectation to hold.",
    )  # fmt: skip


def delay_table(delays: pd.DataFrame, flow_status: pd.DataFrame) -> Fragment:
    """Blocked time and returns by group, from `FlowDelay`; the mart `flow_status` tells whether any status waits."""
    waits = is_waiting_told(delays, flow_status)
    figures = TableFigures("delay", delays, ("grouping", "group_name"))
    known = delays[(delays["items_timed"] > 0) | (delays["items_done"] > 0)]
    columns = [
        Column("Items"),
        *_numbers("With a start", "Blocked", "By flag", "Blocked, %", "Ever done", "Came back", "Back, %"),
    ]  # fmt: skip
    shares: Sequence[tuple[str, Shown]] = (
        ("items_timed", _COUNT), ("items_blocked", _COUNT), ("items_flagged", _COUNT), ("blocked_pct", _ONE),
        ("items_done", _COUNT), ("items_returned", _COUNT), ("returned_pct", _ONE),
    )  # fmt: skip
    rows = [
        [
            Cell("All" if row["grouping"] == ALL else row["group_name"], sub=_GROUPINGS[row["grouping"]]),
            *(figures.cell(row, name, shown) for name, shown in shares),
        ]
        for row in known.head(_MOST_GROUPS).to_dict("records")
    ]
    return figure_table(
        "delays", "What holds work up", columns, rows, figures=figures, data=known,
        note=("Blocked: share of the summed cycle time in waiting statuses or under Jira's flag, both at once counted "
        "once." if waits else "No status is taken for waiting and nothing was flagged: `blocked` of `[flow]` in "
        "pmo.toml names statuses that are.") if rows else "",
        absent="No history of statuses is loaded: blocked time and returns from done are not known.",
        remedy="Load Jira's JSON with `expand=changelog`.", left_out=len(known) - len(rows),
        all_of="the page's workbook has all.",
    )  # fmt: skip


def status_table(flow_status: pd.DataFrame) -> Fragment:
    """What each status was taken for and who says so, those that nothing maps first, from the mart `flow_status`."""
    figures = TableFigures("status", flow_status, ("status",))
    ordered = flow_status.assign(is_mapped=flow_status["state"].notna()).sort_values(
        ["is_mapped", "issue_count"], ascending=[True, False], kind="stable"
    )
    columns = [Column("Status"), Column("Taken for"), Column("Because of"), *_numbers("Items now", "Times entered")]
    rows = [
        [
            Cell(row["status"], is_off=is_missing(row["state"])),
            Cell(_text(row["state"]).replace("_", " ") or "nothing"),
            Cell(_SOURCES.get(_text(row["mapped_by"]), "add it to [flow] in pmo.toml")),
            figures.cell(row, "issue_count", _COUNT),
            figures.cell(row, "change_count", _COUNT),
        ]
        for row in ordered.head(_MOST_GROUPS).to_dict("records")
    ]
    return figure_table(
        "statuses", "What statuses were taken for", columns, rows, figures=figures, data=flow_status,
        note="All projects. `[flow]` in pmo.toml says otherwise where this is wrong." if rows else "",
        left_out=len(ordered) - len(rows), all_of="the page's workbook has all.", absent="No issues are loaded.",
    )  # fmt: skip


def left_out_table(left_out: pd.DataFrame) -> Fragment:
    """Why items lack a time, and how many, from `FlowLeftOut`."""
    return frame_table(
        left_out, anchor="left-out", title="What is not known", key=["quality_note"],
        note="Counted says whether they are in throughput and open items all the same. "
        "`pmo sql \"from marts.issue_flow where quality_note is not null\"` names them.",
    )  # fmt: skip
