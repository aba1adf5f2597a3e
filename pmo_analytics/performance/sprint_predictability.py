"""How much of what sprints committed to at their start was completed by their end.

Committed is what was in the sprint when it began and was not done by then; what
of it was completed was done, and still in the sprint, at the sprint's end. What
was added after the start is told beside it and counts in no share. Story points
are those that an item had when it came in, so that estimating anew changes no
commitment; items without any are in no sum of points. A sprint that goes on is
not scored, nor is one of which too much is not known. Source: by the usual
definition of Scrum's tools, completed over committed; the interval of the
median is distribution-free, by order statistics (Thompson 1936), and takes
sprints as independent of one another. That a tenth may be unknown is this
project's convention.

Worked example: a sprint began with four items. Two were done by its end, one was
taken out and one was left over; a fifth came in and was done: 50 % of four were
completed, and one was added. Of sprints at 50, 60, 70, 80, 90 and 100 % the
median is 75 %, between 50 and 100 with 96.9 % coverage; five have no interval.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.flow_marts import SprintScope
from pmo_analytics.forecasting.scoring import median_interval
from pmo_analytics.performance.flow_times import ALL, NOT_STATED

GROUPINGS = (SprintScope.project_id, SprintScope.team)
OPEN, CLOSED = "open", "closed"
NOT_KNOWN, DONE_BEFORE = "not_known", "done_before"
COMPLETED, REMOVED, CANCELLED, LEFT_OVER = "completed", "removed", "cancelled", "not_completed"
MOST_UNKNOWN_PCT = 10.0
# Below so many no order statistics of a sample hold its median with 95 %.
FEWEST = 6
RECENT = 26
NOTHING_COMMITTED, GOES_ON = "nothing was committed", "it goes on"
_KEY = ["grouping", "group_name", SprintScope.sprint_id]


class SprintPredictability(Contract):
    """One row per group and sprint that has begun: all items of the sprint, then those of each project and team.

    Key: grouping, group_name, sprint_id. Committed and added items make up the
    completed ones, of either kind, the removed, cancelled and carried over ones
    together. `items_done_before` were done before they came in, of
    `items_unknown` it is not known; both are in no other count. Points are sums
    of the items that have them, missing where none has. Shares are of what was
    committed, 0 to 100; a sprint is scored where `is_scored`, else
    `quality_note` says why not.
    """

    grouping: Text = required(isin=[ALL, *GROUPINGS])
    group_name: Text = required()
    sprint_id: Text = required()
    sprint: Text = required()
    sprint_state: Text = required(isin=[OPEN, CLOSED, NOT_KNOWN])
    start_date: Date = optional()
    end_date: Date = optional()
    items_committed: Whole = required(ge=0)
    items_completed: Whole = required(ge=0)
    items_added: Whole = required(ge=0)
    items_added_completed: Whole = required(ge=0)
    items_removed: Whole = required(ge=0)
    items_cancelled: Whole = required(ge=0)
    items_carried_over: Whole = required(ge=0)
    items_done_before: Whole = required(ge=0)
    items_unknown: Whole = required(ge=0)
    completed_pct: Number = optional(ge=0, le=100)
    added_pct: Number = optional(ge=0)
    points_committed: Number = optional(ge=0)
    points_completed: Number = optional(ge=0)
    points_added: Number = optional(ge=0)
    completed_points_pct: Number = optional(ge=0, le=100)
    is_scored: Flag = required()
    quality_note: Text = optional()


class SprintRecord(Contract):
    """One row per group with sprints that have dates: the median share completed of its last scored ones.

    Key: grouping, group_name. `completed_low_pct` to `completed_high_pct` is
    the 95 % interval of the median; below six sprints there is none, and
    `quality_note` says so. The same for points, over `sprints_pointed` sprints.
    Sprints left out have ended and are not scored.
    """

    grouping: Text = required(isin=[ALL, *GROUPINGS])
    group_name: Text = required()
    sprints_scored: Whole = required(ge=0)
    sprints_open: Whole = required(ge=0)
    sprints_left_out: Whole = required(ge=0)
    completed_pct: Number = optional(ge=0, le=100)
    completed_low_pct: Number = optional(ge=0, le=100)
    completed_high_pct: Number = optional(ge=0, le=100)
    added_pct: Number = optional(ge=0)
    sprints_pointed: Whole = required(ge=0)
    completed_points_pct: Number = optional(ge=0, le=100)
    completed_points_low_pct: Number = optional(ge=0, le=100)
    completed_points_high_pct: Number = optional(ge=0, le=100)
    quality_note: Text = optional()


def sprint_predictability(
    sprint_scope: pd.DataFrame, *, most_unknown_pct: float = MOST_UNKNOWN_PCT
) -> DataFrame[SprintPredictability]:
    """Commitment and what became of it by sprint, the latest first. Takes the mart `sprint_scope`.

    A sprint is scored where it has ended, something was committed, and of no
    more than `most_unknown_pct` of its items it is not known what became of them.
    """
    columns = list(SprintPredictability.to_schema().columns)
    if sprint_scope.empty:
        return checked(SprintPredictability, pd.DataFrame(columns=columns))
    counted = _marked(sprint_scope)
    sums = _grouped(counted).groupby(_KEY, sort=False)
    marks = [str(name) for name in counted if str(name).startswith(("items_", "points_"))]
    rows = sums[[SprintScope.sprint, SprintScope.sprint_state, SprintScope.start_date, SprintScope.end_date]].first()
    rows = rows.join(sums[marks].sum(min_count=1)).reset_index()
    counts = [name for name in marks if name.startswith("items_")]
    rows[counts] = rows[counts].fillna(0)
    items, points = rows["items_committed"], rows["points_committed"]
    rows["completed_pct"] = (100 * rows["items_completed"] / items).where(items > 0)
    # What is completed is part of what was committed, whatever the last digit of either sum.
    completed = (rows["points_completed"].fillna(0) / points).clip(upper=1.0)
    rows["added_pct"] = (100 * rows["items_added"] / items).where(items > 0)
    rows["completed_points_pct"] = (100 * completed).where(points > 0)
    unknown = rows["items_unknown"]
    in_all = items + rows["items_added"] + rows["items_done_before"] + unknown
    is_known = 100 * unknown <= most_unknown_pct * in_all
    rows["is_scored"] = (rows["sprint_state"] == CLOSED) & is_known & (items > 0)
    shown = sums[SprintScope.quality_note].agg(_most_given).reset_index(drop=True)
    why = shown.where(~is_known | (rows["sprint_state"] == NOT_KNOWN))
    why = why.fillna((items == 0).map({True: NOTHING_COMMITTED, False: None}))
    rows["quality_note"] = why.mask(rows["sprint_state"] == OPEN, GOES_ON).where(~rows["is_scored"])
    place = rows["grouping"].map({name: at for at, name in enumerate([ALL, *GROUPINGS])})
    ordered = rows.assign(place=place, ended=rows["end_date"].fillna(pd.Timestamp.max)).sort_values(
        ["place", "group_name", "ended", "start_date", SprintScope.sprint_id],
        ascending=[True, True, False, False, True],
        ignore_index=True,
    )
    return checked(SprintPredictability, ordered[columns])


def _marked(scope: pd.DataFrame) -> pd.DataFrame:
    """The rows with 1 in the column of each count that they are in, and with their points."""
    outcome = scope[SprintScope.outcome]
    is_known = ~outcome.isin([NOT_KNOWN, DONE_BEFORE])
    is_committed = scope[SprintScope.is_committed].fillna(False).astype(bool) & is_known
    is_added = is_known & ~is_committed
    points = scope[SprintScope.story_points]
    marks = {
        "items_committed": is_committed,
        "items_completed": is_committed & (outcome == COMPLETED),
        "items_added": is_added,
        "items_added_completed": is_added & (outcome == COMPLETED),
        "items_removed": outcome == REMOVED,
        "items_cancelled": outcome == CANCELLED,
        "items_carried_over": outcome == LEFT_OVER,
        "items_done_before": outcome == DONE_BEFORE,
        "items_unknown": outcome == NOT_KNOWN,
    }
    sums = {f"points_{name}": points.where(marks[f"items_{name}"]) for name in ("committed", "completed", "added")}
    return scope.assign(**{name: mark.astype(int) for name, mark in marks.items()}, **sums)


def _grouped(counted: pd.DataFrame) -> pd.DataFrame:
    """The rows of all, and once more for each grouping that any row has a name in."""
    parts = [
        counted.assign(grouping=grouping, group_name=counted[grouping].fillna(NOT_STATED))
        for grouping in GROUPINGS
        if counted[grouping].notna().any()
    ]
    return pd.concat([counted.assign(grouping=ALL, group_name=ALL), *parts], ignore_index=True)


def _most_given(notes: pd.Series) -> str | None:
    known = notes.dropna()
    return None if known.empty else str(known.mode().iloc[0])


def sprint_record(sprint_predictability: pd.DataFrame, *, sprints: int = RECENT) -> DataFrame[SprintRecord]:
    """The median share completed over the last `sprints` scored sprints of each group, with its interval.

    Takes the frame of `sprint_predictability`.
    """
    dated = sprint_predictability[sprint_predictability[SprintPredictability.sprint_state] != NOT_KNOWN]
    rows = [
        {"grouping": grouping, "group_name": name} | _record(of_group, sprints)
        for (grouping, name), of_group in dated.groupby(["grouping", "group_name"], sort=False)
    ]
    return checked(SprintRecord, pd.DataFrame(rows).reindex(columns=list(SprintRecord.to_schema().columns)))


def _record(of_group: pd.DataFrame, sprints: int) -> dict[str, object]:
    is_scored = of_group[SprintPredictability.is_scored].astype(bool)
    is_open = of_group[SprintPredictability.sprint_state] == OPEN
    scored = of_group[is_scored].head(sprints)
    shares = scored[SprintPredictability.completed_pct]
    pointed = scored[SprintPredictability.completed_points_pct].dropna()
    low, high = _interval(shares)
    points_low, points_high = _interval(pointed)
    return {
        "sprints_scored": len(scored),
        "sprints_open": int(is_open.sum()),
        "sprints_left_out": int((~is_scored & ~is_open).sum()),
        "completed_pct": shares.median(),
        "completed_low_pct": low,
        "completed_high_pct": high,
        "added_pct": scored[SprintPredictability.added_pct].median(),
        "sprints_pointed": len(pointed),
        "completed_points_pct": pointed.median(),
        "completed_points_low_pct": points_low,
        "completed_points_high_pct": points_high,
        "quality_note": f"fewer than {FEWEST} sprints" if len(scored) < FEWEST else None,
    }


def _interval(shares: pd.Series) -> tuple[float, float]:
    return median_interval(shares) if len(shares) >= FEWEST else (np.nan, np.nan)
