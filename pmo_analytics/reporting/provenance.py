"""How a page was made, in its own footer: data, code, packages, and the command that makes it again."""

from __future__ import annotations

import re
import shlex
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from pmo_analytics import __version__, numerals
from pmo_analytics.warehouse.view import View

META = "pmo-provenance"
_DISTRIBUTION = "pmo-analytics"
_CODE = {".py", ".sql", ".toml", ".j2", ".css", ".js", ".json"}


@cache
def packages_digest() -> str:
    """Digest of the names and versions of the packages that this one asks for; empty when run uninstalled."""
    try:
        needed = metadata.requires(_DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return ""
    names = sorted({_name(line) for line in needed if "extra ==" not in line})
    return sha256("\n".join(f"{name}=={metadata.version(name)}" for name in names).encode()).hexdigest()


def _name(requirement: str) -> str:
    return re.split(r"[\s\[;=<>!~]", requirement.strip(), maxsplit=1)[0].lower()


@cache
def code_digest() -> str:
    """Digest of the package's own files, whatever else lies beside them."""
    digest = sha256()
    folder = Path(__file__).parents[1]
    for path in sorted(p for p in folder.rglob("*") if p.suffix in _CODE and "_shipped" not in p.parts):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def record(notebook: Path, parameters: dict[str, Any]) -> dict[str, Any]:
    """What makes the page again, for `pmo reproduce`: notebook, parameters, code and packages."""
    return {
        "notebook": notebook.stem,
        "notebook sha256": sha256(notebook.read_bytes()).hexdigest(),
        "parameters": {name: value for name, value in parameters.items() if value is not None},
        "version": __version__,
        "code sha256": code_digest(),
        "packages sha256": packages_digest(),
    }


def facts(view: View, notebook: Path, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values for the footer; nothing in them depends on the hour or the place of the run."""
    totals = view.loads().filter(like="rows_").sum()
    unmapped = view.sql(
        "SELECT coalesce(sum(duration_seconds), 0) AS seconds FROM core.timesheet_entry WHERE project_id IS NULL"
    )["seconds"].iloc[0]
    packages = packages_digest()
    given = ", ".join(f"{name} = {value}" for name, value in parameters.items() if value is not None)
    return [
        ("Parameters", given),
        ("Rows", f"{numerals.number(totals['rows_in'])} in, {numerals.number(totals['rows_rejected'])} rejected"),
        ("Hours not mapped to a project", numerals.hours(unmapped)),
        ("Notebook", f"{notebook.stem}, sha256 {sha256(notebook.read_bytes()).hexdigest()[:12]}"),
        (
            "Code",
            f"pmo-analytics {__version__}, sha256 {code_digest()[:12]}" + (packages and f", packages {packages[:12]}"),
        ),
    ]


def command(name: str, parameters: dict[str, Any]) -> str:
    """The command that makes the page again, safe to paste into a shell."""
    words = ["pmo", "report", name]
    for option, value in parameters.items():
        if value is None:
            continue
        if option in {"as_of", "version"}:
            words += [f"--{option.replace('_', '-')}", str(value)]
        else:
            words += ["-p", f"{option}={value}"]
    return shlex.join(words)
