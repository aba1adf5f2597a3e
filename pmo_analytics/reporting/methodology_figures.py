"""Headline and key figures of the page on methods and gates."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.governance.gate_standing import GateStanding
from pmo_analytics.governance.gate_summary import GateSummary
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_WORDS = {"advise": "is advised", "warn": "is warned", "block": "is blocked"}


def headline(summary: pd.DataFrame, standing: pd.DataFrame) -> str:
    """What executives have to know, from `GateSummary` and `GateStanding`."""
    if summary.empty:
        return "No project is known: this page names what is missing."
    row = summary.iloc[0]
    count = int(row[GateSummary.project_count])
    breached = int(row[GateSummary.breached_count])
    if not int(row[GateSummary.with_method_count]):
        return "No project names a method that is known: none can be held against gates."
    parts = []
    if breached:
        parts.append(
            f"{numerals.number(breached)} of {numerals.number(count)} projects passed gates they should not have"
        )
    verdicts = standing[GateStanding.gate_verdict].value_counts()
    for verdict, words in _WORDS.items():
        if found := int(verdicts.get(verdict, 0)):
            parts.append(f"the next gate of {numerals.number(found)} lacks evidence and {words}")
    ready = int(row[GateSummary.ready_count])
    parts.append(f"{numerals.number(ready)} {'is' if ready == 1 else 'are'} ready for the next gate")
    return f"{'; '.join(parts)}."


def method_figure(summary: pd.DataFrame) -> KeyFigure | None:
    """Projects whose method is known."""
    return _figure(summary, GateSummary.with_method_count, "Run by a method", "projects whose method is known")


def breach_figure(summary: pd.DataFrame) -> KeyFigure | None:
    """Projects with a gate passed without evidence or out of turn."""
    told = "projects that passed a gate without its evidence or before one that it follows"
    return _figure(summary, GateSummary.breached_count, "Gates passed in breach", told)


def ready_figure(summary: pd.DataFrame) -> KeyFigure | None:
    """Projects that have what their next gate asks for."""
    told = "projects with every required artefact approved"
    return _figure(summary, GateSummary.ready_count, "Ready for the next gate", told)


def stage_figure(summary: pd.DataFrame) -> KeyFigure | None:
    """Projects whose declared stage is another than the gates say."""
    told = "projects whose declared stage is another than their gates say"
    return _figure(summary, GateSummary.stage_different_count, "Stage as declared differs", told)


def _figure(summary: pd.DataFrame, column: str, title: str, told: str) -> KeyFigure | None:
    if summary.empty:
        return None
    row = summary.iloc[0]
    shown = Shown("number", behind=f" of {int(row[GateSummary.project_count])}")
    return KeyFigure(
        title, shown.text(row[column]), told, reference=refer(summary, {}, column, shown), exact=float(row[column]),
        unit="projects", form=shown,
    )  # fmt: skip
