from __future__ import annotations

from pmo_analytics.synthetic.investment_outcomes import PROJECTS, UNKNOWN_OBJECTIVE, investment_outcomes
from tests.frames import contract_frame


def test_a_seed_is_one_portfolio_and_keeps_the_contracts() -> None:
    made = investment_outcomes(7)
    assert investment_outcomes(7) == made
    assert investment_outcomes(8) != made
    for name, rows in made.tables.items():
        assert len(contract_frame(name, rows)) == len(rows)


def test_bad_investments_are_worth_less_and_unaligned_projects_serve_no_listed_objective() -> None:
    made = investment_outcomes(7)
    assert len(made.net_amounts) == PROJECTS
    assert made.bad
    assert made.unaligned
    bad = [made.net_amounts[name] for name in made.bad]
    sound = [amount for name, amount in made.net_amounts.items() if name not in made.bad]
    assert sum(bad) / len(bad) < 0 < sum(sound) / len(sound)
    served = {row["project_id"] for row in made.tables["contribution"] if row["objective_id"] != UNKNOWN_OBJECTIVE}
    assert served.isdisjoint(made.unaligned)
