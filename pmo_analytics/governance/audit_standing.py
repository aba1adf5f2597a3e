"""What an audit comes to: a verdict for each project, and the maturity that its data show by perspective.

A verdict is that of the gravest that is open: one hard gate that failed makes a
project fail, whatever else is well, and one that nothing is known of leaves it
without evidence. Shares of rules passed stand beside the verdict and are never part
of it. Source: this project's own convention; levels of maturity are named after
those of the CMMI, their limits here are shares of rules passed.

Worked example: of ten rules asked of a project eight passed, one minor one
failed and one hard gate failed: the verdict is failed, the share passed 0.8.
In the perspective risk four of five passed, a share of 0.8 and level 4; it
judged itself level 5, one more than its data show.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.assurance import SelfAssessment
from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.governance.audit_states import (
    CRITICAL,
    FAILED,
    MAJOR,
    MINOR,
    NO_EVIDENCE,
    NOT_APPLICABLE,
    PASSED,
    SEVERITIES,
    WAIVED,
)

NOT_AUDITED = "not audited"
VERDICTS = (FAILED, NO_EVIDENCE, CRITICAL, MAJOR, MINOR, PASSED, NOT_AUDITED)
# A level is reached from this share of rules passed on.
LEVELS = ((5, 0.95), (4, 0.80), (3, 0.60), (2, 0.40), (1, 0.0))
LEAST_RULES = 3
ALL_PROJECTS = "all projects"


class AuditStanding(Contract):
    """One row per project, the worst verdict first, then by the number of open findings.

    Key: project_id. `verdict` is failed where a hard gate failed, no evidence
    where nothing is known of one, else the gravest severity with an open
    finding, passed, or not audited where no rule asks anything of the project's
    state. Counts are of rules; `open_finding_count` is of items. `passed_share`
    is passed over passed, failed and without evidence, 0 to 1; waived rules are in neither.
    """

    project_id: Text = required()
    name: Text = optional()
    portfolio: Text = optional()
    verdict: Text = required(isin=VERDICTS)
    hard_gate_count: Whole = required(ge=0)
    failed_count: Whole = required(ge=0)
    no_evidence_count: Whole = required(ge=0)
    waived_count: Whole = required(ge=0)
    passed_count: Whole = required(ge=0)
    not_applicable_count: Whole = required(ge=0)
    open_finding_count: Whole = required(ge=0)
    passed_share: Number = optional(ge=0, le=1)


class MaturityByPerspective(Contract):
    """One row per perspective and project, portfolio, or all projects together.

    Key: subject_id, perspective. `maturity_level` follows from `passed_share`
    of `rule_count` checks, and is 1 where a hard gate failed; it is missing below
    three checks. `stated_level` is the last self-assessment, and `level_difference`
    that less the level of the data.
    """

    subject_id: Text = required()
    perspective: Text = required()
    rule_count: Whole = required(ge=0)
    passed_count: Whole = required(ge=0)
    passed_share: Number = optional(ge=0, le=1)
    has_hard_breach: Flag = required()
    maturity_level: Whole = optional(ge=1, le=5)
    stated_level: Whole = optional(ge=1, le=5)
    assessed_on_date: Date = optional()
    level_difference: Whole = optional()


def audit_standing(audit_checks: pd.DataFrame) -> DataFrame[AuditStanding]:
    """The verdict on every project with what it is made of, from an `AuditChecks` frame."""
    rows = [_standing(group) for _, group in audit_checks.groupby("project_id", sort=True)]
    frame = pd.DataFrame(rows, columns=list(AuditStanding.to_schema().columns))
    rank = frame["verdict"].map({name: at for at, name in enumerate(VERDICTS)})
    ordered = frame.assign(rank=rank, fewest=-frame["open_finding_count"].astype(float)).sort_values(
        ["rank", "fewest", "project_id"], ignore_index=True
    )
    return checked(AuditStanding, ordered[frame.columns].astype({"passed_share": float}))


def _standing(checks: pd.DataFrame) -> dict[str, Any]:
    states = checks["check_state"]
    is_hard = checks["is_hard_gate"].astype(bool)
    is_open = states.isin([FAILED, NO_EVIDENCE])
    counts = {name: int((states == name).sum()) for name in (FAILED, NO_EVIDENCE, WAIVED, PASSED, NOT_APPLICABLE)}
    asked = counts[PASSED] + counts[FAILED] + counts[NO_EVIDENCE]
    open_severities = set(checks.loc[is_open, "severity"])
    if (is_hard & (states == FAILED)).any():
        verdict = FAILED
    elif (is_hard & (states == NO_EVIDENCE)).any():
        verdict = NO_EVIDENCE
    elif open_severities:
        verdict = next(name for name in SEVERITIES if name in open_severities)
    else:
        verdict = PASSED if asked + counts[WAIVED] else NOT_AUDITED
    first = checks.iloc[0]
    return {
        "project_id": first["project_id"], "name": first["name"], "portfolio": first["portfolio"],
        "verdict": verdict, "hard_gate_count": int((is_hard & is_open).sum()),
        **{f"{name.replace(' ', '_')}_count": number for name, number in counts.items()},
        "open_finding_count": int(checks.loc[is_open, "finding_count"].sum()),
        "passed_share": counts[PASSED] / asked if asked else None,
    }  # fmt: skip


def maturity_by_perspective(
    audit_checks: pd.DataFrame, self_assessment: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[MaturityByPerspective]:
    """The maturity that data show beside the one that was stated, from an `AuditChecks` frame and the register.

    What was stated of a project, portfolio or `all projects` in a perspective
    that no rule looks at has a row without a level of the data.
    """
    counted = audit_checks[audit_checks["check_state"].isin([PASSED, FAILED, NO_EVIDENCE])]
    subjects = [
        counted.assign(subject_id=counted["project_id"]),
        counted.dropna(subset="portfolio").assign(subject_id=lambda rows: rows["portfolio"]),
        counted.assign(subject_id=ALL_PROJECTS),
    ]
    every = pd.concat(subjects, ignore_index=True)
    every = every.assign(
        is_passed=every["check_state"] == PASSED,
        is_hard_breach=every["is_hard_gate"].astype(bool) & (every["check_state"] == FAILED),
    )
    key = ["subject_id", "perspective"]
    groups = every.groupby(key, as_index=False).agg(
        rule_count=("rule_id", "size"), passed_count=("is_passed", "sum"), has_hard_breach=("is_hard_breach", "any")
    )
    rows = groups.astype(dict.fromkeys(key, object)).merge(
        _last_stated(self_assessment, status_date), on=key, how="outer"
    )
    rows = rows.astype({"rule_count": "Int64", "passed_count": "Int64", "has_hard_breach": "boolean"}).fillna(
        {"rule_count": 0, "passed_count": 0, "has_hard_breach": False}
    )
    share = rows["passed_count"].astype(float) / rows["rule_count"].astype(float).replace(0.0, np.nan)
    rows["passed_share"] = share
    rows["maturity_level"] = pd.array(
        [
            _level(each, int(count), bool(hard))
            for each, count, hard in zip(share, rows["rule_count"], rows["has_hard_breach"], strict=True)
        ],
        dtype="Int64",
    )
    rows["level_difference"] = rows["stated_level"].astype("Int64") - rows["maturity_level"]
    columns = list(MaturityByPerspective.to_schema().columns)
    return checked(MaturityByPerspective, rows.sort_values(key, ignore_index=True)[columns])


def _level(share: float, count: int, has_hard_breach: bool) -> int | None:
    if count < LEAST_RULES and not has_hard_breach:
        return None
    return 1 if has_hard_breach else next(level for level, least in LEVELS if share >= least - 1e-12)


def _last_stated(self_assessment: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The last self-assessment of each subject and perspective; perspectives are compared without case."""
    known = self_assessment[self_assessment[SelfAssessment.assessed_on_date] <= status_date]
    named = known.assign(perspective=known[SelfAssessment.perspective].astype(str).str.strip().str.lower())
    last = named.sort_values(SelfAssessment.assessed_on_date, kind="stable").drop_duplicates(
        ["subject_id", "perspective"], keep="last"
    )
    columns = ["subject_id", "perspective", "maturity_level", "assessed_on_date"]
    return last[columns].rename(columns={"maturity_level": "stated_level"}).astype(
        {"subject_id": object, "perspective": object}
    )  # fmt: skip
