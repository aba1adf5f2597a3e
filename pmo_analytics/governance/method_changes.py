"""What changed from one version of a method to the next: gates and what they ask for.

Versions of one method are held beside each other in their order. A gate or a
requirement is the same where its identifier is; what is said of it may differ.
Source: this project's own reading of a register by its key.

Worked example: version 1 has G1 with a charter; version 2 has G1, renamed, with
a charter that is recommended only, and G2. That is three changes: G1's name, the
charter of G1, and G2 added.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Text, checked, optional, required
from pmo_analytics.governance.methodology import MethodGate, MethodRequirement, version_order

CHANGES = (
    "gate added", "gate removed", "name", "stage", "position", "follows", "gate tailoring",
    "artefact added", "artefact removed", "mandatory", "tailoring",
)  # fmt: skip
_OF_GATES = {
    MethodGate.name: "name",
    MethodGate.stage: "stage",
    MethodGate.position: "position",
    MethodGate.follows_gates: "follows",
    MethodGate.tailoring: "gate tailoring",
}
_OF_ARTEFACTS = {MethodRequirement.is_mandatory: "mandatory", MethodRequirement.tailoring: "tailoring"}

_Rows = dict[tuple[str, ...], dict[Any, Any]]


class MethodChange(Contract):
    """One row per change from a version of a method to the next, by gate and artefact.

    Key: methodology_id, to_version, gate_id, artefact_kind, method_change. A
    change of a gate has no kind of artefact.
    """

    methodology_id: Text = required()
    from_version: Text = required()
    to_version: Text = required()
    gate_id: Text = required()
    artefact_kind: Text = optional()
    method_change: Text = required(isin=CHANGES)
    from_text: Text = optional()
    to_text: Text = optional()


def method_changes(method_gates: pd.DataFrame, method_requirements: pd.DataFrame) -> DataFrame[MethodChange]:
    """The changes between consecutive versions, from a `MethodGate` and a `MethodRequirement` frame."""
    found: list[dict[str, Any]] = []
    for name, rows in method_gates.groupby(MethodGate.methodology_id, sort=True):
        asked = method_requirements[method_requirements[MethodRequirement.methodology_id] == name]
        for one, other in pairwise(sorted(rows[MethodGate.version].unique(), key=version_order)):
            head = {"methodology_id": name, "from_version": one, "to_version": other}
            place = [MethodGate.gate_id]
            found += [
                head | each
                for each in _between(_by_key(rows, one, place), _by_key(rows, other, place), "gate", _OF_GATES)
            ]
            place = [*place, MethodRequirement.artefact_kind]
            found += [
                head | each
                for each in _between(
                    _by_key(asked, one, place), _by_key(asked, other, place), "artefact", _OF_ARTEFACTS
                )
            ]
    columns = list(MethodChange.to_schema().columns)
    order = ["methodology_id", "to_version", "gate_id", "artefact_kind", "method_change"]
    rows = pd.DataFrame(found, columns=columns).sort_values(order, na_position="first", kind="stable")
    return checked(MethodChange, rows.reset_index(drop=True))


def _by_key(rows: pd.DataFrame, version: str, key: list[str]) -> _Rows:
    of = rows[rows[MethodGate.version] == version]
    return {tuple(str(row[name]) for name in key): row for row in of.to_dict("records")}


def _between(
    before: _Rows, after: _Rows, what: str,
    columns: dict[str, str],
) -> list[dict[str, Any]]:  # fmt: skip
    found: list[dict[str, Any]] = []
    for key in sorted({*before, *after}):
        place = dict(zip(("gate_id", "artefact_kind"), key, strict=False))
        if key not in before or key not in after:
            done = f"{what} {'added' if key in after else 'removed'}"
            told = {
                "to_text" if key in after else "from_text": str((after.get(key) or before[key]).get("name") or key[-1])
            }
            found.append(place | {"method_change": done} | told)
            continue
        for column, change in columns.items():
            one, other = _words(before[key][column]), _words(after[key][column])
            if one != other:
                found.append(place | {"method_change": change, "from_text": one, "to_text": other})
    return found


def _words(value: Any) -> str | None:
    if value is None or pd.isna(value):
        return None
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
