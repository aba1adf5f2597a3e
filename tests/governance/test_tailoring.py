from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.governance.tailoring import RISK_LEVELS, reading

SIZES = st.sampled_from([None, "small", "medium", "large"])
RISKS = st.sampled_from([None, "unknown", *RISK_LEVELS])


@pytest.mark.parametrize(
    ("text", "size", "risk", "is_required"),
    [
        (None, "small", "low", True),
        ("size large", "small", "high", False),
        ("size large", "large", "low", True),
        ("risk high", "large", "medium", False),
        ("risk high", "small", "unknown", True),
        ("risk high", "small", None, True),
        ("size large or risk high", "small", "unknown", False),
        ("size large or risk high", "small", "high", True),
        ("Size Large  OR  Risk HIGH", "large", "low", True),
    ],
)
def test_what_is_required_of_which_project(text: str | None, size: str, risk: str, is_required: bool) -> None:
    found = reading(text)
    assert (found.is_required(size, risk), found.problem) == (is_required, "")


@given(st.text(max_size=60), SIZES, RISKS)
def test_a_text_that_cannot_be_read_excuses_nobody(text: str, size: str | None, risk: str | None) -> None:
    found = reading(text)
    if found.problem:
        assert found.is_required(size, risk)


@pytest.mark.parametrize("text", ["size", "risk ,", "risk huge", "large", "size large or"])
def test_what_is_wrong_is_told(text: str) -> None:
    assert "cannot read the tailoring" in reading(text).problem


@given(SIZES, RISKS)
def test_an_unknown_size_is_asked_for_what_any_size_is(size: str | None, risk: str | None) -> None:
    for text in ("size large", "size small, medium or risk high"):
        if reading(text).is_required(size, risk):
            assert reading(text).is_required(None, risk)
