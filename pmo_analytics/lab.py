"""JupyterLab on a workspace, with copies of the report notebooks, and of those made to explore with."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.workspace import LOCALE_VARIABLE, Workspace

FOLDER = "explore"


def copy_notebooks(workspace: Workspace) -> list[Path]:
    """Copy the shipped notebooks into the workspace's `explore`, where they change no report; keep what is there."""
    folder = workspace.root / FOLDER
    folder.mkdir(exist_ok=True)
    copied = []
    notebooks = shipped("notebooks")
    for notebook in sorted([*notebooks.glob("*.ipynb"), *(notebooks / FOLDER).glob("*.ipynb")]):
        target = folder / notebook.name
        if not target.exists():
            shutil.copyfile(notebook, target)
            copied.append(target)
    return copied


def start_lab(workspace: Workspace, options: Sequence[str] = ()) -> int:
    """Run JupyterLab with `options` in the workspace until it is stopped; its exit code.

    Raises UsageError where JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError(
            "JupyterLab is not installed", hint="pip install 'pmo-analytics[lab]', or in a clone `make lab`"
        )
    copy_notebooks(workspace)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={workspace.root}", *options]
    given = {"PMO_WORKSPACE": str(workspace.root), LOCALE_VARIABLE: workspace.locale}
    return subprocess.call(command, env=os.environ | given)
