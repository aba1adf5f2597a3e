"""Key figures and tables of the page on budgets hold what their frames hold, and text as text."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.reporting import budget_figures, budget_tables
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.resources.budget_allocation import portfolio_allocation
from pmo_analytics.resources.budget_bridge import budget_bridge
from pmo_analytics.resources.budget_forecast import year_end_record
from pmo_analytics.resources.budget_lines import CLOSED, COMPLETION, NO_FORECAST, NOT_JUDGED, STANDS
from pmo_analytics.resources.budget_months import budget_months
from pmo_analytics.resources.budget_moves import budget_moves
from pmo_analytics.resources.budget_reallocation import reallocation, reallocation_balance
from pmo_analytics.resources.budget_year_ends import year_ends
from tests.budgets import baseline, budgets, month_row, months
from tests.frames import contract_frame, project_row
from tests.resources.test_budget_bridge import line, lines
from tests.resources.test_budget_forecast import WORKED as YEAR_ENDS
from tests.resources.test_budget_forecast import half_saved, history

STATUS = pd.Timestamp("2026-06-30")
HOSTILE, ESCAPED = "<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"
NAMES = contract_frame("project", [project_row("A", name=HOSTILE, portfolio="North"), project_row("B")])
WHOLE: dict[str, Any] = {"horizon": COMPLETION, "fiscal_year": None, "fiscal_year_start_date": None}
NOTHING: dict[str, Any] = {"forecast_spend_amount": None, "to_go_amount": None, "forecast_method": NO_FORECAST}
LINES = lines(
    line("A", budget_amount=100e3, actual_amount=130e3, forecast_method=STANDS, quality_note=f"{NOT_JUDGED}; late"),
    line("A", **WHOLE, budget_amount=300e3, actual_amount=130e3, to_go_amount=100e3, quality_note="late"),
    line("B", budget_amount=50e3, actual_amount=20e3, forecast_method=CLOSED),
    line("B", **WHOLE, budget_amount=50e3, actual_amount=20e3, forecast_method=CLOSED),
    line("B", currency="USD", commitment_amount=5, quality_note="no dated rate from USD to EUR is known", **NOTHING),
    line("B", **WHOLE, currency="USD", commitment_amount=5, **NOTHING),
    line(None, actual_amount=7, **NOTHING),
)
PLANS = budgets(
    baseline("A", "1", "2025-12-01", {"2026-03-01": 90e3}), baseline("A", "2", "2026-03-10", {"2026-04-01": 100e3})
)
BRIDGE = budget_bridge(LINES, PLANS, status_date=STATUS)
MOVES, BALANCE = reallocation(LINES), reallocation_balance(LINES)
NO_RECORD = year_end_record(year_ends(*YEAR_ENDS, status_date=STATUS), status_date=STATUS)


def html(made: Fragment) -> str:
    return str(made._repr_mimebundle_()["text/html"])


def test_the_headline_says_how_far_over_what_could_move_and_what_is_in_no_sum() -> None:
    assert budget_figures.headline(BRIDGE, BALANCE, LINES) == (
        "The year is forecast at its budget of EUR\u00a0150\u00a0k, where 1 of 2 budgets stands for want of a judged "
        "forecast. At completion the projects are forecast EUR\u00a0100\u00a0k under their budget of "
        "EUR\u00a0350\u00a0k. EUR\u00a030\u00a0k could move from projects that leave it over. Money in USD has no "
        "dated rate and is in no sum."
    )
    assert budget_figures.headline(BRIDGE.iloc[0:0], BALANCE, LINES).startswith("No project has a budget")


def test_the_figures_hold_what_the_frames_hold() -> None:
    course = budget_months(
        months(*[month_row("A", f"2026-0{m}-01", budget_amount=10, actual_amount=m) for m in range(1, 7)]),
        status_date=STATUS,
    )
    figures = [
        budget_figures.year_figure(BRIDGE), budget_figures.completion_figure(BRIDGE),
        budget_figures.spent_figure(course, STATUS), budget_figures.moved_figure(BALANCE),
    ]  # fmt: skip
    assert [figure.exact for figure in figures if figure is not None] == [150e3, 250e3, 21, 30e3]
    assert [figure.unit for figure in figures if figure is not None] == ["EUR"] * 4
    spent = figures[2]
    assert spent is not None
    assert spent.history == [1, 3, 6, 10, 15, 21]
    assert spent.note == "of EUR\u00a00\u00a0k budgeted for these months of 2026"
    nothing = BRIDGE.iloc[0:0]
    assert budget_figures.year_figure(nothing) is budget_figures.completion_figure(nothing) is None
    assert budget_figures.moved_figure(BALANCE.iloc[0:0]) is None
    assert budget_figures.spent_figure(course.iloc[0:0], STATUS) is None


def test_each_line_stands_worst_first_with_its_completion_and_why() -> None:
    page = html(budget_tables.year_table(LINES, NAMES, NO_RECORD))
    assert "1 of 4 lines of 2026 are over their budget" in page
    assert page.index(ESCAPED) < page.index("Project B")
    assert HOSTILE not in page
    assert "In EUR and USD." in page
    # What the note says of all is not said of each; what both horizons say is said once.
    assert NOT_JUDGED not in page
    assert page.count("late") == 1
    assert "no dated rate from USD to EUR is known" in page
    assert "No project</bdi>" in page
    assert "the budget stands, since no year of a project with a budget is over" in page
    assert "−30,000" in page
    assert "230,000" in page
    assert "No project has a budget" in html(budget_tables.year_table(LINES.iloc[0:0], NAMES, NO_RECORD))


def test_whole_projects_are_folded_and_told_with_what_they_rest_on() -> None:
    page = html(budget_tables.completion_table(LINES, NAMES))
    assert "3 lines" in page
    assert "operating, USD" in page


def test_transfers_are_proposed_with_reasons_and_what_stays_uncovered() -> None:
    page = html(budget_tables.reallocation_table(MOVES, BALANCE, NAMES))
    assert "One transfer would cover what can be covered" in page
    assert "B is closed and leaves EUR 30,000.00 of its budget; of A EUR 30,000.00 is spent or ordered above" in page
    assert ESCAPED in page
    short = lines(line("A", budget_amount=1, actual_amount=5, forecast_method=STANDS))
    page = html(budget_tables.reallocation_table(reallocation(short), reallocation_balance(short), NAMES))
    assert "Nothing can be moved between projects" in page
    assert "operating in EUR: 4 stay uncovered." in page


def test_moves_say_from_which_month_to_which() -> None:
    page = html(budget_tables.moves_table(budget_moves(PLANS, status_date=STATUS), NAMES))
    assert "1 baseline moved money" in page
    assert "new money" in page
    assert "Mar\u00a02026" in page
    assert "1 → 2" in page
    nothing = budget_moves(PLANS.iloc[0:0], status_date=STATUS)
    assert "No project has a second baseline." in html(budget_tables.moves_table(nothing, NAMES))


def test_portfolios_are_told_with_their_shares() -> None:
    page = html(budget_tables.allocation_table(portfolio_allocation(LINES, NAMES)))
    assert "North holds 67\u00a0% of the year&#39;s budget" in page
    assert "no project" in page


def test_orders_are_told_by_their_day_and_suppliers_as_text() -> None:
    order = {
        "commitment_id": "C1", "project_id": "A", "kind": "commitment", "vendor": HOSTILE, "currency": "EUR",
        "due_date": pd.Timestamp("2026-06-01"), "status_date": STATUS, "amount": 10.0, "received_amount": 4.0,
        "open_amount": 10.0,
    }  # fmt: skip
    accrual = order | {"commitment_id": "C2", "kind": "accrual", "received_amount": 0.0, "due_date": pd.NaT}
    page = html(budget_tables.order_table(contract_frame("open_commitment", [order, accrual]), NAMES, STATUS))
    assert "1 of 1 open orders are overdue" in page
    assert page.count(ESCAPED) == 4
    assert "counts twice if your lists state orders gross" in page
    gross = contract_frame("open_commitment", [order | {"open_amount": 6.0}])
    assert "it was taken out of them" in html(budget_tables.order_table(gross, NAMES, STATUS))
    nothing = contract_frame("open_commitment", [])
    assert "No list of orders and accruals is loaded." in html(budget_tables.order_table(nothing, NAMES, STATUS))


def test_the_record_shows_the_distance_that_is_asked_for_and_why() -> None:
    record = year_end_record(year_ends(*history(half_saved, projects=3), status_date=STATUS), status_date=STATUS)
    page = html(budget_tables.record_table(record))
    assert page.count("used</span>") == 1
    assert "The budget stands, since no forecast of a year is judged here: 6 finished years" in page
    assert "50 more rows are left out here" in page
    assert "No fiscal year of a project with a budget by month is over yet." in html(
        budget_tables.record_table(NO_RECORD)
    )
