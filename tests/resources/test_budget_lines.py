"""Lines of budgets by hand: what a forecast is made of, and what is said where there is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts.completion import CompletionEstimate
from pmo_analytics.performance.completion_outlook import CompletionOutlook
from pmo_analytics.resources.budget_lines import CLOSED, COMPLETION, NO_FORECAST, OVER, STANDS, YEAR, budget_line
from pmo_analytics.resources.budget_rests import estimate_to_complete
from tests.budgets import estimates, month, rests, statuses, year_forecasts, year_row, years
from tests.frames import contract_frame, course

STATUS = pd.Timestamp("2026-06-30")
NO_RESTS, NO_FORECASTS, NO_STATES = rests(), year_forecasts(), statuses()


def lines(mart: pd.DataFrame, states: pd.DataFrame = NO_STATES, **given: pd.DataFrame) -> pd.DataFrame:
    made: pd.DataFrame = budget_line(
        mart, states, given.get("rests", NO_RESTS), given.get("forecasts", NO_FORECASTS), status_date=STATUS
    )
    return made


def line(frame: pd.DataFrame, horizon: str = YEAR, **key: Any) -> dict[str, Any]:
    rows = frame[frame["horizon"] == horizon]
    for name, value in key.items():
        rows = rows[rows[name] == value]
    (row,) = rows.to_dict("records")
    return {str(name): value for name, value in row.items()}


WORKED = years(year_row("A", budget_amount=100, actual_amount=40, accrual_amount=5, commitment_amount=20))


@pytest.mark.parametrize(
    ("year", "to_go", "forecast", "variance"), [(90, 25, 90, 10), (60, 0, 65, 35), (120, 55, 120, -20)]
)
def test_the_worked_example_orders_are_a_part_of_what_is_to_come(
    year: float, to_go: float, forecast: float, variance: float
) -> None:
    row = line(lines(WORKED, forecasts=year_forecasts(A=(year, year + 30))))
    amounts = [row[name] for name in ("to_go_amount", "forecast_spend_amount", "budget_variance_amount", "used_pct")]
    assert amounts == [to_go, forecast, variance, 45]
    assert (row["forecast_method"], row["p80_amount"]) == ("rest at plan", max(year + 30, forecast))


def test_at_completion_the_estimate_to_complete_holds_the_orders() -> None:
    for rest, to_go, forecast in ((60, 40, 105), (15, 0, 65)):
        row = line(lines(WORKED, rests=rests(A=(rest, 80))), COMPLETION)
        assert (row["to_go_amount"], row["forecast_spend_amount"], row["p80_amount"]) == (to_go, forecast, 125)
        assert (row["forecast_method"], row["quality_note"]) == ("rest at plan", "")


def test_a_closed_project_spends_its_open_orders_and_no_more() -> None:
    for state in ("complete", "cancelled"):
        found = lines(WORKED, statuses(A=state), rests=rests(A=60.0), forecasts=year_forecasts(A=(90, 95)))
        for horizon in (YEAR, COMPLETION):
            row = line(found, horizon)
            assert (row["forecast_spend_amount"], row["forecast_method"]) == (65, CLOSED)
            assert "it is closed and has open orders" in row["quality_note"]
            assert pd.isna(row["p80_amount"])
    assert line(lines(WORKED, statuses(A="on_hold")))["forecast_method"] == STANDS


def test_without_a_record_the_budget_stands_or_what_is_owed_where_that_is_more() -> None:
    refused = year_forecasts(is_refused=True, A=100.0)
    row = line(lines(WORKED, forecasts=refused))
    assert (row["forecast_spend_amount"], row["to_go_amount"], row["forecast_method"]) == (100, 35, STANDS)
    assert row["quality_note"] == "no forecast of a year is judged yet"
    over = years(year_row("A", budget_amount=50, actual_amount=40, commitment_amount=20))
    row = line(lines(over, forecasts=refused))
    assert (row["forecast_spend_amount"], row["to_go_amount"], row["budget_variance_amount"]) == (60, 0, -10)
    assert row["quality_note"].startswith("more than the budget is spent or ordered")


def test_a_year_that_is_over_came_to_what_it_cost_and_one_to_come_to_its_budget() -> None:
    mart = years(
        year_row("A", "2025-01-01", budget_amount=50, actual_amount=60),
        year_row("A", "2027-01-01", budget_amount=70),
    )
    found = lines(mart, forecasts=year_forecasts(A=(90, 95)))
    past, ahead = (line(found, fiscal_year=year) for year in ("2025", "2027"))
    assert (past["forecast_spend_amount"], past["forecast_method"], past["is_running"]) == (60, OVER, False)
    assert (ahead["forecast_spend_amount"], ahead["forecast_method"], ahead["is_running"]) == (70, STANDS, False)
    assert ahead["quality_note"] == ""


def test_what_no_plan_tells_is_refused_with_the_reason() -> None:
    mart = years(year_row("A", actual_amount=40))
    found = lines(mart, rests=rests(A="no progress is reported"))
    for horizon, why in ((YEAR, "nothing is budgeted in this year"), (COMPLETION, "no progress is reported")):
        row = line(found, horizon)
        assert pd.isna(row["forecast_spend_amount"])
        assert pd.isna(row["to_go_amount"])
        assert (row["forecast_method"], row["quality_note"]) == (NO_FORECAST, why)
    assert line(lines(mart), COMPLETION)["quality_note"] == "no plan, progress or cost of it is known"


def test_money_in_other_currencies_stands_apart_named_and_counted() -> None:
    mart = years(
        year_row("A", budget_amount=100, actual_amount=40, converted_amount=9),
        year_row("A", currency="USD", to_currency="EUR", actual_amount=12, commitment_amount=3.5),
        year_row("A", currency=None, uncosted_seconds=5400),
        year_row(None, actual_amount=7),
    )
    found = lines(mart, rests=rests(A=60.0))
    for horizon in (YEAR, COMPLETION):
        own, other = (line(found, horizon, currency=name, project_id="A") for name in ("EUR", "USD"))
        assert own["actual_amount"] == 40
        assert "EUR 9.00 was converted at dated rates" in own["quality_note"]
        assert "not converted for want of a dated rate: USD 12.00 spent, USD 3.50 ordered" in own["quality_note"]
        assert "1.50 h have no rate and cost nothing here" in own["quality_note"]
        assert (other["actual_amount"], other["commitment_amount"]) == (12, 3.5)
        assert pd.isna(other["forecast_spend_amount"])
        assert other["quality_note"] == ("no dated rate from USD to EUR is known: it is in no sum of the project's EUR")
        unmapped = found[(found["horizon"] == horizon) & found["project_id"].isna()].iloc[0]
        assert unmapped["quality_note"] == "no register or alias knows its project"
        assert pd.isna(unmapped["forecast_spend_amount"])
    # Time without a rate is no line of its own.
    assert found["currency"].notna().all()


def test_orders_without_a_date_are_in_no_year_and_are_named_beside_the_running_one() -> None:
    mart = years(
        year_row("A", budget_amount=100, overdue_amount=4, commitment_amount=4),
        {**year_row("A"), "fiscal_year": None, "fiscal_year_start_date": pd.NaT, "commitment_amount": 20.0},
    )
    found = lines(mart, rests=rests(A=50.0))
    year, whole = line(found), line(found, COMPLETION)
    assert (year["commitment_amount"], whole["commitment_amount"]) == (4, 24)
    assert "orders of EUR 20.00 have no due date and are in no year" in year["quality_note"]
    assert "orders of EUR 4.00 are overdue" in year["quality_note"]


def test_an_old_list_of_orders_is_told_with_its_day() -> None:
    row = year_row("A", budget_amount=100, commitment_amount=4)
    for day, told in (("2026-05-31", "; orders as listed on 2026-05-31"), ("2026-06-01", "")):
        mart = years(row | {"status_date": pd.Timestamp(day)})
        refused = year_forecasts(is_refused=True, A=100.0)
        assert line(lines(mart, forecasts=refused))["quality_note"] == f"no forecast of a year is judged yet{told}"


def test_kinds_of_one_year_share_its_forecast_as_the_plan_to_come_does() -> None:
    mart = years(
        year_row("A", budget_amount=90, budget_to_date_amount=60, actual_amount=60),
        year_row("A", budget_amount=70, budget_to_date_amount=60, actual_amount=50, is_capital=True),
        year_row("A", budget_amount=0, actual_amount=10, is_capital=None),
    )
    found = lines(mart, rests=rests(A=60.0), forecasts=year_forecasts(A=(160.0001, 180)))
    of_year = found[found["horizon"] == YEAR]
    # Thirty and ten of the plan are to come: 40.0001 are shared three to one.
    shares = of_year.set_index("kind")["to_go_amount"]
    assert shares.to_dict() == {"operating": 30.0001, "capital": 10, "not said": 0}
    assert of_year["p80_amount"].isna().all()
    whole = line(found, COMPLETION)
    assert whole["kind"] == "mixed"
    assert whole["budget_amount"] == 160


AMOUNT = st.decimals(-(10**8), 10**8, places=4).map(float)
POSITIVE = st.decimals(0, 10**8, places=4).map(float)
ROWS = st.lists(
    st.fixed_dictionaries({
        "project_id": st.sampled_from(["A", "B", None]), "start": st.sampled_from(["2025-01-01", "2026-01-01"]),
        "currency": st.sampled_from(["EUR", "USD"]), "is_capital": st.sampled_from([True, False]),
        "budget_amount": POSITIVE, "actual_amount": AMOUNT, "accrual_amount": AMOUNT, "commitment_amount": AMOUNT,
    }),
    max_size=8,
    unique_by=lambda row: (row["project_id"], row["start"], row["currency"], row["is_capital"]),
)  # fmt: skip


@settings(max_examples=10)
@given(ROWS, st.sampled_from(["active", "complete"]), POSITIVE)
def test_lines_sum_to_the_mart_and_forecasts_to_their_parts_to_the_last_digit(
    rows: list[dict[str, Any]], state: str, cost: float
) -> None:
    made = [
        year_row(row["project_id"], row["start"], to_currency="EUR" if row["currency"] == "USD" else None, **{
            name: value for name, value in row.items() if name not in {"project_id", "start"}
        })
        for row in rows
    ]  # fmt: skip
    found = lines(years(*made), statuses(A=state), rests=rests(A=cost), forecasts=year_forecasts(A=(cost, cost + 1)))
    for horizon in (YEAR, COMPLETION):
        part = found[found["horizon"] == horizon]
        for name in ("budget_amount", "actual_amount", "accrual_amount", "commitment_amount"):
            for currency in ("EUR", "USD"):
                told = sum((exact(each) for each in part.loc[part["currency"] == currency, name]), Decimal(0))
                stated = sum((exact(row[name]) for row in rows if row["currency"] == currency), Decimal(0))
                assert told == stated
        for row in part[part["forecast_spend_amount"].notna()].to_dict("records"):
            parts = ("actual_amount", "accrual_amount", "commitment_amount", "to_go_amount")
            assert exact(row["forecast_spend_amount"]) == sum((exact(row[name]) for name in parts), Decimal(0))
            assert exact(row["budget_variance_amount"]) == exact(row["budget_amount"]) - exact(
                row["forecast_spend_amount"]
            )


def exact(amount: object) -> Decimal:
    return Decimal(repr(float(str(amount))))


def test_the_estimate_to_complete_is_the_shown_estimate_less_the_cost_it_was_made_from() -> None:
    plans = [
        *course("A", [50, 100], [20, 40], [30, 50], start="2026-05"),
        *course("B", [50, 100], [], [30, 50], start="2026-05"), *course("C", [], [], [5], start="2026-05"),
        *course("D", [50, 100], [20, 40], [], start="2026-05"),
        *course("E", [50, 100], [0, 0], [5, 5], start="2026-05"),
        *course("F", [50, 100], [20, 40], [30, 50], start="2026-05"),
    ]  # fmt: skip
    shown = {"project_id": "A", "currency": "EUR", "cost_assumption": "rest at plan", "p80_amount": 130.0}
    frame = estimates(
        shown
        | {"period_month": month("2026-05-01"), "actual_cost_amount": 30.0, "estimate_at_completion_amount": 99.0},
        shown
        | {"period_month": month("2026-06-01"), "actual_cost_amount": 50.0, "estimate_at_completion_amount": 110.0},
        shown
        | {"period_month": month("2026-07-01"), "actual_cost_amount": 60.0, "estimate_at_completion_amount": 990.0},
    )
    mart = contract_frame("planned_earned_actual", plans)
    found = estimate_to_complete(mart, frame, status_date=STATUS).set_index("project_id")
    columns = ["estimate_to_complete_amount", "p80_amount", "cost_assumption", "reason"]
    assert found.loc["A", columns].to_list() == [60, 80, "rest at plan", ""]
    assert found.drop("A")["reason"].to_dict() == {
        "B": "no progress is reported", "C": "no budget is known", "D": "no cost is known",
        "E": "nothing is earned yet", "F": "no estimate at completion is known",
    }  # fmt: skip
    assert found.drop("A")["estimate_to_complete_amount"].isna().all()


def test_the_contract_holds_what_is_read_of_the_other_domains_frame() -> None:
    given = CompletionOutlook.to_schema().columns
    for name, column in CompletionEstimate.to_schema().columns.items():
        assert str(given[name].dtype) == str(column.dtype), name
