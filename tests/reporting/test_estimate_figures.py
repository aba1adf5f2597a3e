from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.reporting import estimate_figures
from pmo_analytics.resources.effort_estimate import class_passport
from pmo_analytics.resources.estimation import estimate_accuracy
from pmo_analytics.resources.reference_class_outlook import reference_class_outlook
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")


def item(number: int, ratio: float, work_class: str) -> dict[str, Any]:
    finished_on = pd.Timestamp("2025-01-01") + pd.Timedelta(days=2 * number)
    return {
        "item_id": f"I{number:04d}", "estimate_seconds": 14_400, "actual_seconds": ratio * 14_400,
        "state": "finished", "actual_source": "register", "work_class": work_class,
        "estimated_on_date": finished_on - pd.Timedelta(days=1), "finished_on_date": finished_on,
    }  # fmt: skip


def frames(items: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    history = contract_frame("estimate_history", items)
    return tuple(
        each(history, status_date=STATUS) for each in (estimate_accuracy, class_passport, reference_class_outlook)
    )  # type: ignore[return-value]


LATE = [item(n, 2.0 + n % 3, "slow") for n in range(60)] + [item(60 + n, 1.0, "<b>exact</b>") for n in range(60)]


def test_the_headline_tells_the_ratio_and_the_record_or_that_the_history_is_too_thin() -> None:
    accuracy, passport, _ = frames(LATE)
    assert estimate_figures.headline(accuracy, passport).startswith(
        "Work took 2.00 times its estimates in all, and one item in five more than 3.00 times. Forecasts of a P80 held"
    )
    thin, record, _ = frames(LATE[:1])
    assert estimate_figures.headline(thin, record) == (
        "1 finished item with an estimate and an actual is too few to judge estimates by, which takes 9."
    )


def test_a_thin_history_has_its_count_and_no_other_figure() -> None:
    accuracy, passport, _ = frames(LATE[:8])
    assert estimate_figures.items_figure(accuracy).exact == 8
    assert estimate_figures.spread_figure(accuracy) is None
    assert estimate_figures.accuracy_figure(accuracy) is None
    assert estimate_figures.coverage_figure(passport) is None


def test_the_key_figures_hold_what_the_frames_hold() -> None:
    accuracy, passport, _ = frames(LATE)
    spread, held = estimate_figures.spread_figure(accuracy), estimate_figures.coverage_figure(passport)
    assert spread is not None
    assert spread.value == "3.00\u00a0×"
    assert held is not None
    (row,) = passport[(passport["size_band"] == "all") & (passport["level_pct"].round() == 80)].to_dict("records")
    assert held.exact == pytest.approx(row["coverage_pct"])
    assert f"of {row['forecast_count']} past forecasts" in held.note


def test_the_tables_name_the_biased_class_and_hold_text_as_text() -> None:
    accuracy, passport, outlook = frames(LATE)
    html = str(estimate_figures.accuracy_table(accuracy)._repr_mimebundle_()["text/html"])
    assert "slow takes more than estimated" in html
    assert "&lt;b&gt;exact&lt;/b&gt;" in html
    assert "<b>exact" not in html
    classes = str(estimate_figures.class_table(outlook, passport)._repr_mimebundle_()["text/html"])
    assert "&lt;b&gt;exact&lt;/b&gt;" in classes
