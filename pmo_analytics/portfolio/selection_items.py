"""What there is to choose from: open proposals and running projects that may be left, from the registers.

A proposal is open unless it is a project already, was cancelled, or was deferred
to a day that is still to come; on the day of its review it is open again. One that
was approved is chosen. Its cost is spread evenly over its months, its hours are
those of the register of demand, moved with its start. Amounts in another currency
are changed at the last rate that is known. What is required of a proposal
and is a project already is there; where it is not open, nothing can require it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmo_analytics.contracts.people import Demand
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.contracts.selection import PortfolioDecision, Proposal, ProposalLink
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.selection_case import Links, Wholes
from pmo_analytics.portfolio.selection_terms import WEIGHTED, SelectionTerms

PROPOSAL, RUNNING = "proposal", "running project"
REGISTER = "registers/proposal.csv"
MOST_MONTHS = 600


@dataclass(frozen=True)
class Subjects:
    """Items in the order of the register, running projects behind; `rows` has a row for each.

    Columns: subject_id, kind, name, portfolio, value_amount and cost_amount in
    `currency`, is_mandatory, is_barred, months, base and first: the month its
    plan begins in, and the one it may start in, as places in the axis of months.
    """

    rows: pd.DataFrame
    currency: str | None
    settled: frozenset[str]
    gone: frozenset[str]

    @property
    def names(self) -> list[str]:
        """Identifiers in their order."""
        return [str(name) for name in self.rows["subject_id"]]


def subjects(
    proposal: pd.DataFrame, project: pd.DataFrame, portfolio_decision: pd.DataFrame, exchange_rate: pd.DataFrame, *,
    demand: pd.DataFrame, months: pd.DatetimeIndex, terms: SelectionTerms,
) -> Subjects:  # fmt: skip
    """Open proposals and the scenario's running projects; UsageError for what cannot be weighed."""
    last = portfolio_decision.sort_values(PortfolioDecision.decided_on_date, kind="stable").drop_duplicates(
        PortfolioDecision.subject_id, keep="last"
    )
    decided = dict(zip(last[PortfolioDecision.subject_id], last[PortfolioDecision.decision], strict=True))
    known = {str(each) for each in proposal[Proposal.proposal_id]}
    projects = {str(each) for each in project[Project.project_id]}
    gone = frozenset(_put_off(last, months) & known - projects - {*terms.is_in})
    rows = proposal[~proposal[Proposal.proposal_id].isin([*projects, *gone])].reset_index(drop=True)
    names = rows[Proposal.proposal_id].astype(str)
    _check_named(terms, [*names, *(term.project for term in terms.running)])
    needs_value = terms.value_kind != WEIGHTED
    _check_stated(rows, Proposal.cost_amount, "cost")
    if needs_value:
        _check_stated(rows, Proposal.value_amount, "value")
    _check_lengths(rows)
    currency = _currency(rows, terms)
    approved = np.array([decided.get(name) == "approved" for name in names], dtype=bool)
    mandatory = rows[Proposal.is_mandatory].fillna(False).to_numpy(dtype=bool) | approved | names.isin(terms.is_in)
    made = pd.DataFrame(
        {
            "subject_id": names,
            "kind": PROPOSAL,
            "name": rows[Proposal.name],
            "portfolio": rows[Proposal.portfolio],
            "value_amount": converted(rows, Proposal.value_amount, currency, exchange_rate),
            "cost_amount": converted(rows, Proposal.cost_amount, currency, exchange_rate),
            "exit_amount": 0.0,
            "is_mandatory": mandatory,
            "is_barred": names.isin(terms.is_out).to_numpy(),
            "months": np.maximum(1, np.ceil(rows[Proposal.duration_months].fillna(1.0))).astype("int64"),
        }
    )
    made = made.assign(**_starts(made, rows[Proposal.earliest_start_date], demand, months))
    running = _running(project, terms)
    both = made if not len(running) else running if not len(made) else pd.concat([made, running], ignore_index=True)
    return Subjects(both, currency, frozenset(projects - {term.project for term in terms.running}), gone)


