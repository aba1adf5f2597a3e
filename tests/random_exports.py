"""Small exports of a period, drawn at random: what a PMO's systems and registers might have said in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.exports import Desk, toggl_row
from tests.jira_answers import ANN, BEN, history, issue, item, loaded

Json = dict[str, Any]
HEADERS = {
    "ledger_entry": "ledger_entry_id,project_key,cost_element,posting_date,amount,currency",
    "commitment": "commitment_id,project_key,status_date,due_date,amount,currency,kind",
    "budget": "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
    "rate": "role_or_person_id,valid_from_date,hourly_amount,currency",
    "milestone": "project_id,milestone_id,status_date,baseline_date,forecast_date",
    "project_status": "project_id,status_date,state,percent_complete_pct",
    "benefit_value": "benefit_id,period_month,kind,status_date,value_amount,currency",
    "demand": "project_id,skill_id,period_month,status_date,demand_hours,level,certainty",
    "person_skill": "person_id,skill_id,assessed_on_date,level",
    "absence": "person_id,absence_date,duration_hours",
    "person": "person_id,name,email,role,calendar_id,fte_pct,status_date",
    "risk": "risk_id,status_date,project_id,title,probability,cost_most_likely_amount,currency,state,driver",
    "raid_issue": "raid_issue_id,status_date,project_id,title,raised_on_date,state",
    "allocation": "person_id,project_id,period_month,status_date,allocated_hours",
    "objective": "objective_id,name,weight,status_date",
    "contribution": "project_id,objective_id,share_pct,status_date",
    "proposal": "proposal_id,name,cost_amount,value_amount,currency,duration_months,status_date",
    "criterion_score": "subject_id,criterion_id,assessor_id,score,status_date",
    "pairwise_judgement": "assessor_id,criterion_id,other_criterion_id,ratio,status_date",
    "business_case": "proposal_id,version,submitted_on_date,cost_amount,value_amount,currency,status_date",
    "portfolio_decision": "subject_id,decided_on_date,decision,review_date",
    "estimate_outcome": "item_id,estimate_hours,actual_hours,finished_on_date,state,status_date",
}
PERSONS = ("E1", "E2")
STATUSES = {"To Do": "new", "Doing": "indeterminate", "Done": "done"}
_FIELDS = (
    "status", "resolution", "assignee", "timespent", "timeoriginalestimate", "summary", "labels", "comment", "Sprint",
    "Sprint", "Story Points", "Flagged",
)  # fmt: skip
# Fields of the site's own, by what they are called.
_NAMES = {"Sprint": "customfield_1", "Story Points": "customfield_2", "Flagged": "customfield_3"}
# First and last day of each sprint, which is closed on time.
SPRINTS = {
    name: (date(2026, 1, 5) + timedelta(days=14 * at), date(2026, 1, 16) + timedelta(days=14 * at))
    for at, name in enumerate(["S 1", "S 2", "S 3", "S, three", "S 5", "S 6", "S 7"])
}
_ANY_DAY = st.dates(date(2026, 1, 1), date(2026, 6, 30)).map(str)
_MONEY = st.decimals(-500, 500, places=2).map(str)
_POSITIVE = st.decimals(0, 500, places=2).map(str)
_CODES = st.sampled_from(["A", "B", "Ghost"])


@st.composite
def registers(draw: st.DrawFn, days: st.SearchStrategy[date], stamp: str) -> dict[str, list[list[Any]]]:
    """Rows of every register that marts read, dated by `days`; `stamp` tells this period's identifiers from others."""
    numbers = range(draw(st.integers(1, 2)))

    def day() -> str:
        return str(draw(days))

    return {
        "ledger_entry": [
            [f"{stamp}{i}", draw(_CODES), "600", day(), draw(_MONEY), draw(st.sampled_from(["EUR", "GBP"]))]
            for i in numbers
        ],
        "commitment": [
            [f"C{i}", draw(_CODES), day(), draw(_ANY_DAY), draw(_MONEY), "EUR", ("accrual", "commitment")[i]]
            for i in numbers
        ],
        "budget": [["A", f"{stamp}{i}", f"2026-0{i + 1}", day(), draw(_POSITIVE), "EUR"] for i in numbers],
        "rate": [[("dev", "E2")[i], day(), draw(_POSITIVE), "EUR"] for i in numbers],
        "milestone": [["A", f"M{i}", day(), draw(_ANY_DAY), draw(_ANY_DAY)] for i in numbers],
        "project_status": [["AB"[i], day(), "active", draw(st.integers(0, 100))] for i in numbers],
        "benefit_value": [
            ["B1", f"2026-0{draw(st.integers(1, 6))}", kind, day(), draw(_MONEY), "EUR"]
            for kind in ("planned", "forecast", "realised")
        ],
        "demand": [
            ["A", "python", f"2026-0{i + 2}", day(), draw(st.integers(0, 99)), draw(st.integers(0, 7)), 0.5]
            for i in numbers
        ],
        "person_skill": [[PERSONS[i], "python", day(), draw(st.integers(0, 7))] for i in numbers],
        "absence": [[PERSONS[i], day(), draw(st.integers(1, 9))] for i in numbers],
        "person": [[PERSONS[0], "Ann Berg", "ann@example.test", "dev", "main", draw(st.integers(1, 100)), day()]],
        "risk": [
            [
                f"R{i}",
                day(),
                "AB"[i],
                "leak",
                draw(st.sampled_from(["0.1", "0.6"])),
                draw(_POSITIVE),
                "EUR",
                "open",
                "steel",
            ]
            for i in numbers
        ],
        "raid_issue": [[f"{stamp}{i}", day(), "AB"[i], "crane", day(), "open"] for i in numbers],
        "allocation": [[PERSONS[i], "AB"[i], f"2026-0{i + 3}-01", day(), draw(st.integers(1, 400))] for i in numbers],
        "objective": [[f"O{i}", f"Objective {i}", draw(st.integers(1, 9)), day()] for i in numbers],
        "contribution": [["AB"[i], f"O{draw(st.integers(0, 1))}", draw(st.integers(1, 100)), day()] for i in numbers],
        "proposal": [[f"P{i}", f"P{i}", draw(_POSITIVE), draw(_MONEY), "EUR", 1 + i, day()] for i in numbers],
        "criterion_score": [
            [f"P{i}", criterion, PERSONS[0], draw(st.integers(0, 9)), day()]
            for i in numbers
            for criterion in ("gain", "risk")
        ],
        "pairwise_judgement": [[PERSONS[0], "gain", "risk", draw(st.integers(1, 9)), day()]],
        "business_case": [[f"P{i}", stamp, day(), draw(_POSITIVE), draw(_MONEY), "EUR", day()] for i in numbers],
        "portfolio_decision": [[f"P{i}", day(), ("approved", "deferred")[i], draw(_ANY_DAY)] for i in numbers],
        "estimate_outcome": [
            [("I-1", "BR-1")[i], 2, 3, draw(_ANY_DAY), draw(st.sampled_from(["finished", "cancelled"])), day()]
            for i in numbers
        ],
    }


