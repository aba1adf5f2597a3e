"""What a timer calls: one command by its absolute path, with the environment that it needs and no other.

A timer starts with nearly no environment, in another folder. Paths are
anybody's: how they are quoted is each timer's own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.publishing import slug
from pmo_analytics.workspace import Workspace

ENV = "/usr/bin/env"
_PATH = "/usr/local/bin:/usr/bin:/bin"
_LOCALE = "C.UTF-8"
# What the person who installs a timer may have set, and a run needs as well.
_TAKEN_ALONG = ("PMO_CHROMIUM", "PYTHONPATH")


@dataclass(frozen=True)
class TimerCall:
    """One pipeline of one workspace as a timer calls it. `name` is a plain word that no other workspace's has."""

    name: str
    pipeline: str
    root: str
    arguments: tuple[str, ...]


def timer_call(pipeline: str, workspace: Workspace, interpreter: str, environment: Mapping[str, str]) -> TimerCall:
    """The call of a pipeline's scheduled run, by an interpreter, with what counts of an environment.

    Raises UsageError where a path holds what no timer can be given.
    """
    root = str(workspace.root)
    digest = sha256(os.fsencode(root)).hexdigest()[:8]
    python = os.path.abspath(interpreter)  # noqa: PTH100 - a link is left one: it is how Python knows its environment
    given = {"PATH": f"{Path(python).parent}:{_PATH}", "LC_ALL": _locale(environment)}
    given |= {name: environment[name] for name in _TAKEN_ALONG if environment.get(name)}
    if "PYTHONPATH" in given:
        given["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, given["PYTHONPATH"].split(os.pathsep)))
    command = (python, "-m", "pmo_analytics.cli", "--workspace", root, "schedule", "run", pipeline, "--quiet")
    call = TimerCall(
        f"pmo-{slug(workspace.root.name)}-{digest}-{pipeline}", pipeline, root,
        (ENV, *(f"{name}={value}" for name, value in given.items()), *command),
    )  # fmt: skip
    for argument in call.arguments:
        if not argument.isprintable() and any(ord(sign) < 32 or ord(sign) == 127 for sign in argument):
            raise UsageError(
                "a timer cannot be given a path with a line break or another control character",
                found=repr(argument), hint="move the workspace, or the environment of Python, to another folder",
            )  # fmt: skip
    return call


def _locale(environment: Mapping[str, str]) -> str:
    """The locale of whoever installs the timer, where it writes UTF-8."""
    found = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
    return found if found.lower().replace("-", "").endswith("utf8") else _LOCALE