def _put_off(last: pd.DataFrame, months: pd.DatetimeIndex) -> set[str]:
    """Subjects that were cancelled, or deferred, and do not come back by the first of the months."""
    review = last[PortfolioDecision.review_date]
    is_due = review.notna() & (review < months[0])
    is_deferred = (last[PortfolioDecision.decision] == "deferred") & review.notna()
    is_out = (last[PortfolioDecision.decision] == "cancelled") | is_deferred
    return set(last.loc[is_out & ~is_due, PortfolioDecision.subject_id].astype(str))


def _check_named(terms: SelectionTerms, known: list[str]) -> None:
    for key, names in (("in", terms.is_in), ("out", terms.is_out)):
        for name in names:
            if name not in known:
                close = nearest(name, known)
                raise UsageError(
                    f"{key} names no open proposal", file=terms.file, found=name,
                    expected=", ".join(known[:40]) or "an open proposal",
                    hint=f"did you mean {close!r}?" if close else None,
                )  # fmt: skip


def _check_stated(rows: pd.DataFrame, column: str, word: str) -> None:
    without = rows.loc[rows[column].isna(), Proposal.proposal_id].astype(str).to_list()
    if without:
        raise UsageError(
            f"proposals without a {word} cannot be weighed", file=REGISTER, column=column,
            found=f"{len(without)}: {', '.join(without[:8])}", expected=f"a {word} for every open proposal",
            hint="state it, 0 where it is nothing, or cancel the proposal in registers/portfolio_decision.csv",
        )  # fmt: skip


def _check_lengths(rows: pd.DataFrame) -> None:
    long = rows[rows[Proposal.duration_months] > MOST_MONTHS]
    if len(long):
        raise UsageError(
            "proposals last longer than can be planned", file=REGISTER, column=Proposal.duration_months,
            found=", ".join(f"{name}: {months:g}" for name, months in zip(
                long[Proposal.proposal_id][:8], long[Proposal.duration_months], strict=False)),
            expected=f"up to {MOST_MONTHS} months", hint="state months, not days",
        )  # fmt: skip


def _currency(rows: pd.DataFrame, terms: SelectionTerms) -> str | None:
    if terms.currency is not None:
        return terms.currency
    found = sorted(rows[Proposal.currency].dropna().astype(str).unique())
    if len(found) > 1:
        raise UsageError(
            "proposals are in several currencies", file=REGISTER, column=Proposal.currency, found=", ".join(found),
            expected="one, or a currency that the scenario names", hint='write currency = "…" into the scenario',
        )  # fmt: skip
    return found[0] if found else None


def converted(rows: pd.DataFrame, column: str, currency: str | None, exchange_rate: pd.DataFrame) -> Floats:
    """An amount of each row in `currency`, at the last known rate; without a currency it counts as it is."""
    amounts = rows[column].to_numpy(dtype=float)
    own = rows["currency"].fillna(currency or "").astype(str)
    other = sorted(set(own) - {currency or ""})
    if currency is None or not other:
        return amounts
    rates = exchange_rate[exchange_rate["to_currency"] == currency].sort_values("rate_date")
    last = rates.drop_duplicates("currency", keep="last").set_index("currency")["rate"]
    missing = [name for name in other if name not in last.index]
    if missing:
        raise UsageError(
            f"no rate into {currency} is known", found=", ".join(missing), column="currency",
            expected=f"a rate into {currency} in registers/exchange_rate.csv, of the reporting date or before",
            hint="add the rates, or state the amounts in one currency",
        )  # fmt: skip
    factors: Floats = own.map(last).fillna(1.0).to_numpy(dtype=float)
    return amounts * factors


