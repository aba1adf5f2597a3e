"""Fifty simulated portfolios, none of them looked at before: bad investments and spend that serves nothing are found.

A project is found where it is expected to be worth less than nothing. What is
found and what was planted are counted over all fifty; planted ones by chance
worth something in the end, and sound ones worth nothing, count against it.
"""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_outlook import completion_outlook
from pmo_analytics.portfolio.alignment import alignment_concentration, contribution_shares, objective_alignment
from pmo_analytics.portfolio.benefit_realisation import benefit_double_count, benefit_realisation
from pmo_analytics.portfolio.benefit_timing import benefit_timing
from pmo_analytics.portfolio.investment_worth import investment_worth
from pmo_analytics.synthetic.investment_outcomes import NOW, ORPHAN, InvestmentOutcomes, investment_outcomes
from tests.frames import contract_frame

SEEDS = range(4_001, 4_051)
TODAY = pd.Timestamp(NOW)
pytestmark = pytest.mark.slow


def found_bad(made: InvestmentOutcomes) -> set[str]:
    tables = {name: contract_frame(name, rows) for name, rows in made.tables.items()}
    pea, budget = tables["planned_earned_actual"], contract_frame("budget", [])
    earned = earned_value_as_baselined(pea, budget, status_date=TODAY)
    outlook = completion_outlook(earned, tables["project_status"], status_date=TODAY)
    timing = benefit_timing(tables["benefit_by_month"], tables["project"], tables["project_status"], status_date=TODAY)
    realised = benefit_realisation(timing, tables["benefit"])
    twice = contract_frame("benefit_link", [])
    worth = investment_worth(
        pea, outlook, timing, realised, benefit_double_count(twice, tables["benefit_by_month"]), status_date=TODAY,
        discount_rate=0.0,
    )  # fmt: skip
    return set(worth[worth["expected_net_present_amount"] < 0]["project_id"])


def test_bad_investments_are_found(capsys: pytest.CaptureFixture[str]) -> None:
    hits = planted = told = sunk = seen = 0
    for seed in SEEDS:
        made = investment_outcomes(seed)
        found = found_bad(made)
        lost = {name for name, amount in made.net_amounts.items() if amount < 0}
        sunk, seen = sunk + len(lost), seen + len(lost & found)
        hits, planted, told = hits + len(found & made.bad), planted + len(made.bad), told + len(found)
    recall, precision = hits / planted, hits / told
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(SEEDS)} portfolios: {planted} bad investments planted, {told} found, recall {recall:.2f}, "
            f"precision {precision:.2f}; of {sunk} that ended below zero, by luck or not, {seen} were found\n"
        )
    assert recall >= 0.8
    assert precision >= 0.8


def test_spend_that_serves_nothing_is_found() -> None:
    for seed in SEEDS:
        made = investment_outcomes(seed)
        tables = {name: contract_frame(name, rows) for name, rows in made.tables.items()}
        hours = contract_frame("effort_by_person_month", [])
        objective, contribution = tables["objective"], tables["contribution"]
        served = contribution_shares(contribution, set(objective["objective_id"]))
        assert set(tables["project"]["project_id"]) - set(served) == made.unaligned
        spending = tables["spend_by_project_month"]
        spent = spending.set_index("project_id")["actual_amount"]
        share = spent[list(made.unaligned)].sum() / spent.sum()
        whole = alignment_concentration(objective, contribution, tables["project"], spending, hours)
        spend = whole[whole["measure_kind"] == "spend"].iloc[0]
        assert spend["unaligned_share"] == pytest.approx(share)
        rows = objective_alignment(objective, contribution, tables["project"], spending, hours)
        assert set(rows[rows["is_orphan"]]["objective_id"]) == {ORPHAN}
