from __future__ import annotations

import inspect

import pytest

from pmo_analytics import errors
from pmo_analytics.errors import PmoError, SourceError, nearest


def test_an_error_says_where_what_and_what_to_do() -> None:
    problem = SourceError(
        "does not parse", file="a.csv", row=7, column="Duration", found="x", expected="01:30:00", hint="mend it"
    )
    assert str(problem).splitlines() == [
        "a.csv, line 7, column 'Duration': does not parse",
        "  found:    x",
        "  expected: 01:30:00",
        "  do:       mend it",
    ]
    assert str(SourceError("alone")) == "alone"


def test_every_error_has_an_exit_code_of_the_command_line() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, PmoError)]
    assert len(kinds) > 5
    assert {kind.exit_code for kind in kinds} <= {1, 2, 4}


@pytest.mark.parametrize(("name", "expected"), [("as_off", "as_of"), ("AS_OF", "as_of"), ("colour", None), ("", None)])
def test_the_nearest_name_or_none(name: str, expected: str | None) -> None:
    assert nearest(name, ["as_of", "version"]) == expected
