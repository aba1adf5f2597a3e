"""The analyses by name: every public function of the domains that returns a frame under a contract."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from functools import cache

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


def tables_given(name: str) -> list[str]:
    """The marts, registers and analyses that an analysis takes: all parameters but reporting date and options."""
    return [
        parameter.name
        for parameter in inspect.signature(analyses()[name]).parameters.values()
        if parameter.name != "status_date" and parameter.default is inspect.Parameter.empty
    ]
