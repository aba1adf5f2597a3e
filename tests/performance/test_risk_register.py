from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.raid_log import open_risks
from pmo_analytics.performance.risk_register import (
    FINDINGS,
    exposure_trend,
    last_reports,
    outcomes,
    register_quality,
    register_summary,
    risk_findings,
)
from tests.risks import STATUS, risk, risks

SOUND = {"owner_id": "p1", "response": "watch", "probability": 0.2, "proximity_date": pd.Timestamp("2026-12-01")}


def sound(identifier: str, day: str = "2026-06-30", **values: object) -> dict[str, object]:
    return risk(identifier, day, cost=(1.0, 2.0, 3.0), **(SOUND | values))


def found(*rows: dict[str, object]) -> list[str]:
    return risk_findings(risks(*rows), status_date=STATUS)["finding"].to_list()


def test_a_sound_entry_has_no_finding() -> None:
    assert found(sound("R")) == []


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"owner_id": None}, "no owner"),
        ({"response": "  "}, "no response"),
        ({"proximity_date": None}, "no date"),
        ({"probability": None}, "no probability"),
        ({"cost_high_amount": None}, "no range of the impact"),
        ({"cost_low_amount": 2.5}, "range out of order"),
        ({"probability": 1.0}, "certain or impossible"),
        ({"status_date": pd.Timestamp("2026-03-29")}, "stale"),
        ({"proximity_date": pd.Timestamp("2026-06-29")}, "past its date"),
        ({"state": "Closed"}, "closed without an outcome"),
    ],
)
def test_each_lack_is_found_by_its_name(values: dict[str, object], finding: str) -> None:
    assert finding in FINDINGS
    assert found(sound("R", **values)) == [finding]


def test_a_range_of_days_is_a_range_and_the_ninety_second_day_is_not_stale() -> None:
    days = {"delay_low_days": 1.0, "delay_most_likely_days": 2.0, "delay_high_days": 3.0}
    assert found(sound("R", cost_high_amount=None, **days)) == []
    assert found(sound("R", "2026-03-30")) == []


def test_a_closed_risk_is_asked_for_its_outcome_alone() -> None:
    assert found(risk("R", "2025-01-01", state="occurred"), risk("S", "2025-01-01", state="retired")) == []
    assert outcomes(pd.Series(["Occurred ", "expired", "done", None])).to_list() == [True, False, pd.NA, pd.NA]


def test_the_worked_example() -> None:
    row = sound("R", "2026-03-22", response=None)
    assert (STATUS - row["status_date"]).days == 100
    assert found(row) == ["no response", "stale"]


def test_findings_are_counted_of_those_they_can_apply_to() -> None:
    rows = [
        sound("R1"), sound("R2", owner_id=None), sound("R3", state="done"),
        sound("S1", project_id=None, owner_id=None),
    ]  # fmt: skip
    quality = register_quality(risks(*rows), status_date=STATUS).set_index(["project_id", "finding"])
    assert quality.loc[("A", "no owner"), ["considered_count", "risk_count"]].to_list() == [2, 1]
    assert quality.loc[("A", "closed without an outcome"), ["considered_count", "risk_count"]].to_list() == [1, 1]
    assert quality.loc[("no project", "no owner"), ["considered_count", "risk_count"]].to_list() == [1, 1]
    assert ("no project", "closed without an outcome") not in quality.index
    names = risk_findings(risks(*rows), status_date=STATUS)
    assert len(names) == quality["risk_count"].sum()
    summary = register_summary(risks(*rows, sound("T", owner_id=None, response=None)), status_date=STATUS)
    assert summary.iloc[0].to_list() == [5, 4, 4]


def test_exposure_follows_the_reports_by_month() -> None:
    rows = risks(
        risk("R", "2026-03-31", cost=(10.0,), probability=0.5),
        risk("R", "2026-05-15", cost=(10.0,), probability=0.2),
        risk("S", "2026-05-31", cost=(100.0,), probability=0.1),
        risk("S", "2026-06-10", cost=(100.0,), probability=0.1, state="occurred"),
        risk("U", "2026-04-30"),
    )
    trend = exposure_trend(rows, status_date=STATUS)
    euros = trend[trend["currency"].notna()]
    assert euros["period_month"].dt.month.to_list() == [3, 4, 5, 6]
    assert euros["exposure_amount"].to_list() == pytest.approx([5.0, 5.0, 12.0, 2.0])
    assert euros["risk_count"].to_list() == [1, 1, 2, 1]
    unknown = trend[trend["currency"].isna()]
    assert unknown["unquantified_count"].to_list() == [1, 1, 1]
    assert unknown["exposure_amount"].isna().all()
    # The last month's exposure is that of the list of open risks.
    assert euros["exposure_amount"].iloc[-1] == pytest.approx(
        open_risks(rows, status_date=STATUS)["exposure_amount"].sum()
    )


def test_reports_of_later_days_change_nothing_before() -> None:
    rows = [sound("R", "2026-03-31"), sound("S", "2026-05-15")]
    later = [sound("R", "2026-07-01", state="closed"), sound("T", "2026-08-01", owner_id=None)]
    for analysis in (risk_findings, register_quality, exposure_trend):
        before = analysis(risks(*rows), status_date=STATUS)
        pd.testing.assert_frame_equal(before, analysis(risks(*rows, *later), status_date=STATUS))
    assert last_reports(risks(*rows, *later), STATUS)["risk_id"].to_list() == ["R", "S"]