def _starts(
    made: pd.DataFrame, earliest: pd.Series, demand: pd.DataFrame, months: pd.DatetimeIndex
) -> dict[str, Wholes]:  # fmt: skip
    """Places of the months that plans begin in and may start in; a plan of the past begins with the axis."""
    planned = demand.groupby(Demand.project_id)[Demand.period_month].min()
    by_demand = _place(planned.reindex(made["subject_id"]), months)
    by_date = _place(earliest, months)
    either = np.fmin(by_demand, by_date)
    base = np.where(np.isnan(either), 0.0, either)
    first = np.where(np.isnan(by_date), base, by_date)
    return {"base": base.astype(np.int64), "first": np.maximum(first, 0.0).astype(np.int64)}


def _place(days: pd.Series, months: pd.DatetimeIndex) -> Floats:
    when = pd.to_datetime(days)
    counted = (when.dt.year - months[0].year) * 12 + when.dt.month - months[0].month
    return np.asarray(counted, dtype=float)


def _running(project: pd.DataFrame, terms: SelectionTerms) -> pd.DataFrame:
    known = project.drop_duplicates(Project.project_id).set_index(Project.project_id)
    for term in terms.running:
        if term.project not in known.index:
            close = nearest(term.project, [str(each) for each in known.index])
            raise UsageError(
                "running names no project of the register", file=terms.file, found=term.project,
                expected=", ".join(str(each) for each in known.index[:40]),
                hint=f"did you mean {close!r}?" if close else None,
            )  # fmt: skip
    return pd.DataFrame(
        {
            "subject_id": [term.project for term in terms.running],
            "kind": RUNNING,
            "name": [known.loc[term.project, Project.name] for term in terms.running],
            "portfolio": [known.loc[term.project, Project.portfolio] for term in terms.running],
            "value_amount": [term.value for term in terms.running],
            "cost_amount": [term.cost for term in terms.running],
            "exit_amount": [term.exit_cost for term in terms.running],
            "is_mandatory": [term.project in terms.is_in for term in terms.running],
            "is_barred": [term.project in terms.is_out for term in terms.running],
            "months": [term.months for term in terms.running],
            "base": 0,
            "first": 0,
        }
    )


def links_of(
    proposal_link: pd.DataFrame, found: Subjects, amounts: Floats, known: set[str]
) -> tuple[Links, Floats, list[bool]]:  # fmt: skip
    """Links between items, what synergies with projects add to values, and which items cannot be chosen for links.

    `amounts` are the links' values in the currency of the choice, `known` all
    proposals, open or not.
    """
    place = {name: at for at, name in enumerate(found.names)}
    pairs: dict[str, list[tuple[int, int]]] = {"requires": [], "excludes": [], "synergy": []}
    gains, added, barred = [], np.zeros(len(place)), [False] * len(place)
    for one, other, kind, amount in zip(
        proposal_link[ProposalLink.proposal_id], proposal_link[ProposalLink.other_proposal_id],
        proposal_link[ProposalLink.kind], amounts, strict=True,
    ):  # fmt: skip
        for name in (one, other):
            if name not in place and name not in known and name not in found.settled:
                close = nearest(str(name), sorted({*known, *found.settled}))
                raise UsageError(
                    "a link names a proposal that the register does not hold", file="registers/proposal_link.csv",
                    found=f"{one} {kind} {other}", expected=f"a proposal or project instead of {name}",
                    hint=f"did you mean {close!r}?" if close else "add the proposal, or take the link out",
                )  # fmt: skip
        if one in place and other in place:
            pairs[kind].append((place[one], place[other]))
            if kind == "synergy":
                gains.append(0.0 if np.isnan(amount) else amount)
            continue
        mine, theirs = (one, other) if one in place else (other, one)
        if mine not in place:
            continue
        needs_gone = kind == "requires" and mine == one and theirs in found.gone
        if needs_gone or (kind == "excludes" and theirs in found.settled):
            barred[place[mine]] = True
        elif kind == "synergy" and theirs in found.settled:
            added[place[mine]] += 0.0 if np.isnan(amount) else amount
    arrays = {kind: np.array(each, dtype=np.int64).reshape(-1, 2) for kind, each in pairs.items()}
    return (
        Links(arrays["requires"], arrays["excludes"], arrays["synergy"], np.array(gains, dtype=float)), added, barred,
    )  # fmt: skip
