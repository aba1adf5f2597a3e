"""Canonical tables as pandera models, by domain.

Contracts are found, not listed: every class in this folder that is declared
with `base.table` is one.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from pmo_analytics.contracts.base import MARTS, TABLES, Table

_WITHOUT_TABLES = {"base", "compile"}


@cache
def tables() -> dict[str, Table]:
    """Every declared table by name, core, personal and marts, in order of name."""
    for module in pkgutil.iter_modules(__path__):
        if module.name not in _WITHOUT_TABLES:
            importlib.import_module(f"{__name__}.{module.name}")
    return {t.name: t for t in sorted(TABLES.values(), key=lambda t: t.name)}


def rolled_up() -> dict[str, Table]:
    """The tables that SQL roll-ups fill."""
    return {name: t for name, t in tables().items() if t.lake == MARTS}


def stored() -> dict[str, Table]:
    """The tables that loads fill."""
    return {name: t for name, t in tables().items() if t.lake != MARTS}


def registers() -> dict[str, Table]:
    """The stored tables that come as a register (CSV template) of the PMO."""
    return {name: t for name, t in stored().items() if t.is_register}
