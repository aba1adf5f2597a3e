"""Which projects a portfolio holds, one project of the register, and the rows of other tables that are theirs."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.errors import UsageError, nearest


def members(project: pd.DataFrame, portfolio: str | None) -> pd.DataFrame:
    """The rows of the register `project` that belong to `portfolio`; all of them where it is None."""
    if portfolio is None:
        return project
    return project[project[Project.portfolio] == portfolio].reset_index(drop=True)


def only(project: pd.DataFrame, project_id: str | None) -> pd.DataFrame:
    """The row of the register `project` that is this project's; the first where it is None.

    Raises UsageError where the register holds no such project, with the nearest identifier.
    """
    known = project[Project.project_id].astype(str).to_list()
    wanted = project_id if project_id is not None or not known else known[0]
    if wanted not in known:
        close = nearest(str(wanted), known)
        raise UsageError(
            "there is no such project" if known else "there is no project",
            found=wanted,
            expected=", ".join(known[:40]) or "a register of projects",
            hint=f"did you mean {close!r}?" if close else None,
        )
    return project[project[Project.project_id] == wanted].reset_index(drop=True)


def rows_of(frame: pd.DataFrame, projects: pd.DataFrame) -> pd.DataFrame:
    """The rows of `frame`, any frame with `project_id`, whose project is among `projects`; the order is kept."""
    return frame[frame[Project.project_id].isin(projects[Project.project_id])].reset_index(drop=True)


def portfolio_names(project: pd.DataFrame) -> list[str]:
    """The portfolios that the register `project` names, in order of name."""
    return sorted(str(name) for name in project[Project.portfolio].dropna().unique())
