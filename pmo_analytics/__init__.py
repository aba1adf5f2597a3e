"""PMO analytics workbench: raw exports in, reports whose every figure opens its rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmo_analytics.warehouse import Warehouse

__version__ = "0.1.0"
__all__ = ["__version__", "open_warehouse"]


def open_warehouse(path: Any = None) -> Warehouse:
    """Open the warehouse of the workspace at `path` (by default the nearest `pmo.toml` upward)."""
    from pmo_analytics.warehouse import Warehouse

    return Warehouse.open(path)
