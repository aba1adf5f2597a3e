"""Headline, key figures and tables of the page on selection."""

from __future__ import annotations

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.portfolio.project_selection import SelectedProposal
from pmo_analytics.portfolio.selection_frames import FrontierChoice, LimitWorth, SelectionTotal
from pmo_analytics.portfolio.selection_terms import WEIGHTED
from pmo_analytics.reporting.figure_table import Cell, Column, Row, TableFigures, figure_table, is_missing
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.references import Shown, refer
from pmo_analytics.reporting.selection_inputs import SelectionShown

_MOST = 60
_COUNT, _AMOUNT, _SCORE = Shown("number"), Shown("number"), Shown("number", (3,))
_NOTHING = 1e-9
_REMEDY = "Fill registers/proposal.csv and load it with `pmo ingest`."


def _worth(shown: SelectionShown) -> Shown:
    return _SCORE if shown.terms.value_kind == WEIGHTED else _AMOUNT


def _total_worth(shown: SelectionShown) -> Shown:
    """How a sum of values is written: as money, where it is money."""
    currency = shown.answer.ready.subjects.currency
    return _SCORE if shown.terms.value_kind == WEIGHTED else Shown("money", (str(currency),))


def headline(shown: SelectionShown, totals: pd.DataFrame) -> str:
    """What a board has to know of the choice of a scenario."""
    if totals.empty:
        return "Nothing is proposed: this page names what is missing."
    if not shown.answer.choice.is_found:
        why = "; ".join(shown.answer.conflict)
        return f"Nothing can be chosen under {shown.terms.name}: {why}."
    total = totals.iloc[0]
    currency = total[SelectionTotal.currency]
    lost = int(total[SelectionTotal.lost_count])
    text = (
        f"Under {shown.terms.name}, {numerals.number(total[SelectionTotal.chosen_count])} of "
        f"{numerals.number(total[SelectionTotal.subject_count])} proposals are worth most together, for "
        f"{numerals.money(total[SelectionTotal.cost_amount], currency)}"
    )
    if not lost:
        return f"{text}; nothing is left out."
    worth = _total_worth(shown).text(total[SelectionTotal.lost_value])
    return f"{text}; {numerals.number(lost)} {'is' if lost == 1 else 'are'} left out, worth {worth} if they fitted."


def worth_figure(shown: SelectionShown, totals: pd.DataFrame) -> KeyFigure | None:
    """What is chosen is worth, with the bound of all choices; None without a choice."""
    if totals.empty or not shown.answer.choice.is_found:
        return None
    total, form = totals.iloc[0], _total_worth(shown)
    choice = shown.answer.choice
    bound = "no choice is worth more" if choice.gap <= 0 else f"no choice is worth more than {form.text(choice.bound)}"
    return KeyFigure(
        "Worth of what is chosen", form.text(total[SelectionTotal.counted_value]), f"{choice.status}: {bound}",
        reference=refer(totals, {SelectionTotal.currency: total[SelectionTotal.currency]},
                        SelectionTotal.counted_value, form),
        exact=float(total[SelectionTotal.counted_value]), unit="value", form=form,
    )  # fmt: skip


def cost_figure(totals: pd.DataFrame) -> KeyFigure | None:
    """What is chosen costs; None without proposals."""
    if totals.empty:
        return None
    total = totals.iloc[0]
    currency = str(total[SelectionTotal.currency])
    form = Shown("money", (currency,))
    return KeyFigure(
        "Cost of what is chosen", form.text(total[SelectionTotal.cost_amount]), "over all months of what is chosen",
        reference=refer(totals, {SelectionTotal.currency: currency}, SelectionTotal.cost_amount, form),
        exact=float(total[SelectionTotal.cost_amount]), unit=currency, form=form,
    )  # fmt: skip


def count_figure(chosen: pd.DataFrame, totals: pd.DataFrame) -> KeyFigure | None:
    """How many are chosen, and how many of them in every choice worth nearly the best; None without proposals."""
    if totals.empty:
        return None
    total = totals.iloc[0]
    taken = chosen[chosen[SelectedProposal.is_chosen].astype(bool)]
    core = int((taken[SelectedProposal.standing] == "core").sum())
    form = Shown("number", behind=f" of {int(total[SelectionTotal.subject_count])}")
    return KeyFigure(
        "Chosen", form.text(total[SelectionTotal.chosen_count]), f"{core} in every choice worth nearly as much",
        reference=refer(totals, {SelectionTotal.currency: total[SelectionTotal.currency]},
                        SelectionTotal.chosen_count, form),
        exact=float(total[SelectionTotal.chosen_count]), unit="proposals", form=form,
    )  # fmt: skip


