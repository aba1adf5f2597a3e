"""Dates and floats by calendars against the count one by one, on thousands of networks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.forecasting import test_calendar_path as short
from tests.forecasting.test_calendar_path import Case, cases

pytestmark = pytest.mark.slow


@settings(max_examples=5000, deadline=None)
@given(cases())
def test_dates_and_floats_are_those_counted_one_by_one(made: Case) -> None:
    short.test_dates_and_floats_are_those_counted_one_by_one.hypothesis.inner_test(made)  # type: ignore[attr-defined]
