"""Conditions of rules: of two that exclude each other one is met by what is known, and none by what is not."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.governance.audit_conditions import OPERATORS, condition

COLUMNS = ["risk_id", "probability", "proximity_date", "status_date", "state", "is_mandatory"]
TODAY = pd.Timestamp("2026-06-30")
DAYS = st.dates(pd.Timestamp("2020-01-01").date(), pd.Timestamp("2030-01-01").date())


def is_met(row: dict[str, Any], column: str, operator: str, value: Any = None, other: str | None = None) -> bool:
    given_as = {"column": column, "operator": operator}
    given_as |= {} if value is None else {"value": value}
    given_as |= {} if other is None else {"other": other}
    return condition(given_as, COLUMNS).is_met(dict.fromkeys(COLUMNS) | row, TODAY)


@given(found=st.floats(0, 1), asked=st.floats(0, 1))
def test_a_number_is_above_or_at_most_and_below_or_at_least(found: float, asked: float) -> None:
    row = {"probability": found}
    assert is_met(row, "probability", "is above", asked) != is_met(row, "probability", "is at most", asked)
    assert is_met(row, "probability", "is below", asked) != is_met(row, "probability", "is at least", asked)
    assert is_met(row, "probability", "is", asked) == (found == asked)


@given(found=DAYS, asked=DAYS, days=st.integers(0, 3000))
def test_a_day_is_before_or_not_and_within_some_days_or_older(found: Any, asked: Any, days: int) -> None:
    row = {"proximity_date": pd.Timestamp(found), "status_date": pd.Timestamp(asked)}
    column, text = "proximity_date", asked.isoformat()
    assert is_met(row, column, "is before", text) != is_met(row, column, "is not before", text)
    assert is_met(row, column, "is after", text) == is_met(row, column, "is after", other="status_date")
    assert is_met(row, column, "is within days", days) != is_met(row, column, "is older than days", days)
    assert is_met(row, column, "is older than days", days) == ((TODAY - pd.Timestamp(found)).days > days)


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_is_not_known_is_missing_and_nothing_else_but_no_certain_thing(operator: str) -> None:
    takes = OPERATORS[operator].takes
    value = {"nothing": None, "value": "open", "list": ["open"], "days": 3, "ordered": 0.5}[takes]
    column = {"days": "proximity_date", "ordered": "probability"}.get(takes, "state")
    met = is_met({}, column, operator, value)
    assert met == (operator in {"is missing", "is not", "is not one of"})
    assert is_met({"state": "   "}, "state", "is missing"), "a text of blanks is none"


def test_text_is_held_without_case_and_outer_blanks() -> None:
    assert is_met({"state": " Closed "}, "state", "is one of", ["closed", "done"])
    assert not is_met({"state": "CLOSED"}, "state", "is not", "closed")
    assert is_met({"is_mandatory": True}, "is_mandatory", "is", value=True)


@pytest.mark.parametrize(
    ("given_as", "message"),
    [
        ({"column": "state", "operator": "is given", "value": 1}, "takes no value"),
        ({"column": "state", "operator": "is one of", "value": "open"}, "takes a list of texts"),
        ({"column": "state", "operator": "is within days", "value": 3}, "takes a date's column"),
        ({"column": "proximity_date", "operator": "is within days", "value": -3}, "takes a date's column"),
        ({"column": "proximity_date", "operator": "is within days", "other": "status_date"}, "takes no other column"),
        ({"column": "status_date", "operator": "is above", "other": "state"}, "cannot hold status_date against state"),
        ({"column": "probability", "operator": "is above", "value": "x"}, "probability is a number"),
        ({"column": "probability", "operator": "is above", "value": float("nan")}, "probability is a number"),
        ({"column": "is_mandatory", "operator": "is", "value": "yes"}, "is true or false"),
        ({"column": "state", "operator": "is", "value": 3}, "state is a text"),
        ({"column": "state", "operator": "is", "value": "a", "other": "risk_id"}, "takes value, or the name"),
        ({"column": "state", "operator": "is", "valeu": "a"}, "unknown key 'valeu'"),
        ({"operator": "is given"}, "no such column"),
    ],
)
def test_what_cannot_be_a_condition_is_told(given_as: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        condition(given_as, COLUMNS)
