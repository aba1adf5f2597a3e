"""Tables of tasks on the dependencies page: what they show, and that their figures can be opened."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.schedule_overlaps import schedule_bottlenecks, schedule_overlaps
from pmo_analytics.performance.schedule_paths import schedule_criticality, schedule_paths
from pmo_analytics.reporting import dependency_tables
from tests.performance.test_schedule_overlaps import ANN, A, B, given_to
from tests.performance.test_schedule_paths import FIVE, FRIDAY, calendars, frames, task

GIVEN = given_to(A, B, allocation=ANN, ann=None)


def test_overlaps_name_their_tasks_and_the_bottleneck_its_days() -> None:
    overlaps = dependency_tables.overlap_table(schedule_overlaps(*GIVEN))
    assert "P-A: Deck; P-B: Piles" in overlaps.html
    assert "106.00" in overlaps.html
    assert len(overlaps.tables) == 1
    bottleneck = dependency_tables.bottleneck_table(schedule_bottlenecks(*GIVEN)).html
    assert "13.2" in bottleneck
    assert "P-A, P-B" in bottleneck


def test_without_overlaps_it_is_said_what_to_load() -> None:
    nothing = given_to(A, ann=None)
    for fragment in (
        dependency_tables.overlap_table(schedule_overlaps(*nothing)),
        dependency_tables.bottleneck_table(schedule_bottlenecks(*nothing)),
    ):
        assert "No tasks of two projects are known" in fragment.html
        assert "allocation or demand" in fragment.html


def test_the_path_says_which_calendar_and_how_many_were_named_in_vain() -> None:
    marts = frames([task("S", "A", 8, calendar="gone"), task("S", "<B>", 8, calendar="five")], [])
    paths = schedule_paths(*marts, calendars(five=FIVE), status_date=FRIDAY)
    html = dependency_tables.path_table(paths, schedule_criticality(*marts, status_date=FRIDAY)).html
    assert "Tasks whose calendar could not be used as named: 1." in html
    assert html.count("five") == 2
    assert "<B>" not in html
    assert pd.notna(paths["quality_note"]).sum() == 1
