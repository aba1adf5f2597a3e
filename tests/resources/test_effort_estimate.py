from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.effort_estimate import (
    CLASSES,
    NAIVE,
    Question,
    class_passport,
    class_trail,
    effort_estimate,
    finished_items,
)
from pmo_analytics.resources.similar_items import similar_items, text_similarity
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
START = pd.Timestamp("2024-01-01")


def item(
    number: int, *, hours: float = 4.0, ratio: float = 1.0, work_class: str = "A", **values: Any
) -> dict[str, Any]:
    """An item asked on the day of its number and finished on the next."""
    return {
        "item_id": f"I-{number:04}", "project_id": "P-1", "work_class": work_class,
        "estimate_seconds": 3600.0 * hours, "actual_seconds": 3600.0 * hours * ratio,
        "estimated_on_date": START + pd.Timedelta(days=number),
        "finished_on_date": START + pd.Timedelta(days=number + 1),
        "state": "finished", "actual_source": "register",
    } | values  # fmt: skip


def frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return contract_frame("estimate_history", rows)


def two_classes(n: int) -> list[dict[str, Any]]:
    """Every fourth item is of class A and takes about twice its estimate, the others about what was estimated."""
    rows = []
    for number in range(n):
        is_a = number % 4 == 0
        ratio = (2.0 if is_a else 1.0) * (1 + 0.01 * (number % 3))
        rows.append(item(number, ratio=ratio, work_class="A" if is_a else "B"))
    return rows


def test_worked_example_of_the_trail() -> None:
    rows = [item(n, ratio=2.0 if n % 4 == 0 else 1.0, work_class="A" if n % 4 == 0 else "B") for n in range(120)]
    items = finished_items(frame(rows), STATUS, has_estimate=True)
    organisation, own = class_trail(items, {"work_class": "A"})
    assert (organisation.items, own.items) == (120, 30)
    assert (organisation.share, own.share) == (0.5, 0.5)
    assert own.quantiles == pytest.approx({50: 2.0, 80: 2.0, 90: 2.0})
    assert organisation.quantiles[50] == pytest.approx(1.0)


def test_a_class_that_overruns_is_told_apart_and_beats_the_last_outcomes() -> None:
    found = effort_estimate(frame(two_classes(400)), Question("", "A", None, 4 * 3600.0), status_date=STATUS)
    assert found.method == CLASSES
    assert not found.passport.is_refused
    assert found.passport.skill is not None
    assert found.passport.skill.low > 0
    assert found.ratios[50] == pytest.approx(2.0, abs=0.05)
    assert found.hours == {level: pytest.approx(4 * ratio) for level, ratio in found.ratios.items()}
    assert found.items == 400
    assert "P80 held" in found.record


def test_without_an_estimate_the_quantiles_are_of_hours() -> None:
    found = effort_estimate(frame(two_classes(400)), Question("", "A"), status_date=STATUS)
    assert found.ratios == {}
    assert found.hours[50] == pytest.approx(8.0, abs=0.2)


def test_classes_that_tell_nothing_give_way_to_the_last_outcomes_with_their_record() -> None:
    rows = [item(n, ratio=(1.0, 1.5, 2.0)[n % 3], work_class="AB"[n % 2]) for n in range(300)]
    found = effort_estimate(frame(rows), Question("", "A", None, 36_000.0), status_date=STATUS)
    assert found.method == NAIVE
    assert found.passport.is_refused
    assert found.passport.n == 290
    assert found.hours == pytest.approx({50: 15.0, 80: 20.0, 90: 20.0})
    assert found.record.startswith(f"The {NAIVE} are used: no candidate beat")
    assert "by themselves, reference classes' is 0.1 % (0.0 to 0.2 %)" in found.record


