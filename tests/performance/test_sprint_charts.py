from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance import sprint_charts
from pmo_analytics.performance.sprint_predictability import COMPLETED, sprint_predictability, sprint_record
from tests.frames import contract_frame
from tests.performance.test_flow_charts import HOSTILE
from tests.performance.test_sprint_predictability import EXAMPLE, scoped, shares
from tests.specs import marks, rows_of_spec, styles


def drawn(scope: pd.DataFrame) -> pd.DataFrame:
    rows = sprint_predictability(scope)
    return sprint_charts.kept_promises_data(rows, sprint_record(rows))


def test_a_bar_shows_what_was_completed_of_the_commitment_and_what_came_on_top() -> None:
    data = drawn(pd.concat([scoped(1, *EXAMPLE), scoped(2, (True, COMPLETED, None), state="open")], ignore_index=True))
    assert data["sprint"].to_list() == ["Deck 2", "Deck 1"]
    assert data["label"].to_list() == ["1 of 1 so far", "2 of 4, +1"]
    assert data["with_added"].to_list() == [1, 5]
    spec = sprint_charts.kept_promises(data).to_dict()
    assert {"better", "muted", "plan", "label"} <= styles(spec)
    assert marks(spec) == {"bar", "text"}
    assert [row["committed"] for row in rows_of_spec(spec, "sprint")] == [1, 4]
    assert "Deck 1: 2 of 4, +1" in spec["description"]
    assert spec["usermeta"]["label_room"] > 60


@pytest.mark.parametrize(
    ("completed", "title"),
    [
        ((5, 6, 7, 8, 9, 10), "Half of the last 6 sprints completed 75 % or more of what they had committed to"),
        ((5, 6), "2 sprints have ended: too few to judge by"),
        ((5,), "1 sprint has ended: too few to judge by"),
    ],
)
def test_the_title_says_what_was_found(completed: tuple[int, ...], title: str) -> None:
    assert drawn(shares(*completed))["title"].iloc[0] == title


def test_a_running_sprint_alone_is_no_finding() -> None:
    data = drawn(scoped(1, (True, COMPLETED, None), state="open"))
    assert data["title"].iloc[0] == "No sprint has ended of which it is known what was committed to"


def test_sprints_of_one_name_have_bars_of_their_own_and_names_are_data() -> None:
    same: dict[str, Any] = {"sprint": HOSTILE}
    data = drawn(pd.concat([scoped(1, *EXAMPLE, **same), scoped(2, *EXAMPLE, **same)], ignore_index=True))
    assert data["sprint"].nunique() == 2
    assert all(name.startswith(HOSTILE) for name in data["sprint"])


def test_what_cannot_be_judged_makes_no_chart() -> None:
    assert drawn(contract_frame("sprint_scope", [])).empty
    assert drawn(scoped(1, (True, "not_known", None))).empty
