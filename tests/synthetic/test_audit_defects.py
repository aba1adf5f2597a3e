"""The portfolio that an audit is tried on: the same for a seed, with breaches of many kinds in rows that were clean."""

from __future__ import annotations

import pytest

from pmo_analytics.synthetic.audit_defects import DEFECTS, planted_portfolio
from pmo_analytics.synthetic.audit_portfolio import clean_portfolio
from tests.audits import audited


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_gives_the_same_portfolio_and_the_same_breaches(seed: int) -> None:
    first, again = planted_portfolio(seed), planted_portfolio(seed)
    assert (first.rows, first.planted, first.kinds) == (again.rows, again.planted, again.kinds)
    assert clean_portfolio(seed) == clean_portfolio(seed) != clean_portfolio(seed + 1)


def test_what_is_planted_changes_rows_and_names_what_is_to_be_found() -> None:
    clean, planted = clean_portfolio(3), planted_portfolio(3)
    assert planted.rows != clean
    assert len(planted.kinds) <= 24 < len(DEFECTS)
    assert len({project for project, _, _ in planted.planted}) > 3
    assert len({rule for _, rule, _ in planted.planted}) > 10


def test_an_audit_of_it_leaves_every_frame_as_it_was() -> None:
    planted = planted_portfolio(4)
    assert audited(planted.rows, holds_inputs=True).found == planted.planted


def test_a_clean_portfolio_holds_projects_of_every_state() -> None:
    states = {row["state"] for seed in range(5) for row in clean_portfolio(seed)["project_status"]}
    assert states == {"proposed", "active", "on_hold", "complete", "cancelled"}
