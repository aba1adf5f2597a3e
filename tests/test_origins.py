"""Where a frame comes from, as text that anybody may have written."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.origins import Origin, Reckoning, origin, origin_of, reckoned, restricted, stamped

HOURS = pd.DataFrame({"project_id": ["A", "B", "B"], "seconds": [1.0, 2.0, 4.0]})
MADE = Origin("summed", {"hours": Origin("hours", projects=("B",))}, {"factor": 3})


def summed(hours: pd.DataFrame, *, factor: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"seconds": [factor * hours["seconds"].sum()]})


def test_an_origin_is_read_as_it_was_written() -> None:
    assert origin(json.loads(MADE.text())) == MADE
    assert MADE.tables() == ["hours"]


def test_a_frame_is_reckoned_again_of_its_projects_and_options_alone() -> None:
    found = reckoned(MADE, {"hours": HOURS}, {"summed": summed}, pd.Timestamp("2026-01-31"))
    assert found["seconds"].tolist() == [18.0]


def test_picked_rows_keep_their_origin_and_changed_ones_are_known() -> None:
    whole = stamped(HOURS.copy(), Origin("hours"))
    picked = whole[whole["project_id"] == "B"].reset_index(drop=True)
    assert origin_of(picked) == Origin("hours")
    assert restricted(whole, whole.head(3), Origin("hours")) == Origin("hours")
    assert restricted(whole, picked, Origin("hours")) == Origin("hours", projects=("B",))
    assert restricted(whole, picked.assign(seconds=0.0), Origin("hours")) is None
    assert restricted(whole, whole.tail(1), Origin("hours")) is None
    assert origin_of(stamped(whole, None)) is None


def deep(levels: int) -> dict[str, Any]:
    return {"name": "x", "inputs": {"y": deep(levels - 1)}} if levels else {"name": "x"}


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"name": 1}, {"name": "x", "code": "import os"}, {"name": "x", "projects": [1]},
        {"name": "x", "options": {"a": [1]}},
        {"name": "x", "options": {"a": [["b"]]}}, {"name": "x", "options": {"a": {"b": 1}}},
        {"name": "x", "inputs": []}, deep(9),
        {"name": "x", "inputs": {str(i): {"name": "y"} for i in range(60)}},
    ],
)  # fmt: skip
def test_what_tells_of_no_origin_is_refused(data: Any) -> None:
    with pytest.raises(UsageError, match="does not say what it is made of"):
        origin(data)


def test_options_are_plain_or_lists_of_texts() -> None:
    told = origin({"name": "x", "options": {"a": ["b", "c"], "d": 1.5, "e": None, "f": []}})
    assert origin(told.plain()) == told


def test_what_rests_on_the_same_tables_is_reckoned_once() -> None:
    asked: list[str] = []

    def doubled(hours: pd.DataFrame) -> pd.DataFrame:
        asked.append("doubled")
        # What an analysis adds to its input is seen by no other.
        hours["seconds"] = hours["seconds"] * 2
        return hours

    def both(doubled: pd.DataFrame, rates: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
        asked.append("both")
        return pd.DataFrame({"cost": [doubled["seconds"].sum() * rates["rate"].sum() + hours["seconds"].sum()]})

    twice = Origin("doubled", {"hours": Origin("hours")})
    made = Origin("both", {"doubled": twice, "rates": Origin("rates"), "hours": Origin("hours")})
    reckoning = Reckoning(made, {"doubled": doubled, "both": both}, pd.Timestamp("2026-01-31"))
    tables = {"hours": HOURS, "rates": pd.DataFrame({"rate": [3.0]})}
    found = [
        reckoning.of(given)["cost"].item()
        for given in (tables, tables | {"rates": pd.DataFrame({"rate": [5.0]})}, tables, tables | {"hours": HOURS[:1]})
    ]
    assert found == [14 * 3 + 7, 14 * 5 + 7, 14 * 3 + 7, 2 * 3 + 1]
    assert asked == ["doubled", "both", "both", "doubled", "both"]
