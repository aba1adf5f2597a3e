from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.budget_bridge import STEPS, budget_bridge
from pmo_analytics.resources.budget_lines import COMPLETION, YEAR, BudgetLine
from pmo_analytics.resources.budget_months import budget_months
from tests.budgets import baseline, budgets, month_row, months

STATUS = pd.Timestamp("2026-06-30")


def line(project: str | None, **cells: Any) -> dict[str, Any]:
    """A line of the running year with a forecast of its parts, or as `cells` say."""
    row = dict.fromkeys(BudgetLine.to_schema().columns) | {
        "project_id": project, "horizon": YEAR, "fiscal_year": "2026",
        "fiscal_year_start_date": pd.Timestamp("2026-01-01"), "currency": "EUR", "kind": "operating",
        "to_go_amount": 0.0, "forecast_method": "rest at plan", "is_running": True, "quality_note": "",
    } | {name: 0.0 for name in BudgetLine.to_schema().columns if name.endswith("_amount")} | {
        "p80_amount": None,
    } | cells  # fmt: skip
    parts = ("actual_amount", "accrual_amount", "commitment_amount", "to_go_amount")
    if "forecast_spend_amount" not in cells:
        row["forecast_spend_amount"] = float(sum(Decimal(repr(float(row[name]))) for name in parts))
    return row


def lines(*rows: dict[str, Any]) -> pd.DataFrame:
    made: pd.DataFrame = BudgetLine.validate(pd.DataFrame(list(rows), columns=list(BudgetLine.to_schema().columns)))
    return made


WORKED = line("A", budget_amount=90, actual_amount=40, accrual_amount=5, commitment_amount=20, to_go_amount=30)


def test_the_worked_example_step_by_step() -> None:
    register = budgets(
        baseline("A", "1", "2025-12-01", {"2026-03-01": 100, "2027-01-01": 5}),
        baseline("A", "2", "2026-03-10", {"2026-03-01": 90, "2027-01-01": 40}),
    )
    found = budget_bridge(lines(WORKED), register, status_date=STATUS)
    assert found["step"].to_list() == list(STEPS)
    assert found["step_amount"].to_list() == [100, 0, -10, 90, 40, 5, 20, 30, 95]
    assert found["begin_amount"].to_list() == [0, 100, 100, 0, 0, 40, 45, 65, 0]
    assert found["end_amount"].to_list() == [100, 100, 90, 90, 40, 45, 65, 95, 95]
    assert found["is_total"].to_list() == [True, False, False, True, False, False, False, False, True]


def test_at_completion_all_months_count_and_projects_without_a_forecast_are_left_out() -> None:
    register = budgets(
        baseline("A", "1", "2025-12-01", {"2026-03-01": 100, "2027-01-01": 5}),
        baseline("A", "2", "2026-03-10", {"2026-03-01": 90, "2027-01-01": 40}),
        baseline("B", "1", "2025-12-01", {"2026-03-01": 7}), baseline("B", "2", "2026-01-01", {"2026-03-01": 9}),
    )  # fmt: skip
    whole = {"horizon": COMPLETION, "fiscal_year": None, "fiscal_year_start_date": None}
    found = budget_bridge(
        lines(
            line("A", **whole, budget_amount=130, actual_amount=40, to_go_amount=60),
            line("B", **whole, budget_amount=9, actual_amount=8, forecast_spend_amount=None, to_go_amount=None),
            line(None, **whole, actual_amount=3, forecast_spend_amount=None, to_go_amount=None),
            line("C", **whole, currency="GBP", budget_amount=1),
        ),
        register,
        status_date=STATUS,
    )
    euros = found[found["currency"] == "EUR"].set_index("step")
    assert euros["step_amount"].to_dict() == {
        "first budget": 105, "moved in or added": 25, "moved out or given back": 0, "budget": 130, "spent": 40,
        "accrued": 0, "ordered": 0, "to go": 60, "forecast": 100,
    }  # fmt: skip
    assert euros[["project_count", "projects_left_out"]].drop_duplicates().to_numpy().tolist() == [[1, 1]]
    assert found.loc[found["currency"] == "GBP", "step_amount"].to_list() == [1, 0, 0, 1, 0, 0, 0, 0, 0]


