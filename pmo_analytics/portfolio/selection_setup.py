"""From registers and a scenario to the case of a choice: values, cost and hours by month, budgets, links and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.contracts.capacity_marts import PlannedCalendarByPersonMonth
from pmo_analytics.contracts.people import Demand, PersonSkill
from pmo_analytics.contracts.selection import Contribution, Proposal, ProposalLink
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import GroupLimit, SelectionCase, Spread, Wholes
from pmo_analytics.portfolio.selection_hours import SkillHours, skill_hours
from pmo_analytics.portfolio.selection_items import PROPOSAL, Subjects, converted, links_of, subjects
from pmo_analytics.portfolio.selection_scenarios import FEWEST_PROJECTS, demand_factors
from pmo_analytics.portfolio.selection_terms import GROSS, WEIGHTED, GroupTerm, SelectionTerms
from pmo_analytics.portfolio.value_shrinkage import shrunk, shrunk_amounts


@dataclass(frozen=True)
class SelectionRegisters:
    """The registers, marts and analyses of these names that a choice is made from."""

    proposal: pd.DataFrame
    proposal_link: pd.DataFrame
    project: pd.DataFrame
    portfolio_decision: pd.DataFrame
    demand: pd.DataFrame
    capacity_by_skill_month: pd.DataFrame
    planned_calendar_by_person_month: pd.DataFrame
    person_skill: pd.DataFrame
    exchange_rate: pd.DataFrame
    contribution: pd.DataFrame
    priority_score: pd.DataFrame
    project_effort_ratio: pd.DataFrame


@dataclass(frozen=True)
class Prepared:
    """A case with what its items are, the first days of its months, and draws of demand where a chance is asked for.

    `deviation` (items,) is the standard deviation of what each is truly worth.
    `served` (items,) is the value that each gives to the objective that value is held against.
    """

    case: SelectionCase
    subjects: Subjects
    months: pd.DatetimeIndex
    terms: SelectionTerms
    drawn: Callable[[int, int], Floats] | None
    served: Floats
    notes: tuple[str, ...]
    deviation: Floats


def prepared(
    given: SelectionRegisters, *, status_date: pd.Timestamp, terms: SelectionTerms, fiscal_year_start: int = 1
) -> Prepared:
    """The case of a scenario; UsageError for what cannot be weighed, changed, linked or limited.

    Months begin after `status_date`; a budget is that of the fiscal year that
    begins in its year.
    """
    first = status_date.to_period("M").to_timestamp() + pd.DateOffset(months=1)
    months = pd.date_range(first, periods=terms.months, freq="MS")
    demand = given.demand[given.demand[Demand.demand_seconds] > 0]
    found = subjects(
        given.proposal, given.project, given.portfolio_decision, given.exchange_rate, demand=demand, months=months,
        terms=terms,
    )  # fmt: skip
    known = {str(each) for each in given.proposal[Proposal.proposal_id]}
    amounts = converted(given.proposal_link, ProposalLink.value_amount, found.currency, given.exchange_rate)
    links, added, barred = links_of(given.proposal_link, found, amounts, known)
    value, deviation = _values(found, given, terms)
    value = value + (0.0 if terms.value_kind == WEIGHTED else added)
    hours = _hours(found, given, demand, months, terms)
    budgets, month_budget = _budgets(months, terms, fiscal_year_start)
    rows = found.rows
    case = SelectionCase(
        names=tuple(found.names), value=value, first=_whole(rows["first"]),
        last=np.where(rows["kind"] == PROPOSAL,
                      np.minimum(_whole(rows["first"]) + terms.start_window_months, len(months) - 1), 0),
        cost=_cost(rows), demand=hours.asked, month_budget=month_budget, budget=budgets, capacity=hours.free,
        budget_names=tuple(year for year, _ in terms.budget), skill_names=hours.names,
        month_names=tuple(f"{month:%Y-%m}" for month in months), exit_cost=rows["exit_amount"].to_numpy(dtype=float),
        is_mandatory=rows["is_mandatory"].to_numpy(dtype=bool),
        is_barred=rows["is_barred"].to_numpy(dtype=bool) | np.array(barred, dtype=bool), links=links,
        limits=tuple(_limit(term, found, value, given.contribution, terms.file) for term in terms.groups),
        value_lost=terms.value_lost_pct_a_month / 100,
    )  # fmt: skip
    drawn, notes = None, [*hours.notes, *_unpaid(months, month_budget, terms)]
    if terms.alpha is not None:
        drawn = demand_factors(given.project_effort_ratio, len(rows))
        if drawn is None:
            notes.append(
                f"alpha is not used: fewer than {FEWEST_PROJECTS} past projects say what plans take, so hours count as "
                "planned"
            )
    served = np.zeros(len(rows))
    if terms.against is not None:
        whole = GroupTerm(is_least=True, portfolio=None, objective=terms.against, measure="value", amount=0.0)
        served = _limit(whole, found, value, given.contribution, terms.file).weights
    return Prepared(case, found, months, terms, drawn, served, tuple(notes), deviation)


def _whole(column: pd.Series) -> Wholes:
    return column.to_numpy(dtype=np.int64)


def _values(found: Subjects, given: SelectionRegisters, terms: SelectionTerms) -> tuple[Floats, Floats]:
    """What counts of each item, and the standard deviation of its truth."""
    rows, error = found.rows, terms.value_error_pct / 100
    is_proposal = (rows["kind"] == PROPOSAL).to_numpy()
    groups = rows["portfolio"].fillna("").astype(str).to_list()
    made: Floats = rows["value_amount"].to_numpy(dtype=float).copy()
    if terms.value_kind == WEIGHTED:
        by_subject = given.priority_score.set_index("subject_id")["weighted_value"]
        made = np.where(is_proposal, rows["subject_id"].map(by_subject).to_numpy(dtype=float), made)
        without = [name for name, value in zip(found.names, made, strict=True) if np.isnan(value)]
        if without:
            raise UsageError(
                "proposals without scores have no weighted value", file=terms.file,
                found=f"{len(without)}: {', '.join(without[:8])}",
                expected="scores in registers/criterion_score.csv, or value = \"value\"",
            )  # fmt: skip
    at, deviation = np.flatnonzero(is_proposal), np.zeros(len(made))
    own = [groups[place] for place in at]
    if terms.value_kind != WEIGHTED:
        cost = rows["cost_amount"].to_numpy(dtype=float)
        made[at], deviation[at] = shrunk_amounts(made[at], cost[at], error, own)
        return made - cost if terms.value_kind == GROSS else made, deviation
    if error and len(at):
        drawn_in = shrunk(made[at], np.full(len(at), error * made[at].mean()), own)
        made[at], deviation[at] = drawn_in.value, drawn_in.deviation
    return made, deviation


def _cost(rows: pd.DataFrame) -> Spread:
    length = _whole(rows["months"])
    item = np.repeat(np.arange(len(rows)), length)
    offset = np.arange(len(item)) - np.repeat(np.cumsum(length) - length, length)
    amount = rows["cost_amount"].to_numpy(dtype=float)[item] / length[item]
    return Spread(item, offset, amount, np.zeros(len(item), dtype=np.int64))


def _hours(
    found: Subjects, given: SelectionRegisters, demand: pd.DataFrame, months: pd.DatetimeIndex, terms: SelectionTerms
) -> SkillHours:  # fmt: skip
    """Lines of hours: what items ask for by month from their start, and what is free of what others ask for."""
    place = {name: at for at, name in enumerate(found.names)}
    item = demand[Demand.project_id].map(place)
    is_item = item.notna()
    asked = demand[is_item].assign(item=item[is_item].astype("int64"))
    base = _whole(found.rows["base"])[asked["item"].to_numpy(dtype=np.int64)]
    when = asked[Demand.period_month].dt
    asked["offset"] = (when.year - months[0].year) * 12 + when.month - months[0].month - base
    asked = asked[asked["offset"] >= 0]
    known = set(given.proposal[Proposal.proposal_id])
    # What another proposal asks for comes about only where it is chosen, and it is not among the items.
    others = demand[~is_item & demand[Demand.period_month].isin(months) & ~demand[Demand.project_id].isin(known)]
    others = others.assign(expected_seconds=others[Demand.demand_seconds] * others[Demand.certainty].fillna(1.0))
    calendar = given.planned_calendar_by_person_month
    skilled = calendar[calendar[PlannedCalendarByPersonMonth.person_id].isin(given.person_skill[PersonSkill.person_id])]
    by_month = skilled.groupby(PlannedCalendarByPersonMonth.period_month)[
        PlannedCalendarByPersonMonth.calendar_seconds
    ].sum()
    return skill_hours(
        asked, others, given.capacity_by_skill_month, by_month, months=months, terms=terms
    )  # fmt: skip


def _budgets(
    months: pd.DatetimeIndex, terms: SelectionTerms, fiscal_year_start: int
) -> tuple[Floats, Wholes]:  # fmt: skip
    years = np.array([month.year - (month.month < fiscal_year_start) for month in months], dtype=np.int64)
    stated = [int(year) for year, _ in terms.budget]
    for year in stated:
        if year not in years:
            raise UsageError(
                f"budget of {year} pays for no month of the choice", file=terms.file,
                found=f"months from {months[0]:%Y-%m} to {months[-1]:%Y-%m}",
                expected=", ".join(str(each) for each in sorted(set(years.tolist()))),
                hint="state another year, or more months",
            )  # fmt: skip
    place = {year: at for at, year in enumerate(stated)}
    lines = np.array([place.get(int(year), -1) for year in years], dtype=np.int64)
    return np.array([amount for _, amount in terms.budget], dtype=float), lines


def _unpaid(months: pd.DatetimeIndex, month_budget: Wholes, terms: SelectionTerms) -> list[str]:
    """What to say of months that no budget pays for, where others have one."""
    without = months[month_budget < 0]
    if not terms.budget or not len(without):
        return []
    return [f"no budget is stated for {len(without)} of {len(months)} months: cost in them is held by nothing"]


def _limit(
    term: GroupTerm, found: Subjects, value: Floats, contribution: pd.DataFrame, file: str | None
) -> GroupLimit:  # fmt: skip
    rows = found.rows
    if term.portfolio is not None:
        known = sorted(rows["portfolio"].dropna().astype(str).unique())
        share = (rows["portfolio"] == term.portfolio).to_numpy(dtype=float)
    else:
        known = sorted(contribution[Contribution.objective_id].astype(str).unique())
        own = contribution[contribution[Contribution.objective_id] == term.objective]
        parts = own.set_index(Contribution.project_id)[Contribution.share_pct].fillna(100.0) / 100
        share = rows["subject_id"].map(parts).fillna(0.0).to_numpy(dtype=float)
    name = term.portfolio if term.portfolio is not None else str(term.objective)
    if name not in known:
        close = nearest(name, known)
        raise UsageError(
            f"no open proposal is of {term.words.partition(' of ')[2]}", file=file, found=name,
            expected=", ".join(known) or "a portfolio or objective of the registers",
            hint=f"did you mean {close!r}?" if close else None,
        )  # fmt: skip
    if term.measure == "count":
        each = (share > 0).astype(float)
    else:
        each = share * (value if term.measure == "value" else rows["cost_amount"].to_numpy(dtype=float))
    return GroupLimit(
        term.words, each, *((term.amount, np.inf) if term.is_least else (-np.inf, term.amount))
    )  # fmt: skip
