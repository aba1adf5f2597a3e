"""The warehouse: two lakes, an archive, and views of them at a date and a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pmo_analytics.errors import UsageError
from pmo_analytics.warehouse.as_of import parse_as_of
from pmo_analytics.warehouse.event_days import latest_day
from pmo_analytics.warehouse.view import View
from pmo_analytics.workspace import Workspace

__all__ = ["View", "Warehouse"]


@dataclass(frozen=True)
class Warehouse:
    """The warehouse of one workspace, opened for reading; loads go through `ingest`."""

    workspace: Workspace

    @classmethod
    def open(cls, path: Path | str | None = None) -> Warehouse:
        """The warehouse of the workspace at `path`, of PMO_WORKSPACE, or of the nearest `pmo.toml` upward."""
        return cls(Workspace.find(path))

    def at(
        self,
        as_of: str | date | None = None,
        version: int | None = None,
        dates: Mapping[str, date] | None = None,
    ) -> View:
        """What was known in `version` of what had happened by `as_of`, both included.

        `as_of` is a date, `2026-06-30`, or `2026-06` for its last day; by
        default the last month-end not after the latest event. `version` is the
        number of a load; by default the latest. `dates` lets stored tables stand
        at another date each: what a bridge exchanges one by one. Raises
        UsageError for a date or version that does not exist, WarehouseError
        when nothing is loaded.
        """
        day = parse_as_of(as_of) if as_of is not None else None
        if version is not None and version < 1:
            raise UsageError("versions count from 1", found=str(version), hint="`pmo loads` lists them")
        return View.open(self.workspace, as_of=day, version=version, dates=dates)

    def latest_day(self) -> date:
        """The day of the latest event that is known; WarehouseError when nothing is loaded that has a date."""
        return latest_day(self.workspace)

    def everything(self, version: int | None = None) -> View:
        """All that was known in `version`, no date cut: every snapshot of every register, every event."""
        return View.open(self.workspace, as_of=None, version=version, is_cut=False)
