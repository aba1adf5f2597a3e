"""The block of a page that tells why a figure moved since the pack of the month before."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.month_bridge import Bridges, MonthBridge, PackSource, earlier_pack
from pmo_analytics.performance.bridge_charts import bridge_chart, bridge_data
from pmo_analytics.performance.forecast_bridge import COMPLETION, FIGURES
from pmo_analytics.portfolio.membership import members
from pmo_analytics.reporting.figures import Figure, figure
from pmo_analytics.reporting.fragments import Fragment
from pmo_analytics.warehouse import View, Warehouse


def month_bridge(
    view: View, *, figure_name: str = COMPLETION, portfolio: str | None = None, project_id: str | None = None
) -> MonthBridge:
    """The bridge of a figure of money from the month before the view's to the view's, of a portfolio or a project."""
    now = PackSource(view.as_of, view.version, f"version {view.version}")
    register = members(view.table("project"), portfolio)
    projects = None if portfolio is None else list(register["project_id"].astype(str))
    with Bridges(Warehouse(view.workspace), earlier_pack(view), now) as bridges:
        return bridges.of(figure_name, project_id=project_id, projects=projects)


def bridge_figure(found: MonthBridge, missing: pd.DataFrame) -> Figure | Fragment:
    """The bridge as a chart with its exact amounts as a table; a note where there is none."""
    days = (pd.Timestamp(found.before.as_of), pd.Timestamp(found.now.as_of))
    data = pd.DataFrame() if found.bridge is None else bridge_data(found.bridge, found.names, *days)
    asked = f"pmo bridge {found.now.as_of:%Y-%m} --figure {found.figure} --version {found.now.version}"
    source = " ".join([*found.words(), f"Each bar's rows: {asked} --open STEP."])
    return figure(
        bridge_chart,
        data,
        topic=f"What moved: {FIGURES[found.figure]}",
        source=source,
        missing=missing,
        needs=["budget", "project_status"],
        is_wide=True,
    )
