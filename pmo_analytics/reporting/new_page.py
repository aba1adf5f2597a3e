"""A new report notebook to begin with: one page that runs as it stands."""

from __future__ import annotations

import json
from pathlib import Path

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.notebooks import NAME, shipped
from pmo_analytics.reporting.theme import template_text
from pmo_analytics.workspace import Workspace


def write_new_page(workspace: Workspace, name: str) -> Path:
    """Write the notebook `name` into the workspace's `notebooks`, and return its path.

    Its title is made of its name; no pipeline runs it yet. Raises UsageError
    for a name that is none, and where a notebook of the name stands already.
    """
    target = workspace.root / "notebooks" / f"{name}.ipynb"
    if not NAME.match(name):
        raise UsageError("a notebook has a plain name", found=repr(name), expected="letters a–z first, 0–9 and _")
    if target.exists() or (shipped("notebooks") / target.name).exists():
        raise UsageError(f"there is a notebook {name!r} already", file=target, hint="choose another name")
    notebook = json.loads(template_text("new_page.ipynb"))
    notebook["metadata"]["pmo"]["title"] = name.replace("_", " ").capitalize()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return target
