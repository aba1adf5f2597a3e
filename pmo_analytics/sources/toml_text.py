"""Documents in TOML: parsed with their place named where they are wrong, their values as the text of cells."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pmo_analytics.errors import SourceError, nearest

# A method or a set of rules is read and written by people; nothing of a megabyte is.
MOST_BYTES = 1_000_000
_REGISTERS = re.compile(rb"^[ \t]*\[\[?[ \t]*(methodology|gate|rule)[ \t]*\]", re.MULTILINE)


def is_toml(name: str) -> bool:
    """Whether a file is TOML by its name: nothing in its first bytes tells."""
    return name.lower().endswith(".toml")


def states_registers(path: Path) -> bool:
    """Whether a TOML file looks like a method or rules, and not like settings or a scenario that lie beside exports."""
    with path.open("rb") as file:
        return _REGISTERS.search(file.read(MOST_BYTES)) is not None


def parsed(path: Path, name: str) -> dict[str, Any]:
    """What the document says. Raises SourceError where it is too large, no Unicode or no TOML."""
    if (size := path.stat().st_size) > MOST_BYTES:
        raise SourceError(
            "the TOML file is too large", file=name, found=f"{size:,} bytes", expected=f"at most {MOST_BYTES:,}",
            hint="methods and rules of an audit are small; check that it is the right file",
        )  # fmt: skip
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise SourceError(
            "is not valid TOML", file=name, found=str(problem)[:200], hint="mend the place it names, and load it again"
        ) from None


def cell(value: Any) -> str:
    """A value as the text of a cell; dates in ISO, flags as true and false, what is not there as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def table_of(document: dict[str, Any], name: str, *, file: str) -> dict[str, Any]:
    """The table `[name]` of the document. Raises SourceError where it is none."""
    found = document.get(name)
    if not isinstance(found, dict):
        raise SourceError(
            f"the file has no table [{name}]", file=file, found=", ".join(document)[:200] or "nothing",
            expected=f"[{name}]",
        )  # fmt: skip
    return found


def tables_of(document: dict[str, Any], name: str, *, file: str) -> list[dict[str, Any]]:
    """The tables `[[name]]` of the document in their order; none where it has none. SourceError for anything else."""
    found = document.get(name, [])
    if not isinstance(found, list) or any(not isinstance(each, dict) for each in found):
        raise SourceError(f"{name} is not a list of tables", file=file, found=repr(found)[:80], expected=f"[[{name}]]")
    return found


def check_keys(given: dict[str, Any], known: Collection[str], where: str, *, file: str) -> None:
    """SourceError for the first key that is none of those known, with the nearest of them."""
    for key in given:
        if key not in known:
            close = nearest(key, known)
            raise SourceError(
                f"unknown key {key!r} in {where}", file=file, expected=", ".join(sorted(known)),
                hint=f"did you mean {close!r}?" if close else "remove it",
            )  # fmt: skip
