"""The log of a scheduled run is all that is known of it: how it ended, or that it did not; a number of them is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from pmo_analytics.scheduling.run_log import KEPT_LOGS, RunLog, last_run
from tests.exports import Desk

NOON = datetime(2026, 7, 3, 14, 0, tzinfo=timezone(timedelta(hours=2)))


def test_a_run_that_ended_and_one_that_did_not(desk: Desk) -> None:
    assert last_run(desk.workspace, "monthly") is None
    log = RunLog(desk.workspace, "monthly", NOON)
    log.tell("text\nwith lines")
    began = last_run(desk.workspace, "monthly")
    assert began == log.state
    assert (began.began, began.exit_code) == ("2026-07-03T12:00:00+00:00", None)
    told = log.end(replace(log.state, ended="later", exit_code=4, pages=3, failed=1, folders=("/ü",), reason="{\n"))
    assert last_run(desk.workspace, "monthly") == told
    assert last_run(desk.workspace, "weekly") is None
    assert log.path.read_text().splitlines()[1:3] == ["text", "with lines"]


def test_of_two_in_one_second_the_second_is_the_last(desk: Desk) -> None:
    logs = [RunLog(desk.workspace, "monthly", NOON) for _ in range(3)]
    for n, log in enumerate(logs):
        log.end(replace(log.state, ended="later", exit_code=n, pages=0, failed=0))
    state = last_run(desk.workspace, "monthly")
    assert state is not None
    assert state.exit_code == 2


def test_a_number_of_logs_is_kept(desk: Desk) -> None:
    for n in range(KEPT_LOGS + 3):
        log = RunLog(desk.workspace, "monthly", NOON + timedelta(days=n))
        log.end(log.state)
    kept = sorted(path.name for path in log.path.parent.iterdir())
    assert len(kept) == KEPT_LOGS
    assert kept[0] == f"{(NOON + timedelta(days=3)).astimezone(UTC):%Y%m%dT%H%M%S}.log"


def test_a_log_that_somebody_broke_is_passed_over(desk: Desk) -> None:
    log = RunLog(desk.workspace, "monthly", NOON)
    log.end(log.state)
    for n, text in enumerate(["", "[]", "{}", '{"pipeline": 1}', "\x00"]):
        (log.path.parent / f"9{n}.log").write_text(text)
    state = last_run(desk.workspace, "monthly")
    assert state is not None
    assert state.log == str(log.path)