def test_past_and_future_years_and_baselines_to_come_are_in_no_bridge() -> None:
    register = budgets(
        baseline("A", "1", "2025-12-01", {"2026-03-01": 90}), baseline("A", "2", "2026-07-01", {"2026-03-01": 500})
    )
    past = line("A", fiscal_year="2025", is_running=False, budget_amount=1000)
    found = budget_bridge(lines(WORKED, past), register, status_date=STATUS)
    assert found["step_amount"].to_list()[:4] == [90, 0, 0, 90]


AMOUNT = st.decimals(0, 10**8, places=4).map(float)


@settings(max_examples=15)
@given(st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=4))
def test_steps_sum_to_their_totals_to_the_last_digit(amounts: list[tuple[float, ...]]) -> None:
    made, plans = [], []
    for n, (first, now, other, actual, accrual, ordered, to_go) in enumerate(amounts):
        project = f"P{n}"
        plans += [
            baseline(project, "1", "2025-01-01", {"2026-02-01": first, "2025-02-01": other}),
            baseline(project, "2", "2026-01-01", {"2026-02-01": now}),
        ]
        made.append(
            line(
                project, budget_amount=now, actual_amount=actual, accrual_amount=accrual, commitment_amount=ordered,
                to_go_amount=to_go,
            )
        )  # fmt: skip
    found = budget_bridge(lines(*made), budgets(*plans), status_date=STATUS).set_index("step")["step_amount"]
    step = {name: Decimal(repr(value)) for name, value in found.items()}
    assert step["first budget"] == sum(Decimal(repr(each[0])) for each in amounts)
    assert step["first budget"] + step["moved in or added"] + step["moved out or given back"] == step["budget"]
    assert step["spent"] + step["accrued"] + step["ordered"] + step["to go"] == step["forecast"]


def test_months_add_up_within_their_year_and_the_rest_of_it_has_no_cost_yet() -> None:
    mart = months(
        month_row("A", "2026-01-01", budget_amount=100, actual_amount=90, commitment_amount=0),
        month_row(None, "2026-02-01", actual_amount=0.1),
        month_row("A", "2026-02-01", budget_amount=50, actual_amount=69.9, accrual_amount=4),
        month_row("A", "2026-02-01", currency="USD", to_currency="EUR", rate=0.5, actual_amount=3),
        month_row("A", "2026-02-01", currency="SEK", to_currency="EUR", actual_amount=1000),
        month_row("A", None, commitment_amount=77),
        month_row("A", "2025-12-01", budget_amount=7, actual_amount=8),
    )
    found = budget_months(mart, status_date=pd.Timestamp("2026-02-28"))
    assert found["currency"].unique().tolist() == ["EUR"]
    assert found.groupby("fiscal_year").size().to_dict() == {"2025": 12, "2026": 12}
    rows = found[found["fiscal_year"] == "2026"].set_index("period_month")
    february, march = (rows.loc[pd.Timestamp(f"2026-0{m}-01")] for m in (2, 3))
    assert february[["budget_amount", "actual_amount", "accrual_amount"]].to_list() == [50, 71.5, 4]
    assert february[["cumulative_budget_amount", "cumulative_actual_amount"]].to_list() == [150, 161.5]
    assert march["cumulative_budget_amount"] == 150
    assert march[["actual_amount", "cumulative_actual_amount"]].isna().all()


def test_months_of_a_year_from_april() -> None:
    mart = months(month_row("A", "2026-03-01", "2025-04-01", budget_amount=1, actual_amount=1))
    found = budget_months(mart, status_date=STATUS)
    assert found["period_month"].iloc[[0, -1]].to_list() == [pd.Timestamp("2025-04-01"), pd.Timestamp("2026-03-01")]
    assert found["fiscal_year"].unique().tolist() == ["2025/26"]
