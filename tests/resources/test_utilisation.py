from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.resources.utilisation import (
    NO_TEAM,
    SMALL_TEAMS,
    OrganisationUtilisation,
    TeamUtilisation,
    Utilisation,
    organisation_utilisation,
    team_utilisation,
    utilisation,
)
from tests.frames import contract_frame

JAN, FEB, MAR = (pd.Timestamp(f"2026-0{m}-01") for m in (1, 2, 3))
STATUS = pd.Timestamp("2026-02-28")


def booked(person: str, month: pd.Timestamp, hours: float, project: str | None = "P") -> dict[str, object]:
    seconds = hours * 3600
    return {
        "person_id": person, "project_id": project, "period_month": month, "duration_seconds": seconds,
        "billable_seconds": 0.0, "entry_count": 1,
    }  # fmt: skip


def available(person: str, month: pd.Timestamp, hours: float) -> dict[str, object]:
    seconds = hours * 3600
    return {
        "person_id": person, "period_month": month, "calendar_seconds": seconds, "absence_seconds": 0.0,
        "available_seconds": seconds,
    }  # fmt: skip


def run(effort: list[dict[str, object]], availability: list[dict[str, object]]) -> pd.DataFrame:
    return utilisation(
        contract_frame("effort_by_person_month", effort),
        contract_frame("availability_by_person_month", availability),
        status_date=STATUS,
    )


def people(**teams: str | None) -> pd.DataFrame:
    return contract_frame(
        "person",
        [{"person_id": p, "status_date": JAN, "team": team, "fte_pct": 100.0} for p, team in teams.items()],
    )


def test_booked_over_available_with_the_unmapped_share_beside_it() -> None:
    result = run([booked("a", JAN, 60), booked("a", JAN, 20, None)], [available("a", JAN, 160)]).iloc[0]
    assert result[Utilisation.utilisation_ratio] == 0.5
    assert result[Utilisation.unmapped_seconds] == 20 * 3600


def test_no_availability_is_named_and_nothing_booked_is_zero() -> None:
    result = run([booked("a", JAN, 8)], [available("b", JAN, 160)]).set_index("person_id")
    assert result.loc["a", Utilisation.quality_note] == "no availability known"
    assert pd.isna(result.loc["a", Utilisation.utilisation_ratio])
    assert result.loc["b", Utilisation.utilisation_ratio] == 0.0


def test_months_after_the_status_date_are_not_seen() -> None:
    before = run([booked("a", JAN, 8)], [available("a", JAN, 160)])
    after = run([booked("a", JAN, 8), booked("a", MAR, 8)], [available("a", JAN, 160), available("a", MAR, 160)])
    pd.testing.assert_frame_equal(before, after)


def test_a_team_is_a_ratio_of_sums_and_small_teams_are_folded() -> None:
    names = [*"abcde", "x", "y", "z", "v", "w"]
    teams = dict.fromkeys("abcde", "Build") | {"x": "One", "y": "One", "z": "Two", "v": "Two", "w": "Two"}
    effort = [booked(p, JAN, 80 if p != "e" else 160) for p in names]
    result = team_utilisation(run(effort, [available(p, JAN, 160) for p in names]), people(**teams))
    rows = result.set_index(TeamUtilisation.team)
    assert set(rows.index) == {"Build", SMALL_TEAMS}
    # (4 × 80 + 160) / (5 × 160)
    assert rows.loc["Build", TeamUtilisation.utilisation_ratio] == pytest.approx(0.6)
    assert rows.loc[SMALL_TEAMS, TeamUtilisation.persons] == 5


def test_a_group_too_small_even_together_is_suppressed_with_its_reason() -> None:
    result = team_utilisation(run([booked("a", JAN, 80)], [available("a", JAN, 160)]), people(a="Solo")).iloc[0]
    assert result[TeamUtilisation.team] == SMALL_TEAMS
    assert pd.isna(result[TeamUtilisation.utilisation_ratio])
    assert pd.isna(result[TeamUtilisation.duration_seconds])
    assert result[TeamUtilisation.quality_note] == "fewer than 5 persons: not shown"


def test_persons_without_a_team_or_register_are_a_group_of_their_own() -> None:
    effort = [booked(p, JAN, 100) for p in "abcdef"]
    result = team_utilisation(run(effort, [available(p, JAN, 100) for p in "abcdef"]), people(a=None))
    assert result[TeamUtilisation.team].to_list() == [NO_TEAM]


HOURS = st.integers(0, 200)


@settings(max_examples=20)
@given(st.lists(st.tuples(HOURS, st.integers(1, 200) | st.none()), min_size=1, max_size=8))
def test_no_hour_is_lost_on_the_way_to_the_organisation(persons: list[tuple[int, int | None]]) -> None:
    effort = [booked(f"p{i}", JAN, hours) for i, (hours, _) in enumerate(persons)]
    known = [available(f"p{i}", JAN, hours) for i, (_, hours) in enumerate(persons) if hours is not None]
    month = organisation_utilisation(run(effort, known)).iloc[0]
    together = month[OrganisationUtilisation.duration_seconds] + month[OrganisationUtilisation.hours_left_out_seconds]
    assert together == sum(hours for hours, _ in persons) * 3600
    assert month[OrganisationUtilisation.persons] == len(known)
