"""The news and key figures of the dependencies page, from frames of the analyses."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.performance.handovers import DANGLING, LATE, HandoverOutlook
from pmo_analytics.performance.slip_propagation import ProjectSlip, SlipProbability
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_DAYS = Shown("number", behind="\u00a0days")
_DAY = Shown("day")
_SHARE = Shown("percent")
_KEY = [
    HandoverOutlook.origin, HandoverOutlook.dependency_id, HandoverOutlook.predecessor_project_id,
    HandoverOutlook.successor_project_id,
]  # fmt: skip


def headline(outlook: pd.DataFrame, slip: pd.DataFrame, cycles: pd.DataFrame) -> str:
    """The news in a few sentences, from `HandoverOutlook`, `ProjectSlip` and `DependencyCycle` frames of one date."""
    if outlook.empty:
        return "No dependency between projects is known: load the register, links of issues, or schedules."
    state = outlook[HandoverOutlook.handover_state]
    late, lost = int((state == LATE).sum()), int((state == DANGLING).sum())
    parts = [f"{numerals.number(late)} of {numerals.number(len(outlook))} things waited for come later than needed"]
    if len(slip) and (moved := int((slip[ProjectSlip.passed_on_days] > 0).sum())):
        worst = slip.iloc[int(slip[ProjectSlip.passed_on_days].to_numpy().argmax())]
        parts.append(
            f"That moves {numerals.number(moved)} projects, {worst[ProjectSlip.project_id]} most, by "
            f"{_DAYS.text(worst[ProjectSlip.passed_on_days])}"
        )
    if lost:
        parts.append(f"{numerals.number(lost)} lead nowhere")
    if len(cycles):
        parts.append(f"Circles of projects, issues or tasks: {numerals.number(len(cycles))}")
    return ". ".join(parts) + "."


def late_figure(outlook: pd.DataFrame) -> KeyFigure | None:
    """The hand-over with most delay at stake, from `HandoverOutlook`."""
    late = outlook[outlook[HandoverOutlook.handover_state] == LATE]
    if late.empty:
        return None
    row = late.iloc[0]
    return KeyFigure(
        "Most delay at stake",
        _DAYS.text(row[HandoverOutlook.delay_at_stake_days]),
        f"{row[HandoverOutlook.predecessor_project_id]} to {row[HandoverOutlook.successor_project_id]}: "
        f"{_DAYS.text(row[HandoverOutlook.late_days])} late, times "
        f"{numerals.number(row[HandoverOutlook.waiting_count])} projects that wait for it",
        reference=refer(
            outlook, {name: row[name] for name in _KEY}, HandoverOutlook.delay_at_stake_days, _DAYS
        ),
        exact=float(row[HandoverOutlook.delay_at_stake_days]),
        unit="days",
        form=_DAYS,
    )  # fmt: skip


def passed_on_figure(slip: pd.DataFrame) -> KeyFigure | None:
    """The project that hand-overs move most, from `ProjectSlip`."""
    if slip.empty or not slip[ProjectSlip.passed_on_days].any():
        return None
    row = slip.iloc[int(slip[ProjectSlip.passed_on_days].to_numpy().argmax())]
    return KeyFigure(
        "Most slip passed on",
        _DAYS.text(row[ProjectSlip.passed_on_days]),
        f"through {row[ProjectSlip.slip_path]}, to {numerals.day(row[ProjectSlip.slipped_finish_date])}",
        reference=refer(slip, {ProjectSlip.project_id: row[ProjectSlip.project_id]}, ProjectSlip.passed_on_days, _DAYS),
        exact=float(row[ProjectSlip.passed_on_days]),
        unit="days",
        form=_DAYS,
    )


def likely_figure(probability: pd.DataFrame) -> KeyFigure | None:
    """The project that a late hand-over most likely moves, from `SlipProbability`; None where that is refused."""
    known = probability[probability[SlipProbability.slip_probability].notna()]
    if known.empty or not known[SlipProbability.slip_probability].any():
        return None
    row = known.iloc[int(known[SlipProbability.slip_probability].to_numpy().argmax())]
    return KeyFigure(
        "Most likely moved",
        _SHARE.text(row[SlipProbability.slip_probability]),
        f"{row[SlipProbability.project_id]}, in draws from {numerals.number(row[SlipProbability.outcome_count])} "
        f"milestones; P80 of its finish {numerals.day(row[SlipProbability.p80_finish_date])}",
        reference=refer(
            probability, {SlipProbability.project_id: row[SlipProbability.project_id]},
            SlipProbability.slip_probability, _SHARE,
        ),
        exact=float(row[SlipProbability.slip_probability]),
        unit="ratio",
        form=_SHARE,
    )  # fmt: skip
