from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.budget_allocation import budget_kinds, portfolio_allocation
from pmo_analytics.resources.budget_lines import CLOSED, STANDS
from pmo_analytics.resources.budget_reallocation import reallocation, reallocation_balance
from tests.frames import contract_frame, project_row
from tests.resources.test_budget_bridge import line, lines

NOTHING: dict[str, Any] = {"forecast_spend_amount": None, "to_go_amount": None}


def test_the_worked_example_by_portfolio() -> None:
    projects = contract_frame(
        "project", [project_row("A", portfolio="North"), project_row("B", portfolio="South"), project_row("C")]
    )
    found = portfolio_allocation(
        lines(
            line("A", budget_amount=60, actual_amount=30),
            line("B", budget_amount=40, actual_amount=50, to_go_amount=20), line("C", **NOTHING),
            line(None, actual_amount=0, **NOTHING), line("A", currency="GBP", budget_amount=3),
            line("A", fiscal_year="2025", is_running=False, budget_amount=999),
        ),
        projects,
    ).set_index(["currency", "portfolio"])  # fmt: skip
    assert found.index.to_list() == [
        ("EUR", "North"), ("EUR", "South"), ("EUR", "no portfolio"), ("EUR", "no project"), ("GBP", "North"),
    ]  # fmt: skip
    shares = ["budget_share_pct", "actual_share_pct", "forecast_share_pct"]
    assert found.loc[("EUR", "North"), shares].to_list() == [60, 37.5, 30]
    assert found.loc[("EUR", "South"), shares].to_list() == [40, 62.5, 70]
    counts = found[["project_count", "projects_left_out"]].to_numpy().tolist()
    assert counts == [[1, 0], [1, 0], [1, 1], [0, 0], [1, 0]]
    assert pd.isna(found.loc[("GBP", "North"), "actual_share_pct"])


def test_kinds_of_expenditure_are_told_apart_and_what_nobody_said_is_named() -> None:
    found = budget_kinds(
        lines(
            line("A", budget_amount=75, kind="capital"), line("B", budget_amount=25),
            line("C", kind="not said", **NOTHING),
        )
    ).set_index("kind")  # fmt: skip
    assert found["budget_share_pct"].to_dict() == {"capital": 75, "operating": 25, "not said": 0}
    assert found["projects_left_out"].to_dict() == {"capital": 0, "operating": 0, "not said": 1}


WORKED = lines(
    line("cancelled", budget_amount=30, forecast_method=CLOSED),
    line("saves", budget_amount=100, to_go_amount=80, p80_amount=95),
    line("over", budget_amount=50, to_go_amount=75, p80_amount=90),
)


def test_the_worked_example_gives_no_more_than_is_safe() -> None:
    (move,) = reallocation(WORKED).to_dict("records")
    assert (move["from_project_id"], move["to_project_id"], move["moved_amount"]) == ("cancelled", "over", 25)
    assert move["reason"] == (
        "cancelled is closed and leaves EUR 30.00 of its budget; of over EUR 25.00 is forecast above its budget"
    )
    (balance,) = reallocation_balance(WORKED).to_dict("records")
    amounts = ("available_amount", "needed_amount", "moved_amount", "unused_amount", "uncovered_amount")
    assert [balance[name] for name in amounts] == [35, 25, 25, 10, 0]
    assert [balance[name] for name in ("giver_count", "taker_count", "transfer_count", "is_fewest")] == [2, 1, 1, True]


def test_a_budget_that_merely_stands_gives_nothing_and_what_is_spent_above_it_is_needed() -> None:
    frame = lines(
        line("stands", budget_amount=100, to_go_amount=60, forecast_method=STANDS),
        line("spent", budget_amount=10, actual_amount=30, forecast_method=STANDS),
        line("safe", budget_amount=100, to_go_amount=40, p80_amount=90),
    )
    (move,) = reallocation(frame).to_dict("records")
    assert (move["from_project_id"], move["moved_amount"]) == ("safe", 10)
    assert move["reason"] == (
        "safe keeps its P80 and leaves EUR 10.00 above it; of spent EUR 20.00 is spent or ordered above its budget"
    )
    assert reallocation_balance(frame)["uncovered_amount"].to_list() == [10]


def test_money_moves_within_a_currency_a_year_and_a_kind_alone() -> None:
    frame = lines(
        line("gives", budget_amount=30, forecast_method=CLOSED), line("capital", to_go_amount=5, kind="capital"),
        line("pounds", to_go_amount=5, currency="GBP"), line("kind not said", to_go_amount=5, kind="not said"),
        line("past", to_go_amount=5, fiscal_year="2025", is_running=False), line("unknown", **NOTHING),
    )  # fmt: skip
    assert reallocation(frame).empty
    balance = reallocation_balance(frame).set_index(["currency", "kind"])
    assert balance["available_amount"].to_dict() == {
        ("EUR", "capital"): 0, ("EUR", "not said"): 0, ("EUR", "operating"): 30, ("GBP", "operating"): 0,
    }  # fmt: skip
    assert balance["uncovered_amount"].to_list() == [5, 5, 0, 5]


AMOUNT = st.decimals(0, 10**6, places=4).map(float)


@settings(max_examples=15)
@given(st.lists(st.tuples(AMOUNT, AMOUNT, st.none() | AMOUNT, st.booleans()), max_size=8))
def test_nobody_ends_below_its_p80_or_above_its_need(drawn: list[tuple[float, float, float | None, bool]]) -> None:
    frame = lines(
        *(
            line(
                f"P{n}", budget_amount=budget, to_go_amount=cost,
                forecast_method=CLOSED if is_closed else "rest at plan",
                p80_amount=None if high is None or is_closed else max(high, cost),
            )
            for n, (budget, cost, high, is_closed) in enumerate(drawn)
        )
    )  # fmt: skip
    moves, own = reallocation(frame), frame.set_index("project_id")
    for project, given_away in moves.groupby("from_project_id")["moved_amount"]:
        row = own.loc[str(project)]
        safe = row["forecast_spend_amount"] if row["forecast_method"] == CLOSED else row["p80_amount"]
        assert exact(given_away) <= exact([row["budget_amount"]]) - exact([safe])
    for project, got in moves.groupby("to_project_id")["moved_amount"]:
        row = own.loc[str(project)]
        assert exact(got) <= exact([row["forecast_spend_amount"]]) - exact([row["budget_amount"]])
    balance = reallocation_balance(frame)
    assert exact(moves["moved_amount"]) == exact(balance["moved_amount"])
    assert len(moves) == balance["transfer_count"].sum()


def exact(amounts: Iterable[float]) -> Decimal:
    return sum((Decimal(repr(float(each))) for each in amounts), Decimal(0))
