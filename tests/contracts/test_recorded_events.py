"""What events that are kept for good have in common: labels without names, identifiers by their first characters."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pmo_analytics.contracts.recorded_events import LONGEST_LABEL, beginning_so, group_label, no_later_look
from pmo_analytics.errors import UsageError

KNOWN = ["abcd00000001", "abcd00000002", "ffff00000003"]


def label(text: str) -> str:
    return group_label(text, told="it is said by a group", such_as="--by PMO", kept="events are kept")


def found(start: str, known: list[str]) -> str:
    return beginning_so(known, start, thing="event", listed_by="pmo events", made_by="pmo events make")


def test_a_label_is_kept_without_blanks_around_it() -> None:
    assert label("  portfolio board ") == "portfolio board"


@pytest.mark.parametrize("text", ["", "  ", "ann@example.test", "x" * (LONGEST_LABEL + 1), "a\nb", "a\0b", "\ud800"])
def test_what_is_no_label_of_a_group_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names of persons are personal data, and events are kept for good"):
        label(text)


def test_an_event_is_called_by_its_first_characters() -> None:
    assert found(" FFFF ", KNOWN) == "ffff00000003"
    assert found("abcd00000002", KNOWN) == "abcd00000002"


@pytest.mark.parametrize(
    ("start", "known", "told"),
    [("abcd", KNOWN, "more than one event begins so"), ("fff", KNOWN, "there is no such event"),
     ("ffff", [], "`pmo events make` comes first")],
)  # fmt: skip
def test_what_names_none_or_several_is_told(start: str, known: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        found(start, known)


def test_a_look_before_one_that_was_recorded_is_refused() -> None:
    looked = pd.Series(pd.to_datetime(["2026-05-31", "2026-06-30"]))
    no_later_look(looked, date(2026, 6, 30), told="looked already")
    no_later_look(looked.iloc[:0], date(2020, 1, 1), told="looked already")
    with pytest.raises(UsageError, match="looked already"):
        no_later_look(looked, date(2026, 6, 29), told="looked already")
