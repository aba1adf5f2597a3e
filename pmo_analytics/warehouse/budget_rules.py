"""When a fiscal year begins, and what lists of orders state: the organisation's word, as a table that roll-ups read.

[budget]
fiscal_year_start = 4
orders = "gross"
"""

from __future__ import annotations

from pmo_analytics.warehouse.connection import Connection
from pmo_analytics.workspace import Workspace


def lay_budget_rule(connection: Connection, rule: tuple[int, bool]) -> None:
    """Make `meta.budget_rule`, one row: the month that a year begins in, whether orders hold what was received."""
    connection.execute(
        "CREATE TABLE meta.budget_rule AS SELECT CAST(? AS BIGINT) AS fiscal_year_start, "
        "CAST(? AS BOOLEAN) AS has_gross_orders",
        list(rule),
    )


def budget_rule(workspace: Workspace) -> tuple[int, bool]:
    """What `pmo.toml` says of budgets."""
    return workspace.fiscal_year_start, workspace.has_gross_orders
