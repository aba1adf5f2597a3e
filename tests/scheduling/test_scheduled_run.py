"""What a scheduled run runs: by the clock, the data and the packs that stand; alone, and with each failure told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pmo_analytics.errors import WarehouseError
from pmo_analytics.reporting.pipeline_settings import find_pipeline
from pmo_analytics.scheduling.run_log import FOLDER, last_run
from pmo_analytics.scheduling.scheduled_run import due_periods, is_under_way, scheduled_run
from pmo_analytics.warehouse.locks import SCHEDULED, alone
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, counted_edges
from tests.pages import COSTS, page_workspace, write_notebook

APRIL = datetime(2026, 4, 3, 6, 30, tzinfo=UTC)


@pytest.fixture
def workspace(desk: Desk) -> Workspace:
    made = page_workspace(desk)
    schedule(made, "working day 3 at 06:30")
    return made


def schedule(workspace: Workspace, text: str, *more: str) -> None:
    lines = ['title = "Own"', f'schedule = "{text}"', *more]
    (workspace.root / "pipelines" / "own.toml").write_text("\n".join(lines))


def write_pack(workspace: Workspace, day: str, state: str = "published") -> Path:
    """A pack of one page, as a run leaves it."""
    page = {"name": "p", "title": "P", "state": state, "file": "p.html", "parameters": {}, "last_good": None,
            "workbook": None, "pdf": None, "key_figures": [], "projects": []}  # fmt: skip
    path = workspace.reports / "own" / day / "pack.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"title": "Own", "as_of": day, "version": 1, "pages": [page]}))
    return path


def due(workspace: Workspace, now: datetime = APRIL) -> list[str]:
    return [str(end) for end in due_periods(find_pipeline("own", workspace), workspace, now).ends]


def run(workspace: Workspace, now: datetime = APRIL, wait: float = 5) -> tuple[int | None, list[str]]:
    told: list[str] = []
    state = scheduled_run(
        "own", workspace=workspace, clock=lambda: now, edges=counted_edges(), tell=told.append, wait_seconds=wait
    )
    return state and state.exit_code, told


def test_the_first_run_of_all_makes_the_latest_pack_alone(workspace: Workspace) -> None:
    assert due(workspace) == ["2026-03-31"]
    # Friday the third is the third working day of April: a minute before, March is not due.
    assert due(workspace, APRIL.replace(hour=6, minute=29)) == ["2026-02-28"]


def test_months_without_a_pack_are_made_up_for_the_oldest_first(workspace: Workspace) -> None:
    write_pack(workspace, "2025-12-31")
    assert due(workspace) == ["2026-01-31", "2026-02-28", "2026-03-31"]
    write_pack(workspace, "2026-02-28")
    assert due(workspace) == ["2026-01-31", "2026-03-31"]


def test_a_pack_with_a_failed_page_or_one_that_cannot_be_read_is_made_again(workspace: Workspace) -> None:
    write_pack(workspace, "2026-01-31", "failed")
    write_pack(workspace, "2026-02-28").write_text("{")
    write_pack(workspace, "2026-03-31")
    assert due(workspace) == ["2026-01-31", "2026-02-28"]


def test_as_many_as_the_pipeline_says_and_the_rest_is_counted(workspace: Workspace) -> None:
    schedule(workspace, "day 3 at 06:30", "catch_up = 2")
    write_pack(workspace, "2025-09-30")
    found = due_periods(find_pipeline("own", workspace), workspace, APRIL)
    assert [found.ends, found.left] == [[date(2026, 2, 28), date(2026, 3, 31)], 4]


def test_what_stands_ahead_of_the_clock_does_not_count(workspace: Workspace) -> None:
    write_pack(workspace, "2026-04-30")
    assert due(workspace) == ["2026-03-31"]


def test_the_zone_of_the_workspace_counts(desk: Desk) -> None:
    workspace = page_workspace(desk)
    (workspace.root / "pmo.toml").write_text('time_zone = "Pacific/Auckland"\n')
    place = Workspace.find(workspace.root)
    schedule(place, "day 1 at 06:30")
    # Half past six on the first of April is the evening of 31 March in UTC.
    assert due(place, datetime(2026, 3, 31, 17, 30, tzinfo=UTC)) == ["2026-03-31"]
    assert due(place, datetime(2026, 3, 31, 17, 29, tzinfo=UTC)) == ["2026-02-28"]


def test_what_is_due_is_run_once_and_said_in_the_log(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    code, told = run(workspace)
    assert code == 0
    assert told[-1].startswith("2026-03-31: 1 pages stand, 0 failed, in ")
    state = last_run(workspace, "own")
    assert state is not None
    assert (state.exit_code, state.pages, state.failed, state.reason) == (0, 1, 0, "")
    assert state.folders == (str(workspace.reports / "own" / "2026-03-31"),)
    assert Path(state.log).read_text().splitlines()[1:-1] == told
    assert run(workspace) == (None, [])
    assert last_run(workspace, "own") == state, "where nothing is due nothing is written"


def test_a_period_that_data_do_not_reach_waits_and_is_said(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    run(workspace)
    code, told = run(workspace, datetime(2026, 5, 5, 6, 30, tzinfo=UTC))
    assert code == 1
    assert told == ["2026-04-30 waits for exports: what is loaded ends before the last working day"]
    assert due(workspace, datetime(2026, 5, 5, 6, 30, tzinfo=UTC)) == ["2026-04-30"]


def test_the_first_run_makes_the_latest_pack_that_data_reach(workspace: Workspace) -> None:
    write_notebook(workspace, "costs", COSTS)
    code, told = run(workspace, datetime(2026, 8, 5, 6, 30, tzinfo=UTC))
    assert code == 4
    assert told[0].startswith("2026-03-31: 1 pages stand")
    assert told[1].startswith("2026-07-31 waits for exports")
    assert due(workspace, datetime(2026, 8, 5, 6, 30, tzinfo=UTC)) == [
        "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31",
    ]  # fmt: skip


def test_a_month_that_fails_is_said_holds_no_other_back_and_is_tried_again(workspace: Workspace) -> None:
    write_pack(workspace, "2026-01-31")
    write_notebook(workspace, "costs", COSTS)
    failing = write_notebook(workspace, "later", "import sys\nif as_of < '2026-03':\n    raise ValueError('no <b>')")
    code, told = run(workspace)
    assert code == 4
    assert told[0].startswith("2026-02-28: Later failed, see ")
    assert "no <b>" in told[0]
    assert told[1:] == [
        f"2026-02-28: 1 pages stand, 1 failed, in {workspace.reports / 'own' / '2026-02-28'}",
        f"2026-03-31: 2 pages stand, 0 failed, in {workspace.reports / 'own' / '2026-03-31'}",
    ]
    assert due(workspace) == ["2026-02-28"]
    failing.write_text(failing.read_text().replace("raise ValueError('no <b>')", "pass"))
    assert run(workspace)[0] == 0
    assert due(workspace) == []


def test_an_error_that_nobody_foresaw_ends_in_the_log(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("pmo_analytics.scheduling.scheduled_run.run_pipeline", broken)
    with pytest.raises(ZeroDivisionError):
        run(workspace)
    state = last_run(workspace, "own")
    assert state is not None
    assert (state.exit_code, state.reason) == (1, "ZeroDivisionError: by zero")
    assert "Traceback" in Path(state.log).read_text()
    assert not is_under_way(workspace)


def test_a_second_run_says_which_one_is_under_way_and_since_when(workspace: Workspace) -> None:
    folder = workspace.root / FOLDER
    folder.mkdir()
    (folder / SCHEDULED).write_text("")
    with alone(folder, SCHEDULED):
        (folder / SCHEDULED).write_text("weekly, since 2026-04-03T06:00:00+00:00\n")
        assert is_under_way(workspace)
        with pytest.raises(WarehouseError, match=r"weekly, since 2026-04-03T06:00:00\+00:00"):
            run(workspace, wait=0.2)
    assert not is_under_way(workspace)


SLOW_CELL = """import time
from pathlib import Path
Path('{mark}').touch()
while Path('{mark}').exists():
    time.sleep(0.05)
"""


def started(workspace: Workspace, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pmo_analytics.cli", "--workspace", str(workspace.root), "schedule", "run", "own"]
    return subprocess.Popen(
        [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )


def wait_for(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_of_two_processes_one_runs_and_the_other_waits_or_says_so(workspace: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "running"
    write_notebook(workspace, "costs", SLOW_CELL.format(mark=mark))
    # By the clock of today what is due lies behind the data; the pack of the month before makes March due as well.
    schedule(workspace, "day 3 at 06:30", "catch_up = 60")
    write_pack(workspace, "2026-02-28")
    first = started(workspace)
    wait_for(mark)
    impatient = started(workspace, "--wait", "0.5")
    out, err = impatient.communicate(timeout=60)
    assert (impatient.returncode, out) == (1, "")
    assert "a scheduled run is under way" in err
    assert "own, since 20" in err
    patient = started(workspace)
    time.sleep(1)
    assert patient.poll() is None
    mark.unlink()
    out = first.communicate(timeout=120)[0]
    assert "2026-03-31: 1 pages stand" in out
    out = patient.communicate(timeout=120)[0]
    # March stands by now, so that only what waits for data is left.
    assert "pages stand" not in out
