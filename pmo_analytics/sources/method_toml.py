"""A method in TOML, with its gates and what they ask for, as the rows of three registers.

    [methodology]
    id = "hybrid"
    version = "2"
    name = "Hybrid delivery"
    approach = "hybrid"
    valid_from = 2026-01-01

    [[gate]]
    id = "H1"
    name = "Start"
    stage = "initiation"
    artefacts = ["charter", { kind = "business_case", tailoring = "size large" }]

Gates stand in their order; `follows` names others that go before one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.toml_text import cell, check_keys, table_of, tables_of

METHODOLOGY, GATE, ARTEFACT = "methodology", "gate", "artefact"
_METHOD_KEYS = {"id", "version", "name", "approach", "valid_from"}
_GATE_KEYS = {"id", "name", "stage", "follows", "tailoring", "artefacts"}
_ARTEFACT_KEYS = {"kind", "mandatory", "tailoring"}


@dataclass(frozen=True)
class DocumentTable:
    """Rows under the headers of a register that a document was taken apart into."""

    title: str
    headers: tuple[str, ...]
    rows: list[list[str]]


def is_method(document: dict[str, Any]) -> bool:
    """Whether a TOML document is a method."""
    return METHODOLOGY in document or GATE in document


def method_tables(document: dict[str, Any], file: str) -> list[DocumentTable]:
    """The rows of `methodology`, `stage_gate` and `required_artefact`.

    Raises SourceError for what is no key of a method, and for values that are
    none of theirs; what is missing is left empty, and the registers say so.
    """
    check_keys(document, {METHODOLOGY, GATE}, "the file", file=file)
    method = table_of(document, METHODOLOGY, file=file)
    check_keys(method, _METHOD_KEYS, "[methodology]", file=file)
    gates = tables_of(document, GATE, file=file)
    dated = ("status_date",) if "valid_from" in method else ()
    day = [cell(method["valid_from"])] if dated else []
    head = [cell(method.get("id")), cell(method.get("version"))]
    of_gates: list[list[str]] = []
    of_artefacts: list[list[str]] = []
    for at, gate in enumerate(gates, start=1):
        where = f"[[gate]] {at}"
        check_keys(gate, _GATE_KEYS, where, file=file)
        follows = _texts(gate.get("follows", []), f"follows of {where}", file)
        of_gates.append(
            [
                *head, cell(gate.get("id")), str(at), cell(gate.get("name")), cell(gate.get("stage")),
                ", ".join(follows), cell(gate.get("tailoring")), *day,
            ]
        )  # fmt: skip
        of_artefacts += [
            [*head, cell(gate.get("id")), *asked, *day] for asked in _artefacts(gate.get("artefacts", []), where, file)
        ]
    place = ("methodology_id", "version", "gate_id")
    return [
        DocumentTable(
            "method", (*place[:2], "name", "approach", *dated),
            [[*head, cell(method.get("name")), cell(method.get("approach")), *day]],
        ),
        DocumentTable(
            "gates", (*place, "position", "name", "stage", "follows_gates", "tailoring", *dated), of_gates
        ),
        DocumentTable(
            "required artefacts", (*place, "artefact_kind", "is_mandatory", "tailoring", *dated), of_artefacts
        ),
    ]  # fmt: skip


def _artefacts(given: Any, where: str, file: str) -> list[list[str]]:
    """Kind, whether it is mandatory, and tailoring of each artefact that a gate asks for."""
    if not isinstance(given, list):
        raise SourceError(f"artefacts of {where} is no list", file=file, found=repr(given)[:80], expected='["charter"]')
    found = []
    for each in given:
        if isinstance(each, str):
            found.append([each, "true", ""])
        elif isinstance(each, dict):
            check_keys(each, _ARTEFACT_KEYS, f"an artefact of {where}", file=file)
            found.append([cell(each.get("kind")), cell(each.get("mandatory", True)), cell(each.get("tailoring"))])
        else:
            raise SourceError(
                f"an artefact of {where} is neither a kind nor a table", file=file, found=repr(each)[:80],
                expected='"charter" or { kind = "charter", mandatory = false }',
            )  # fmt: skip
    return found


def _texts(given: Any, what: str, file: str) -> list[str]:
    if not isinstance(given, list) or any(not isinstance(each, str) for each in given):
        raise SourceError(f"{what} is no list of gates", file=file, found=repr(given)[:80], expected='["G1", "G2"]')
    return given
