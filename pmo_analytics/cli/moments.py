"""When a command records something: the real clock, the day where the workspace is, the latest version."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from pmo_analytics.contracts.recorded_events import Instant
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.workspace import Workspace


def instant_of(opened: Warehouse, version: int) -> Instant:
    """The moment, for events that are appended."""
    from pmo_analytics.contracts.recorded_events import Instant
    from pmo_analytics.system import edges

    return Instant(edges().now(), today_of(opened.workspace), version)


def today_of(workspace: Workspace) -> date:
    """The real day where the workspace is."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    from pmo_analytics.system import edges

    return edges().now().replace(tzinfo=UTC).astimezone(ZoneInfo(workspace.time_zone)).date()
