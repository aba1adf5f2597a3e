"""Contract of what other domains read of estimates at completion."""

from __future__ import annotations

from pmo_analytics.contracts.base import Contract, Flag, Number, Text, optional, required


class CompletionEstimate(Contract):
    """One row per running project and assumption about the rest: the columns that budgets read of such a frame.

    `is_shown` marks the assumption that the record lets be shown; P80 stands
    there alone. Amounts are in the project's currency.
    """

    project_id: Text = required()
    assumption: Text = required()
    currency: Text = optional()
    estimate_at_completion_amount: Number = optional()
    p80_amount: Number = optional()
    is_shown: Flag = required()
