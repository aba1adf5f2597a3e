"""The data dictionary: one meaning, one type and one unit for every column name.

A column that occurs in two tables has the same name, type and unit in both; it
is defined once, in the module of the domain it comes from, or in `general`
where several share it. Types are those of the warehouse; `contracts.base` says
how they appear in a pandas frame. Symbols and standards are those of the field
(PMI and ISO 21508 for earned value, Lipke for earned schedule).
"""

from __future__ import annotations

from pmo_analytics.vocabulary import (
    alerts,
    assurance,
    benefits,
    budget,
    capacity,
    cost,
    dependencies,
    development,
    early_warning,
    effort,
    estimation,
    general,
    knowledge,
    levelling,
    methodology,
    month_close,
    people,
    performance,
    portfolio,
    predictions,
    raid,
    risk,
    schedule,
    selection,
    training,
    work,
)
from pmo_analytics.vocabulary.terms import (
    AMOUNT,
    COUNT,
    DATE,
    DAYS,
    FLAG,
    INSTANT,
    NUMBER,
    PERCENT,
    QUANTITY,
    RATE,
    SECONDS,
    TEXT,
    Term,
)

__all__ = [
    "AMOUNT",
    "COUNT",
    "DATE",
    "DAYS",
    "ENTRIES",
    "FLAG",
    "INSTANT",
    "NUMBER",
    "PERCENT",
    "QUANTITY",
    "RATE",
    "SECONDS",
    "TERMS",
    "TEXT",
    "Term",
]

ENTRIES: list[Term] = [
    *general.TERMS,
    *portfolio.TERMS,
    *selection.TERMS,
    *work.TERMS,
    *schedule.TERMS,
    *dependencies.TERMS,
    *effort.TERMS,
    *estimation.TERMS,
    *cost.TERMS,
    *budget.TERMS,
    *benefits.TERMS,
    *capacity.TERMS,
    *raid.TERMS,
    *risk.TERMS,
    *people.TERMS,
    *levelling.TERMS,
    *methodology.TERMS,
    *training.TERMS,
    *development.TERMS,
    *assurance.TERMS,
    *knowledge.TERMS,
    *performance.TERMS,
    *month_close.TERMS,
    *predictions.TERMS,
    *early_warning.TERMS,
    *alerts.TERMS,
]

TERMS: dict[str, Term] = {term.name: term for term in ENTRIES}
