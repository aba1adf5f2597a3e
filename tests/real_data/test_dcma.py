"""The 14 points on public schedules: what was counted by hand in each file, and the same counted anew from its text.

By hand means: each file was opened as text and its tasks and links were read.
None of them holds a link, so that every open activity lacks logic and nothing
can be said of leads, lags and relations; none states resources here.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.governance.dcma import dcma_offences, dcma_points
from pmo_analytics.ingest import IngestOptions, ingest_files
from tests.exports import Desk

pytestmark = pytest.mark.slow
NONE = (0, 0)
# By file: its schedule, the day it is asked about (that of CurrentDate, or Primavera's data date), and by point what
# is counted out of how many; (0, 0) is what cannot be checked.
BY_HAND: dict[str, tuple[str, str, dict[str, tuple[int, int]]]] = {
    # 111 elements Task, of which UID 0 is the summary of the project; each of a day, 2018-10-18, slack 0, not begun.
    # UID 23 and 67 state a finish of the first baseline, in March and January 2014: they finish later, none is done.
    "task-baselines-project2019-mspdi.xml": (
        "CAAE491B-DAD2-E811-AC3F-4CEDDE6E5B57", "2018-10-18",
        {"logic": (110, 110), "hard constraints": (0, 110), "high float": (0, 110), "negative float": (0, 110),
         "high duration": (0, 110), "invalid dates": (0, 110), "missed tasks": (2, 2), "critical path test": (0, 1),
         "baseline execution index": (0, 2)},
    ),
    # One task of 30 and 31 January, before the current date of the file; it has later baselines, and no first one.
    "baselines.xml": (
        "baselines.xml", "2008-02-01",
        {"logic": (1, 1), "hard constraints": (0, 1), "high float": (0, 1), "negative float": (0, 1),
         "high duration": (0, 1), "invalid dates": (1, 1), "critical path test": (0, 1)},
    ),
    # One task of 5 December 2007, before the current date of the file, without a baseline.
    "enterprise.xml": (
        "Test Enterprise Resource Fields.Published.xml", "2008-01-06",
        {"logic": (1, 1), "hard constraints": (0, 1), "high float": (0, 1), "negative float": (0, 1),
         "high duration": (0, 1), "invalid dates": (1, 1), "critical path test": (0, 1)},
    ),
    # Twelve tasks of 800 hours, 100 days; A1030, A1070 and A1110 are complete by duration, by judgement and by units.
    "invalid-8.4.xer": (
        "EC00640", "2015-02-24",
        {"logic": (9, 9), "hard constraints": (0, 9), "high duration": (9, 9), "invalid dates": (0, 12),
         "critical path test": (0, 1), "baseline execution index": (3, 0)},
    ),
    # One task, which is complete.
    "PredecessorCalendar.xer": (
        "TEST PROJECT", "2019-10-02", {"invalid dates": (0, 1), "baseline execution index": (1, 0)}
    ),
    "resource-rates-test.xer": (
        "NEWPROJ", "2022-08-22",
        {"logic": (1, 1), "hard constraints": (0, 1), "high duration": (0, 1), "invalid dates": (0, 1),
         "critical path test": (0, 1)},
    ),
}  # fmt: skip
EVERY = pytest.mark.parametrize("file", BY_HAND)


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    found = real_data / "schedules"
    if not found.is_dir():
        pytest.skip("no folder of schedules among the real exports")
    return found


@pytest.fixture(scope="module")
def desk(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("dcma"))
    for file, (_, day, _) in BY_HAND.items():
        options = IngestOptions(status_date=date.fromisoformat(day))
        list(ingest_files(made.workspace, [folder / file], options, made.edges))
    return made


@pytest.fixture(scope="module")
def points(desk: Desk) -> pd.DataFrame:
    with desk.warehouse.at("2026-06-30") as view:
        found: pd.DataFrame = view.run(dcma_points)
        offences = view.run(dcma_offences)
    counted = offences.groupby(["schedule_id", "dcma_point"]).size()
    for (schedule, point), number in counted.items():
        row = found[(found["schedule_id"] == schedule) & (found["dcma_point"] == point)].iloc[0]
        assert point in {"relationship types", "baseline execution index"} or row["counted_count"] == number
    return found


@EVERY
def test_every_point_is_what_was_counted_by_hand(file: str, points: pd.DataFrame) -> None:
    schedule, _, counts = BY_HAND[file]
    of = points[points["schedule_id"] == schedule]
    assert len(of) == 14
    told = {row["dcma_point"]: (row["counted_count"], row["checked_count"]) for row in of.to_dict("records")}
    assert told == dict.fromkeys(told, NONE) | counts
    passed = {row["dcma_point"] for row in of.to_dict("records") if row["verdict"] == "passed"}
    assert passed == {name for name, (counted, of_all) in counts.items() if of_all and not counted} - {
        "baseline execution index"
    }


@EVERY
def test_the_same_is_counted_from_the_text_of_the_file(file: str, folder: Path) -> None:
    _, day, counts = BY_HAND[file]
    tasks = _mspdi(folder / file) if file.endswith(".xml") else _xer(folder / file)
    still = [task for task in tasks if not task["is_done"]]
    due = [task for task in tasks if task["baseline"] is not None and task["baseline"][:10] <= day]
    stated = [task for task in still if task["slack"] is not None]
    recount = {
        "logic": (len([task for task in still if not task["links"]]), len(still)),
        "hard constraints": (len([task for task in still if task["is_hard"]]), len(still)),
        "high float": (len([task for task in stated if task["slack"] > 44 * 8]), len(stated)),
        "negative float": (len([task for task in stated if task["slack"] < 0]), len(stated)),
        "high duration": (len([task for task in still if task["hours"] > 44 * 8]), len(still)),
        "invalid dates": (len([task for task in still if task["start"][:10] < day]), len(tasks)),
        "missed tasks": (len([task for task in due if task["finish"] > task["baseline"]]), len(due)),
        "baseline execution index": (len(tasks) - len(still), len(due)),
        "critical path test": (0, 1 if still else 0),
    }
    assert {name: pair for name, pair in recount.items() if pair != NONE} == counts


def _mspdi(path: Path) -> list[dict[str, Any]]:
    """Tasks of Microsoft Project: slack in tenths of minutes, durations as PT8H0M0S; 2, 3, 5 and 7 are hard."""
    name = "{http://schemas.microsoft.com/project}"
    tasks = []
    for task in ET.parse(path).getroot().iter(f"{name}Task"):
        told = {child.tag.removeprefix(name): child.text or "" for child in task}
        if told.get("Summary") == "1" or told["UID"] == "0":
            continue
        baseline = next(
            (each.findtext(f"{name}Finish") for each in task.iter(f"{name}Baseline")
             if each.findtext(f"{name}Number") == "0"), None,
        )  # fmt: skip
        hours, minutes = (int(part) for part in re.findall(r"PT(\d+)H(\d+)M", told["Duration"])[0])
        tasks.append({
            "is_done": told.get("PercentComplete") == "100", "links": list(task.iter(f"{name}PredecessorLink")),
            "slack": float(told["TotalSlack"]) / 600 if "TotalSlack" in told else None,
            "is_hard": told.get("ConstraintType") in {"2", "3", "5", "7"}, "hours": hours + minutes / 60,
            "start": told["Start"], "finish": told["Finish"], "baseline": baseline,
        })  # fmt: skip
    return tasks


def _xer(path: Path) -> list[dict[str, Any]]:
    """Tasks of Primavera; complete is by status, or by the percentage that its type asks for."""
    tables: dict[str, list[dict[str, str]]] = {}
    fields: list[str] = []
    table = ""
    for line in path.read_text(encoding="cp1252").split("\n"):
        kind, *cells = line.rstrip("\r").split("\t")
        if kind == "%T":
            table = cells[0]
        elif kind == "%F":
            fields = cells
        elif kind == "%R":
            tables.setdefault(table, []).append(dict(zip(fields, cells, strict=False)))
    tied = {row[name] for row in tables.get("TASKPRED", []) for name in ("task_id", "pred_task_id")}
    tasks = []
    for row in tables["TASK"]:
        done = {
            "CP_Phys": row["phys_complete_pct"] == "100",
            "CP_Units": float(row["remain_work_qty"] or 0) == 0 and float(row["target_work_qty"] or 0) > 0,
            "CP_Drtn": float(row["remain_drtn_hr_cnt"]) == 0 and float(row["target_drtn_hr_cnt"]) > 0,
        }[row["complete_pct_type"]]
        tasks.append({
            "is_done": row["status_code"] == "TK_Complete" or done, "links": row["task_id"] in tied,
            "slack": float(row["total_float_hr_cnt"]) if row["total_float_hr_cnt"] else None,
            "is_hard": row["cstr_type"] not in {"", "CS_ALAP", "CS_MSOA", "CS_MEOA"},
            "hours": float(row["target_drtn_hr_cnt"]), "start": row["act_start_date"] or row["target_start_date"],
            "finish": row["target_end_date"], "baseline": None,
        })  # fmt: skip
    return tasks
