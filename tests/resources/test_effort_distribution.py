from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.forecasting.quantile_scores import mean_pinball
from pmo_analytics.resources.effort_distribution import (
    BOOSTED,
    CLASSES,
    FOREST,
    LAST_RATIOS,
    LEVELS,
    MEAN,
    EffortForecasts,
    effort_contest,
    effort_distribution,
    effort_forecasts,
    effort_items,
    effort_passport,
    size_bands,
)
from tests.frames import contract_frame

START = pd.Timestamp("2024-01-01")
STATUS = pd.Timestamp("2026-06-30")


def row(item: int, asked: int, took: int | None, hours: float, ratio: float, **values: Any) -> dict[str, Any]:
    """An item asked on a day and finished so many days later, or still open."""
    return {
        "item_id": f"item-{item}",
        "project_id": "P-1",
        "work_class": "Feature",
        "estimate_seconds": 3600.0 * hours,
        "actual_seconds": None if took is None else 3600.0 * hours * ratio,
        "estimated_on_date": START + pd.Timedelta(days=asked),
        "finished_on_date": None if took is None else START + pd.Timedelta(days=asked + took),
        "state": "open" if took is None else "finished",
        "actual_source": "register",
    } | values


def history(n: int, *, seed: int = 1, has_classes: bool = True) -> list[dict[str, Any]]:
    """Two classes that overrun by different ratios, or one; a third of the items take what was estimated."""
    generator = np.random.default_rng(seed)
    rows = []
    for item in range(n):
        work_class = str(generator.choice(["Feature", "Migration"])) if has_classes else "Feature"
        spread = np.exp(generator.normal(1.2 if work_class == "Migration" else -0.3, 0.2))
        ratio = 1.0 if generator.random() < 1 / 3 else float(spread)
        hours = float(generator.choice([1.0, 4.0, 16.0]))
        rows.append(row(item, item, int(generator.integers(0, 20)), hours, ratio, work_class=work_class))
    return rows


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return contract_frame("estimate_history", rows)


OPEN = [row(1_001, 700, None, 10.0, 1.0), row(1_002, 700, None, 10.0, 1.0, work_class="Migration")]


@cache
def two_classes() -> EffortForecasts:
    return effort_forecasts(frame([*history(500), *OPEN]), status_date=STATUS)


def test_a_class_that_overruns_is_forecast_apart_and_passes_the_gate() -> None:
    found = effort_distribution(frame([*history(500), *OPEN]), status_date=STATUS)
    assert found["item_id"].to_list() == ["item-1001", "item-1002"]
    assert found["items_known"].to_list() == [500, 500]
    assert not found["is_refused"].any()
    assert found["method"].isin([CLASSES, FOREST, BOOSTED, MEAN]).all()
    hours = found.set_index("item_id")[["p10_seconds", "p50_seconds", "p80_seconds", "p90_seconds"]] / 3600
    assert hours.loc["item-1001", "p80_seconds"] == pytest.approx(10.0, abs=0.5)
    # A third at 1 and two thirds about e^1.2: the median lies at the lower quarter of those.
    assert hours.loc["item-1002", "p50_seconds"] == pytest.approx(10 * np.exp(1.2 - 0.2 * 0.674), rel=0.12)
    assert hours.loc["item-1002", "p10_seconds"] == pytest.approx(10.0, rel=0.05)
    assert "% better than" in found.loc[0, "verdict"]


def test_without_classes_nothing_beats_the_last_ratios_and_that_is_said() -> None:
    found = effort_distribution(frame([*history(300, has_classes=False), *OPEN]), status_date=STATUS)
    assert found["is_refused"].all()
    assert found["method"].str.contains("ratios").all()
    assert found["verdict"].str.startswith("refused: no candidate beat").all()
    assert found["p80_seconds"].notna().all()


def test_the_naive_quantiles_are_those_of_the_ratios_known_by_then() -> None:
    forecasts = two_classes()
    quantiles = np.exp(forecasts.quantiles[LAST_RATIOS])
    items, clocks = forecasts.items, forecasts.clocks
    for place in (0, 57, 200, len(quantiles) - 1):
        asked = clocks.asked_at[forecasts.positions[place]]
        known = np.exp(items["log_ratio"].to_numpy()[clocks.known_at < asked])
        assert quantiles[place] == pytest.approx(np.quantile(known, LEVELS))


