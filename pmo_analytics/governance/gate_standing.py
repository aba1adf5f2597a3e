"""Where each project stands between the gates of its method, and what its next gate needs.

A gate is passed where the latest review of it says so; it was passed on
evidence where every artefact that it requires of this project had been approved
by the day of that review. The next gate is the first by position that can be
reached and is not passed. What it says is decided by the PMO's type: while
something is missing a supportive PMO advises, a controlling one warns, a
directive one blocks. A gate passed without evidence, or before one that it
follows, stays a breach, however many were passed well. Sources: gates after
Cooper; PMO types by PMI's Pulse of the Profession.

Worked example: G1 asks for a charter, approved in January, and was passed in
February: passed. G2 asks for a plan, approved in May, and was passed in April:
passed without evidence. G3 asks for two documents of which one is approved: it
is next, and a directive PMO blocks.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.assurance import GateReview
from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import ProjectStatus
from pmo_analytics.governance.gate_requirements import APPROVED
from pmo_analytics.governance.methodology import ProjectMethod
from pmo_analytics.governance.register_rows import joined, names_of, text_of
from pmo_analytics.governance.tailoring import reading

PASSED, UNEVIDENCED, OUT_OF_TURN = "passed", "passed without evidence", "passed out of turn"
REFUSED, NEXT, LATER, EXCUSED, UNREACHABLE = "refused", "next", "later", "excused", "cannot be reached"
GATE_STATES = (PASSED, UNEVIDENCED, OUT_OF_TURN, REFUSED, NEXT, LATER, EXCUSED, UNREACHABLE)
THROUGH = (PASSED, UNEVIDENCED, OUT_OF_TURN)
READY, ADVISE, WARN, BLOCK, FINISHED, STOPPED, UNKNOWN_VERDICT = (
    "ready", "advise", "warn", "block", "done", "stopped", "unknown"
)  # fmt: skip
VERDICTS = (READY, ADVISE, WARN, BLOCK, FINISHED, STOPPED, UNKNOWN_VERDICT)
_CANCELLED = "cancelled"
BY_PMO_TYPE = {"supportive": ADVISE, "controlling": WARN, "directive": BLOCK}
# What reviewers call a pass and a refusal, by this project's convention; any other word passes nothing.
_PASSES = frozenset({"passed", "pass", "approved", "go", "conditional", "passed with conditions", "conditional go"})
_REFUSALS = frozenset({"refused", "failed", "fail", "rejected", "no go", "no-go", "hold", "recycle", "stopped"})


class ProjectGate(Contract):
    """One row per project and gate of its method, by position. Key: project_id, gate_id.

    `review_date` and `outcome` are those of the latest review; `required_count`
    and `approved_count` are today's. `lacking_artefacts` names what is required
    and not approved today, and for a passed gate what was not by its review.
    """

    project_id: Text = required()
    methodology_id: Text = required()
    version: Text = required()
    gate_id: Text = required()
    position: Whole = required(ge=0)
    gate_name: Text = required()
    stage: Text = optional()
    gate_state: Text = required(isin=GATE_STATES)
    review_date: Date = optional()
    outcome: Text = optional()
    required_count: Whole = required(ge=0)
    approved_count: Whole = required(ge=0)
    lacking_artefacts: Text = optional()


class GateStanding(Contract):
    """One row per project: the gates passed, the next one and what it says. Key: project_id.

    Counts are of gates that apply to the project. Without a known method there
    are none and the verdict is unknown. `is_stage_different` compares the stage
    last declared with that of the next gate; empty where either is not known.
    A cancelled project's verdict is that it stopped.
    """

    project_id: Text = required()
    name: Text = required()
    portfolio: Text = optional()
    methodology_id: Text = optional()
    version: Text = optional()
    gate_count: Whole = required(ge=0)
    gates_passed_count: Whole = required(ge=0)
    unevidenced_count: Whole = required(ge=0)
    out_of_turn_count: Whole = required(ge=0)
    last_gate_id: Text = optional()
    last_gate_name: Text = optional()
    last_passed_on_date: Date = optional()
    next_gate_id: Text = optional()
    next_gate_name: Text = optional()
    required_count: Whole = required(ge=0)
    approved_count: Whole = required(ge=0)
    lacking_artefacts: Text = optional()
    gate_verdict: Text = required(isin=VERDICTS)
    stage: Text = optional()
    stage_by_gates: Text = optional()
    is_stage_different: Flag = optional()


def project_gates(
    project_methods: pd.DataFrame,
    method_gates: pd.DataFrame,
    gate_requirements: pd.DataFrame,
    project_risk_level: pd.DataFrame,
    gate_review: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[ProjectGate]:
    """Each gate of each project: passed and how, next, or later, from its latest review by `status_date`."""
    place = ["methodology_id", "version"]
    rows = joined(project_methods[["project_id", "size_band", *place]], method_gates, place, how="inner")
    rows = joined(rows, project_risk_level[["project_id", "risk_level"]], ["project_id"], how="left")
    known = gate_review[gate_review[GateReview.review_date] <= status_date]
    latest = known.sort_values(GateReview.review_date).groupby([GateReview.project_id, GateReview.gate_id]).tail(1)
    reviews = {(row["project_id"], row["gate_id"]): row for row in latest.to_dict("records")}
    asked = {key: rows.to_dict("records") for key, rows in gate_requirements.groupby(["project_id", "gate_id"])}
    found: list[dict[str, Any]] = []
    for _, gates in rows.sort_values(["project_id", "position", "gate_id"]).groupby("project_id", sort=True):
        found += _gates_of(gates.to_dict("records"), reviews, asked)
    columns = list(ProjectGate.to_schema().columns)
    return checked(ProjectGate, pd.DataFrame(found, columns=columns).reset_index(drop=True))


def gate_standing(
    project_methods: pd.DataFrame,
    project_gates: pd.DataFrame,
    project_status: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    pmo_type: str = "controlling",
) -> DataFrame[GateStanding]:
    """Where each project stands at `status_date`, from `ProjectMethod` and `ProjectGate` frames and its reports.

    `pmo_type` is supportive, controlling or directive: what a gate that lacks evidence says.
    """
    reports = project_status[project_status[ProjectStatus.status_date] <= status_date].sort_values(
        ProjectStatus.status_date
    )
    staged = reports[reports[ProjectStatus.stage].notna()]
    stages = dict(zip(staged[ProjectStatus.project_id], staged[ProjectStatus.stage], strict=True))
    states = dict(zip(reports[ProjectStatus.project_id], reports[ProjectStatus.state], strict=True))
    lacks = BY_PMO_TYPE[pmo_type]
    gates = {key: rows.to_dict("records") for key, rows in project_gates.groupby(ProjectGate.project_id)}
    found = [
        _standing(
            row,
            gates.get(row["project_id"], []),
            stages.get(row["project_id"]),
            STOPPED if states.get(row["project_id"]) == _CANCELLED else lacks,
        )
        for row in project_methods.to_dict("records")
    ]
    rows = pd.DataFrame(found, columns=list(GateStanding.to_schema().columns))
    return checked(GateStanding, rows.sort_values(ProjectMethod.project_id).reset_index(drop=True))


def _gates_of(
    gates: list[dict[Any, Any]],
    reviews: dict[tuple[str, str], dict[Any, Any]],
    asked: dict[Any, list[dict[Any, Any]]],
) -> list[dict[str, Any]]:
    """The gates of one project in their order, with the state of each."""
    through: set[str] = set()
    excused: set[str] = set()
    found: list[dict[str, Any]] = []
    for row in gates:
        key = (row["project_id"], row["gate_id"])
        if not reading(text_of(row["tailoring"])).is_required(text_of(row["size_band"]), text_of(row["risk_level"])):
            excused.add(row["gate_id"])
        elif _says(reviews.get(key), _PASSES):
            through.add(row["gate_id"])
    has_next = False
    for row in gates:
        key = (row["project_id"], row["gate_id"])
        review = reviews.get(key)
        needed = [each for each in asked.get(key, []) if each["is_required"]]
        by = review["review_date"] if review is not None and row["gate_id"] in through else None
        lacking = [each["artefact_kind"] for each in needed if not _was_approved(each, by)]
        before = names_of(row["follows_gates"])
        if row["gate_id"] in excused:
            state = EXCUSED
        elif row["gate_id"] in through:
            in_turn = all(each in excused or _passed_by(reviews, row["project_id"], each, by) for each in before)
            state = UNEVIDENCED if lacking else PASSED if in_turn else OUT_OF_TURN
        elif not row["is_reachable"]:
            state = UNREACHABLE
        elif _says(review, _REFUSALS):
            state, has_next = REFUSED, True
        else:
            state, has_next = (LATER, True) if has_next else (NEXT, True)
        found.append(
            {
                **{name: row[name] for name in ("project_id", "methodology_id", "version", "gate_id", "position")},
                "gate_name": row["name"], "stage": row["stage"], "gate_state": state,
                "review_date": review["review_date"] if review else pd.NaT,
                "outcome": review["outcome"] if review else None,
                "required_count": len(needed),
                "approved_count": sum(each["artefact_state"] == APPROVED for each in needed),
                "lacking_artefacts": ", ".join(lacking) or None,
            }
        )  # fmt: skip
    return found


def _passed_by(reviews: dict[tuple[str, str], dict[Any, Any]], project: str, gate: str, day: Any) -> bool:
    review = reviews.get((project, gate))
    return _says(review, _PASSES) and review is not None and review["review_date"] <= day


def _says(review: dict[Any, Any] | None, words: frozenset[str]) -> bool:
    return review is not None and " ".join(str(review["outcome"]).casefold().split()) in words


def _was_approved(requirement: dict[Any, Any], by: Any) -> bool:
    if by is None:
        return bool(requirement["artefact_state"] == APPROVED)
    first = requirement["first_approved_on_date"]
    return bool(pd.notna(first) and first <= by)


def _standing(
    row: dict[Any, Any], gates: list[dict[Any, Any]], declared: str | None, when_lacking: str
) -> dict[str, Any]:
    of = [gate for gate in gates if gate["gate_state"] != EXCUSED]
    passed = [gate for gate in of if gate["gate_state"] in THROUGH]
    ahead = next((gate for gate in of if gate["gate_state"] in {NEXT, REFUSED}), None)
    last = passed[-1] if passed else None
    if ahead is not None and when_lacking == STOPPED:
        verdict = STOPPED
    elif ahead is not None:
        is_ready = not text_of(ahead["lacking_artefacts"]) and ahead["gate_state"] == NEXT
        verdict = READY if is_ready else when_lacking
    else:
        verdict = FINISHED if of and len(passed) == len(of) else UNKNOWN_VERDICT
    by_gates = text_of(ahead["stage"]) if ahead else None
    known = {name: row[name] for name in ("project_id", "name", "portfolio", "methodology_id", "version")}
    return known | {
        "gate_count": len(of), "gates_passed_count": len(passed),
        "unevidenced_count": sum(gate["gate_state"] == UNEVIDENCED for gate in of),
        "out_of_turn_count": sum(gate["gate_state"] == OUT_OF_TURN for gate in of),
        "last_gate_id": last["gate_id"] if last else None, "last_gate_name": last["gate_name"] if last else None,
        "last_passed_on_date": last["review_date"] if last else pd.NaT,
        "next_gate_id": ahead["gate_id"] if ahead else None, "next_gate_name": ahead["gate_name"] if ahead else None,
        "required_count": ahead["required_count"] if ahead else 0,
        "approved_count": ahead["approved_count"] if ahead else 0,
        "lacking_artefacts": ahead["lacking_artefacts"] if ahead else None,
        "gate_verdict": verdict, "stage": declared, "stage_by_gates": by_gates,
        "is_stage_different": None if not declared or not by_gates else declared.casefold() != by_gates.casefold(),
    }  # fmt: skip
