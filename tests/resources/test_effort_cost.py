from __future__ import annotations

import pandas as pd

from pmo_analytics.resources.effort_cost import HourlyCost, hourly_cost
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")


def row(project: str | None, month: str, currency: str | None, cost: float, hours: float) -> dict[str, object]:
    return {
        "project_id": project, "period_month": pd.Timestamp(month), "currency": currency, "cost_amount": cost,
        "costed_seconds": hours * 3600 if currency else 0.0, "uncosted_seconds": 0.0 if currency else hours * 3600,
    }  # fmt: skip


def mart(*rows: dict[str, object]) -> pd.DataFrame:
    return contract_frame("cost_by_project_month", list(rows))


def test_the_worked_example_of_a_project() -> None:
    found = hourly_cost(
        mart(
            row("P", "2026-05-01", "EUR", 6000, 100),
            row("P", "2026-05-01", None, 0, 20),
            row("Q", "2026-05-01", "EUR", 100, 100),
        ),
        "P",
        status_date=STATUS,
    )
    assert found == HourlyCost(60.0, "EUR", 100.0, 20.0, "P")
    assert found.of({50: 8.0, 80: 12.0}) == {50: 480.0, 80: 720.0}


def test_without_hours_of_its_own_it_is_the_organisations_in_the_currency_of_most_hours() -> None:
    given = mart(
        row("Q", "2025-07-01", "EUR", 500, 10),
        row("Q", "2026-06-01", "SEK", 900, 9),
        row("Q", "2025-06-01", "EUR", 9_999, 10),
        row("Q", "2026-07-01", "EUR", 9_999, 10),
    )
    for project in ("P", None):
        assert hourly_cost(given, project, status_date=STATUS) == HourlyCost(50.0, "EUR", 10.0, 9.0, None)


def test_hours_without_any_rate_have_no_cost() -> None:
    assert hourly_cost(mart(row("P", "2026-06-01", None, 0, 5)), "P", status_date=STATUS) is None
    assert hourly_cost(mart(), None, status_date=STATUS) is None
