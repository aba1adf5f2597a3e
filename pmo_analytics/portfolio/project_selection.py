"""Which proposals to choose: what is worth most under budgets, hours and links, and why each is chosen or not.

A mixed integer programme chooses items and the months they start in; `selection_model`
says how. Values with a stated error are drawn in to their portfolio's mean first;
with an α, what projects take of their plans is drawn, and all of it fits in at least
1 - α of the draws. Nothing is chosen because a rule of thumb says so: each reason is a
solved alternative. Sources: Weingartner (1966) and Stummer and Heidenberger (2003) for
the model; those of `selection_reasons`, `selection_scenarios` and `value_shrinkage`.

Worked example: A is worth 10 and costs 6, B 7 and 4, C 6 and 4, under a budget
of 8. B and C are chosen, worth 13. A would take the budget to 14; forced in, the
choice is worth 3 less.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.information_worth import information_worth
from pmo_analytics.portfolio.selection_answer import SelectionAnswer, answered
from pmo_analytics.portfolio.selection_case import Flags
from pmo_analytics.portfolio.selection_items import PROPOSAL, RUNNING
from pmo_analytics.portfolio.selection_reasons import CORE, MARGINAL, NOT_PROVEN, REJECTED
from pmo_analytics.portfolio.selection_setup import SelectionRegisters, prepared
from pmo_analytics.portfolio.selection_terms import scenario_terms


class SelectedProposal(Contract):
    """One row per open proposal, and per running project that may be left, chosen ones first, then by value.

    Key: subject_id. `counted_value` is what the choice maximises, and of ties that
    add value when both are chosen half each is `tied_value`; `standing` is
    core where every choice worth nearly the best has it, rejected where none
    has. `given_up_value` is what the best choice loses where the subject is the
    other way round, missing where that was not solved or cannot be;
    `given_up_least_value` is what it loses at least. `information_value` is what it
    is worth at most to know what the subject is truly worth before choosing, where
    the scenario says how uncertain values are. Without a choice none is chosen.
    """

    subject_id: Text = required()
    kind: Text = required(isin=[PROPOSAL, RUNNING])
    name: Text = required()
    portfolio: Text = optional()
    is_chosen: Flag = required()
    start_month: Date = optional()
    duration_months: Number = required(gt=0)
    counted_value: Number = required()
    tied_value: Number = required()
    value_amount: Number = optional()
    cost_amount: Number = required()
    currency: Text = optional()
    standing: Text = required(isin=[CORE, MARGINAL, REJECTED, NOT_PROVEN])
    given_up_value: Number = optional()
    given_up_least_value: Number = optional()
    information_value: Number = optional(ge=0)
    reason: Text = required()


class SelectionSummary(Contract):
    """One row per scenario: the status of its choice, what it is worth and costs, and the bound of all choices.

    Key: scenario. No choice is worth more than `bound_value`; `gap_pct` is its
    distance from `counted_value`. `reason` names the conditions that cannot be kept
    together where there is no choice. `breach_share` is the share of replays in
    which demand does not fit.
    """

    scenario: Text = required()
    status: Text = required()
    counted_value: Number = optional()
    bound_value: Number = optional()
    gap_pct: Number = optional(ge=0)
    cost_amount: Number = optional()
    currency: Text = optional()
    chosen_count: Whole = required(ge=0)
    subject_count: Whole = required(ge=0)
    alpha: Number = optional(ge=0)
    breach_share: Number = optional(ge=0, le=1)
    reason: Text = required()
    quality_note: Text = required()


def project_selection(  # noqa: PLR0917 - registers, marts and analyses are bound by name
    proposal: pd.DataFrame,
    proposal_link: pd.DataFrame,
    project: pd.DataFrame,
    portfolio_decision: pd.DataFrame,
    demand: pd.DataFrame,
    capacity_by_skill_month: pd.DataFrame,
    planned_calendar_by_person_month: pd.DataFrame,
    person_skill: pd.DataFrame,
    exchange_rate: pd.DataFrame,
    contribution: pd.DataFrame,
    priority_score: pd.DataFrame,
    project_effort_ratio: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    scenario: str = "",
    fiscal_year_start: int = 1,
) -> DataFrame[SelectedProposal]:
    """The choice of a scenario from the registers, marts and analyses of these names.

    `scenario` is the text of a scenario's TOML; without one, only hours limit the choice.

    UsageError for proposals without a cost, currencies without a rate, circles of
    requirements and whatever a scenario names that is not there.
    """
    given = SelectionRegisters(
        proposal, proposal_link, project, portfolio_decision, demand, capacity_by_skill_month,
        planned_calendar_by_person_month, person_skill, exchange_rate, contribution, priority_score,
        project_effort_ratio,
    )  # fmt: skip
    terms = scenario_terms(scenario)
    ready = prepared(given, status_date=status_date, terms=terms, fiscal_year_start=fiscal_year_start)
    return checked(SelectedProposal, selected_proposals(answered(ready)))


def selected_proposals(answer: SelectionAnswer) -> pd.DataFrame:
    """The rows of an answer."""
    rows, choice = answer.ready.subjects.rows, answer.choice
    taken = choice.start >= 0
    frame = pd.DataFrame(
        {
            SelectedProposal.subject_id: rows["subject_id"],
            SelectedProposal.kind: rows["kind"],
            SelectedProposal.name: rows["name"],
            SelectedProposal.portfolio: rows["portfolio"],
            SelectedProposal.is_chosen: taken,
            SelectedProposal.start_month: [answer.ready.months[at] if at >= 0 else pd.NaT for at in choice.start],
            SelectedProposal.duration_months: rows["months"],
            SelectedProposal.counted_value: answer.ready.case.value,
            SelectedProposal.tied_value: _tied(answer, taken),
            SelectedProposal.value_amount: rows["value_amount"],
            SelectedProposal.cost_amount: rows["cost_amount"],
            SelectedProposal.currency: answer.ready.subjects.currency,
            SelectedProposal.standing: answer.standing,
            SelectedProposal.given_up_value: answer.given_up,
            SelectedProposal.given_up_least_value: answer.given_up_least,
            SelectedProposal.information_value: _information(answer),
            SelectedProposal.reason: answer.reasons,
        }
    )
    order = frame.assign(later=~taken).sort_values(
        ["later", SelectedProposal.counted_value], ascending=[True, False], kind="stable", ignore_index=True
    )
    return order[list(SelectedProposal.to_schema().columns)]


def _tied(answer: SelectionAnswer, taken: Flags) -> Floats:
    """Half of what each tie between two chosen ones adds, for either."""
    links = answer.ready.case.links
    found = np.zeros(len(taken))
    for (one, other), value in zip(links.synergy, links.synergy_value, strict=True):
        if taken[one] and taken[other]:
            found[[one, other]] += value / 2
    return found


def _information(answer: SelectionAnswer) -> Floats:
    """Worth of knowing each value, by what the best choice loses with the subject the other way round."""
    deviation = answer.ready.deviation
    worth = information_worth(np.array(answer.given_up, dtype=float), deviation)
    return np.where(deviation > 0, worth, np.nan)


def selection_summary(answers: list[SelectionAnswer]) -> pd.DataFrame:
    """Scenarios side by side, in the order given."""
    rows = []
    for answer in answers:
        choice, terms = answer.choice, answer.ready.terms
        chance = answer.chance
        rows.append(
            {
                SelectionSummary.scenario: terms.name,
                SelectionSummary.status: choice.status,
                SelectionSummary.counted_value: choice.value if choice.is_found else None,
                SelectionSummary.bound_value: choice.bound if choice.is_found else None,
                SelectionSummary.gap_pct: 100 * choice.gap if choice.is_found else None,
                SelectionSummary.cost_amount: choice.cost if choice.is_found else None,
                SelectionSummary.currency: answer.ready.subjects.currency,
                SelectionSummary.chosen_count: int((choice.start >= 0).sum()),
                SelectionSummary.subject_count: len(choice.start),
                SelectionSummary.alpha: terms.alpha,
                SelectionSummary.breach_share: None if chance is None else chance.breach_share,
                SelectionSummary.reason: "; ".join(answer.conflict),
                SelectionSummary.quality_note: "; ".join(answer.notes),
            }
        )
    return checked(SelectionSummary, pd.DataFrame(rows, columns=list(SelectionSummary.to_schema().columns)))
