"""Headline and key figures of the page on priorities."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.portfolio.board_decisions import OPEN, UNDECIDED, BoardDecision
from pmo_analytics.portfolio.pairwise_weights import TOGETHER, JudgedWeight
from pmo_analytics.portfolio.prioritisation import PriorityScore, RankTurn
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_PERCENT = Shown("percent")


def headline(scores: pd.DataFrame, decisions: pd.DataFrame, names: dict[str, str]) -> str:
    """What a board has to know, from `PriorityScore` and `BoardDecision`."""
    parts = []
    if len(scores):
        first = scores.iloc[0]
        parts.append(
            f"{_name(first[PriorityScore.subject_id], names)} comes first of {numerals.number(len(scores))}, with a "
            f"chance of {_PERCENT.text(first[PriorityScore.first_rank_probability])} under other weights"
        )
    states = decisions[BoardDecision.decision_state]
    waiting = int((states == UNDECIDED).sum())
    due = int(states.isin(OPEN).sum()) - waiting
    if due:
        parts.append(f"{numerals.number(due)} decision{' needs' if due == 1 else 's need'} something")
    if waiting:
        parts.append(f"{numerals.number(waiting)} proposal{' waits' if waiting == 1 else 's wait'} for a decision")
    return f"{'. '.join(parts)}." if parts else "Nothing is proposed or scored: this page names what is missing."


def _name(identifier: object, names: dict[str, str]) -> str:
    return names.get(str(identifier), str(identifier))


def first_figure(scores: pd.DataFrame, names: dict[str, str]) -> KeyFigure | None:
    """The chance that what comes first comes first under other weights."""
    if scores.empty:
        return None
    row = scores.iloc[0]
    key = {PriorityScore.subject_id: row[PriorityScore.subject_id]}
    return KeyFigure(
        "Chance of the first place", _PERCENT.text(row[PriorityScore.first_rank_probability]),
        f"{_name(row[PriorityScore.subject_id], names)}, under weights drawn around the stated ones",
        reference=refer(scores, key, PriorityScore.first_rank_probability, _PERCENT),
        exact=float(row[PriorityScore.first_rank_probability]), unit="ratio", form=_PERCENT,
    )  # fmt: skip


def turn_figure(turns: pd.DataFrame, names: dict[str, str]) -> KeyFigure | None:
    """The least share of weight that makes the first two equal."""
    if turns.empty or pd.isna(turns[RankTurn.moved_share].iloc[0]):
        return None
    row, shown = turns.iloc[0], Shown("percent", (1,))
    key = {name: row[name] for name in (RankTurn.leader_id, RankTurn.follower_id)}
    return KeyFigure(
        "Weight that turns the first two", shown.text(row[RankTurn.moved_share]),
        f"moved {row[RankTurn.quality_note]}, makes {_name(row[RankTurn.follower_id], names)} equal to "
        f"{_name(row[RankTurn.leader_id], names)}",
        reference=refer(turns, key, RankTurn.moved_share, shown),
        exact=float(row[RankTurn.moved_share]), unit="ratio", form=shown,
    )  # fmt: skip


def consistency_figure(judged: pd.DataFrame) -> KeyFigure | None:
    """The consistency ratio of all assessors together, or of the only one; None where there is none."""
    together = judged[judged[JudgedWeight.assessor_id] == TOGETHER]
    rows = together if len(together) else judged
    if rows.empty or pd.isna(rows[JudgedWeight.consistency_ratio].iloc[0]):
        return None
    row, shown = rows.iloc[0], Shown("number", (2,))
    key = {name: row[name] for name in (JudgedWeight.assessor_id, JudgedWeight.criterion_id)}
    single = judged[judged[JudgedWeight.assessor_id] != TOGETHER].drop_duplicates(JudgedWeight.assessor_id)
    bad = int((~single[JudgedWeight.is_consistent].astype(bool)).sum())
    return KeyFigure(
        "Consistency of judgements", shown.text(row[JudgedWeight.consistency_ratio]),
        f"{'all assessors together' if len(together) else 'the only assessor'}, {numerals.number(0.1, 2)} at most is "
        f"consistent; {numerals.number(bad)} of {numerals.number(len(single))} contradict"
        f"{'s' if bad == 1 else ''} {'itself' if bad == 1 else 'themselves'}",
        reference=refer(judged, key, JudgedWeight.consistency_ratio, shown),
        exact=float(row[JudgedWeight.consistency_ratio]), unit="ratio", form=shown,
    )  # fmt: skip


def decision_figure(decisions: pd.DataFrame, names: dict[str, str]) -> KeyFigure | None:
    """The decision that has been open longest."""
    known = decisions[decisions[BoardDecision.open_days].notna()]
    if known.empty:
        return None
    row = known.iloc[int(known[BoardDecision.open_days].to_numpy(dtype=float).argmax())]
    shown = Shown("number", behind="\u00a0days")
    key = {name: row[name] for name in (BoardDecision.subject_id, BoardDecision.decided_on_date)}
    return KeyFigure(
        "Decision open longest", shown.text(row[BoardDecision.open_days]),
        f"{_name(row[BoardDecision.subject_id], names)}: {row[BoardDecision.decision]} on "
        f"{numerals.day(row[BoardDecision.decided_on_date])}, {row[BoardDecision.decision_state]}",
        reference=refer(decisions, key, BoardDecision.open_days, shown),
        exact=float(row[BoardDecision.open_days]), unit="days", form=shown,
    )  # fmt: skip
