"""The news and key figures of the flow page, from frames of the analyses."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.flow_marts import FlowStatus
from pmo_analytics.performance import flow_charts
from pmo_analytics.performance.flow_charts import clock_of
from pmo_analytics.performance.flow_delays import FlowDelay
from pmo_analytics.performance.flow_times import ALL, CYCLE_TIME, CycleTimePercentiles
from pmo_analytics.performance.flow_weeks import FlowRate
from pmo_analytics.performance.work_item_age import PAST_P95, WITHIN_P50, WITHIN_P85, WorkItemAge
from pmo_analytics.reporting.figures import Figure
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

NAMES = {CYCLE_TIME: "Cycle time", "lead_time": "Lead time"}
_DAYS = Shown("number", behind="\u00a0days")
_ONE = Shown("number", (1,))


def _of_all(percentiles: pd.DataFrame) -> tuple[dict[str, str], pd.Series]:
    key = {"clock": clock_of(percentiles), "grouping": ALL, "group_name": ALL}
    fits = (percentiles["clock"] == key["clock"]) & (percentiles["grouping"] == ALL)
    return key, percentiles[fits].iloc[0]


def headline(percentiles: pd.DataFrame, ages: pd.DataFrame, rate: pd.DataFrame) -> str:
    """The news in a few sentences, from `CycleTimePercentiles`, `WorkItemAge` and `FlowRate` frames of one date."""
    if percentiles.empty:
        return "No issues are loaded: there is no flow of work to show."
    parts = []
    key, row = _of_all(percentiles)
    if pd.notna(row[CycleTimePercentiles.p85_days]):
        parts.append(
            f"85 % of items are done within {_DAYS.text(row[CycleTimePercentiles.p85_days])} of their "
            f"{'start' if key['clock'] == CYCLE_TIME else 'creation'}"
        )
    late = int(ages[WorkItemAge.age_band].isin(["P85 to P95", PAST_P95]).sum())
    if len(ages):
        parts.append(f"{numerals.number(late)} of {numerals.number(len(ages))} items in progress are past that age")
    if len(rate):
        now = rate.iloc[0]
        parts.append(
            f"{_ONE.text(now[FlowRate.throughput_per_week])} items a week were done of late and "
            f"{_ONE.text(now[FlowRate.arrivals_per_week])} came in"
        )
    return ". ".join(parts) + "." if parts else "No item is done yet: there is nothing to measure the flow of work by."


def time_figure(percentiles: pd.DataFrame) -> KeyFigure | None:
    """P85 of the cycle time, or of the lead time where no start is known, from `CycleTimePercentiles`."""
    if percentiles.empty:
        return None
    key, row = _of_all(percentiles)
    value, low, high = (row[name] for name in ("p85_days", "p85_low_days", "p85_high_days"))
    if pd.isna(value):
        return None
    band = f"{_ONE.text(low)} to {_ONE.text(high)}" if pd.notna(high) else f"{_ONE.text(low)} or more"
    return KeyFigure(
        f"{NAMES[key['clock']]}, P85",
        _DAYS.text(value),
        f"elapsed days, 95 % interval {band}; {numerals.number(row[CycleTimePercentiles.items_finished])} done and "
        f"{numerals.number(row[CycleTimePercentiles.items_open])} open items",
        reference=refer(percentiles, key, CycleTimePercentiles.p85_days, _DAYS),
        exact=float(value),
        unit="days",
        form=_DAYS,
    )


def throughput_figure(rate: pd.DataFrame) -> KeyFigure | None:
    """Items done a week of late, from `FlowRate`."""
    if rate.empty:
        return None
    row = rate.iloc[0]
    return KeyFigure(
        "Throughput a week",
        _ONE.text(row[FlowRate.throughput_per_week]),
        f"mean of the last {numerals.number(row[FlowRate.weeks_counted])} whole weeks, 95 % interval "
        f"{_ONE.text(row[FlowRate.throughput_low])} to {_ONE.text(row[FlowRate.throughput_high])}; "
        f"{_ONE.text(row[FlowRate.arrivals_per_week])} came in",
        reference=refer(rate, {}, FlowRate.throughput_per_week, _ONE),
        exact=float(row[FlowRate.throughput_per_week]),
        unit="items",
        form=_ONE,
    )


def open_figure(rate: pd.DataFrame, ages: pd.DataFrame) -> KeyFigure | None:
    """Items that are open, and how many of them are in progress, from `FlowRate` and `WorkItemAge`."""
    if rate.empty:
        return None
    row, shown = rate.iloc[0], Shown("number")
    young = int(ages[WorkItemAge.age_band].isin([WITHIN_P50, WITHIN_P85]).sum())
    return KeyFigure(
        "Open items",
        shown.text(row[FlowRate.open_items]),
        f"{numerals.number(len(ages))} of them stand in progress or wait, {numerals.number(young)} of these no older "
        "than 85 % of items were",
        reference=refer(rate, {}, FlowRate.open_items, shown),
        exact=float(row[FlowRate.open_items]),
        unit="items",
        form=shown,
    )


def forecast_figure(forecast: pd.DataFrame) -> Figure | None:
    """The chart of when all is done, from `ThroughputForecastRows`; None where the gate refused it or nothing is done.

    The table of the forecast says why.
    """
    data = flow_charts.forecast_data(forecast)
    if data.empty:
        return None
    source = "Whole weeks of throughput and arrivals, drawn again in blocks of four."
    return Figure(flow_charts.forecast(data), source, data, is_wide=True, is_validated=False)


def _share_figure(delays: pd.DataFrame, column: str, label: str, note: str) -> KeyFigure | None:
    rows = delays[delays[FlowDelay.grouping] == ALL]
    if rows.empty or pd.isna(rows[column].iloc[0]):
        return None
    shown = Shown("number", (1,), behind="\u00a0%")
    return KeyFigure(
        label,
        shown.text(rows[column].iloc[0]),
        note,
        reference=refer(delays, {FlowDelay.grouping: ALL, FlowDelay.group_name: ALL}, column, shown),
        exact=float(rows[column].iloc[0]),
        unit="%",
        form=shown,
    )


def is_waiting_told(delays: pd.DataFrame, flow_status: pd.DataFrame) -> bool:
    """Whether anything tells of waiting: a status that is taken for it, or a flag on any item."""
    return bool((flow_status[FlowStatus.state] == "blocked").any() or (delays[FlowDelay.items_flagged] > 0).any())


def blocked_figure(delays: pd.DataFrame, flow_status: pd.DataFrame) -> KeyFigure | None:
    """Share of the cycle time that items were blocked, by status or by flag, from `FlowDelay`.

    None where the mart `flow_status` knows no such status and no item was flagged: nothing is known to wait, which is
    not no waiting.
    """
    rows = delays[delays[FlowDelay.grouping] == ALL]
    if rows.empty or not is_waiting_told(delays, flow_status):
        return None
    names = (FlowDelay.items_timed, FlowDelay.items_blocked, FlowDelay.items_flagged)
    timed, blocked, flagged = (numerals.number(rows[name].iloc[0]) for name in names)
    note = f"of the cycle time in waiting statuses or under a flag; {blocked} of {timed} items were, {flagged} flagged"
    return _share_figure(delays, FlowDelay.blocked_pct, "Blocked", note)


def returned_figure(delays: pd.DataFrame) -> KeyFigure | None:
    """Share of items that came back from done, from `FlowDelay`."""
    rows = delays[delays[FlowDelay.grouping] == ALL]
    if rows.empty:
        return None
    row = rows.iloc[0]
    note = (
        f"{numerals.number(row[FlowDelay.items_returned])} of {numerals.number(row[FlowDelay.items_done])} items that "
        f"were done, 95 % interval {_ONE.text(row[FlowDelay.returned_low_pct])} to "
        f"{_ONE.text(row[FlowDelay.returned_high_pct])}"
    )
    return _share_figure(delays, FlowDelay.returned_pct, "Came back from done", note)
