"""Tables of what boards decided and what was changed in business cases since."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.selection import Proposal
from pmo_analytics.portfolio.board_decisions import OPEN, UNDECIDED, BoardDecision
from pmo_analytics.portfolio.business_case_changes import BusinessCaseChange
from pmo_analytics.reporting.figure_table import Cell, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.prioritisation_tables import columns, subject
from pmo_analytics.reporting.references import Shown

_MOST = 40
_ALL = "the page's workbook has all."
_COUNT, _MONEY, _DAY, _HOURS = Shown("number"), Shown("number"), Shown("day"), Shown("hours")
_CHANGE, _GROWTH = Shown("signed"), Shown("number", (2,))
_HEADINGS = ("Proposal or project", "State", "Decision", "Reason", "On", "Review", "Open, days", "Booked since")


def open_table(decisions: pd.DataFrame, names: dict[str, str]) -> Fragment:
    """Decisions that need something, from `BoardDecision`."""
    states = decisions[BoardDecision.decision_state]
    return _decision_table(decisions, decisions[states.isin(OPEN) & (states != UNDECIDED)], names, is_open=True)


def settled_table(decisions: pd.DataFrame, names: dict[str, str]) -> Fragment:
    """The decisions that need nothing, folded, from `BoardDecision`."""
    return _decision_table(
        decisions, decisions[~decisions[BoardDecision.decision_state].isin(OPEN)], names, is_open=False
    )


def waiting_table(decisions: pd.DataFrame, proposal: pd.DataFrame) -> Fragment:
    """Proposals that wait for a decision, folded, from `BoardDecision` and the register."""
    waiting = decisions[decisions[BoardDecision.decision_state] == UNDECIDED][BoardDecision.subject_id]
    shown = proposal[proposal[Proposal.proposal_id].isin(waiting)]
    figures = TableFigures("waiting", proposal, (Proposal.proposal_id,))
    rows = [
        [
            Cell(str(row[Proposal.name]), id=str(row[Proposal.proposal_id])),
            Cell(_text(row[Proposal.portfolio]), sub="mandatory" if row[Proposal.is_mandatory] is True else ""),
            Cell(_text(row[Proposal.currency])),
            *(figures.cell(row, name, _MONEY) for name in (Proposal.cost_amount, Proposal.value_amount)),
            figures.cell(row, Proposal.duration_months, _COUNT),
            figures.cell(row, Proposal.earliest_start_date, _DAY),
        ]
        for row in shown.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "waiting", "Proposals that wait for a decision",
        columns(3, "Proposal", "Portfolio", "Currency", "Cost", "Value", "Months", "Earliest start"), rows,
        figures=figures, data=shown, folded=_count(len(shown), "proposal") if rows else "",
        left_out=max(0, len(shown) - _MOST), all_of=_ALL,
        absent="Every proposal was decided on." if len(proposal) else "Nothing is proposed.",
        remedy="" if len(proposal) else "Fill registers/proposal.csv and load it with `pmo ingest`.",
    )  # fmt: skip


def _text(value: object) -> str:
    return numerals.MISSING if is_missing(value) else str(value)


def _count(number: int, what: str) -> str:
    return f"{numerals.number(number)} {what}{'' if number == 1 else 's'}"


def _decision_table(decisions: pd.DataFrame, shown: pd.DataFrame, names: dict[str, str], *, is_open: bool) -> Fragment:
    anchor = "open-decisions" if is_open else "settled-decisions"
    figures = TableFigures(anchor, decisions, (BoardDecision.subject_id, BoardDecision.decided_on_date))
    rows = [
        [
            subject(row, BoardDecision.subject_id, names),
            *(
                Cell(_text(row[name]))
                for name in (BoardDecision.decision_state, BoardDecision.decision, BoardDecision.reason)
            ),
            *(
                Cell(numerals.MISSING if is_missing(row[name]) else _DAY.text(row[name]))
                for name in (BoardDecision.decided_on_date, BoardDecision.review_date)
            ),
            figures.cell(row, BoardDecision.open_days, _COUNT, is_off=not is_missing(row[BoardDecision.open_days])),
            figures.cell(row, BoardDecision.booked_after_seconds, _HOURS),
        ]
        for row in shown.head(_MOST).to_dict("records")
    ]
    return figure_table(
        anchor, "Decisions that need something" if is_open else "Decisions that need nothing",
        columns(6, *_HEADINGS, remarks=("Reason",)), rows, figures=figures, data=shown,
        note="Approved work is carried out once the register says so or time is booked on it in later months; what is "
        "deferred without a review date never comes back. Days since the decision, or since the review was due."
        if rows and is_open else "",
        left_out=max(0, len(shown) - _MOST), all_of=_ALL,
        folded=_count(len(shown), "decision") if rows and not is_open else "",
        absent="No decision needs anything." if is_open else "There is none.",
        remedy="" if len(decisions) else "Fill registers/portfolio_decision.csv and load it with `pmo ingest`.",
    )  # fmt: skip


def case_table(changes: pd.DataFrame, names: dict[str, str]) -> Fragment:
    """Versions of business cases with what each changed, from `BusinessCaseChange`."""
    figures = TableFigures("case", changes, (BusinessCaseChange.proposal_id, BusinessCaseChange.version))
    rows = [
        [
            subject(row, BusinessCaseChange.proposal_id, names),
            Cell(
                str(row[BusinessCaseChange.version]), sub="decided on" if row[BusinessCaseChange.is_decided_on] else ""
            ),
            Cell(numerals.day(row[BusinessCaseChange.submitted_on_date])),
            Cell(_text(row[BusinessCaseChange.currency])),
            figures.cell(row, BusinessCaseChange.cost_amount, _MONEY),
            figures.cell(row, BusinessCaseChange.cost_change_amount, _CHANGE),
            figures.cell(row, BusinessCaseChange.value_amount, _MONEY),
            figures.cell(row, BusinessCaseChange.value_change_amount, _CHANGE),
            figures.cell(row, BusinessCaseChange.cost_growth, _GROWTH),
        ]
        for row in changes.head(_MOST).to_dict("records")
    ]
    return figure_table(
        "cases", "Versions of business cases",
        columns(4, "Proposal", "Version", "Handed in", "Currency", "Cost", "Cost, change", "Value", "Value, change",
                "Cost over decided"),
        rows, figures=figures, data=changes,
        note="Changes are against the version before. Cost over decided: over the cost of the version that a board "
        "decided on, which is the last one handed in by then." if rows else "",
        left_out=max(0, len(changes) - _MOST), all_of=_ALL, absent="No version of a business case is known.",
        remedy="Fill registers/business_case.csv and load it with `pmo ingest`.",
    )  # fmt: skip
