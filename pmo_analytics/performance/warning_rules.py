"""One-line rules of early warning, each with its threshold by name, and the words that a figure is told in.

The thresholds are conventions of project offices and not a standard: 0.95 is where
`health` computes amber, 31 days where a report is stale.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.health import AMBER_BELOW
from pmo_analytics.performance.warning_features import FEATURES

STALE_AFTER_DAYS = 31
TOLERANCE_NEARLY_USED = 2 / 3
MILESTONE_SLIP_DAYS = 14
RAG_RANK = {"green": 0.0, "amber": 1.0, "red": 2.0}
DECLARED, BREACHED_BEFORE = "declared_rank", "breached_before"
MODEL_FEATURES = (*FEATURES, DECLARED, BREACHED_BEFORE)


@dataclass(frozen=True)
class Rule:
    """A figure, in which direction it is graver (1 or -1), and beyond what it warns."""

    name: str
    column: str
    sign: int
    threshold: float

    def score(self, rows: pd.DataFrame) -> Floats:
        """Larger is graver; what is not known comes last, at -inf."""
        values = self.sign * rows[self.column].to_numpy(dtype=float)
        found: Floats = np.where(np.isnan(values), -np.inf, values)
        return found

    def is_met(self, rows: pd.DataFrame) -> np.ndarray:
        """Whether each row is beyond the threshold; a missing figure is not."""
        met: np.ndarray = self.score(rows) > self.sign * self.threshold
        return met


RULES = (
    Rule("already late", "finish_delay_days", 1, 0.0),
    Rule(f"CPI below {AMBER_BELOW:g}", "cost_performance_index", -1, AMBER_BELOW),
    Rule(f"SPI(t) below {AMBER_BELOW:g}", "time_schedule_performance_index", -1, AMBER_BELOW),
    Rule("two thirds of a tolerance used", "tolerance_used_ratio", 1, TOLERANCE_NEARLY_USED),
    Rule("delay growing", "finish_delay_change_days", 1, 0.0),
    Rule(f"a milestone slipped more than {MILESTONE_SLIP_DAYS} days", "milestone_slip_days", 1, MILESTONE_SLIP_DAYS),
    Rule(f"report older than {STALE_AFTER_DAYS} days", "status_age_days", 1, STALE_AFTER_DAYS),
    Rule("declared amber or red", DECLARED, 1, 0.5),
)
WORST_INDEX, MOST_RULES = "worst index", "most rules met"


def rule_scores(rows: pd.DataFrame) -> dict[str, Floats]:
    """The score of every one-line rule for each row, that of the worse index and of the number of rules met."""
    scores = {rule.name: rule.score(rows) for rule in RULES}
    indices = rows[["cost_performance_index", "time_schedule_performance_index"]].astype(float)
    scores[WORST_INDEX] = -indices.min(axis="columns").fillna(np.inf).to_numpy()
    scores[MOST_RULES] = rules_met_score(rows)
    return scores


def rules_met(rows: pd.DataFrame) -> np.ndarray:
    """How many rules each row meets."""
    met: np.ndarray = np.stack([rule.is_met(rows) for rule in RULES]).sum(axis=0).astype(np.int64)
    return met


def rules_met_score(rows: pd.DataFrame) -> Floats:
    """Rules met, and among equals what is nearer to its tolerance."""
    used = rows["tolerance_used_ratio"].to_numpy(dtype=float)
    # Between 0 and 1, so that it never outweighs a rule.
    nearness = np.where(np.isnan(used), 0.0, 1 / (1 + np.exp(-np.nan_to_num(used))))
    score: Floats = rules_met(rows) + nearness
    return score


def _days(text: str) -> Callable[[float], str]:
    return lambda value: text.format(f"{value:,.0f}")


def _number(text: str, digits: int = 2) -> Callable[[float], str]:
    return lambda value: text.format(f"{value:.{digits}f}")


def _signed(text: str, digits: int = 2) -> Callable[[float], str]:
    return lambda value: text.format(f"{value:+.{digits}f}")


def _told(value: float) -> str:
    return f"declared {next((name for name, rank in RAG_RANK.items() if rank == value), 'unknown')}"


WORDS: dict[str, Callable[[float], str]] = {
    "cost_performance_index": _number("CPI {}"),
    "cost_performance_index_change": _signed("CPI {} in three months"),
    "time_schedule_performance_index": _number("SPI(t) {}"),
    "time_schedule_performance_index_change": _signed("SPI(t) {} in three months"),
    "cost_overrun_pct": _signed("forecast cost {} % to budget", 1),
    "finish_delay_days": _days("forecast finish {} days late"),
    "finish_delay_change_days": _signed("delay {} days in three months", 0),
    "tolerance_used_ratio": lambda value: f"{100 * value:.0f} % of a tolerance used",
    "elapsed_pct": _number("{} % of the time passed", 0),
    "milestone_slip_days": _days("a milestone {} days late"),
    "milestone_slip_change_days": _signed("milestone slip {} days in three months", 0),
    "baseline_change_count": _number("{} baseline changes", 0),
    "budget_growth_pct": _signed("budget {} % since the first baseline", 1),
    "open_count": _number("{} open issues", 0),
    "backlog_growth_pct": _signed("open issues {} % in three months", 0),
    "in_progress_age_days": _days("work in progress {} days old"),
    "utilisation_ratio": lambda value: f"team booked {100 * value:.0f} % of its hours",
    "turnover_pct": _number("{} % of the team left the project", 0),
    "status_age_days": _days("last report {} days old"),
    "risk_exposure_pct": _number("risk exposure {} % of budget", 1),
    "risk_exposure_change_pct": _signed("risk exposure {} points of budget in three months", 1),
    DECLARED: _told,
    BREACHED_BEFORE: lambda value: "was in breach before" if value > 0 else "never in breach before",
}
_ABSENT = {name: f"no {name.removesuffix('_pct').removesuffix('_days').replace('_', ' ')} known" for name in WORDS}


def in_words(name: str, value: float) -> str:
    """A feature with its value, as a reason."""
    return _ABSENT[name] if math.isnan(value) else WORDS[name](value)


def rule_reasons(rows: pd.DataFrame) -> list[str]:
    """The rules that each row meets, with their values."""
    met = {rule: rule.is_met(rows) for rule in RULES}
    values = {rule: rows[rule.column].to_numpy(dtype=float) for rule in RULES}
    return [
        "; ".join(f"{rule.name}: {in_words(rule.column, values[rule][at])}" for rule in RULES if met[rule][at])
        for at in range(len(rows))
    ]
