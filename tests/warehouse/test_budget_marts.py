"""Budgets against ledger, timesheets and orders: by hand, and to the last digit whatever the books hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts import rolled_up
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row
from tests.warehouse.laid_marts import laid

JAN, FEB, MAR, APR, MAY, JUN = (date(2026, month, 1) for month in range(1, 7))
AS_OF = date(2026, 3, 31)


def plan(project: str, month: date, amount: object, **cells: Any) -> dict[str, Any]:
    return {
        "project_id": project, "baseline_version": "1", "period_month": month, "baselined_on_date": date(2025, 12, 1),
        "planned_value_amount": amount, "currency": "EUR", "is_capital": False,
    } | cells  # fmt: skip


def posting(number: int, day: date, amount: object, project: str | None = "A", **cells: Any) -> dict[str, Any]:
    return {
        "ledger_entry_id": f"L{number}", "project_id": project, "posting_date": day, "amount": amount,
        "currency": "EUR", "cost_element": "700",
    } | cells  # fmt: skip


def order(name: str, amount: object, due: date | None, project: str | None = "A", **cells: Any) -> dict[str, Any]:
    return {
        "commitment_id": name, "status_date": AS_OF, "project_id": project, "due_date": due, "amount": amount,
        "currency": "EUR", "kind": "commitment",
    } | cells  # fmt: skip


def project(name: str, **cells: Any) -> dict[str, Any]:
    return {"project_id": name, "name": name, "status_date": JAN, "currency": "EUR"} | cells


def hours(number: int, day: date, count: object, project: str | None = "A") -> dict[str, Any]:
    seconds = Decimal(str(count)) * 3600
    return {
        "entry_id": f"T{number}", "person_id": "p1", "project_id": project, "work_date": day,
        "duration_seconds": seconds,
    }  # fmt: skip


RATE = [{"role_or_person_id": "p1", "valid_from_date": date(2025, 1, 1), "hourly_amount": 90, "currency": "EUR"}]


def test_only_the_baseline_approved_last_counts_and_months_keep_their_kind() -> None:
    later = {"baseline_version": "2", "baselined_on_date": FEB}
    budget = [
        plan("A", JAN, 100), plan("A", FEB, 50), plan("A", JAN, 80, **later),
        plan("A", date(2026, 2, 14), 60, **later, is_capital=True), plan("B", JAN, "7.0001", currency="GBP"),
    ]  # fmt: skip
    with laid(as_of=AS_OF, budget=budget, project=[project("A"), project("C", budget_at_completion_amount=9)]) as at:
        assert at.rows("budget_in_force", "project_id, period_month, is_capital, budget_amount") == [
            ("A", JAN, False, 80), ("A", FEB, True, 60), ("B", JAN, False, Decimal("7.0001")),
        ]  # fmt: skip
        assert at.rows("project_currency", "project_id, currency, is_capital, has_budget_by_month") == [
            ("A", "EUR", None, True), ("B", "GBP", False, True), ("C", "EUR", None, False),
        ]  # fmt: skip
        # A budget in one sum has no month.
        columns = "project_id, fiscal_year, period_month, budget_amount"
        assert at.rows("budget_by_project_month", columns, "project_id = 'C'") == [("C", None, None, 9)]


@pytest.mark.parametrize(
    ("start", "month", "name", "first"),
    [
        (1, date(2026, 1, 1), "2026", date(2026, 1, 1)),
        (4, date(2026, 3, 1), "2025/26", date(2025, 4, 1)),
        (4, date(2026, 4, 1), "2026/27", date(2026, 4, 1)),
        (12, date(2026, 11, 1), "2025/26", date(2025, 12, 1)),
        (7, date(2099, 8, 1), "2099/00", date(2099, 7, 1)),
    ],
)
def test_a_fiscal_year_is_named_by_the_years_it_lies_in(start: int, month: date, name: str, first: date) -> None:
    with laid(as_of=AS_OF, fiscal_year_start=start, budget=[plan("A", month, 1)]) as at:
        assert at.rows("budget_by_project_month", "fiscal_year, fiscal_year_start_date") == [(name, first)]


def test_the_ledger_says_what_was_spent_where_it_covers_a_month_else_timesheets_do() -> None:
    books = {
        "project": [project("A"), project("B"), project("C")],
        # January is before the first posting; no ledger of March is loaded; May is after the last.
        "timesheet_entry": [
            *(hours(n, day, 1) for n, day in enumerate([JAN, FEB, MAR, APR, MAY])), hours(8, FEB, 2, "B"),
            hours(9, FEB, 3, "C"),
        ],
        "ledger_entry": [
            posting(1, FEB, 70), posting(2, APR, 71), posting(3, FEB, 5, "B"), posting(4, FEB, 4, "C"),
            posting(5, FEB, 6, "C", cost_element="600"),
        ],
        "rate": RATE,
    }  # fmt: skip
    columns = "project_id, period_month, actual_amount, spent_source, ledger_amount, timesheet_amount"
    with laid(as_of=JUN, **books) as at:  # type: ignore[arg-type]
        assert at.rows("spend_by_project_month", columns, "project_id = 'A'") == [
            ("A", JAN, 90, "timesheets", 0, 90), ("A", FEB, 70, "ledger", 70, 90),
            ("A", MAR, 90, "timesheets", 0, 90), ("A", APR, 71, "ledger", 71, 90),
            ("A", MAY, 90, "timesheets", 0, 90),
        ]  # fmt: skip
    # Once labour is said, time counts beside a ledger that holds none of it, and not beside one that does.
    with laid(as_of=JUN, labour=["600"], **books) as at:  # type: ignore[arg-type]
        assert at.rows("spend_by_project_month", columns, "project_id <> 'A'") == [
            ("B", FEB, 185, "ledger and timesheets", 5, 180), ("C", FEB, 10, "ledger", 10, 270),
        ]  # fmt: skip


def test_time_without_a_rate_is_counted_where_timesheets_count() -> None:
    books = {"timesheet_entry": [hours(1, JAN, 2), hours(2, FEB, 3)], "ledger_entry": [posting(1, FEB, 5)]}
    with laid(as_of=JUN, **books) as at:  # type: ignore[arg-type]
        assert at.rows("spend_by_project_month", "period_month, currency, actual_amount, uncosted_seconds") == [
            (JAN, None, 0, 7200), (FEB, "EUR", 5, 0),
        ]  # fmt: skip


def test_a_posting_counts_in_the_projects_currency_where_it_has_an_amount_in_it() -> None:
    foreign = {"currency": "USD", "local_amount": 9, "local_currency": "EUR", "reporting_amount": 8,
               "reporting_currency": "GBP"}  # fmt: skip
    ledger = [posting(n, JAN, 10, name, **foreign) for n, name in enumerate(["A", "B", "C", None])]
    projects = [project("A"), project("B", currency="GBP"), project("C", currency="SEK")]
    with laid(as_of=AS_OF, ledger_entry=ledger, project=projects) as at:
        assert at.rows("spend_by_project_month", "project_id, currency, actual_amount") == [
            ("A", "EUR", 9), ("B", "GBP", 8), ("C", "USD", 10), (None, "USD", 10),
        ]  # fmt: skip


def test_orders_stand_where_they_are_due_late_ones_now_and_undated_ones_apart() -> None:
    orders = [
        order("due", 10, date(2026, 5, 20)), order("late", 20, date(2026, 1, 5)), order("undated", 30, None),
        order("accrued", 5, None, kind="accrual"), order("unmapped", 7, date(2026, 4, 1), None),
        order("old", 9, JUN, status_date=JAN),
    ]  # fmt: skip
    columns = "project_id, period_month, commitment_amount, accrual_amount, overdue_amount, status_date"
    with laid(as_of=AS_OF, commitment=orders, project=[project("A")]) as at:
        assert at.rows("budget_by_project_month", columns) == [
            ("A", MAR, 20, 5, 20, AS_OF), ("A", MAY, 10, 0, 0, AS_OF), ("A", None, 30, 0, 0, AS_OF),
            (None, APR, 7, 0, 0, AS_OF),
        ]  # fmt: skip
        # January's list is not the latest: what it alone has was posted or given up.
        assert not at.rows("open_commitment", "amount", "commitment_id = 'old'")


def test_an_accrual_takes_its_part_out_of_orders_that_are_listed_gross() -> None:
    one, other = {"document_number": "45"}, {"document_number": "46"}
    orders = [
        order("first", 100, APR, **one), order("second", 50, MAY, **one),
        order("received", 120, None, **one, kind="accrual"),
        order("other", 40, APR, **other), order("of B", 10, APR, "B", **one), order("no number", 3, APR),
        order("accrual of no order", 8, None, kind="accrual"),
    ]  # fmt: skip
    columns = "commitment_id, amount, received_amount, open_amount"
    for has_gross_orders, left in ((False, (100, 50)), (True, (0, 30))):
        with laid(as_of=AS_OF, has_gross_orders=has_gross_orders, commitment=orders) as at:
            assert at.rows("open_commitment", columns, "kind = 'commitment'") == [
                ("first", 100, 100, left[0]), ("no number", 3, 0, 3), ("of B", 10, 0, 10), ("other", 40, 0, 40),
                ("second", 50, 20, left[1]),
            ]  # fmt: skip
            sums = "sum(commitment_amount), sum(accrual_amount), sum(received_amount)"
            owed = sum(left) + 53
            assert at.rows("budget_by_project_month", sums) == [(owed, 128, 120)]


def test_nothing_is_converted_without_a_dated_rate_and_what_is_not_stays_apart() -> None:
    books = {
        "project": [project("A")],
        "ledger_entry": [posting(1, JAN, 100, currency="USD"), posting(2, FEB, 50)],
        "commitment": [order("usd", 10, JUN, currency="USD"), order("sek", 70, JUN, currency="SEK")],
        "exchange_rate": [
            {"currency": "USD", "to_currency": "EUR", "rate_date": day, "rate": rate}
            for day, rate in ((JAN, "0.9"), (date(2026, 1, 31), "0.91"), (FEB, "0.95"), (APR, "2"))
        ] + [{"currency": "EUR", "to_currency": "SEK", "rate_date": JAN, "rate": 11}],
    }  # fmt: skip
    columns = "currency, to_currency, actual_amount, commitment_amount, converted_amount"
    with laid(as_of=AS_OF, **books) as at:
        assert at.rows("budget_by_project_month", "period_month, currency, to_currency, rate, rate_date") == [
            (JAN, "USD", "EUR", Decimal("0.91"), date(2026, 1, 31)),
            (FEB, "EUR", None, None, None),
            (JUN, "SEK", "EUR", None, None),
            # Known on the reporting date; April's is not yet.
            (JUN, "USD", "EUR", Decimal("0.95"), FEB),
        ]  # fmt: skip
        assert at.rows("budget_by_project_year", columns) == [
            ("EUR", None, Decimal("141"), Decimal("9.5"), Decimal("100.5")), ("SEK", "EUR", 0, 70, 0),
        ]  # fmt: skip
    with laid(as_of=AS_OF, **books | {"exchange_rate": []}) as at:  # type: ignore[arg-type]
        assert at.rows("budget_by_project_year", columns) == [
            ("EUR", None, 50, 0, 0), ("SEK", "EUR", 0, 70, 0), ("USD", "EUR", 100, 10, 0),
        ]  # fmt: skip


MONEY = st.decimals(-(10**9), 10**9, places=4)
POSITIVE = st.decimals(0, 10**9, places=4)
CODES = st.sampled_from(["A", "B", None])
CURRENCIES = st.sampled_from(["EUR", "GBP", "USD"])
DAYS = st.dates(date(2025, 1, 1), date(2026, 6, 30))
POSTINGS = st.lists(st.tuples(CODES, DAYS, MONEY, CURRENCIES, st.none() | MONEY, CURRENCIES), max_size=8)
ORDERS = st.lists(
    st.tuples(
        CODES, st.none() | DAYS, MONEY, CURRENCIES, st.sampled_from(["commitment", "accrual"]),
        st.none() | st.sampled_from(["45", "46"]),
    ),
    max_size=8,
)  # fmt: skip
PLANS = st.lists(
    st.tuples(st.sampled_from("AB"), DAYS, POSITIVE, st.sampled_from(["EUR", "GBP"]), st.none() | st.booleans()),
    max_size=8, unique_by=lambda each: each[:2],
)  # fmt: skip
TIMES = st.lists(st.tuples(CODES, DAYS, st.decimals(0, 24, places=2)), max_size=8)


def by_currency(rows: Iterable[tuple[str | None, Decimal]]) -> dict[str | None, Decimal]:
    found: Counter[str | None] = Counter()
    for currency, amount in rows:
        found[currency] += amount  # type: ignore[assignment]
    return {currency: Decimal(amount) for currency, amount in found.items() if amount}


BOOKS = st.fixed_dictionaries({
    "postings": POSTINGS, "orders": ORDERS, "plans": PLANS, "times": TIMES, "start": st.integers(1, 12),
    "is_gross": st.booleans(), "has_labour": st.booleans(),
})  # fmt: skip


# tests/slow/test_budget_books.py tries two hundred.
@settings(max_examples=8)
@given(BOOKS)
def test_budget_lines_sum_to_the_ledger_and_the_orders_to_the_last_digit(drawn: dict[str, Any]) -> None:
    sums_hold(**drawn)


def sums_hold(
    *, postings: list[Any], orders: list[Any], plans: list[Any], times: list[Any], start: int, is_gross: bool,
    has_labour: bool,
) -> None:  # fmt: skip
    """Whether every mart of these books sums to them by currency, each posting in the amount that is the project's."""
    with laid(
        as_of=date(2026, 6, 30),
        fiscal_year_start=start,
        has_gross_orders=is_gross,
        labour=["9*"] if has_labour else [],
        project=[project("A"), project("B", currency="GBP")],
        ledger_entry=[
            posting(n, day, amount, name, currency=currency, local_amount=local, local_currency=other)
            for n, (name, day, amount, currency, local, other) in enumerate(postings)
        ],
        commitment=[
            order(f"C{n}", amount, due, name, currency=currency, kind=kind, document_number=number)
            for n, (name, due, amount, currency, kind, number) in enumerate(orders)
        ],
        budget=[
            plan(name, day, amount, currency=currency, is_capital=kind) for name, day, amount, currency, kind in plans
        ],
        timesheet_entry=[hours(n, day, count, name) for n, (name, day, count) in enumerate(times)],
        rate=RATE,
    ) as at:
        told = at.rows("project_currency", "project_id, currency")
        homes = dict(told)
        chosen = [
            (homes[name], local) if name in homes and local is not None and other == homes[name] != currency
            else (currency, amount)
            for name, _, amount, currency, local, other in postings
        ]  # fmt: skip
        kinds = {
            "ledger_amount": chosen,
            "accrual_amount": [(each[3], each[2]) for each in orders if each[4] == "accrual"],
            "budget_amount": [(each[3], each[2]) for each in plans],
            "timesheet_amount": at.rows("cost_by_project_month", "currency, cost_amount"),
        }
        ordered = by_currency((each[3], each[2]) for each in orders if each[4] == "commitment")
        for mart in ("spend_by_project_month", "budget_by_project_month"):
            for column, expected in kinds.items():
                if column in rolled_up()[mart].columns:
                    assert by_currency(at.rows(mart, f"currency, {column}")) == by_currency(expected), column
        owed = at.rows("budget_by_project_month", "currency, commitment_amount, received_amount")
        whole = by_currency((name, left + (received if is_gross else 0)) for name, left, received in owed)
        assert whole == ordered
        # Every sum of a year is that of its months, and actual is one record or the other.
        for column in ("budget_amount", "actual_amount", "accrual_amount", "commitment_amount", "overdue_amount"):
            of_months = by_currency(at.rows("budget_by_project_month", f"currency, {column}"))
            assert by_currency(at.rows("budget_by_project_year", f"currency, {column}")) == of_months
        rows = at.rows("spend_by_project_month", "spent_source, actual_amount, ledger_amount, timesheet_amount")
        for source, actual, ledger, timesheets in rows:
            assert actual == {
                "ledger": ledger, "timesheets": timesheets, "ledger and timesheets": ledger + timesheets, None: 0,
            }[source]  # fmt: skip


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded_books(tmp_path_factory.mktemp("budgets"))