def test_scores_are_pinball_losses_in_hours() -> None:
    contest = effort_contest(two_classes())
    expected = mean_pinball(contest.actual, contest.quantiles[MEAN], LEVELS)
    assert contest.scores[MEAN] == pytest.approx(expected)
    assert contest.actual[0] == pytest.approx(history(500)[int(contest.positions[0])]["actual_seconds"] / 3600)


def test_items_known_later_change_no_earlier_forecast() -> None:
    day = 300
    later = [row(2_000 + i, day - i, i + 5, 4.0, 9.0, work_class="Migration") for i in range(40)]
    before, after = two_classes(), effort_forecasts(frame([*history(500), *later, *OPEN]), status_date=STATUS)
    cut = np.datetime64(START + pd.Timedelta(days=day))

    def asked_by_then(found: EffortForecasts, name: str) -> dict[str, list[float]]:
        asked = found.clocks.asked_at[found.positions] <= cut
        ids = found.items["item_id"].to_numpy()[found.positions]
        return dict(zip(ids[asked].tolist(), found.quantiles[name][asked].tolist(), strict=True))

    for name in (LAST_RATIOS, CLASSES, FOREST, BOOSTED, MEAN):
        earlier, again = asked_by_then(before, name), asked_by_then(after, name)
        assert len(earlier) > 200
        assert {key: again[key] for key in earlier} == earlier


def test_the_status_date_hides_what_was_finished_after_it() -> None:
    rows = history(80)
    cut = START + pd.Timedelta(days=40)
    known = frame([r for r in rows if r["finished_on_date"] <= cut])
    found = effort_distribution(frame(rows), status_date=cut)
    assert found["items_known"].unique().tolist() == [len(known)]
    assert len(found) == sum(r["estimated_on_date"] <= cut < r["finished_on_date"] for r in rows)


def test_a_thin_history_is_refused_with_what_is_missing() -> None:
    found = effort_distribution(frame([*history(6), *OPEN]), status_date=STATUS)
    assert found["p80_seconds"].isna().all()
    assert found["is_refused"].all()
    assert "9 more are missing" in found.loc[0, "verdict"]
    passport = effort_passport(frame([*history(36), *OPEN]), status_date=STATUS)
    assert passport["is_refused"].all()
    assert "are missing" in passport.loc[0, "verdict"]


def test_items_without_a_ratio_or_dates_are_counted_and_cancelled_ones_are_neither() -> None:
    rows = [
        *history(5),
        row(91, 1, 2, 4.0, 0.0),
        row(92, 1, 2, 4.0, 1.0, estimated_on_date=None),
        row(93, 9, -3, 4.0, 1.0),
        row(94, 1, 2, 0.0, 1.0),
        row(95, 1, None, 4.0, 1.0, state="cancelled"),
        row(96, 1, None, 4.0, 1.0),
    ]
    items, _, left_out = effort_items(frame(rows), STATUS)
    assert left_out == 4
    assert items["item_id"].to_list() == [*(f"item-{i}" for i in range(5)), "item-96"]
    assert not {"actual_seconds", "finished_on_date", "state"} & set(items.columns)


def test_the_passport_names_each_size_band_and_level() -> None:
    passport = effort_passport(frame(history(150)), status_date=STATUS)
    assert passport["level_pct"].to_list()[:9] == pytest.approx([10 * k for k in range(1, 10)])
    assert passport["size_band"].iloc[0] == "all"
    assert set(passport["size_band"]) == {"all", "up to 2 h", "2 to 8 h", "8 to 24 h"}
    counts = passport[passport["level_pct"] == 80].set_index("size_band")["forecast_count"]
    assert counts["all"] == counts.drop("all").sum()


def test_bands_end_where_those_of_accuracy_do() -> None:
    hours = pd.Series([0.1, 2, 2.01, 8, 24, 80, 80.5]) * 3600
    assert size_bands(hours).tolist() == [
        "up to 2 h",
        "up to 2 h",
        "2 to 8 h",
        "2 to 8 h",
        "8 to 24 h",
        "24 to 80 h",
        "over 80 h",
    ]


def test_the_input_is_not_changed() -> None:
    given = frame([*history(40), *OPEN])
    copy = given.copy(deep=True)
    effort_distribution(given, status_date=STATUS)
    pd.testing.assert_frame_equal(given, copy)
