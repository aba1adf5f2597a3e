from __future__ import annotations

import pytest

from pmo_analytics.errors import QuestionError
from pmo_analytics.sources.conventions import MarkEvidence, OrderEvidence, date_formats, date_order, decimal_mark, shape


@pytest.mark.parametrize(
    ("evidence", "option", "configured", "expected"),
    [
        (OrderEvidence(3, 0, 10), None, None, "dmy"),
        (OrderEvidence(0, 2, 10), None, None, "mdy"),
        (OrderEvidence(0, 0, 10, "03/04/26"), None, "mdy", "mdy"),
        (OrderEvidence(0, 0, 10, "03/04/26"), "dmy", "mdy", "dmy"),
        (OrderEvidence(0, 0, 0), None, None, "dmy"),
    ],
)
def test_the_order_of_dates(evidence: OrderEvidence, option: str | None, configured: str | None, expected: str) -> None:
    assert date_order(evidence, file="f", option=option, configured=configured) == expected


@pytest.mark.parametrize("evidence", [OrderEvidence(0, 0, 1, "03/04/26"), OrderEvidence(2, 1, 0)])
def test_an_open_or_contradictory_order_is_a_question(evidence: OrderEvidence) -> None:
    with pytest.raises(QuestionError, match="--date-order"):
        date_order(evidence, file="f", option=None, configured=None)


def test_the_decimal_mark() -> None:
    assert decimal_mark(MarkEvidence(2, 0, 5), file="f", option=None, configured=None) == "comma"
    assert decimal_mark(MarkEvidence(0, 2, 5), file="f", option=None, configured=None) == "point"
    assert decimal_mark(MarkEvidence(0, 0, 5, "1,234"), file="f", option=None, configured="comma") == "comma"
    with pytest.raises(QuestionError, match="--decimal-mark"):
        decimal_mark(MarkEvidence(0, 0, 5, "1,234"), file="f", option=None, configured=None)


def test_formats_are_those_that_the_shapes_allow() -> None:
    assert shape("25/Feb/26 10:17 PM") == "9/b/9 9:9 b"
    assert date_formats(["9/b/9 9:9 b"], "dmy", with_time=True)[0] == "%d/%b/%y %I:%M %p"
    assert shape("2026-02-25 16:38:58.679123") == "Y-9-9 9:9:9.Y"
    assert date_formats(["Y-9-9 9:9:9.Y"], "dmy", with_time=True) == ["%Y-%m-%d %H:%M:%S.%f"]
    assert date_formats(["Y-9-9"], "dmy", with_time=False) == ["%Y-%m-%d"]
    assert date_formats(["Y-9"], "dmy", with_time=False, months=True) == ["%Y-%m"]


@pytest.mark.parametrize(
    ("found", "order", "expected"),
    [("9.9.9", "dmy", "%d.%m.%y"), ("9/9/9", "mdy", "%m/%d/%y"), ("9-9-9", "dmy", "%d-%m-%y")],
)
def test_the_29th_of_may_26_is_not_the_26th_of_may_29(found: str, order: str, expected: str) -> None:
    assert date_formats([found], order, with_time=False) == [expected]
