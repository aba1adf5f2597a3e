"""Hours per story point of one team's stories (project22), finished alone and with open ones counted in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.points_and_hours import COUNTED_IN, FINISHED, hours_per_point

pytestmark = pytest.mark.slow
Show = Callable[[str], None]


@pytest.fixture
def show(capsys: pytest.CaptureFixture[str]) -> Show:
    """Writes a line past pytest's capture, so that `make real-data` shows the figures."""

    def write(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")

    return write


@pytest.fixture(scope="module")
def stories(real_data: Path) -> pd.DataFrame:
    """Stories with points and hours, in the order of their last review, and what their reviews say.

    Hours are developers' time and the review's. The data state no status. A
    story with a passed review is finished; one whose reviews all failed is not;
    of one that was never reviewed nothing is known.
    """
    folder = real_data / "project22"
    found = pd.read_csv(folder / "story-info.csv")
    assert len(found) == 626
    reviews = pd.read_csv(folder / "review-info.csv")
    reviews["is_passed"] = reviews["PassedReview"] == "yes"
    of_branch = reviews.groupby("Branch").agg(
        is_passed=("is_passed", "max"), last=("Date", "max"), minutes=("ReviewMinutes", "sum")
    )
    found = found.merge(of_branch, left_on="Branch", right_index=True, how="left")
    # The points are for all of a story, its review too.
    found["hours"] = found["Total"] + found["minutes"].fillna(0) / 60
    found["review"] = np.select(
        [found["is_passed"].eq(True), found["is_passed"].eq(False)], ["passed", "failed"], "none"
    )
    used = found[(found["StoryPoints"] > 0) & (found["hours"] > 0)]
    return used.sort_values(["last", "Branch"])


def lines(name: str, given: pd.DataFrame, is_open: pd.Series) -> list[str]:
    """Both readings in words."""
    readings = hours_per_point(given["StoryPoints"], given["hours"], is_open)
    found = []
    for reading, figures in readings.items():
        parts = [
            f"{what} {figures[key]:.3f} (95 % {figures[f'{key}_low']:.3f} to {figures[f'{key}_high']:.3f})"
            for key, what in (
                ("pooled_hours_per_point", "pooled"),
                ("median_hours_per_point", "median"),
                ("mean_hours_per_point", "mean of the line"),
                ("log_slope", "log-log slope"),
            )
            if key in figures
        ]
        counts = f"finished {figures['items_finished']}, open {figures['items_open']} ({figures['open_pct']:.1f} %)"
        found.append(f"project22, {name}, {reading}: hours a point {'; '.join(parts)}; {counts}")
    return found


def test_the_published_line(stories: pd.DataFrame, show: Show) -> None:
    own = stories[stories["IsMCO"] == 1]
    slope, intercept = np.polyfit(np.log(own["StoryPoints"]), np.log(own["hours"]), 1)
    share = np.corrcoef(np.log(own["StoryPoints"]), np.log(own["hours"]))[0, 1] ** 2
    show(
        f"project22, the project's own stories: hours = {np.exp(intercept):.3f} points^{slope:.3f}, R² {share:.3f} "
        f"(n {len(own)}); its source states 1.01 points^1.09 and 46 %"
    )
    # The source counts 325 stories; 322 are marked as the project's, one of them without points.
    assert len(own) == 321
    assert slope == pytest.approx(1.09, abs=0.03)
    assert np.exp(intercept) == pytest.approx(1.01, abs=0.03)
    assert share == pytest.approx(0.46, abs=0.03)


def test_both_readings_side_by_side_by_class(stories: pd.DataFrame, show: Show) -> None:
    reviewed = stories[stories["review"] != "none"]
    show(f"project22: reviews of stories with points and hours: {stories['review'].value_counts().to_dict()}")
    is_open = reviewed["review"] == "failed"
    for name, given in {"all reviewed": reviewed, **dict(iter(reviewed.groupby("Phase")))}.items():
        for text in lines(name, given, is_open[given.index]):
            show(text)
    both = hours_per_point(reviewed["StoryPoints"], reviewed["hours"], is_open)
    assert both[FINISHED]["items_finished"] == int((~is_open).sum())
    assert both[COUNTED_IN]["items_open"] == int(is_open.sum()) > 0
    assert both[COUNTED_IN]["mean_hours_per_point"] > both[FINISHED]["mean_hours_per_point"]
    assert both[FINISHED]["log_slope_low"] < both[COUNTED_IN]["log_slope"] < both[FINISHED]["log_slope_high"]


def test_how_far_unreviewed_programming_could_move_it(stories: pd.DataFrame, show: Show) -> None:
    coding = stories[stories["Is.Programming"] == 1]
    is_open = coding["review"] != "passed"
    for text in lines("programming, never reviewed taken as open (a bound, not a finding)", coding, is_open):
        show(text)
    both = hours_per_point(coding["StoryPoints"], coding["hours"], is_open)
    assert both[COUNTED_IN]["mean_hours_per_point"] > both[FINISHED]["mean_hours_per_point"]


def test_the_line_predicts_later_stories_no_worse_than_their_median(stories: pd.DataFrame, show: Show) -> None:
    finished = stories[stories["review"] == "passed"].reset_index(drop=True)
    first, later = finished.iloc[: len(finished) // 2], finished.iloc[len(finished) // 2 :]
    figures = hours_per_point(first["StoryPoints"], first["hours"], np.zeros(len(first), dtype=bool))[FINISHED]
    errors = {
        "median hours a point": np.abs(later["hours"] - figures["median_hours_per_point"] * later["StoryPoints"]),
        "median of hours": np.abs(later["hours"] - first["hours"].median()),
    }
    generator = np.random.default_rng(1)
    for name, error in errors.items():
        values = error.to_numpy()
        drawn = values[generator.integers(0, len(values), (2_000, len(values)))].mean(axis=1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        show(
            f"project22, later half by {name}: MAE {values.mean():.3f} h "
            f"(95 % {low:.3f} to {high:.3f}, n {len(values)})"
        )
    assert errors["median hours a point"].mean() <= errors["median of hours"].mean()