def proposal_table(shown: SelectionShown) -> Fragment:
    """Every subject with what it is worth, costs, where it stands and why."""
    chosen, form = shown.chosen, _worth(shown)
    figures = TableFigures("proposal", chosen, (SelectedProposal.subject_id,))
    labels = ("Proposal", "Starts", "Worth", "Cost", "Stands", "Given up", "Knowing it", "Why")

    def cells(row: Row) -> list[Cell]:
        start = row[SelectedProposal.start_month]
        is_in = bool(row[SelectedProposal.is_chosen])
        return [
            Cell(str(row[SelectedProposal.name]), id=str(row[SelectedProposal.subject_id])),
            Cell(numerals.month(start) if is_in and not is_missing(start) else "left out", is_off=not is_in),
            figures.cell(row, SelectedProposal.counted_value, form),
            figures.cell(row, SelectedProposal.cost_amount, _AMOUNT),
            Cell(str(row[SelectedProposal.standing])),
            figures.cell(row, SelectedProposal.given_up_value, form),
            figures.cell(row, SelectedProposal.information_value, form),
            Cell(str(row[SelectedProposal.reason])),
        ]

    numbers = {"Worth", "Cost", "Given up", "Knowing it"}
    return figure_table(
        "proposals", "What is chosen, what is left out, and why",
        [Column(name, is_number=name in numbers, is_remark=name == "Why") for name in labels],
        [cells(row) for row in chosen.head(_MOST).to_dict("records")], figures=figures, data=chosen,
        note="Given up: what the best choice loses with the proposal the other way round, forced in or kept out. "
        "Knowing it: what it is worth at most to find out its true value before choosing, where the scenario says how "
        "uncertain values are. Core: in every choice worth nearly the best; marginal: in some.",
        left_out=max(0, len(chosen) - _MOST), all_of="the page's workbook has all.",
        absent="Nothing is proposed.", remedy=_REMEDY,
    )  # fmt: skip


def limit_table(shown: SelectionShown) -> Fragment:
    """What one more unit of each budget and skill is worth."""
    rows, form = shown.worths, Shown("number", (2,))
    some = rows[rows[LimitWorth.most_unit_value] > _NOTHING]
    rest = len(rows) - len(some)

    def unit(low: float, high: float) -> str:
        if abs(high - low) <= 1e-9 * max(1.0, abs(high)):
            return form.text(low)
        return f"{form.text(low)} to {form.text(high)}"

    cells = [
        [
            Cell(str(row[LimitWorth.limit_name]), sub=str(row[LimitWorth.limit_kind])),
            Cell(_AMOUNT.text(row[LimitWorth.tried_amount])),
            Cell(unit(float(row[LimitWorth.least_unit_value]), float(row[LimitWorth.most_unit_value]))),
        ]
        for row in some.to_dict("records")
    ]
    others = "" if not rest else f" {numerals.number(rest)} other limits are worth nothing more."
    return figure_table(
        "limits", "What one more of each limit is worth",
        [Column("Limit"), Column("Tried", is_number=True), Column("Worth of one more", is_number=True)], cells,
        figures=TableFigures("limit", rows, (LimitWorth.limit_kind, LimitWorth.limit_name)), data=rows,
        note=f"The choice is solved anew with so much more of the limit, of a skill in every month.{others}",
        absent="Nothing limits the choice that more of it would widen.",
    )  # fmt: skip


def frontier_table(shown: SelectionShown) -> Fragment:
    """The points of the frontier: value, cost, how many."""
    rows, form = shown.frontier, _worth(shown)
    cells = [
        [
            Cell(form.text(row[FrontierChoice.counted_value])),
            Cell(_AMOUNT.text(row[FrontierChoice.cost_amount])),
            Cell(_COUNT.text(row[FrontierChoice.chosen_count])),
            Cell("yes" if row[FrontierChoice.is_proven] else "no"),
        ]
        for row in rows.to_dict("records")
    ]
    return figure_table(
        "frontier", "Value against cost",
        [Column("Worth", is_number=True), Column("Cost", is_number=True), Column("Chosen", is_number=True),
         Column("Proven")],
        cells, figures=TableFigures("point", rows, (FrontierChoice.cost_amount,)), data=rows,
        note="No choice is worth as much for less; others may lie between.", absent="There is no choice to draw.",
    )  # fmt: skip


def assumptions(shown: SelectionShown) -> str:
    """What the choice rests on, in words."""
    notes = "; ".join(shown.answer.notes)
    return (
        "Costs are spread evenly over a proposal's months. Hours are those of the calendar that other plans leave. "
        + (f"{notes[:1].upper()}{notes[1:]}." if notes else "")
    )
