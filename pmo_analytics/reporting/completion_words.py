"""Which forecast at completion is shown, and why, in the words that stand beside a figure."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.completion_methods import AS_REPORTED
from pmo_analytics.performance.completion_outlook import ALL_EARNED, NOTHING_EARNED
from pmo_analytics.performance.health import ProjectHealth

_OF_ITSELF = (ALL_EARNED, NOTHING_EARNED, "")


def basis(assumption: object, reason: object) -> str:
    """What one figure assumes and why it is the one shown, as a sentence; empty where nothing is shown."""
    if not isinstance(assumption, str) or not assumption:
        return ""
    told = assumption[:1].upper() + assumption[1:]
    return f"{told}: {reason}." if isinstance(reason, str) and reason else f"{told}."


def portfolio_basis(health: pd.DataFrame) -> str:
    """What the costs at completion of several projects assume, and why, from a `ProjectHealth` frame."""
    return _told(health, ProjectHealth.cost_assumption, ProjectHealth.cost_assumption_reason)


def table_basis(health: pd.DataFrame) -> str:
    """What cost and finish of several projects assume, and why, from a `ProjectHealth` frame; empty without any."""
    cost = portfolio_basis(health)
    finish = _told(health, ProjectHealth.finish_assumption, ProjectHealth.finish_assumption_reason)
    if cost and cost == finish:
        return f"Cost and finish at completion: {_lower(cost)}"
    parts = [f"{name}: {_lower(text)}" for name, text in (("At completion", cost), ("Finish", finish)) if text]
    return " ".join(parts)


def _told(health: pd.DataFrame, assumption: str, reason: str) -> str:
    known = health[health[assumption].notna() & ~health[reason].isin(_OF_ITSELF)]
    # A manager's report in place of a forecast says so in its own line.
    judged = known[known[assumption] != AS_REPORTED]
    rows = judged if len(judged) else known
    if rows.empty:
        return ""
    names = sorted(set(rows[assumption]))
    return basis(" or ".join(names), "; ".join(sorted(set(rows[reason]))))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