def loaded_books(folder: Path) -> Desk:
    """A small ledger with orders in two lists, loaded; its fiscal year begins in April."""
    desk = Desk(folder)
    desk.workspace.settings_file.write_text("[budget]\nfiscal_year_start = 4\n")
    desk.workspace = Workspace.find(desk.workspace.root)
    desk.register("project", "project_id,name,status_date,currency", ["A", "Alpha", "2026-01-01", "EUR"])
    desk.register("rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["dev", "2026-01-01", 90, "EUR"])
    desk.register(
        "person",
        "person_id,name,email,role,fte_pct,status_date",
        ["E1", "Ann Berg", "ann@example.test", "dev", 100, "2026-01-01"],
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency,is_capital",
        *[["A", "1", f"2026-0{month}", "2025-12-15", 100 * month, "EUR", "yes"] for month in range(1, 7)],
        *[["A", "2", f"2026-0{month}", "2026-04-10", 110 * month, "EUR", "yes"] for month in range(1, 7)],
    )
    desk.toggl(toggl_row("ann", "A", "2026-01-12", "02:00:00"), toggl_row("ann", "A", "2026-03-02", "01:20:00"))
    ledger = "ledger_entry_id,project_key,cost_element,posting_date,amount,currency"
    desk.register(
        "ledger_entry", ledger, ["L1", "A", "600", "2026-02-27", "85.0001", "EUR"],
        ["L2", "X", "700", "2026-02-20", "-5.0001", "EUR"], ["L3", "A", "700", "2026-03-05", "12", "GBP"],
        ["L4", "A", "700", "2026-04-05", "99", "EUR"],
    )  # fmt: skip
    lists = "commitment_id,project_key,status_date,due_date,document_number,amount,currency,kind"
    desk.register(
        "commitment", lists, ["C1", "A", "2026-02-28", "2026-05-15", "45", "200", "EUR", "commitment"],
        ["C2", "A", "2026-02-28", "", "45", "50.5", "EUR", "accrual"],
        ["C3", "A", "2026-02-28", "", "", "7", "GBP", "commitment"],
        ["C1", "A", "2026-04-30", "2026-05-15", "45", "150", "EUR", "commitment"],
    )  # fmt: skip
    rates = [["GBP", "EUR", "2026-03-31", "1.17"], ["GBP", "EUR", "2026-04-30", "9"]]
    desk.register("exchange_rate", "currency,to_currency,rate_date,rate", *rates)
    return desk


def test_a_view_tells_the_books_as_of_a_date(books: Desk) -> None:
    columns = "fiscal_year, currency, budget_amount, actual_amount, accrual_amount, commitment_amount"
    with books.warehouse.at("2026-03") as view:
        rows = view.rows(f"SELECT {columns} FROM marts.budget_by_project_year ORDER BY ALL NULLS LAST")[1]
    assert rows == [
        ("2025/26", "EUR", 0, Decimal("-5.0001"), 0, 0),
        # January's two hours are before the first posting; 12 pounds at 1.17.
        ("2025/26", "EUR", 600, Decimal("279.0401"), Decimal("50.5"), 0),
        ("2026/27", "EUR", 1500, 0, 0, 200),
        (None, "EUR", 0, 0, 0, Decimal("8.19")),
    ]


def test_a_line_opens_down_to_the_postings(books: Desk) -> None:
    key = {"project_id": "A", "fiscal_year": "2025/26", "currency": "EUR", "is_capital": True}
    with books.warehouse.at("2026-03") as view:
        found = view.explain("budget_by_project_year", key, "actual_amount")
    assert found.is_whole
    assert found.rows["ledger_entry"]["ledger_entry_id"].to_list() == ["L1", "L3"]
    assert found.rows["timesheet_entry"]["work_date"].dt.strftime("%m-%d").to_list() == ["01-12"]


def test_another_setting_makes_other_marts_of_the_same_loads(books: Desk) -> None:
    other = replace(books.workspace, settings={"budget": {"fiscal_year_start": 1}})
    found = []
    for workspace in (books.workspace, other, books.workspace):
        with Warehouse(workspace).at("2026-03") as view:
            found.append(set(view.table("budget_by_project_month")["fiscal_year"].dropna()))
    assert found == [{"2025/26", "2026/27"}, {"2026"}, {"2025/26", "2026/27"}]
