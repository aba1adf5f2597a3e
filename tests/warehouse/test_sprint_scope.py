"""What was in a sprint at its start, what came, left and was done by its end, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.contracts import rolled_up
from tests.exports import Desk, jira_row
from tests.jira_answers import history, issue, item, loaded

Json = dict[str, Any]
COLUMNS = ["is_committed", "outcome", "story_points"]


def at(day: int, hour: int = 10) -> str:
    return f"2026-03-{day:02d}T{hour:02d}:00:00.000+0000"


def sprint(number: int, name: str, start: int, end: int, closed: int | None = None, **more: Any) -> Json:
    """A sprint from nine o'clock of a day in March to seventeen o'clock of another; closed at sixteen."""
    found = {"id": number, "name": name, "state": "closed" if closed else "active", "boardId": 1}
    found |= {"startDate": at(start, 9), "endDate": at(end, 17)} | ({"completeDate": at(closed, 16)} if closed else {})
    return found | more


ONE, TWO = sprint(11, "Deck 1", 2, 13, 13), sprint(12, "Deck 2", 16, 27)


def of(key: str, *steps: tuple[int | str, str, str, str], sprints: list[Json], **fields: Any) -> Json:
    """An issue created on the 1st at eight, with one entry of its history for each day, field, value before and after.

    A day is at ten o'clock; a moment is given as text.
    """
    moments = [at(day) if isinstance(day, int) else day for day, *_ in steps]
    number = 1000 * int(key.rpartition("-")[2])
    entries = [
        history(number + n, moment, item(field, before, after))
        for n, (moment, (_, field, before, after)) in enumerate(zip(moments, steps, strict=True))
    ]
    status = next((after for _, field, _, after in reversed(steps) if field == "status"), "To Do")
    given = {"created": at(1, 8), "updated": max([*moments, at(1, 8)]), "status": {"name": status}}
    return issue(key, *entries, **(given | {"customfield_4": sprints} | fields))


def into(name: str, day: int | str = 1, before: str = "") -> tuple[int | str, str, str, str]:
    return day, "Sprint", before, name


DOING, DONE = (4, "status", "To Do", "In Progress"), (9, "status", "In Progress", "Done")
NAMES = {"customfield_5": "Story Points"}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """One sprint that was closed on the 13th, one that goes on."""
    desk = Desk(tmp_path_factory.mktemp("sprints"))
    loaded(desk, {"names": NAMES, "issues": [
        of("BR-1", into("Deck 1"), DOING, DONE, sprints=[ONE], customfield_5=3),
        # Estimated anew while the sprint went on; left over, and taken along an hour before the next one began.
        of("BR-2", into("Deck 1"), (1, "Story Points", "", "5"), (6, "Story Points", "5", "13"), DOING,
           into("Deck 1, Deck 2", at(16, 8), "Deck 1"), sprints=[ONE, TWO], customfield_5=13),
        of("BR-3", into("Deck 1"), into("", 6, "Deck 1"), sprints=[]),
        # Given up: by resolution, and by status.
        of("BR-4", into("Deck 1"), DOING, (9, "resolution", "", "Won't Do"), DONE, sprints=[ONE]),
        of("BR-5", into("Deck 1"), (5, "status", "To Do", "Rejected"), sprints=[ONE]),
        # Done before the sprint began; done after it ended; done, come back and done again only after it.
        of("BR-6", (at(1, 9), "status", "To Do", "Done"), into("Deck 1"), sprints=[ONE]),
        of("BR-7", into("Deck 1"), DOING, (14, "status", "In Progress", "Done"), sprints=[ONE]),
        of("BR-8", into("Deck 1"), (5, "status", "To Do", "Done"), (10, "status", "Done", "In Progress"),
           (14, "status", "In Progress", "Done"), sprints=[ONE]),
        # Added, and done; added by being created in it; added and taken out; put in before it was done elsewhere.
        of("BR-9", into("Deck 1", 5), (8, "status", "To Do", "Done"), sprints=[ONE], customfield_5=2),
        of("BR-10", (9, "summary", "a", "b"), sprints=[ONE], created=at(6)),
        of("BR-11", into("Deck 1", 5), into("", 7, "Deck 1"), sprints=[]),
        of("BR-12", (3, "status", "To Do", "Done"), into("Deck 1", 5), sprints=[ONE]),
        # Out and in again; moved as the sprint was closed; in it for no moment of it.
        of("BR-13", into("Deck 1"), into("", 4, "Deck 1"), into("Deck 1", 6), DONE, sprints=[ONE]),
        of("BR-14", into("Deck 1"), into("Deck 2", "2026-03-13T15:59:40.000+0000", "Deck 1"), sprints=[TWO]),
        of("BR-15", into("Deck 1"), into("", at(2, 8), "Deck 1"), sprints=[]),
        # A status that nothing maps, at its start and at its end.
        of("BR-16", (at(1, 9), "status", "To Do", "Zzz"), into("Deck 1"), sprints=[ONE]),
        of("BR-17", into("Deck 1"), (5, "status", "To Do", "Zzz"), sprints=[ONE]),
        # A part of a work item follows it; another, which was put in, is on its own.
        of("BR-18", (9, "summary", "a", "b"), sprints=[ONE], parent={"key": "BR-1"}),
        of("BR-19", into("Deck 1"), sprints=[ONE], parent={"key": "BR-1"}),
    ]})  # fmt: skip
    return desk


def scope(desk: Desk, as_of: str = "2026-03-20") -> pd.DataFrame:
    with desk.warehouse.at(as_of) as view:
        return view.table("sprint_scope").set_index(["sprint", "issue_key"])


def outcomes(desk: Desk, name: str, as_of: str = "2026-03-20") -> dict[str, Any]:
    """What became of each item of a sprint; those added marked so, and why one is not known."""
    rows = scope(desk, as_of)
    rows = rows[rows.index.get_level_values("sprint") == name].droplevel("sprint")
    told = rows["outcome"].where(rows["is_committed"].fillna(True), "+ " + rows["outcome"])
    return told.where(rows["quality_note"].isna(), rows["quality_note"]).to_dict()


def test_what_was_committed_came_left_and_was_done(board: Desk) -> None:
    assert outcomes(board, "Deck 1") == {
        "BR-1": "completed", "BR-2": "not_completed", "BR-3": "removed", "BR-4": "cancelled", "BR-5": "cancelled",
        "BR-6": "done_before", "BR-7": "not_completed", "BR-8": "not_completed", "BR-9": "+ completed",
        "BR-10": "+ not_completed", "BR-11": "+ removed", "BR-12": "+ done_before", "BR-13": "completed",
        "BR-14": "not_completed", "BR-16": "its status then is not mapped",
        "BR-17": "its status at the end is not mapped", "BR-19": "not_completed",
    }  # fmt: skip


def test_when_and_in_which_status_an_item_came_and_left(board: Desk) -> None:
    rows = scope(board).loc["Deck 1"]
    added = rows.loc[rows["is_committed"].eq(False).fillna(False), "joined_at"]
    assert added.dt.strftime("%d %H").to_dict() == {
        "BR-9": "05 10", "BR-10": "06 10", "BR-11": "05 10", "BR-12": "05 10",
    }  # fmt: skip
    assert rows.loc[["BR-1", "BR-13"], "joined_at"].dt.day.to_list() == [1, 1]
    assert rows["removed_at"].dropna().dt.day.to_dict() == {"BR-3": 6, "BR-11": 7}
    assert rows.loc["BR-8", ["status_before", "status_after"]].to_list() == ["To Do", "In Progress"]
    assert rows.loc["BR-12", "status_before"] == "Done"
    assert [rows[name].iloc[0].day for name in ("start_at", "ended_at", "start_date", "end_date")] == [2, 13, 2, 13]


def test_points_are_those_that_the_sprint_began_with(board: Desk) -> None:
    rows = scope(board)["story_points"]
    assert rows["Deck 1"].dropna().to_dict() == {"BR-1": 3, "BR-2": 5, "BR-9": 2}
    assert rows["Deck 2"].dropna().to_dict() == {"BR-2": 13}


def test_an_item_of_several_sprints_stands_in_each_and_an_open_one_is_not_over(board: Desk) -> None:
    rows = scope(board).loc["Deck 2"]
    assert rows["outcome"].to_dict() == {"BR-2": "not_completed", "BR-14": "not_completed"}
    assert rows["is_committed"].all()
    assert set(rows["sprint_state"]) == {"open"}
    assert rows["ended_at"].isna().all()
    # Planned to end on the 27th, it goes on until somebody closes it.
    assert set(scope(board, "2026-03-31").loc["Deck 2", "sprint_state"]) == {"open"}


def test_a_day_within_the_sprint_shows_what_was_known_that_day(board: Desk) -> None:
    assert outcomes(board, "Deck 1", "2026-03-05") == {
        "BR-1": "not_completed", "BR-2": "not_completed", "BR-3": "not_completed", "BR-4": "not_completed",
        "BR-5": "cancelled", "BR-6": "done_before", "BR-7": "not_completed", "BR-8": "completed",
        "BR-9": "+ not_completed", "BR-11": "+ not_completed", "BR-12": "+ done_before", "BR-13": "removed",
        "BR-14": "not_completed", "BR-16": "its status then is not mapped",
        "BR-17": "its status at the end is not mapped", "BR-19": "not_completed",
    }  # fmt: skip
    assert scope(board, "2026-03-01").empty
    assert set(scope(board, "2026-03-05")["sprint_state"]) == {"open"}


@pytest.mark.slow
def test_every_figure_is_given_by_its_rows_alone(board: Desk) -> None:
    every = rolled_up()["sprint_scope"].columns
    told = ["is_committed", "removed_at", "status_after", "story_points", "outcome"]
    columns = {"BR-2": every} | dict.fromkeys(("BR-3", "BR-4", "BR-10", "BR-13", "BR-17"), told)
    with board.warehouse.at("2026-03-20") as view:
        for key, of_key in columns.items():
            for column in of_key:
                found = view.explain("sprint_scope", {"sprint_id": "11", "issue_key": key}, column)
                assert found.is_whole, (found.key, column, found.value, found.again)


def test_an_outcome_opens_the_changes_that_made_it(board: Desk) -> None:
    with board.warehouse.at("2026-03-20") as view:
        done = view.explain("sprint_scope", {"sprint_id": "11", "issue_key": "BR-1"}, "outcome")
        assert set(done.rows["issue_change"]["field"]) == {"status"}
        gone = view.explain("sprint_scope", {"sprint_id": "11", "issue_key": "BR-3"}, "removed_at")
        assert gone.rows["issue_change"][["from_value", "field"]].to_numpy().tolist() == [["Deck 1", "Sprint"]]
        assert gone.is_whole
        committed = view.explain("sprint_scope", {"sprint_id": "11", "issue_key": "BR-13"}, "is_committed")
        (entry,) = committed.rows["issue_change"].to_dict("records")
        assert (entry["to_value"], entry["changed_at"].day) == ("Deck 1", 1)
        assert committed.is_whole


def test_a_sprint_whose_dates_change_has_those_that_were_told_last(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    early = sprint(11, "Deck 1", 2, 13)
    step = (into("Deck 1", 3),)
    loaded(desk, [of("BR-1", *step, sprints=[early]), of("BR-2", *step, DOING, sprints=[early])], "early.json")
    assert outcomes(desk, "Deck 1", "2026-03-08") == {"BR-1": "+ not_completed", "BR-2": "+ not_completed"}
    # It was begun two days later than told first, and went on for a week longer.
    late = sprint(11, "Deck 1", 4, 20, 20)
    moved = of("BR-2", *step, DOING, (18, "status", "In Progress", "Done"), sprints=[late])
    loaded(desk, [moved], "late.json")
    assert outcomes(desk, "Deck 1", "2026-03-31") == {"BR-1": "not_completed", "BR-2": "completed"}
    assert set(scope(desk, "2026-03-31")["end_date"].dt.day) == {20}
    assert set(scope(desk, "2026-03-15")["sprint_state"]) == {"open"}


def test_a_renamed_sprint_stays_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    one, two = sprint(11, "Hull, part 1", 2, 13, 13), sprint(12, "Hull 2", 16, 27)
    loaded(desk, [
        # Put in under the old name; it was renamed before the next change of the one, after the last of the other.
        of("BR-1", into("Deck 1"), into("Hull, part 1, Hull 2", 14, "Hull, part 1"), sprints=[one, two]),
        of("BR-2", into("Deck 1"), DOING, DONE, sprints=[one]),
        # It left while the old name stood; only others tell which sprint that was.
        of("BR-3", into("Deck 1"), into("", 5, "Deck 1"), sprints=[]),
        # Renamed twice.
        of("BR-4", into("Plan 2"), into("Draft 2", 3, "Plan 3"), into("Hull 2", 4, "Draft 2"), sprints=[two]),
    ])  # fmt: skip
    rows = scope(desk)
    assert set(rows["sprint_id"]) == {"11", "12"}
    assert outcomes(desk, "Hull, part 1") == {"BR-1": "not_completed", "BR-2": "completed", "BR-3": "removed"}
    assert outcomes(desk, "Hull 2") == {"BR-1": "not_completed", "BR-4": "not_completed"}


def test_names_that_are_parts_of_one_another_are_told_apart(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    short, long = sprint(11, "Deck", 2, 13, 13), sprint(12, "Deck, part 2", 2, 13, 13)
    loaded(desk, [
        of("BR-1", into("Deck, part 2"), sprints=[long]),
        of("BR-2", into("Deck, Deck, part 2"), into("Deck, part 2", 5, "Deck, Deck, part 2"), sprints=[long]),
        of("BR-3", into("Deck"), sprints=[short]),
    ])  # fmt: skip
    assert outcomes(desk, "Deck") == {"BR-2": "removed", "BR-3": "not_completed"}
    assert outcomes(desk, "Deck, part 2") == dict.fromkeys(("BR-1", "BR-2"), "not_completed")


def test_a_name_that_two_boards_use_is_the_issues_own_or_not_known(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    mine, yours = sprint(11, "Sprint 1", 2, 13, 13), sprint(21, "Sprint 1", 2, 13, 13, boardId=2)
    loaded(desk, [
        of("BR-1", into("Sprint 1"), sprints=[mine]),
        of("BR-2", into("Sprint 1"), sprints=[yours]),
        # Which of the two it was in, and left, nothing says; nor when it went from the one to the other.
        of("BR-3", into("Sprint 1"), into("", 5, "Sprint 1"), sprints=[]),
        of("BR-4", into("Sprint 1"), into("Sprint 1", 5, "Sprint 1"), sprints=[yours]),
        # In another project the name is of one sprint alone.
        of("ZZ-5", into("Sprint 1"), into("", 5, "Sprint 1"), sprints=[]),
        of("ZZ-6", into("Sprint 1"), sprints=[mine]),
    ])  # fmt: skip
    rows = scope(desk).reset_index()
    told = rows["outcome"].where(rows["quality_note"].isna(), rows["quality_note"])
    found = dict(zip(rows["sprint_id"] + " " + rows["issue_key"], told, strict=True))
    unclear = "several sprints have the name"
    assert found == {
        "11 BR-1": "not_completed", "21 BR-2": "not_completed", "11 BR-3": unclear, "21 BR-3": unclear,
        "11 BR-4": unclear, "21 BR-4": unclear, "11 ZZ-5": "removed", "11 ZZ-6": "not_completed",
    }  # fmt: skip


def test_one_number_on_two_sites_is_two_sprints(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for key, host in (("BR-1", "one.example"), ("ZZ-1", "two.example")):
        found = of(key, into("Deck 1"), sprints=[ONE]) | {"self": f"https://{host}/rest/api/3/issue/1"}
        loaded(desk, [found], f"{host}.json")
    assert scope(desk)["sprint_id"].to_list() == ["one.example-11", "two.example-11"]


def test_what_no_history_tells_is_said_and_not_guessed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    part = of("BR-3", into("Deck 1", 5), sprints=[ONE])
    part["changelog"]["total"] = 40
    # A later export of it without history shows another sprint than the history leads to.
    stale = of("BR-4", into("Deck 1"), sprints=[ONE])
    loaded(desk, [of("BR-1", into("Deck 1"), sprints=[ONE]), part, stale])
    desk.jira(
        jira_row("BR-2", Sprint="Deck 1"),
        jira_row("BR-4", "10/Mar/26 9:15 AM", Sprint="Deck 7"),
        jira_row("ZZ-1", Sprint="Deck 1"),
    )
    assert outcomes(desk, "Deck 1") == {
        "BR-1": "not_completed", "BR-2": "no history of its sprints", "BR-3": "its history begins after the sprint",
        "BR-4": "its history does not lead to its sprints", "ZZ-1": "the sprint has no dates",
    }  # fmt: skip
    assert outcomes(desk, "Deck 7") == {"BR-4": "the sprint has no dates"}


def test_registers_tell_of_sprints_as_well(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = {"Status": "Done", "Status_Category": "Done"}
    desk.jira(jira_row("BR-1", "10/Mar/26 9:15 AM", **done), jira_row("BR-2", "05/Mar/26 9:15 AM"))
    desk.register("issue_sprint", "issue_key,sprint", ["BR-1", "Deck 1"])
    desk.register(
        "issue_change", "issue_key,changed_at,field,position,from_value,to_value",
        ["BR-1", "2026-03-01 10:00", "Sprint", 0, "", "Deck 1"],
        ["BR-1", "2026-03-09 10:00", "status", 0, "To Do", "Done"],
        ["BR-2", "2026-03-01 10:00", "Sprint", 0, "", "Deck 1"],
        ["BR-2", "2026-03-05 10:00", "Sprint", 0, "Deck 1", ""],
    )  # fmt: skip
    desk.register(
        "sprint", "sprint,status_date,sprint_id,state,start_at,end_at,completed_at",
        ["Deck 1", "2026-03-02", "", "active", "2026-03-02 09:00", "2026-03-13 17:00", ""],
        ["Deck 1", "2026-03-16", "", "closed", "2026-03-02 09:00", "2026-03-13 17:00", ""],
    )  # fmt: skip
    assert outcomes(desk, "Deck 1") == {"BR-1": "completed", "BR-2": "removed"}
    assert scope(desk)["sprint_state"].unique().tolist() == ["closed"]
    # On the 14th nobody had said that it was over.
    assert scope(desk, "2026-03-14")["sprint_state"].unique().tolist() == ["open"]
