"""Notebooks of a workspace's own, whose pages tell what a test asks for, and a pipeline that runs them."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_notebook

from pmo_analytics.reporting.key_figures import KeyFigure, days_of
from pmo_analytics.reporting.references import Shown
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, toggl_row

HOSTILE = "</script><b>{{ 7*7 }}</b> =1+1 \u202egnp.exe"
PARAMETERS = "as_of = None\nversion = None\nportfolio = None\nproject = None"


def page_workspace(desk: Desk, *, portfolios: tuple[str, str] = ("North", "South")) -> Workspace:
    """A workspace with two projects of a portfolio each, and a pipeline `own` without notebooks."""
    desk.register(
        "project", "project_id,name,portfolio,status_date",
        ["A-1", "Alpha", portfolios[0], "2026-01-01"], ["B-2", HOSTILE, portfolios[1], "2026-01-01"],
    )  # fmt: skip
    desk.toggl(toggl_row("ann", "A-1", "2026-01-05"), toggl_row("ann", "B-2", "2026-03-31"))
    (desk.workspace.root / "pipelines").mkdir()
    (desk.workspace.root / "pipelines" / "own.toml").write_text('title = "Own <pack>"\n')
    return desk.workspace


def write_notebook(workspace: Workspace, name: str, *sources: str, runs: tuple[str, ...] = ("whole",)) -> Path:
    """A report notebook of the pipeline `own`, with these cells behind its parameters."""
    folder = workspace.root / "notebooks"
    folder.mkdir(exist_ok=True)
    parameters = new_code_cell(PARAMETERS)
    parameters.metadata["tags"] = ["parameters"]
    made = new_notebook(cells=[parameters, *(new_code_cell(source) for source in sources)])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made.metadata["pmo"] = {"pipelines": ["own"], "runs": list(runs), "title": name.capitalize()}
    nbformat.write(made, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def cost_figure(*amounts: float, until: str = "2026-03-31") -> KeyFigure:
    """A key figure of these amounts by month, the last of them in the month of `until`."""
    months = pd.date_range(end=pd.Timestamp(until).replace(day=1), periods=len(amounts), freq="MS")
    return KeyFigure(
        "Cost", f"EUR {amounts[-1]:,.0f}", "of all", "+1", True, list(amounts), exact=amounts[-1], unit="EUR",
        form=Shown("money", ("EUR",)), months=days_of(months),
    )  # fmt: skip


# A cell that shows a cost of a million more each month, of January 2026 and on.
COSTS = """
from tests.pages import cost_figure
from pmo_analytics.reporting import blocks
blocks.key_figures(cost_figure(*(1e6 * n for n in range(1, 1 + int(as_of[5:7]))), until=as_of))
"""
