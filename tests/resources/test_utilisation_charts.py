"""Charts of utilisation: their findings, and what they are drawn from."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources.utilisation_charts import overload, overload_data, time_split, time_split_data

MAY, JUNE = pd.Timestamp("2026-05-01"), pd.Timestamp("2026-06-01")


def signs(counts: dict[str, tuple[int | None, int | None]]) -> pd.DataFrame:
    rows = [
        {"team": team, "period_month": month, "persons": 5, "overloaded_count": count}
        for team, both in counts.items()
        for month, count in zip((MAY, JUNE), both, strict=True)
    ]
    return pd.DataFrame(rows).astype({"overloaded_count": "Int64"})


def test_overload_says_where_it_is_and_leaves_out_what_is_withheld() -> None:
    data = overload_data(signs({"A": (0, 2), "B": (1, 3), "Small teams together": (None, None)}))
    assert data["title"].iloc[0] == "5 of 10 persons show a sign of sustained overload, most of them in B"
    assert set(data["team"]) == {"A", "B"}
    assert data[data["label"] != ""]["label"].to_list() == ["2 of 5", "3 of 5"]
    spec = overload(data).to_dict()
    assert spec["facet"]["field"] == "team"
    assert spec["description"].endswith("A 2 of 5; B 3 of 5.")


def test_no_sign_is_said_as_such_and_nothing_known_draws_nothing() -> None:
    data = overload_data(signs({"A": (0, 0)}))
    assert data["title"].iloc[0] == "Nobody of 5 persons shows a sign of sustained overload in Jun\u00a02026"
    assert overload_data(signs({"A": (None, None)})).empty


def test_parts_fill_the_bar_and_an_excess_leaves_no_rest() -> None:
    split = pd.DataFrame(
        {
            "team": ["A", "B"], "period_month": JUNE, "calendar_seconds": [3600.0, 3600.0],
            "project_seconds": [1800.0, 3600.0], "run_seconds": [900.0, 0.0], "unmapped_seconds": 0.0,
            "absence_seconds": [360.0, 400.0], "unbooked_seconds": [540.0, -400.0],
        }
    )  # fmt: skip
    data = time_split_data(split)
    ends = data.groupby("team")["end"].max()
    assert ends.to_list() == pytest.approx([1, 1])
    assert data[data["team"] == "B"]["part"].to_list() == ["projects", "leave"]
    assert data["label"].to_list()[0] == "projects 50\u00a0%"
    assert "of working time went into projects" in data["title"].iloc[0]
    spec = time_split(data).to_dict()
    assert spec["height"] == 88
