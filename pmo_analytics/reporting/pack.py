"""What a run left in a folder, told to a program: `pack.json`, written last and in one step."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from pmo_analytics.reporting import provenance
from pmo_analytics.reporting.cited_figures import EVIDENCE

FILE = "pack.json"


def pack(pages: Iterable[tuple[str, str, Path, dict[str, Any]]]) -> str:
    """The pages of one folder as JSON: of each its title, state, file and what the notebook was given.

    The file is the page, or the failure page where the state is `failed`; its
    SHA-256 is that of what stands there. No clock and no path is in it, so that
    the same pages give the same bytes.
    """
    told = [
        {
            "title": title,
            "state": state,
            "file": path.name,
            "sha256": sha256(path.read_bytes()).hexdigest(),
            "as_of": given["as_of"],
            "version": given["version"],
            "parameters": {name: given[name] for name in sorted(given) if name not in {"as_of", "version"}},
        }
        for title, state, path, given in pages
    ]
    return json.dumps({"pages": told}, ensure_ascii=False, indent=2) + "\n"


def is_made(path: Path, record: dict[str, Any]) -> bool:
    """Whether a whole page stands at `path` that says it was made of exactly this, with links to evidence or not."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    if not text.rstrip().endswith("</html>"):
        return False
    head = BeautifulSoup(text.partition("<style>")[0], "html.parser")
    tag = head.find("meta", attrs={"name": provenance.META})
    try:
        cited = json.loads(str(tag["content"])) if isinstance(tag, Tag) else {}
        return bool({name: value for name, value in cited.items() if name != EVIDENCE} == record)
    except (ValueError, KeyError, AttributeError):
        return False
