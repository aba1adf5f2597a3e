"""Cells of SQL in a notebook: `%load_ext pmo_analytics.lab_cells`, then `%%sql` above a SELECT.

The query reads what the notebook's `view` shows, at its reporting date and
version; where there is none, the workspace's latest. A name behind `%%sql` keeps
the result as a frame of that name. Nothing else than a SELECT is run.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.core.error import UsageError as CellError

from pmo_analytics import open_warehouse
from pmo_analytics.errors import PmoError
from pmo_analytics.warehouse import View
from pmo_analytics.warehouse.select_only import check_select


def load_ipython_extension(shell: Any) -> None:
    """Let the notebook's cells begin with `%%sql`."""

    def sql(line: str, cell: str) -> pd.DataFrame | None:
        name = line.strip()
        if name and not name.isidentifier():
            raise CellError(f"%%sql NAME keeps the result as NAME; {name!r} is no name")
        try:
            found = selected(shell.user_ns.get("view"), cell)
        except PmoError as problem:
            raise CellError(str(problem)) from None
        if not name:
            return found
        shell.user_ns[name] = found
        return None

    shell.register_magic_function(sql, magic_kind="cell", magic_name="sql")


def selected(view: Any, query: str) -> pd.DataFrame:
    """The result of a SELECT over a view, or over the workspace's latest one; UsageError for any other statement."""
    check_select(query)
    if isinstance(view, View):
        return view.sql(query)
    with open_warehouse().at() as latest:
        return latest.sql(query)
