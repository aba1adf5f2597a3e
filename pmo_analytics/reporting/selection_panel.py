"""The what-if panel of the portfolio in JupyterLab: move a weight or a budget, see ranks and what is chosen change.

It answers as `pmo prioritise` and `pmo select` do, from the same functions, each
time a slider is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.contracts.selection import Criterion
from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.portfolio.prioritisation import PriorityScore, priority_score
from pmo_analytics.portfolio.project_selection import SelectedProposal, selected_proposals
from pmo_analytics.portfolio.selection_answer import answered
from pmo_analytics.portfolio.selection_setup import SelectionRegisters, prepared
from pmo_analytics.portfolio.selection_terms import WEIGHTED, SelectionTerms, scenario_terms
from pmo_analytics.reporting.figure_table import is_missing
from pmo_analytics.reporting.fragments import fragment
from pmo_analytics.reporting.selection_inputs import scenario_text, selection_registers
from pmo_analytics.warehouse.view import View

if TYPE_CHECKING:
    import ipywidgets

YEARS, SECONDS = 3, 5.0


@dataclass(frozen=True)
class PortfolioInputs:
    """What the panel reckons with: registers, criteria with their scores, the scenario it begins at, the day."""

    registers: SelectionRegisters
    criterion: pd.DataFrame
    criterion_score: pd.DataFrame
    terms: SelectionTerms
    status_date: pd.Timestamp
    fiscal_year_start: int


@dataclass(frozen=True)
class WhatIf:
    """What is tried: weights by criterion, budgets by year, and whether the board's order is what counts."""

    weights: Mapping[str, float]
    budgets: Mapping[str, float]
    counts_order: bool = False


def what_if_html(asked: WhatIf, given: PortfolioInputs) -> str:
    """Ranks and the choice as asked beside those as stated, as a piece of HTML; a refusal as one too."""
    try:
        before, now = _ranks(given, {}), _ranks(given, asked.weights)
        stated = _chosen(given, given.terms, before)
        terms = replace(
            given.terms, budget=tuple(asked.budgets.items()),
            value_kind=WEIGHTED if asked.counts_order else given.terms.value_kind,
        )  # fmt: skip
        found = _chosen(given, terms, now)
    except PmoError as problem:
        return fragment("selection_answer", problem=str(problem), rows=[], told="").html
    ranks, placed = now[PriorityScore.value_rank], before[PriorityScore.value_rank]
    rows = [
        {
            "name": str(row[SelectedProposal.name]),
            "id": name,
            "rank": _rank(ranks.get(name, pd.NA)),
            "moved": _moved(placed.get(name, pd.NA), ranks.get(name, pd.NA)),
            "is_in": bool(row[SelectedProposal.is_chosen]),
            "is_changed": bool(row[SelectedProposal.is_chosen]) != bool(stated[SelectedProposal.is_chosen].get(name)),
            "reason": str(row[SelectedProposal.reason]),
        }
        for name, row in found.iterrows()
    ]
    return fragment("selection_answer", problem="", rows=rows, told=_told(found)).html


def _ranks(given: PortfolioInputs, weights: Mapping[str, float]) -> pd.DataFrame:
    stated = given.criterion[Criterion.weight]
    asked = given.criterion[Criterion.criterion_id].astype(str).map(dict(weights)).astype(float)
    criterion = given.criterion.assign(**{Criterion.weight: asked.fillna(stated)})
    return priority_score(criterion, given.criterion_score).set_index(PriorityScore.subject_id)


def _chosen(given: PortfolioInputs, terms: SelectionTerms, ranks: pd.DataFrame) -> pd.DataFrame:
    registers = replace(given.registers, priority_score=ranks.reset_index())
    ready = prepared(registers, status_date=given.status_date, terms=terms, fiscal_year_start=given.fiscal_year_start)
    answer = answered(ready, seconds=SECONDS)
    if not answer.choice.is_found:
        raise UsageError("nothing can be chosen", found="; ".join(answer.conflict))
    return selected_proposals(answer).set_index(SelectedProposal.subject_id)


def _rank(value: Any) -> str:
    return numerals.MISSING if is_missing(value) else numerals.number(value)


def _moved(before: Any, now: Any) -> str:
    if is_missing(before) or is_missing(now) or before == now:
        return ""
    return f"from {numerals.number(before)}"


def _told(found: pd.DataFrame) -> str:
    taken = found[found[SelectedProposal.is_chosen].astype(bool)]
    if taken.empty:
        return "Nothing is chosen."
    worth = taken[SelectedProposal.counted_value].sum() + taken[SelectedProposal.tied_value].sum()
    currency = taken[SelectedProposal.currency].iloc[0]
    return (
        f"{numerals.number(len(taken))} of {numerals.number(len(found))} chosen, worth {numerals.number(worth, 2)}, "
        f"for {numerals.money(taken[SelectedProposal.cost_amount].sum(), currency)}."
    )


def portfolio_inputs(view: View, scenario: str | None = None) -> PortfolioInputs:
    """What a view and a scenario of the workspace give; UsageError where nothing is proposed."""
    terms = scenario_terms(scenario_text(view, scenario))
    # The order is reckoned anew each time, so that it need not be asked for.
    registers = selection_registers(view, [replace(terms, value_kind=WEIGHTED)])
    if registers.proposal.empty:
        raise UsageError("nothing is proposed", hint="load registers/proposal.csv")
    return PortfolioInputs(
        registers, view.table("criterion"), view.table("criterion_score"), terms, pd.Timestamp(view.as_of),
        view.workspace.budget_rule[0],
    )  # fmt: skip


def portfolio_what_if(view: View, scenario: str | None = None) -> ipywidgets.VBox:
    """Sliders for the weights of criteria and the budgets of years, and below them ranks and the choice.

    Raises UsageError where ipywidgets is not installed, or nothing is proposed.
    """
    try:
        import ipywidgets as widgets
    except ImportError:
        raise UsageError("ipywidgets is not installed", hint="pip install 'pmo-analytics[lab]'") from None
    given = portfolio_inputs(view, scenario)
    wide = {"layout": widgets.Layout(width="100%", max_width="640px"), "style": {"description_width": "16em"}}
    weights = {
        str(row[Criterion.criterion_id]): widgets.FloatSlider(
            description=str(row[Criterion.name]), value=float(row[Criterion.weight]), min=0.0,
            max=max(100.0, 2 * float(row[Criterion.weight])), continuous_update=False, **wide,
        )
        for row in given.criterion.to_dict("records")
        if pd.notna(row[Criterion.weight])
    }  # fmt: skip
    cost = float(given.registers.proposal["cost_amount"].sum())
    known = dict(given.terms.budget)
    years = [str(given.status_date.year + ahead) for ahead in range(YEARS)]
    budgets = {
        year: widgets.FloatSlider(
            description=f"Budget {year}", value=known.get(year, cost), min=0.0, max=max(cost, known.get(year, 0.0)),
            step=max(1.0, cost / 200), readout_format=",.0f", continuous_update=False, **wide,
        )
        for year in sorted({*years, *known})
    }  # fmt: skip
    order = widgets.Checkbox(description="The board's order counts, not money", value=False, indent=False)
    answer = widgets.HTML()

    def show(_: object = None) -> None:
        asked = WhatIf(
            {name: each.value for name, each in weights.items()},
            {year: each.value for year, each in budgets.items()},
            counts_order=order.value,
        )
        answer.value = what_if_html(asked, given)

    fields = [*weights.values(), *budgets.values(), order]
    for each in fields:
        each.observe(show, names="value")
    show()
    return widgets.VBox([*fields, answer])
