from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pmo_analytics.contracts.base import checked
from pmo_analytics.performance.flow_forecast import throughput_forecast, throughput_gate, throughput_passport
from pmo_analytics.performance.flow_weeks import FlowByWeek


def weeks(done: ArrayLike, come: ArrayLike | None = None, *, open_items: int = 10, rest: int = 0) -> pd.DataFrame:
    """Weeks with so much done, and one more that is not whole with `rest` done."""
    counts = np.append(np.asarray(done), rest)
    starts = pd.date_range("2024-01-01", periods=len(counts), freq="7D", unit="ns")
    return checked(
        FlowByWeek,
        pd.DataFrame(
            {
                "start_date": starts,
                "end_date": starts + pd.Timedelta(days=6),
                "is_whole": np.arange(len(counts)) < len(counts) - 1,
                "arrival_count": 0 if come is None else np.append(np.asarray(come), 0),
                "start_count": 0,
                "throughput_count": counts,
                "cancelled_count": 0,
                "open_items": open_items,
                "in_progress_items": 0,
                "done_total": counts.cumsum(),
            }
        ),
    )


def test_where_the_median_cannot_be_beaten_nothing_is_shown() -> None:
    found = throughput_forecast(weeks([2] * 52))
    assert found["is_refused"].all()
    asked, answered = found["question"].eq("how_many"), found["question"].eq("when")
    assert found.loc[asked, "item_count"].isna().all()
    assert found.loc[answered, ["week_count", "finish_date"]].isna().all(axis=None)
    assert found["verdict"].str.startswith("refused: no candidate beat the median").all()


def skewed(n: int = 120, seed: int = 3) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.random.default_rng(seed).poisson(6, n)


def test_a_spread_that_the_median_does_not_tell_passes_the_gate_and_holds() -> None:
    found = throughput_forecast(weeks(skewed(), open_items=60))
    assert not found["is_refused"].any()
    how_many = found[found["question"] == "how_many"].set_index("level_pct")
    # Sums of four draws with mean 6: Poisson with mean 24, whose quantiles at 50, 15 and 5 % are 24, 19 and 16.
    assert all(abs(how_many.loc[level, "item_count"] - exact) <= 3 for level, exact in ((50, 24), (85, 19), (95, 16)))
    assert set(how_many["week_count"]) == {4}
    when = found[found["question"] == "when"].set_index(["is_growing", "level_pct"])
    assert 9 <= when.loc[(False, 50.0), "week_count"] <= 11
    assert when["week_count"].groupby("is_growing").is_monotonic_increasing.all()
    last_week = pd.Timestamp("2024-01-07") + pd.Timedelta(weeks=119)
    row = when.loc[(False, 85.0)]
    assert row["finish_date"] == last_week + pd.Timedelta(weeks=int(row["week_count"]))
    passport = throughput_passport(weeks(skewed())).set_index("level_pct")
    assert passport.loc[85, "coverage_low_pct"] <= 85 <= passport.loc[85, "coverage_high_pct"]


def test_work_that_comes_in_as_fast_as_it_is_done_has_no_end() -> None:
    found = throughput_forecast(weeks(skewed(), np.full(120, 8), open_items=60))
    when = found[found["question"] == "when"].set_index(["is_growing", "level_pct"])
    assert when.loc[False, "week_count"].notna().all()
    assert when.loc[True, "week_count"].isna().all()


def test_the_week_that_is_not_over_and_weeks_to_come_change_nothing_asked_before() -> None:
    done = skewed()
    assert throughput_forecast(weeks(done, rest=99)).equals(throughput_forecast(weeks(done)))
    whole, part = throughput_gate(weeks(done)), throughput_gate(weeks(done[:80]))
    n = len(part.quantiles)
    assert n == 80 - 13 - 4 + 1
    assert whole.champions[:n].tolist() == part.champions.tolist()
    np.testing.assert_array_equal(whole.quantiles[:n], part.quantiles)


def test_a_thin_history_is_refused_and_says_what_is_missing() -> None:
    found = throughput_forecast(weeks([3, 1, 2] * 5))
    assert found["is_refused"].all()
    assert "more are missing" in found["verdict"].iloc[0]
    assert throughput_forecast(weeks([1]))["is_refused"].all()
