"""Words of budgets: what is planned, spent, accrued, ordered and still to come, by fiscal year."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, DATE, FLAG, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "spent_source": "Which record says what was spent: the ledger, timesheets at dated rates, or both.",
        },
    ),
    *terms(DATE, "date", {"fiscal_year_start_date": "First day of a fiscal year."}),
    *terms(
        AMOUNT,
        "currency",
        {
            "budget_amount": "Planned money of the baseline approved last.",
            "budget_to_date_amount": "Part of the budget that was planned for the months begun.",
            "actual_amount": "What was spent.",
            "received_amount": "Part of an order that was received and is accrued.",
            "open_amount": "What of an order or accrual is still to be posted.",
            "overdue_amount": "Part of the orders that was due before the reporting date.",
            "converted_amount": "Money that came from another currency, at dated rates.",
        },
    ),
    *terms(FLAG, "", {"has_budget_by_month": "Whether a project's budget is planned by month."}),
]
