"""What became of issues on their way through the work, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.contracts import rolled_up
from pmo_analytics.warehouse import Warehouse
from pmo_analytics.warehouse.flow_names import flow_names
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, write_csv
from tests.jira_answers import history, issue, item, loaded

DAY, HOUR = 86_400, 3600
NAVIGATOR = "Issue key,Status,Project key,Created,Updated,Resolved,Resolution,Team,Issue Type,Custom field (Flagged)"
SETTINGS = '[flow]\nin_progress = ["werkbank"]\nblocked = ["Parked"]\ncancelled = ["Not wanted"]\n'


def at(day: int, hour: int = 10) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:00:00.000+0000"


def moves(*statuses: tuple[int, str], first: str = "To Do") -> list[dict[str, Any]]:
    """One entry of a history for each day and status."""
    names = [first, *(name for _, name in statuses)]
    return [
        history(n, at(day), item("status", before, name))
        for n, ((day, name), before) in enumerate(zip(statuses, names, strict=False), start=1)
    ]


def of(key: str, *statuses: tuple[int, str], resolution: str | None = None, **fields: Any) -> dict[str, Any]:
    """An issue that was created on the 1st and moved so."""
    day, status = statuses[-1] if statuses else (1, "To Do")
    ended = [history(99, at(day), item("resolution", None, resolution))] if resolution else []
    return issue(
        key,
        *(moves(*statuses) or [history(1, at(1, 11), item("summary", "a", "b"))]),
        *ended,
        created=at(1),
        updated=at(max(day, 2)),
        resolutiondate=at(day) if resolution else None,
        status={"name": status},
        **fields,
    )


def flagged(found: dict[str, Any], *flags: tuple[int, str, str]) -> dict[str, Any]:
    """The issue with its flag changed on those days, at noon."""
    entries = [history(50 + n, at(day, 12), item("Flagged", before, after)) for n, (day, before, after) in
               enumerate(flags)]  # fmt: skip
    histories = found["changelog"]["histories"] + entries
    found["changelog"] = {"total": len(histories), "histories": histories}
    found["fields"]["updated"] = max(found["fields"]["updated"], at(flags[-1][0], 12))
    return found


UP, DOWN = ("", "Impediment"), ("Impediment", "")


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("flow"))
    settings = desk.workspace.settings_file
    settings.write_text(settings.read_text(encoding="utf-8").replace("[flow]", SETTINGS), encoding="utf-8")
    desk.workspace = Workspace.find(desk.workspace.root)
    loaded(desk, {"names": {"customfield_1": "Team"}, "issues": [
        of("BR-1", (2, "In Progress"), (4, "Done"), (6, "In Progress"), (9, "Done"), (10, "Closed"), resolution="Done"),
        of("BR-2", (3, "Werkbank"), (5, "Parked"), (6, "Werkbank"), (8, "On Hold")),
        of("BR-3", (2, "In Progress"), (5, "Done"), resolution="Not wanted"),
        of("BR-4", (2, "In Progress"), (5, "Rejected")),
        of("BR-5", (4, "Done"), resolution="Done"),
        of("BR-6", (2, "In Progress"), (4, "Zzz"), (5, "Done"), resolution="Done"),
        of("BR-7", (3, "Zzz")),
        of("BR-8"),
        of("BR-9", (2, "Parked"), (3, "To Do")),
        # Raised in progress, lowered, raised again and left so when it was done.
        flagged(of("FL-1", (2, "In Progress"), (9, "Done")), (3, *UP), (4, *DOWN), (8, *UP)),
        # Raised a day before it was parked, lowered a day before it was no longer.
        flagged(of("FL-2", (2, "In Progress"), (4, "Parked"), (7, "In Progress")), (3, *UP), (6, *DOWN)),
        # Raised before the start, and since its creation; still up. Raised and lowered before any start.
        flagged(of("FL-3", (5, "In Progress")), (3, *DOWN), (4, *UP)),
        flagged(of("FL-4"), (3, *UP), (4, *DOWN)),
        # Done with the flag up, and back.
        flagged(of("FL-5", (2, "In Progress"), (4, "Done"), (6, "In Progress"), customfield_1="Blue"), (3, *UP)),
    ]})  # fmt: skip
    day, late = "2026-03-02 10:00", "2026-03-05 10:00"
    desk.load(write_csv(desk.folder / "jira.csv", NAVIGATOR.split(","), [
        ["ZZ-1", "Closed", "ZZ", "2026-03-01 10:00", late, late, "Won't Fix", "Blue", "Bug", ""],
        ["ZZ-2", "Closed", "ZZ", day, late, "2026-03-01 10:00", "Fixed", "Blue", "Bug", ""],
        ["ZZ-3", "Closed", "ZZ", day, late, "", "", "", "Bug", ""],
        ["ZZ-4", "Open", "ZZ", day, late, "", "", "", "Bug", "Impediment"],
    ]))  # fmt: skip
    return desk


def flow(desk: Desk, as_of: str = "2026-03-10") -> pd.DataFrame:
    with desk.warehouse.at(as_of) as view:
        return view.table("issue_flow").set_index("issue_key")


def test_from_the_first_start_to_the_last_finish(tracker: Desk) -> None:
    row = flow(tracker).loc["BR-1"]
    assert row["state"] == "done"
    # Back from done on the 6th; done again on the 9th, and closing it on the 10th is no later finish.
    assert [row[name].day for name in ("created_at", "started_at", "finished_at", "entered_at")] == [1, 2, 9, 10]
    assert (row["lead_seconds"], row["cycle_seconds"]) == (8 * DAY, 7 * DAY)
    assert (row["return_count"], row["blocked_seconds"]) == (1, 0)
    assert pd.isna(row["quality_note"])


@pytest.mark.parametrize(
    ("as_of", "state", "finish", "returns"),
    [("2026-03-01", "to_do", None, 0), ("2026-03-05", "done", 4, 0), ("2026-03-07", "in_progress", None, 1)],
)
def test_an_earlier_day_shows_the_flow_of_that_day(
    tracker: Desk, as_of: str, state: str, finish: int | None, returns: int
) -> None:
    row = flow(tracker, as_of).loc["BR-1"]
    assert (row["state"], row["return_count"]) == (state, returns)
    assert row["finished_at"].day == finish if finish else pd.isna(row["finished_at"])


def test_time_in_waiting_statuses_since_the_start_is_blocked(tracker: Desk) -> None:
    rows = flow(tracker)
    # A day parked, and on hold from the 8th, 10 o'clock, to the end of the 10th; the clock runs on.
    assert rows.loc["BR-2", ["state", "blocked_seconds", "cycle_seconds"]].to_list() == [
        "blocked", DAY + 2 * DAY + 14 * HOUR, 7 * DAY + 14 * HOUR,
    ]  # fmt: skip
    # Parked before it was ever started: it has not begun.
    assert rows.loc["BR-9", ["started_at", "cycle_seconds", "blocked_seconds"]].isna().all()
    assert rows.loc["BR-9", "state"] == "to_do"


def test_time_under_the_flag_is_blocked_as_well_and_counts_once_beside_a_waiting_status(tracker: Desk) -> None:
    rows = flow(tracker).loc[[f"FL-{n}" for n in range(1, 6)]]
    assert (rows["blocked_seconds"] / HOUR).fillna(-1).to_dict() == {
        # A day, and from noon of the 8th to ten o'clock of the 9th.
        "FL-1": 24 + 22,
        # From noon of the 3rd, parked from the 4th to the 7th at ten o'clock; what both cover is covered once.
        "FL-2": 22 + 3 * 24,
        # From the start, at ten o'clock of the 5th, to the end of the 10th.
        "FL-3": 14 + 5 * 24,
        "FL-4": -1,
        # From noon of the 3rd to ten o'clock of the 4th; from ten o'clock of the 6th to the end of the 10th.
        "FL-5": 22 + 14 + 4 * 24,
    }
    assert (rows["flagged_seconds"] / HOUR).fillna(-1).to_list() == [46, 3 * 24, 134, -1, 132]
    assert rows["is_flagged"].to_list() == [True, False, True, False, True]
    # At the end of the 3rd.
    then = flow(tracker, "2026-03-03")
    assert then.index[then["is_flagged"].fillna(False)].to_list() == ["FL-1", "FL-2", "FL-4", "FL-5"]
    assert then.loc["FL-1", "blocked_seconds"] == 12 * HOUR


def test_an_export_without_history_tells_whether_the_flag_is_up_but_not_since_when(tracker: Desk) -> None:
    rows = flow(tracker).loc[["ZZ-1", "ZZ-4"]]
    assert rows["is_flagged"].isna().to_list() == [True, False]
    assert rows["flagged_seconds"].isna().all()


def test_what_was_given_up_is_told_by_resolution_or_by_status(tracker: Desk) -> None:
    rows = flow(tracker).loc[["BR-3", "BR-4", "ZZ-1"]]
    assert rows["state"].to_list() == ["cancelled"] * 3
    assert rows["finished_at"].dt.day.to_list() == [5, 5, 5]
    assert rows["resolution"].iloc[[0, 2]].to_list() == ["Not wanted", "Won't Fix"]
    assert rows.loc["ZZ-1", "team"] == flow(tracker).loc["FL-5", "team"] == "Blue"


def test_what_is_not_known_is_empty_and_says_why(tracker: Desk) -> None:
    rows = flow(tracker)
    assert rows["quality_note"].dropna().to_dict() == {
        "BR-5": "never in progress",
        "BR-6": "a past status is not mapped",
        "BR-7": "status not mapped",
        "ZZ-1": "start not known",
        "ZZ-2": "finished before it was created",
        "ZZ-3": "finish not known",
        "ZZ-4": "start not known",
    }
    assert rows.loc[rows["quality_note"].notna(), "cycle_seconds"].isna().all()
    assert rows.loc[["BR-5", "BR-6"], "lead_seconds"].to_list() == [3 * DAY, 4 * DAY]
    assert rows.loc[["BR-7", "ZZ-2", "ZZ-3"], "lead_seconds"].isna().all()
    assert rows.loc["BR-7", "state"] == "unmapped"


def test_statuses_with_what_they_mean_and_who_says_so(tracker: Desk) -> None:
    with tracker.warehouse.at("2026-03-10") as view:
        rows = view.table("flow_status").set_index("status")
    told = {name: tuple(row) for name, row in rows.fillna("")[["state", "mapped_by"]].iterrows()}
    assert told == {
        "Closed": ("done", "name"), "Done": ("done", "name"), "In Progress": ("in_progress", "name"),
        "On Hold": ("blocked", "name"), "Open": ("to_do", "name"), "Parked": ("blocked", "pmo.toml"),
        "Rejected": ("cancelled", "name"), "To Do": ("to_do", "name"), "Werkbank": ("in_progress", "pmo.toml"),
        "Zzz": ("", ""),
    }  # fmt: skip
    assert rows.loc["Zzz", ["issue_count", "change_count"]].to_list() == [1, 2]
    assert rows.loc["Parked", ["issue_count", "change_count"]].to_list() == [0, 3]


def test_jiras_category_goes_before_a_usual_name_and_the_organisations_word_before_both(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    stated = {"Backlog": "indeterminate", "Blocked": "indeterminate", "Waiting": "done", "Done": "new"}
    keys = [(f"BR-{n}", {"name": name, "statusCategory": {"key": key}}) for n, (name, key) in enumerate(stated.items())]
    loaded(desk, [issue(key, created=at(1), updated=at(1), status=status) for key, status in keys])

    def states() -> list[str]:
        with Warehouse(Workspace.find(desk.workspace.root)).at("2026-03-10") as view:
            return view.table("flow_status").set_index("status").loc[list(stated), "state"].to_list()

    assert states() == ["in_progress", "blocked", "done", "to_do"]
    # What the settings say is part of what a mart is kept under.
    desk.workspace.settings_file.write_text('[flow]\nto_do = ["backlog "]\ndone = ["DONE"]\n', encoding="utf-8")
    assert states() == ["to_do", "blocked", "done", "done"]


@pytest.mark.slow
def test_every_figure_is_given_by_its_rows_alone(tracker: Desk) -> None:
    with tracker.warehouse.at("2026-03-10") as view:
        for name in ("issue_flow", "flow_status"):
            table = rolled_up()[name]
            for record in view.table(name).to_dict("records"):
                is_flag = str(record[table.key[0]]).startswith("FL-")
                for column in ("blocked_seconds", "flagged_seconds", "is_flagged") if is_flag else table.columns:
                    found = view.explain(name, {part: record[part] for part in table.key}, column)
                    assert found.is_whole, (found.key, column, found.value, found.again)


def test_a_time_opens_the_changes_that_it_lies_between_and_a_state_its_issue(tracker: Desk) -> None:
    with tracker.warehouse.at("2026-03-10") as view:
        found = view.explain("issue_flow", {"issue_key": "BR-1"}, "cycle_seconds")
        assert {table: len(rows) for table, rows in found.rows.items()} == {"issue": 1, "issue_change": 5}
        assert found.is_whole
        assert len(view.explain("issue_flow", {"issue_key": "BR-2"}, "state").rows["issue"]) == 1


def test_a_resolution_before_the_creation_is_told_by_file_and_line(tracker: Desk) -> None:
    from pmo_analytics.warehouse.checks import evaluate

    with tracker.warehouse.at("2026-03-10") as view:
        (found,) = [each for each in evaluate(view.rows, tracker.workspace) if each.rule == "resolved_before_created"]
    assert (found.rows, found.places) == (1, "jira.csv:3")


def test_usual_names_mean_one_thing_each() -> None:
    from pmo_analytics.warehouse import flow_names as module

    names = [name.lower() for each in module._USUAL.values() for name in each]
    assert len(names) == len(set(names))
    assert {entry.mapped_by for entry in flow_names(Workspace(Path()))} == {"name"}
