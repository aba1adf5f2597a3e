"""The life of an alert by hand, and by chance: what was said once is kept once, and a run of breach is one alert."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.errors import UsageError
from pmo_analytics.performance.alert_standing import alert_standing
from pmo_analytics.performance.alerts import (
    acknowledgement,
    alert_id,
    decided,
    events_of_look,
    found_alert,
    no_events,
)
from pmo_analytics.performance.escalation import BREACHED, NOT_WATCHED, UNKNOWN, WITHIN, ToleranceCheck
from tests.performance.escalation import COST

D = pd.Timestamp
JULY = Instant(datetime(2026, 7, 5, 9), date(2026, 7, 5), 3)


def at(day: str, version: int = 4) -> Instant:
    return Instant(datetime.fromisoformat(f"{day}T09:00:00"), date.fromisoformat(day), version)


def check(state: str = BREACHED, since: str = "2026-03", project: str = "P", **values: Any) -> dict[str, Any]:
    row = {
        "project_id": project, "name": f"Project {project}", "rule": COST.text, "breach": COST.breach,
        "check_state": state, "threshold": 10.0, "quality_note": "",
    }  # fmt: skip
    if state == BREACHED:
        row |= {"figure": 12.0, "breached_since_month": D(since), "severity": "medium", "reason": "12 % over"}
    return row | values


def checks(*rows: dict[str, Any]) -> pd.DataFrame:
    columns = list(ToleranceCheck.to_schema().columns)
    frame = pd.DataFrame(list(rows), columns=columns)
    frame["breached_since_month"] = pd.to_datetime(frame["breached_since_month"])
    found: pd.DataFrame = ToleranceCheck.validate(frame.astype({"figure": float, "threshold": float}))
    return found


def look(events: pd.DataFrame, *rows: dict[str, Any], day: str = "2026-06-30", instant: Instant = JULY) -> pd.DataFrame:
    """The events with what a look adds behind them."""
    return joined(events, events_of_look(events, checks(*rows), [COST], date.fromisoformat(day), instant))


def joined(events: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    return (
        pd.concat([events, added], ignore_index=True) if len(events) and len(added) else added if len(added) else events
    )


def state(events: pd.DataFrame, day: str) -> tuple[Any, ...]:
    (row,) = alert_standing(events, date.fromisoformat(day)).to_dict("records")
    return row["alert_state"], None if pd.isna(row["overdue_days"]) else row["overdue_days"]


def test_the_worked_example() -> None:
    events = look(no_events(), check())
    name = alert_id("P", COST.text, D("2026-03-01"))
    assert events[
        ["alert_id", "kind", "status_date", "acknowledge_due_date", "decide_due_date"]
    ].to_numpy().tolist() == [[name, "raised", D("2026-06-30"), D("2026-07-10"), D("2026-07-25")]]
    assert (state(events, "2026-07-10"), state(events, "2026-07-11")) == (("open", None), ("overdue", 1))
    noted = acknowledgement(events, name, by="sponsor", comment="looking into it", instant=at("2026-07-12"))
    events = joined(events, noted)
    assert state(events, "2026-07-11") == ("overdue", 1), "not known on that day"
    assert state(events, "2026-07-25") == ("acknowledged", None)
    assert state(events, "2026-07-26") == ("overdue", 1)
    events = look(events, check(), day="2026-07-31", instant=at("2026-08-04"))
    assert len(events) == 2, "raised again, nothing is added"
    done = joined(events, decided(events, name[:6], by="board", decision="fund it", instant=at("2026-08-05")))
    assert state(done, "2026-08-06") == ("decided", None)
    events = look(done, check(WITHIN, figure=9.0), day="2026-08-31", instant=at("2026-09-03"))
    assert state(events, "2026-08-31") == ("cleared", None)
    assert events["comment"].iloc[-1] == "within tolerance, at 9"
    (row,) = alert_standing(events, date(2026, 8, 31)).to_dict("records")
    assert (row["decision"], row["decided_by"], row["acknowledged_by"]) == ("fund it", "board", "sponsor")


def test_a_breach_that_ends_and_comes_back_is_another_alert() -> None:
    events = look(no_events(), check(since="2026-03"))
    events = look(events, check(WITHIN, figure=9.0), day="2026-07-31")
    events = look(events, check(since="2026-08"), day="2026-08-31")
    assert events["kind"].to_list() == ["raised", "cleared", "raised"]
    assert events["alert_id"].nunique() == 2


def test_one_that_came_back_between_two_looks_clears_the_earlier() -> None:
    events = look(look(no_events(), check(since="2026-03")), check(since="2026-08"), day="2026-09-30")
    assert events["kind"].to_list() == ["raised", "raised", "cleared"]
    assert events["comment"].iloc[-1] == "this run of the breach is over; another began in 2026-08"
    assert alert_standing(events, date(2026, 9, 30))["alert_state"].to_list() == ["overdue", "cleared"]


@pytest.mark.parametrize("since", ["2026-01", "2026-05", "2026-06"])
def test_a_restated_history_leaves_the_alert_what_it_was(since: str) -> None:
    events = look(look(no_events(), check(since="2026-03")), check(since=since), day="2026-07-31")
    assert events["kind"].to_list() == ["raised"]


def test_what_is_not_known_neither_clears_nor_raises() -> None:
    events = look(no_events(), check(), check(UNKNOWN, project="Q"))
    assert len(events) == 1
    assert len(look(events, check(UNKNOWN), day="2026-07-31")) == 1
    assert len(look(events, day="2026-07-31")) == 1, "a project that the register lost"
    gone = look(events, check(NOT_WATCHED, quality_note="the project is complete"), day="2026-07-31")
    assert gone["comment"].iloc[-1] == "the project is complete"
    other = checks(check(WITHIN, figure=1.0, rule="finish_delay_days above 9", breach="finish_delay_days"))
    added = events_of_look(events, other, [], date(2026, 7, 31), JULY)
    assert added["comment"].to_list() == ["no rule of pmo.toml says so any more"]


def test_a_reopened_alert_is_asked_about_anew() -> None:
    events = look(no_events(), check())
    (name,) = events["alert_id"]
    events = joined(events, decided(events, name, by="board", decision="fund it", instant=at("2026-07-06")))
    events = look(events, check(WITHIN, figure=9.0), day="2026-07-31", instant=at("2026-08-03"))
    events = look(events, check(since="2026-04"), day="2026-08-31", instant=at("2026-09-03"))
    assert events["kind"].to_list() == ["raised", "decided", "cleared", "reopened"]
    assert (events["alert_id"].nunique(), events["breached_since_month"].nunique()) == (1, 1)
    assert (state(events, "2026-09-08"), state(events, "2026-09-09")) == (("open", None), ("overdue", 1))
    again = decided(events, name, by="board", decision="fund it", instant=at("2026-09-09"))
    assert len(again) == 1, "what was decided before it was cleared was another time"


def test_an_earlier_look_is_refused() -> None:
    events = look(no_events(), check())
    with pytest.raises(UsageError, match="--as-of 2026-06-30 or later"):
        look(events, check(), day="2026-05-31")


def test_the_same_answer_is_kept_once_and_a_later_decision_counts() -> None:
    events = look(no_events(), check())
    (name,) = events["alert_id"]
    for by, comment, number in (("pm", None, 1), ("pm", None, 1), ("pm", "again", 2), ("sponsor", None, 3)):
        events = joined(events, acknowledgement(events, name, by=by, comment=comment, instant=at("2026-07-06")))
        assert len(events) == 1 + number
    for decision, number in (("stop", 1), ("stop", 1), ("go on", 2), ("stop", 3)):
        events = joined(events, decided(events, name, by="board", decision=decision, instant=at("2026-07-07")))
        assert len(events) == 4 + number
    (row,) = alert_standing(events, date(2026, 7, 8)).to_dict("records")
    assert (row["decision"], row["acknowledged_by"]) == ("stop", "sponsor")


@pytest.mark.parametrize(
    ("by", "comment", "told"),
    [("", None, "role or a group"), ("a@b.example", None, "personal data"), ("x" * 81, None, "at most 80"),
     ("pm", " ", "is empty"), ("pm", "x" * 2001, "too long"), ("pm", "\udcff", "not UTF-8"), ("\udcff", None, "role"),
     ("pm", "a\0b", "not UTF-8")],
)  # fmt: skip
def test_an_answer_that_cannot_be_kept_is_refused(by: str, comment: str | None, told: str) -> None:
    events = look(no_events(), check())
    with pytest.raises(UsageError, match=told):
        acknowledgement(events, events["alert_id"].iloc[0], by=by, comment=comment, instant=JULY)


def test_an_alert_is_found_by_how_its_identifier_begins() -> None:
    events = look(no_events(), check())
    (name,) = events["alert_id"]
    assert found_alert(events, f" {name[:4].upper()}") == name
    for wrong in ("", name[:3], "zzzz"):
        with pytest.raises(UsageError, match="no such alert"):
            found_alert(events, wrong)
    events = look(events, check(WITHIN, figure=1.0), day="2026-07-31")
    with pytest.raises(UsageError, match="was cleared"):
        acknowledgement(events, name, by="pm", comment=None, instant=JULY)


MONTHS = [D("2026-01-31") + pd.offsets.MonthEnd(k) for k in range(8)]


@pytest.mark.slow
@settings(max_examples=6)
@given(st.lists(st.sampled_from([BREACHED, WITHIN, UNKNOWN]), min_size=1, max_size=6))
def test_raising_twice_is_raising_once_and_an_alert_is_a_run(states: list[str]) -> None:
    events, since, runs = no_events(), None, 0
    for month, found in zip(MONTHS, states, strict=False):
        if found == WITHIN:
            since = None
        if found == BREACHED and since is None:
            since, runs = month.replace(day=1), runs + 1
        row = check(found, since=f"{since:%Y-%m}") if found == BREACHED else check(found)
        row |= {"figure": 5.0} if found == WITHIN else {}
        day = f"{month:%Y-%m-%d}"
        events = look(events, row, day=day, instant=at(day))
        assert len(look(events, row, day=day, instant=at(day))) == len(events)
    assert events["kind"].to_list().count("raised") == runs == events["alert_id"].nunique()
    standing = alert_standing(events, date(2026, 12, 31))
    assert (standing["alert_state"] != "cleared").sum() == (1 if since is not None and runs else 0)
    assert set(events["kind"]) <= {"raised", "cleared"}
    early = alert_standing(events, MONTHS[0].date())
    first = events[events["status_date"] <= MONTHS[0]]
    pd.testing.assert_frame_equal(early, alert_standing(first, MONTHS[0].date()))
