"""Which projects a portfolio holds, and the rows of other tables that are theirs."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts.portfolio import Project


def members(project: pd.DataFrame, portfolio: str | None) -> pd.DataFrame:
    """The rows of the register `project` that belong to `portfolio`; all of them where it is None."""
    if portfolio is None:
        return project
    return project[project[Project.portfolio] == portfolio].reset_index(drop=True)


def rows_of(frame: pd.DataFrame, projects: pd.DataFrame) -> pd.DataFrame:
    """The rows of `frame`, any frame with `project_id`, whose project is among `projects`; the order is kept."""
    return frame[frame[Project.project_id].isin(projects[Project.project_id])].reset_index(drop=True)


def portfolio_names(project: pd.DataFrame) -> list[str]:
    """The portfolios that the register `project` names, in order of name."""
    return sorted(str(name) for name in project[Project.portfolio].dropna().unique())
