"""Headline and key figures of the page on developing people."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.knowledge.development_overview import DevelopmentOverview
from pmo_analytics.knowledge.training_choice import TrainingAlternative
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer

_WHOLE, _HOURS = Shown("number"), Shown("hours")
_SECONDS_AN_HOUR = 3600.0


def _count(number: int, what: str) -> str:
    return f"{numerals.number(number)} {what}{'' if number == 1 else 's'}"


def headline(overview: pd.DataFrame, cover: pd.DataFrame, alternatives: pd.DataFrame) -> str:
    """What a line manager has to know, from `DevelopmentOverview`, `SkillCover` and `TrainingAlternative`."""
    if cover.empty:
        return "Nobody's skills are known and nothing is asked for: this page names what is missing."
    row = overview.iloc[0]
    thin, chosen = int(row[DevelopmentOverview.thin_skill_count]), int(row[DevelopmentOverview.enrolment_count])
    text = (
        f"{_count(thin, 'skill')} {'hangs' if thin == 1 else 'hang'} on fewer than two persons at a level that plans "
        "ask for"
        if thin
        else "Every level that plans ask for is covered by two persons or more"
    )
    if not chosen:
        return f"{text}; no course on offer is worth more than it costs."
    closed = numerals.hours(row[DevelopmentOverview.closed_seconds])
    return f"{text}; {_count(chosen, 'seat')} in courses close {closed} of {_short(alternatives)} that are short."


def _short(alternatives: pd.DataFrame) -> str:
    return numerals.hours(alternatives[TrainingAlternative.to_close_seconds].sum())


def thin_figure(overview: pd.DataFrame) -> KeyFigure:
    """Skills with a level that is asked for and thinly covered."""
    return _figure(overview, "Skills thinly covered", DevelopmentOverview.thin_skill_count, _WHOLE,
                   "a level that plans ask for, and fewer than two persons who have it", "skills")  # fmt: skip


def closed_figure(overview: pd.DataFrame, alternatives: pd.DataFrame) -> KeyFigure:
    """Hours that the courses chosen close, of those short by `TrainingAlternative`."""
    row = overview.iloc[0]
    return _figure(
        overview, "Gaps that courses close", DevelopmentOverview.closed_seconds, _HOURS,
        f"of {_short(alternatives)} short, by "
        f"{_count(int(row[DevelopmentOverview.enrolment_count]), 'seat')} for "
        f"{numerals.money(row[DevelopmentOverview.cost_amount], row[DevelopmentOverview.currency])}",
        "hours",
    )  # fmt: skip


def mentor_figure(overview: pd.DataFrame) -> KeyFigure:
    """Persons with a goal whom no mentor was found for."""
    found = int(overview.iloc[0][DevelopmentOverview.proposed_count])
    return _figure(
        overview, "Goals without a mentor", DevelopmentOverview.unmatched_count, _WHOLE,
        f"persons for whom nobody fits or is free; for {numerals.number(found)} a mentor is proposed", "persons",
    )  # fmt: skip


def certificate_figure(overview: pd.DataFrame) -> KeyFigure:
    """Certificates that have run out and are still asked for."""
    soon = int(overview.iloc[0][DevelopmentOverview.expiring_count])
    return _figure(
        overview, "Certificates run out", DevelopmentOverview.expired_count, _WHOLE,
        f"of skills that plans still ask for; {numerals.number(soon)} more within six months", "certificates",
    )  # fmt: skip


def _figure(  # noqa: PLR0917
    overview: pd.DataFrame, label: str, column: str, form: Shown, note: str, unit: str
) -> KeyFigure:
    value = float(overview.iloc[0][column])
    return KeyFigure(
        label, form.text(value), note, reference=refer(overview, {}, column, form),
        exact=value / _SECONDS_AN_HOUR if unit == "hours" else value, unit=unit, form=Shown("number"),
    )  # fmt: skip
