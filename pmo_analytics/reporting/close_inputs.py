"""What the page and the command of a month's close show, made of a view: items that are open, state, reminders."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts.month_close import PROJECT, Commentary
from pmo_analytics.governance.code_mapping import unmapped_codes
from pmo_analytics.governance.reconciliation import DIFFERING, cost_differences
from pmo_analytics.performance.close_events import CloseState, close_state, reminders
from pmo_analytics.performance.close_items import BLOCKS, CloseFrames, CloseItem, close_items
from pmo_analytics.performance.month_reports import month_reports
from pmo_analytics.portfolio.benefit_timing import benefit_timing
from pmo_analytics.reporting.methodology_inputs import gates_of, standing_of
from pmo_analytics.resources.timesheet_gaps import timesheet_gaps
from pmo_analytics.resources.utilisation import utilisation
from pmo_analytics.warehouse.view import View


@dataclass(frozen=True)
class MonthClose:
    """A month's close: its month as 2026-06, what is open, the frames behind that, state, reminders, commentary."""

    close_id: str
    items: list[CloseItem]
    frames: CloseFrames
    state: CloseState
    reminded: dict[str, tuple[int, pd.Timestamp]]
    commentary: pd.DataFrame
    events: pd.DataFrame

    @property
    def blocking(self) -> list[CloseItem]:
        """The items that block."""
        return [item for item in self.items if item.effect == BLOCKS]


def month_close(view: View, events: pd.DataFrame | None = None) -> MonthClose:
    """The close of the month of the view's date; `events` are those known to its version where none are given."""
    close = f"{view.as_of:%Y-%m}"
    frames = CloseFrames(
        gaps=view.run(timesheet_gaps, utilisation=view.run(utilisation)),
        reports=view.run(month_reports),
        codes=view.run(unmapped_codes),
        costs=view.run(cost_differences, **view.workspace.tolerances),
        timing=view.run(benefit_timing),
        gates=standing_of(view, gates_of(view)),
        team=view.table("team"),
        benefit=view.table("benefit"),
    )
    known = view.close_events() if events is None else events
    return MonthClose(
        close_id=close,
        items=close_items(frames, status_date=pd.Timestamp(view.as_of), differing=DIFFERING),
        frames=frames,
        state=close_state(known, close),
        reminded=reminders(known, close),
        commentary=commentary_of(view),
        events=known[known["close_id"] == close].reset_index(drop=True),
    )


def commentary_of(view: View, project: pd.DataFrame | None = None) -> pd.DataFrame:
    """What was written of the month of the view's date, of all subjects or of the projects of a register."""
    rows = view.table("commentary")
    if project is not None:
        is_own = rows[Commentary.subject_id].isin(project["project_id"])
        rows = rows[is_own & (rows[Commentary.subject_kind] == PROJECT)]
    month = pd.Timestamp(view.as_of).replace(day=1)
    own = rows[pd.to_datetime(rows[Commentary.period_month]) == month]
    return own.sort_values([Commentary.subject_kind, Commentary.subject_id, Commentary.section], ignore_index=True)
