"""Breaches planted at random by 50 seeds that nothing was tuned to: all are found, and nothing else is."""

from __future__ import annotations

import pytest

from pmo_analytics.synthetic.audit_defects import DEFECTS, planted_portfolio
from pmo_analytics.synthetic.audit_portfolio import clean_portfolio
from tests.audits import audited

pytestmark = pytest.mark.slow
SEEDS = range(8_101, 8_151)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_in_a_clean_portfolio(seed: int) -> None:
    assert audited(clean_portfolio(seed)).found == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_breach_is_found_by_project_rule_and_item_and_nothing_else(seed: int) -> None:
    portfolio = planted_portfolio(seed)
    assert len(portfolio.kinds) >= 15
    assert audited(portfolio.rows).found == portfolio.planted


def test_over_all_seeds_every_kind_of_breach_was_planted() -> None:
    planted = set().union(*(planted_portfolio(seed).kinds for seed in SEEDS))
    assert planted == set(DEFECTS)
