"""Scenarios as files state them: everything that may be said, and what is wrong told with file, key and near name."""

from __future__ import annotations

import tomllib

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.selection_terms import GroupTerm, RunningTerm, SelectionTerms, terms_of

WHOLE = """
name = "lean years"
value = "weighted"
currency = "EUR"
alpha = 0.1
months = 36
start_window_months = 6
value_error_pct = 30
value_lost_pct_a_month = 1
near_pct = 2
capacity_factor = 0.7
against = "growth"
in = ["N-01"]
out = ["N-02"]

[budget]
2026 = 100_000
2027 = 50_000

[capacity]
java = 0.8

[[minimum]]
portfolio = "North"
count = 2

[[maximum]]
objective = "growth"
cost = 1000

[[running]]
project = "PA-01"
value = 9000
cost = 500
months = 4
exit_cost = 200
"""


def test_everything_that_may_be_said() -> None:
    assert terms_of(tomllib.loads(WHOLE), file="lean.toml") == SelectionTerms(
        name="lean years", value_kind="weighted", currency="EUR", alpha=0.1, months=36, start_window_months=6,
        value_error_pct=30, value_lost_pct_a_month=1, near_pct=2, capacity_factor=0.7, against="growth",
        is_in=("N-01",), is_out=("N-02",), budget=(("2026", 100_000), ("2027", 50_000)), capacity=(("java", 0.8),),
        groups=(GroupTerm(True, "North", None, "count", 2), GroupTerm(False, None, "growth", "cost", 1000)),
        running=(RunningTerm("PA-01", 9000, 500, 4, 200),), file="lean.toml",
    )  # fmt: skip


def test_a_name_is_enough() -> None:
    assert terms_of({"name": "all"}) == SelectionTerms(name="all")


@pytest.mark.parametrize(
    ("text", "message", "told"),
    [
        ("", "a scenario has a name", 'name = "…"'),
        ('name = "a"\nbudgets = 1', "unknown key 'budgets' in a scenario", "did you mean 'budget'?"),
        ('name = "a"\nvalue = "npv"', "value of a scenario cannot be", "'npv'"),
        ('name = "a"\nalpha = 0.9', "alpha of a scenario cannot be", "a number from 0 to 0.5"),
        ('name = "a"\nmonths = true', "months of a scenario cannot be", "a whole number from 1 to 120"),
        ('name = "a"\nin = "N-01"', "in of a scenario cannot be", 'such as ["N-01"]'),
        ('name = "a"\ncurrency = "euro"', "currency of a scenario cannot be", "three letters"),
        ('name = "a"\nin = ["N"]\nout = ["N"]', "both in and out", "N"),
        ('name = "a"\nbudget = 5', "budget of a scenario is a table", "[budget]"),
        ('name = "a"\n[budget]\nnext = 5', "a budget is of a year", "'next'"),
        ('name = "a"\n[budget]\n2027 = -5', "2027 of [budget] cannot be", "-5"),
        ('name = "a"\n[minimum]\ncount = 1', "minimum of a scenario is a list of tables", "[[minimum]]"),
        ('name = "a"\n[[minimum]]\ncount = 1', "minimum 1 limits one sum of one group", "portfolio or objective"),
        ('name = "a"\n[[minimum]]\nportfolio = "N"\ncosts = 1', "unknown key 'costs' in minimum 1", "'cost'?"),
        ('name = "a"\n[[running]]\nproject = "P"\nvalue = 1', "cost of running 1 is missing", "a number from 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(text: str, message: str, told: str) -> None:
    with pytest.raises(UsageError) as found:
        terms_of(tomllib.loads(text), file="s.toml")
    assert message in str(found.value)
    assert told in str(found.value)
    assert "s.toml" in str(found.value)
