"""A method written as TOML, which reads back in as the same rows: what an organisation begins its own from."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd


def method_text(method: dict[str, Any], gates: pd.DataFrame, requirements: pd.DataFrame) -> str:
    """The document of one version of a method.

    `method` is a row of `methodology`; `gates` and `requirements` are rows of
    `stage_gate` and `required_artefact` of that version, gates in their order.
    """
    lines = ["[methodology]"]
    named = {"id": method["methodology_id"], **{key: method.get(key) for key in ("version", "name", "approach")}}
    lines += [f"{key} = {_quoted(str(value))}" for key, value in named.items() if _is_there(value)]
    lines.append(f"valid_from = {pd.Timestamp(method['status_date']).date().isoformat()}")
    for gate in gates.to_dict("records"):
        lines += ["", "[[gate]]", f"id = {_quoted(gate['gate_id'])}", f"name = {_quoted(gate['name'])}"]
        if _is_there(gate.get("stage")):
            lines.append(f"stage = {_quoted(gate['stage'])}")
        if _is_there(gate.get("follows_gates")):
            names = ", ".join(_quoted(each.strip()) for each in str(gate["follows_gates"]).split(","))
            lines.append(f"follows = [{names}]")
        if _is_there(gate.get("tailoring")):
            lines.append(f"tailoring = {_quoted(gate['tailoring'])}")
        asked = requirements[requirements["gate_id"] == gate["gate_id"]].to_dict("records")
        if asked:
            lines += ["artefacts = [", *(f"    {_artefact(each)}," for each in asked), "]"]
    return "\n".join(lines) + "\n"


def _artefact(row: dict[Any, Any]) -> str:
    kind, is_mandatory = _quoted(row["artefact_kind"]), row["is_mandatory"]
    more = ["mandatory = false"] if _is_there(is_mandatory) and not is_mandatory else []
    more += [f"tailoring = {_quoted(row['tailoring'])}"] if _is_there(row["tailoring"]) else []
    return f"{{ {', '.join([f'kind = {kind}', *more])} }}" if more else kind


def _quoted(text: str) -> str:
    # JSON's strings are TOML's but for the one control character that JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_there(value: Any) -> bool:
    return value is not None and not pd.isna(value) and str(value) != ""