def test_fewer_than_nine_residuals_are_refused_with_what_is_missing() -> None:
    # Item k is asked when k are known, less the one of the same day; nine known ones leave six of these sixteen.
    found = effort_estimate(frame(two_classes(16)), Question("", "A", None, 3600.0), status_date=STATUS)
    assert found.passport.n == 6
    assert found.hours == found.ratios == {}
    assert "history is too thin" in found.record
    assert "3 more are missing" in found.record
    none = effort_estimate(frame([]), Question(), status_date=STATUS)
    assert (none.items, none.hours) == (0, {})
    assert "9 more are missing" in none.record


def test_a_history_without_any_error_is_answered_and_claims_no_skill() -> None:
    found = effort_estimate(frame([item(n) for n in range(60)]), Question("", "A", None, 3600.0), status_date=STATUS)
    assert found.hours == {50: 1.0, 80: 1.0, 90: 1.0}
    assert found.passport.skill is None
    assert "made no error in 50 forecasts" in found.record


def test_what_is_finished_later_or_lacks_figures_changes_nothing() -> None:
    rows = two_classes(100)
    late = item(1_000, ratio=50.0)
    late["finished_on_date"] = STATUS + pd.Timedelta(days=1)
    lacking = [item(900, actual_seconds=None), item(901, estimated_on_date=None), item(902, estimate_seconds=0.0)]
    asked = Question("", "A", "P-1", 3600.0)
    before = effort_estimate(frame(rows), asked, status_date=STATUS)
    after = effort_estimate(frame([*rows, late, *lacking]), asked, status_date=STATUS)
    assert after.hours == before.hours
    assert after.record == before.record
    assert (before.left_out, after.left_out) == (0, 3)


def test_rows_in_another_order_give_the_same_answer() -> None:
    rows = two_classes(100)
    asked = Question("", "A", None, 3600.0)
    assert effort_estimate(frame(rows[::-1]), asked, status_date=STATUS) == effort_estimate(
        frame(rows), asked, status_date=STATUS
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question("", "Featur"), "did you mean 'Feature'?"),
        (Question("", None, "P-2"), "did you mean 'P-1'?"),
        (Question("", None, None, 0.0), "above zero"),
        (Question("", None, None, float("nan")), "above zero"),
    ],
)
def test_unknown_names_and_impossible_estimates_are_refused(question: Question, said: str) -> None:
    with pytest.raises(UsageError, match=r"class|project|above zero") as told:
        effort_estimate(frame([item(1, work_class="Feature")]), question, status_date=STATUS)
    assert said in str(told.value)


def test_names_are_found_whatever_their_case() -> None:
    found = effort_estimate(frame([item(1, work_class="Feature")]), Question("", "fEATURE", "p-1"), status_date=STATUS)
    assert (found.question.work_class, found.question.project_id) == ("Feature", "P-1")


def test_the_passport_counts_each_forecast_of_the_past() -> None:
    found = class_passport(frame(two_classes(400)), status_date=STATUS)
    every = found[found["size_band"] == "all"]
    assert every["forecast_count"].unique().tolist() == [390]
    assert every["level_pct"].round().tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90]


def test_worked_example_of_likeness() -> None:
    items = finished_items(
        frame([item(1, work_class="B", hours=8.0), item(2, work_class="A", hours=4.0)]), STATUS, has_estimate=True
    )
    found = similar_items(items, Question("", "A", None, 8 * 3600.0))
    assert found["item_id"].to_list() == ["I-0002", "I-0001"]
    assert found["likeness"].to_list() == [0.75, 0.5]


def test_words_in_common_count_by_how_rare_they_are() -> None:
    texts = ["migrate billing", "migrate mail", "migrate mail", "", "billing migrate"]
    found = text_similarity(texts, "Migrate BILLING")
    assert found[0] == found[4] == pytest.approx(1.0)
    assert 0 < found[1] < 0.5
    assert found[3] == 0.0
    items = finished_items(frame([item(n) for n in range(12)]), STATUS, has_estimate=True)
    alike = similar_items(items, Question("billing"), {"I-0003": "billing run"})
    assert len(alike) == 10
    assert alike["item_id"].iloc[:2].to_list() == ["I-0003", "I-0011"]
