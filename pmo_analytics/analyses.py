"""The analyses by name: every public function of the domains that returns a frame under a contract."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pandas as pd

import pmo_analytics

Analysis = Callable[..., pd.DataFrame]
DOMAINS = ("governance", "portfolio", "performance", "resources", "knowledge", "forecasting")


@cache
def analyses() -> dict[str, Analysis]:
    """Every analysis by its name."""
    found: dict[str, Analysis] = {}
    for module in pkgutil.walk_packages(pmo_analytics.__path__, "pmo_analytics."):
        if module.name.split(".")[1] not in DOMAINS:
            continue
        for name, thing in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            returned = str(thing.__annotations__.get("return", ""))
            if thing.__module__ == module.name and not name.startswith("_") and "DataFrame[" in returned:
                found[name] = thing
    return found


def tables_read(name: str) -> list[str]:
    """The marts and registers that an analysis rests on, those of the analyses that it takes among them."""
    found: set[str] = set()
    for parameter in _inputs(name):
        found |= set(tables_read(parameter)) if parameter in analyses() else {parameter}
    return sorted(found)


def run(name: str, tables: dict[str, pd.DataFrame], options: dict[str, Any]) -> pd.DataFrame:
    """The result of an analysis and of those that it takes, from marts and registers alone.

    Each analysis gets those of the `options` that it has a parameter for.
    """
    given: dict[str, Any] = {
        parameter: run(parameter, tables, options) if parameter in analyses() else tables[parameter]
        for parameter in _inputs(name)
    }
    parameters = inspect.signature(analyses()[name]).parameters
    given |= {option: value for option, value in options.items() if option in parameters}
    return analyses()[name](**given)


def _inputs(name: str) -> Iterable[str]:
    """The parameters that are tables: all but the reporting date and those that have a usual value."""
    for parameter in inspect.signature(analyses()[name]).parameters.values():
        if parameter.name != "status_date" and parameter.default is inspect.Parameter.empty:
            yield parameter.name
