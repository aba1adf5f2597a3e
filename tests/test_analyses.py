"""Every analysis is pure, takes tables by name, and shows a worked example with its source."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pandas as pd
import pytest

import pmo_analytics
from pmo_analytics.analyses import DOMAINS, analyses
from pmo_analytics.contracts import tables
from pmo_analytics.contracts.base import PERSONAL


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(pmo_analytics.__path__, "pmo_analytics."):
        if found.name.split(".")[1] in DOMAINS:
            yield importlib.import_module(found.name)


def empty(name: str) -> pd.DataFrame:
    """No rows of a table, a mart or an analysis."""
    given_by = {analysis.__name__: get_args(get_type_hints(analysis)["return"])[0] for analysis in ANALYSES}
    model = given_by[name] if name in given_by else tables()[name].model
    schema = model.to_schema()
    frame: pd.DataFrame = schema.validate(pd.DataFrame(columns=list(schema.columns)))
    return frame


ANALYSES = list(analyses().values())
EVERY = pytest.mark.parametrize("analysis", ANALYSES, ids=lambda a: a.__name__)


def test_the_analyses_of_the_main_job_are_found() -> None:
    assert {"earned_value", "utilisation", "estimate_accuracy"} <= {analysis.__name__ for analysis in ANALYSES}


@EVERY
def test_an_analysis_takes_marts_registers_and_other_analyses_by_name(analysis: Callable[..., Any]) -> None:
    known = {name for name, table in tables().items() if table.lake != PERSONAL and not table.is_bulk}
    known |= {other.__name__ for other in ANALYSES}
    for name, parameter in inspect.signature(analysis).parameters.items():
        if name == "status_date" or parameter.default is not inspect.Parameter.empty:
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, f"{name} is passed by position"
        else:
            assert name in known, f"{analysis.__name__} takes {name}, which is no mart, register or analysis"


@EVERY
def test_an_analysis_shows_a_worked_example_and_says_whose_method_it_is(analysis: Callable[..., Any]) -> None:
    text = inspect.getmodule(analysis).__doc__ or ""  # type: ignore[union-attr]
    assert "Worked example" in text
    assert re.search(r"[Ss]ource|follows|by the usual definition|convention|[Tt]his project's own", text)
    assert len((analysis.__doc__ or "").split()) > 8


@EVERY
def test_an_analysis_of_nothing_keeps_its_contract_and_claims_nothing(analysis: Callable[..., Any]) -> None:
    given: dict[str, Any] = {}
    for name, parameter in inspect.signature(analysis).parameters.items():
        if name == "status_date":
            given[name] = pd.Timestamp("2026-06-30")
        elif parameter.default is inspect.Parameter.empty:
            given[name] = empty(name)
    result = analysis(**given)
    assert list(result.columns) == list(empty(analysis.__name__).columns)
    assert result.select_dtypes("number").fillna(0).eq(0).all(axis=None)


@pytest.mark.parametrize("module", list(modules()), ids=lambda m: m.__name__.removeprefix("pmo_analytics."))
def test_the_examples_in_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
