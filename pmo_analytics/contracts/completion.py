"""Contract of what other domains read of the outlook on cost at completion."""

from __future__ import annotations

from pmo_analytics.contracts.base import Contract, Date, Number, Text, optional, required


class CompletionEstimate(Contract):
    """One row per project and month: what budgets and worths read of such a frame, in the project's currency.

    Where no estimate is shown, its assumption and P80 are missing with it.
    """

    project_id: Text = required()
    period_month: Date = required()
    currency: Text = optional()
    actual_cost_amount: Number = optional()
    estimate_at_completion_amount: Number = optional()
    p80_amount: Number = optional()
    cost_assumption: Text = optional()
    expected_finish_date: Date = optional()
