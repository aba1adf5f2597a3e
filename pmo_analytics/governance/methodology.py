"""The methods that projects are run by: which version counts, its gates and what they need, what is wrong with them.

A project goes by the version that it states, else by the latest one. A gate
follows the gates that it names, else the one before it by position; one that
follows an unknown gate, itself, or a gate that cannot be reached, cannot be
reached either, and says so, while the others stand. Methods that a project
names and no register states are those of `given_methods`. Sources: gates after
Cooper; tailoring by size and risk after PRINCE2.

Worked example: a method has G1, G2 that follows G1, and G3 that follows G9,
which it has not: G1 and G2 can be reached and G3 cannot. A project that names
the method without a version, of which the register knows 1 and 2, goes by 2.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.assurance import Methodology, RequiredArtefact, StageGate
from pmo_analytics.contracts.base import Contract, Date, Flag, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.errors import nearest
from pmo_analytics.governance.given_methods import given_gates, given_methodologies, given_requirements
from pmo_analytics.governance.register_rows import folded, joined, names_of, text_of
from pmo_analytics.governance.tailoring import reading

STATED, LATEST, UNKNOWN_METHOD, NO_METHOD = "stated", "latest", "unknown", "none"
BASES = (STATED, LATEST, UNKNOWN_METHOD, NO_METHOD)
_KEY = [StageGate.methodology_id, StageGate.version]
_PARTS = re.compile(r"[.\-_ ]|(?<=\D)(?=\d)")


class MethodInForce(Contract):
    """One row per method and version that a register states, or that a project names and the package gives.

    Key: methodology_id, version; versions in their order. `project_count`
    counts projects that go by that version.
    """

    methodology_id: Text = required()
    version: Text = required()
    name: Text = required()
    approach: Text = optional()
    status_date: Date = required()
    is_given: Flag = required()
    is_latest: Flag = required()
    project_count: Whole = required(ge=0)


class ProjectMethod(Contract):
    """One row per project: the method and version that count for it, and why. Key: project_id.

    Without a method, or with one that nobody states, both are empty and
    `method_problem` says what the register of projects names.
    """

    project_id: Text = required()
    name: Text = required()
    portfolio: Text = optional()
    size_band: Text = optional()
    methodology_id: Text = optional()
    version: Text = optional()
    version_basis: Text = required(isin=BASES)
    method_problem: Text = optional()


class MethodGate(Contract):
    """One row per method, version and gate, by position. Key: methodology_id, version, gate_id.

    `follows_gates` names the gates that go before it. With a
    `method_problem` the gate cannot be reached, or its tailoring cannot be read.
    """

    methodology_id: Text = required()
    version: Text = required()
    gate_id: Text = required()
    position: Whole = required(ge=0)
    name: Text = required()
    stage: Text = optional()
    follows_gates: Text = optional()
    tailoring: Text = optional()
    is_reachable: Flag = required()
    method_problem: Text = optional()


class MethodRequirement(Contract):
    """One row per method, version, gate and kind of artefact that it asks for, by gate.

    Key: methodology_id, version, gate_id, artefact_kind.
    """

    methodology_id: Text = required()
    version: Text = required()
    gate_id: Text = required()
    artefact_kind: Text = required()
    is_mandatory: Flag = required()
    tailoring: Text = optional()
    method_problem: Text = optional()


def version_order(version: str) -> tuple[tuple[int, str], ...]:
    """A key by which 2 stands before 10, and 1.9 before 1.10."""
    return tuple(
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"[.\-_ ]|(?<=\D)(?=\d)", version)
    )


def methods_in_force(
    project: pd.DataFrame, methodology: pd.DataFrame, project_methods: pd.DataFrame
) -> DataFrame[MethodInForce]:
    """The methods that are stated or named, and how many of the `ProjectMethod` rows go by each version."""
    rows = _known(project, methodology)
    used = project_methods.groupby(_KEY).size().rename("project_count")
    rows = joined(rows, used.reset_index(), _KEY, how="left")
    rows["project_count"] = rows["project_count"].fillna(0).astype(int)
    rows["order"] = rows[Methodology.version].map(version_order)
    rows = rows.sort_values([Methodology.methodology_id, "order"]).reset_index(drop=True)
    rows["is_latest"] = ~rows.duplicated(Methodology.methodology_id, keep="last")
    return checked(MethodInForce, rows.reindex(columns=list(MethodInForce.to_schema().columns)))


def project_methods(project: pd.DataFrame, methodology: pd.DataFrame) -> DataFrame[ProjectMethod]:
    """Which method and version count for each project of the register; a method is known by its id or its name."""
    known = _known(project, methodology)
    versions: dict[str, list[str]] = {}
    for name, rows in known.groupby(Methodology.methodology_id):
        versions[str(name)] = sorted(rows[Methodology.version], key=version_order)
    called = {str(name).casefold(): str(name) for name in versions}
    called |= {
        str(title).casefold(): str(name)
        for name, title in zip(known[Methodology.methodology_id], known[Methodology.name], strict=True)
        if str(title).casefold() not in called
    }
    found = [_method_of(row, called, versions) for row in project.to_dict("records")]
    columns = list(ProjectMethod.to_schema().columns)
    rows = pd.DataFrame(found, columns=columns)
    return checked(ProjectMethod, rows.sort_values(ProjectMethod.project_id).reset_index(drop=True))


def method_gates(project: pd.DataFrame, methodology: pd.DataFrame, stage_gate: pd.DataFrame) -> DataFrame[MethodGate]:
    """The gates of the methods that are stated or named, which of them can be reached, and why others cannot."""
    known = _known(project, methodology)
    stated = _with_given(stage_gate, given_gates(), known)
    rows = stated.sort_values([*_KEY, StageGate.position, StageGate.gate_id]).reset_index(drop=True)
    follows: list[str | None] = []
    problems: list[str | None] = []
    reached: list[bool] = []
    for _, gates in rows.groupby(_KEY, sort=False):
        before = _followed(gates)
        unreached = _unreachable(before)
        for gate, tailoring in zip(gates[StageGate.gate_id], gates[StageGate.tailoring], strict=True):
            follows.append(", ".join(before[gate]) or None)
            reached.append(gate not in unreached)
            problems.append("; ".join(filter(None, (unreached.get(gate), reading(text_of(tailoring)).problem))) or None)
    rows = rows.assign(follows_gates=pd.Series(follows, dtype=object), is_reachable=pd.Series(reached, dtype=bool))
    rows["method_problem"] = pd.Series(problems, dtype=object)
    return checked(MethodGate, rows.reindex(columns=list(MethodGate.to_schema().columns)))


def method_requirements(
    project: pd.DataFrame, methodology: pd.DataFrame, required_artefact: pd.DataFrame, method_gates: pd.DataFrame
) -> DataFrame[MethodRequirement]:
    """What the gates of a `MethodGate` frame ask for; one without a word on it is mandatory."""
    known = _known(project, methodology)
    rows = _with_given(required_artefact, given_requirements(), known)
    rows["is_mandatory"] = rows[RequiredArtefact.is_mandatory].astype("boolean").fillna(True).astype(bool)
    place = [*_KEY, StageGate.gate_id]
    rows = joined(rows, method_gates[[*place, StageGate.position]], place, how="left")
    rows["method_problem"] = [
        "; ".join(
            filter(None, ("the method has no such gate" if pd.isna(at) else "", reading(text_of(tailoring)).problem))
        ) or None
        for at, tailoring in zip(rows[StageGate.position], rows[RequiredArtefact.tailoring], strict=True)
    ]  # fmt: skip
    rows["method_problem"] = rows["method_problem"].astype(object)
    rows = rows.sort_values([*_KEY, StageGate.position, StageGate.gate_id, RequiredArtefact.artefact_kind])
    columns = list(MethodRequirement.to_schema().columns)
    return checked(MethodRequirement, rows.reset_index(drop=True).reindex(columns=columns))


def _known(project: pd.DataFrame, methodology: pd.DataFrame) -> pd.DataFrame:
    """Methods of the register, and those given ones that it does not state and a project names."""
    stated = {folded(name) for name in methodology[Methodology.methodology_id].dropna()}
    named = {folded(name) for name in project[Project.methodology].dropna()}
    given = given_methodologies()
    wanted = given[given[Methodology.methodology_id].isin(named - stated)]
    return pd.concat(
        [methodology.assign(is_given=False), wanted.assign(is_given=True)] if len(wanted) else
        [methodology.assign(is_given=pd.Series(False, index=methodology.index, dtype=bool))],
        ignore_index=True,
    )  # fmt: skip


def _with_given(stated: pd.DataFrame, given: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Rows of the register whose method and version are known, and the given ones of the given methods."""
    methods = known[[*_KEY, "is_given"]]
    own = joined(stated, methods[~methods["is_given"].astype(bool)], _KEY, how="inner")
    lent = joined(given, methods[methods["is_given"].astype(bool)], _KEY, how="inner")
    return pd.concat([own, lent], ignore_index=True) if len(lent) else own


