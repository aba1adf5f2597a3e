"""Words of budgets: what is planned, spent, accrued, ordered and still to come, by fiscal year."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, FLAG, PERCENT, TEXT, Term, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "spent_source": "Which record says what was spent: the ledger, timesheets at dated rates, or both.",
            "horizon": "What a line looks forward to: the end of a fiscal year, or completion.",
            "forecast_method": "How a line's forecast was made, or why its amount is known.",
            "previous_version": "The baseline that was in force before.",
            "step": "Step of a bridge.",
            "from_project_id": "Project that can give money.",
            "to_project_id": "Project that needs money.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "fiscal_year_start_date": "First day of a fiscal year.",
            "month_end_date": "Last day of a month that is over.",
            "year_end_date": "Last day of a fiscal year.",
            "money_from_month": "First day of the month that money came from.",
            "money_to_month": "First day of the month that money went to.",
        },
    ),
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
            "to_go_amount": "Cost to come beyond what is spent, accrued and ordered.",
            "forecast_spend_amount": "Cost forecast for the end of the horizon.",
            "budget_variance_amount": "Budget less forecast; negative is over budget.",
            "outcome_amount": "What a fiscal year came to.",
            "budget_spent_amount": "Forecast of a year: its budget, or what was spent where that is more.",
            "run_rate_amount": "Forecast of a year: as much a month as in it so far.",
            "rest_at_plan_amount": "Forecast of a year: what was spent and the plan of its months to come.",
            "to_go_by_plan_amount": "Forecast of a year: what progress leaves to go, spread as the plan is.",
            "to_go_at_rate_amount": "Forecast of a year: what progress leaves to go, at the run rate.",
            "moved_amount": "Money moved, or proposed to be.",
            "step_amount": "Amount of one step of a bridge.",
            "begin_amount": "Where the bar of a step begins.",
            "end_amount": "Where the bar of a step ends.",
            "available_amount": "Money that projects can give.",
            "needed_amount": "Money that projects lack.",
            "unused_amount": "Money that could be given and nobody lacks.",
            "uncovered_amount": "Money that is lacking and nobody can give.",
            "cumulative_budget_amount": "Budget since the fiscal year began.",
            "cumulative_actual_amount": "Cost since the fiscal year began.",
        },
    ),
    Term(
        "estimate_to_complete_amount", AMOUNT, "EAC - AC.", "currency", "ETC", "PMI earned value management; ISO 21508"
    ),
    *terms(
        PERCENT,
        "%",
        {
            "used_pct": "Actual and accrual over the budget; above 100 is over it.",
            "budget_share_pct": "Share of all budget of a currency, 0 to 100.",
            "actual_share_pct": "Share of all cost of a currency.",
            "forecast_share_pct": "Share of all forecast cost of a currency, 0 to 100.",
            "mean_budget_error_pct": "Mean size of what forecasts missed by, over the budget.",
            "pooled_budget_error_pct": "What forecasts missed by together, over all budgets; above 0 they were low.",
        },
    ),
    *terms(
        COUNT,
        "",
        {
            "months_left": "Months of the fiscal year after those that are over.",
            "year_count": "Fiscal years of projects counted.",
            "projects_standing": "Projects whose budget stands for want of a judged forecast.",
            "projects_left_out": "Projects that could not be counted.",
            "giver_count": "Projects that can give money.",
            "taker_count": "Projects that lack money.",
            "transfer_count": "Transfers proposed.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "has_budget_by_month": "Whether a project's budget is planned by month.",
            "is_running": "Whether a line's horizon is still to come.",
            "is_total": "Whether a step is a total rather than a change.",
            "is_fewest": "Whether it is proven that no fewer transfers move as much.",
            "is_asked": "Whether the row is of the distance that is asked for now.",
        },
    ),
]
