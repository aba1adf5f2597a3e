"""What the flow page says of sprints: a key figure, a table by sprint and one of the record."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.flow_times import ALL
from pmo_analytics.performance.sprint_charts import shown_sprints
from pmo_analytics.performance.sprint_predictability import FEWEST, OPEN, SprintPredictability, SprintRecord
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_MOST_SPRINTS = 10
_COUNT, _SHARE = Shown("number"), Shown("number", behind="\u00a0%")
_KINDS = {ALL: "", "project_id": "project", "team": "team"}
_NEVER = (
    "No sprint with known dates has begun. Jira's JSON brings them, with `expand=changelog` what was in them when; "
    "so do the registers `sprint`, `issue_sprint` and `issue_change`."
)


def predictability_figure(record: pd.DataFrame) -> KeyFigure | None:
    """The median share of what sprints committed to that was completed, from `SprintRecord`; None without sprints."""
    rows = record[record[SprintRecord.grouping] == ALL]
    if rows.empty or not rows[SprintRecord.sprints_scored].iloc[0]:
        return None
    row = rows.iloc[0]
    scored = numerals.number(row[SprintRecord.sprints_scored])
    if row[SprintRecord.sprints_scored] < FEWEST:
        interval = f"median of {scored} sprints, fewer than the {FEWEST} that an interval takes"
    else:
        low, high = (numerals.number(row[f"completed_{end}_pct"]) for end in ("low", "high"))
        interval = f"median of the last {scored} sprints, 95 % interval {low} to {high}"
    return KeyFigure(
        "Sprint commitment kept",
        _SHARE.text(row[SprintRecord.completed_pct]),
        f"{interval}; {_SHARE.text(row[SprintRecord.added_pct])} came in after the start",
        reference=refer(record, {"grouping": ALL, "group_name": ALL}, SprintRecord.completed_pct, _SHARE),
        exact=float(row[SprintRecord.completed_pct]),
        unit="%",
        form=_SHARE,
    )


def sprint_table(predictability: pd.DataFrame) -> Fragment:
    """The sprints that are scored or go on, the latest first, from `SprintPredictability`, and how many are neither."""
    figures = TableFigures("sprint", predictability, ("grouping", "group_name", "sprint_id"))
    every = predictability[predictability[SprintPredictability.grouping] == ALL]
    shown = shown_sprints(predictability)
    counts = ("items_committed", "items_completed")
    others = ("items_added", "items_removed", "items_cancelled", "items_carried_over")
    labels = ("Committed", "Completed", "Completed, %", "Added", "Taken out", "Given up", "Not done", "Points, %")
    rows = [
        [
            Cell(row["sprint"], sub=_when(row)),
            *(figures.cell(row, name, _COUNT) for name in counts),
            figures.cell(row, "completed_pct", _COUNT),
            *(figures.cell(row, name, _COUNT) for name in others),
            figures.cell(row, "completed_points_pct", _COUNT, sub=_points(row)),
        ]
        for row in shown.head(_MOST_SPRINTS).to_dict("records")
    ]
    left_out = every.drop(shown.index)[SprintPredictability.quality_note].value_counts()
    why = "; ".join(f"{numerals.number(count)} ({note})" for note, count in left_out.items())
    columns = [Column("Sprint"), *(Column(each, is_number=True) for each in labels)]
    return figure_table(
        "sprints", "Sprint by sprint", columns, rows, figures=figures, data=every,
        note="Completed is of what was in the sprint at its start, with the points of that day; what was added, taken "
        "out, given up or not done by its end is of all its items. " + (f"Not judged: {why}." if why else ""),
        left_out=len(shown) - len(rows), all_of="the page's workbook has all.", absent=_absent(why),
    )  # fmt: skip


def _absent(why: str) -> str:
    return f"No sprint can be judged: {why}." if why else _NEVER


def _when(row: Row) -> str:
    begun = numerals.day(row["start_date"])
    return f"since {begun}, goes on" if row["sprint_state"] == OPEN else f"{begun}\u2013{numerals.day(row['end_date'])}"


def _points(row: Row) -> str:
    if is_missing(row["points_committed"]):
        return ""
    done = 0 if is_missing(row["points_completed"]) else row["points_completed"]
    return f"{_COUNT.text(done)} of {_COUNT.text(row['points_committed'])}"


def sprint_record_table(record: pd.DataFrame) -> Fragment:
    """The record of each project and team, from `SprintRecord`."""
    figures = TableFigures("kept", record, ("grouping", "group_name"))
    labels = ("Completed, %", "Added, %", "Points, %", "Sprints", "Going on", "Not judged")
    rows = [
        [
            Cell("All" if row["grouping"] == ALL else row["group_name"], sub=_KINDS[row["grouping"]]),
            figures.cell(row, "completed_pct", _COUNT, sub=_ends(row, "completed")),
            figures.cell(row, "added_pct", _COUNT),
            figures.cell(row, "completed_points_pct", _COUNT, sub=_ends(row, "completed_points")),
            *(figures.cell(row, name, _COUNT) for name in ("sprints_scored", "sprints_open", "sprints_left_out")),
        ]
        for row in record.to_dict("records")
    ]
    columns = [Column("Items of"), *(Column(each, is_number=True) for each in labels)]
    return figure_table(
        "sprint-record", "Sprints by project and team", columns, rows, figures=figures, data=record,
        note="Medians over the last sprints, in the order of names: of what was committed to, the share completed and "
        f"the share that came on top. 95 % intervals below, from {FEWEST} sprints on.",
        absent="There are no sprints.",
    )  # fmt: skip


def _ends(row: Row, name: str) -> str:
    low, high = row[f"{name}_low_pct"], row[f"{name}_high_pct"]
    return "" if is_missing(low) else f"{_COUNT.text(low)}\u2013{_COUNT.text(high)}"