@st.composite
def entries(draw: st.DrawFn, days: st.SearchStrategy[date]) -> list[list[str]]:
    """Timesheet rows, some of which name an issue."""
    return [
        toggl_row(
            draw(st.sampled_from(["ann", "bo"])), draw(_CODES), str(draw(days)), f"0{draw(st.integers(1, 8))}:20:00",
            draw(st.sampled_from(["BR-1 deck", "BR-2 paint", "work"])),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]  # fmt: skip


@dataclass
class _Simulated:
    """An issue as it goes along: its fields, its last update and its history."""

    key: str
    created: str
    updated: str
    fields: Json = field(default_factory=lambda: {"status": "To Do", "summary": "s0"})
    log: list[Json] = field(default_factory=list)

    def change(self, name: str, at: str, number: int) -> None:
        """Let something happen to one field; a comment leaves no entry in a history."""
        self.updated = at
        before = self.fields.get(name)
        after = {
            "status": list(STATUSES)[number % 3],
            "resolution": None if before else "Done",
            "assignee": (ANN, BEN, None)[number % 3],
            "timespent": (before or 0) + 600 if name == "timespent" else None,
            "timeoriginalestimate": 1200 * (1 + number % 3),
            "summary": f"s{number}",
            "labels": ["a", "b"][: 1 + number % 2],
            "Sprint": _moved(before or [], at, number) if name == "Sprint" else None,
            "Story Points": 1 + number % 5,
            "Flagged": None if before else "Impediment",
        }.get(name)
        if name == "comment" or after == before:
            return
        self.fields[name] = after
        if name == "resolution":
            self.fields["resolutiondate"] = at if after else None
        self.log.append(history(number, at, _item(name, before, after)))

    def shown(self, day: date) -> Json:
        """The issue as an export at the end of a day shows it."""
        status = self.fields["status"]
        fields = {_NAMES.get(name, name): value for name, value in self.fields.items()}
        fields |= {"status": {"name": status, "statusCategory": {"key": STATUSES[status]}}}
        fields[_NAMES["Sprint"]] = [_sprint(name, day) for name in self.fields.get("Sprint") or []]
        found = issue(self.key, **({"assignee": None} | fields), created=self.created, updated=self.updated)
        return found | {"changelog": {"total": len(self.log), "histories": list(self.log)}}


def _moved(names: list[str], at: str, number: int) -> list[str]:
    """The sprints of an issue that is put into another one, or out of those that go on: closed ones stay."""
    over = [name for name in names if str(SPRINTS[name][1]) < at[:10]]
    other = list(SPRINTS)[number % len(SPRINTS)]
    return [*over, *([other] if str(SPRINTS[other][1]) >= at[:10] and number % 4 else [])]


def _sprint(name: str, day: date) -> Json:
    first, last = SPRINTS[name]
    state = "closed" if last <= day else "active" if first <= day else "future"
    found = {"id": list(SPRINTS).index(name), "name": name, "state": state, "boardId": 1}
    found |= {"startDate": f"{first}T09:00:00.000Z", "endDate": f"{last}T17:00:00.000Z"}
    return found | ({"completeDate": f"{last}T16:00:00.000Z"} if state == "closed" else {})


def _item(name: str, before: Any, after: Any) -> Json:
    if name == "Sprint":
        return item(name, ", ".join(before or []), ", ".join(after))
    if name == "assignee":
        keys = [side and side["accountId"] for side in (before, after)]
        return item(name, *keys, **{"from": keys[0], "to": keys[1]})
    texts = [" ".join(side) if isinstance(side, list) else side for side in (before, after)]
    return item(name, *(None if text is None else str(text) for text in texts))


@st.composite
def searches(draw: st.DrawFn, until: date, days: st.SearchStrategy[date]) -> tuple[list[Json], list[Json]]:
    """Answers of one search with histories, made at the end of `until` and when all of it had happened."""
    happenings = [
        (draw(days), f"BR-{draw(st.integers(1, 3))}", draw(st.sampled_from(_FIELDS)))
        for _ in range(draw(st.integers(2, 14)))
    ]
    # One issue in each status, which stays there, tells the status's category.
    issues = {f"AN-{n}": _Simulated(f"AN-{n}", _at(date(2026, 1, 1), 0), _at(date(2026, 1, 1), 0)) for n in range(3)}
    for number, each in enumerate(issues.values(), start=900):
        each.change("status", _at(date(2026, 1, 2), number % 60), number)
        each.change("summary", _at(date(2026, 1, 2), number % 60), number + 50)
        # Whoever leaves a sprint, what it was called and when it was stays told.
        each.fields["Sprint"] = list(SPRINTS)
    early: list[Json] | None = None
    for number, (day, key, name) in enumerate(sorted(happenings), start=1):
        if day > until and early is None:
            early = [each.shown(until) for each in issues.values()]
        at = _at(day, number)
        if key not in issues:
            issues[key] = _Simulated(key, at, at)
        issues[key].change(name, at, number)
    late = [each.shown(date(2026, 4, 30)) for each in issues.values()]
    return early or [each.shown(until) for each in issues.values()], late


def _at(day: date, minute: int) -> str:
    return f"{day}T10:{minute:02d}:00.000+0000"


def load_all(
    desk: Desk, tables: dict[str, list[list[Any]]], timesheets: list[list[str]], issues: list[Json], stamp: str
) -> None:
    """Load one period's registers, timesheets and issues."""
    for name, rows in tables.items():
        desk.register(name, HEADERS[name], *rows)
    desk.toggl(*timesheets, name=f"{stamp}.csv")
    loaded(desk, {"names": {number: name for name, number in _NAMES.items()}, "issues": issues}, f"{stamp}.json")
