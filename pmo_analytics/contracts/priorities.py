"""The contract of priorities: what the portfolio weighs its projects by, for whoever has to choose between them."""

from __future__ import annotations

from pmo_analytics.contracts.base import Contract, Number, Text, required


class ProjectPriority(Contract):
    """One row per project that the portfolio has weighed.

    Key: project_id. Of a larger weight is what goes first; only proportions
    count. A project without a row weighs 1.
    """

    project_id: Text = required()
    weight: Number = required(gt=0)