def _method_of(row: dict[Any, Any], called: dict[str, str], versions: dict[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {name: row[name] for name in ("project_id", "name", "portfolio", "size_band")}
    stated = " ".join(str(text_of(row[Project.methodology]) or "").split())
    if not stated:
        return found | {"version_basis": NO_METHOD, "method_problem": "the register of projects names no method"}
    name = called.get(stated.casefold())
    if name is None:
        close = nearest(stated, called)
        problem = f"no register states the method {stated[:60]!r}" + (f": did it mean {close!r}?" if close else "")
        return found | {"version_basis": UNKNOWN_METHOD, "method_problem": problem}
    version = text_of(row[Project.methodology_version])
    if version is None or version in versions[name]:
        basis = LATEST if version is None else STATED
        return found | {"methodology_id": name, "version": version or versions[name][-1], "version_basis": basis}
    problem = f"{name} has no version {version[:30]!r}, but {', '.join(versions[name])}: the latest counts"
    return found | {
        "methodology_id": name, "version": versions[name][-1], "version_basis": LATEST, "method_problem": problem,
    }  # fmt: skip


def _followed(gates: pd.DataFrame) -> dict[str, list[str]]:
    """By gate, those before it: as it names them, else the one before it by position."""
    found: dict[str, list[str]] = {}
    last: str | None = None
    for gate, stated in zip(gates[StageGate.gate_id], gates[StageGate.follows_gates], strict=True):
        named = names_of(stated)
        found[gate] = named or ([last] if last is not None else [])
        last = gate
    return found


def _unreachable(before: dict[str, list[str]]) -> dict[str, str]:
    """By gate that cannot be reached, why: what it follows is unknown, on a circle, or not reachable itself."""
    reached: set[str] = set()
    while True:
        more = {gate for gate, needs in before.items() if gate not in reached and set(needs) <= reached}
        if not more:
            break
        reached |= more
    found = {}
    for gate in (each for each in before if each not in reached):
        unknown = [each for each in before[gate] if each not in before]
        if unknown:
            found[gate] = f"it cannot be reached: it follows {', '.join(unknown)}, which the method has not"
        elif gate in _behind(gate, before):
            found[gate] = "it cannot be reached: it follows itself, directly or through others"
        else:
            waits = [each for each in before[gate] if each not in reached]
            found[gate] = f"it cannot be reached, since {', '.join(waits)} cannot"
    return found


def _behind(gate: str, before: dict[str, list[str]]) -> set[str]:
    """Every gate that must be passed before this one."""
    found: set[str] = set()
    waiting = list(before[gate])
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += before.get(one, [])
    return found
