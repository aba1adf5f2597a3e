"""Run a notebook with papermill, in a kernel of this interpreter, and make its result independent of the run.

Nothing of the run stays in the result: no time, no path, no random id. The
workspace reaches the notebook through the environment, so a moved one gives
the same bytes.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import new_output
from papermill import execute_notebook
from papermill.exceptions import PapermillExecutionError

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting.engines import PREPARED, SETTLED, Limits, chosen_engine, prepared_process, register
from pmo_analytics.workspace import LOCALE_VARIABLE, Workspace

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_KEPT_METADATA = ("kernelspec", "language_info", "pmo")
register()


@dataclass(frozen=True)
class CellFailure:
    """The cell that failed: its number among the code cells, its code, the error and the trace as plain text."""

    cell: int
    code: str
    error: str
    trace: str


class NotebookFailedError(ReportError):
    """A notebook's cell raised; `failure` says which."""

    def __init__(self, name: str, failure: CellFailure) -> None:
        self.failure = failure
        super().__init__(
            f"the notebook {name!r} failed in cell {failure.cell}",
            found=failure.error,
            expected="a page",
            hint="the last good page was left in place; the failure page beside it shows the cell",
        )


class _Kernel(AsyncKernelManager):
    """A kernel of this very interpreter, over sockets in a folder where the system has them, else over TCP."""

    environment: ClassVar[dict[str, str]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if os.name == "posix":
            self.transport = "ipc"
            folder = Path(self.environment["JUPYTER_RUNTIME_DIR"])
            folder.mkdir(parents=True, exist_ok=True)
            self.connection_file = str(folder / "kernel.json")

    @property
    def kernel_spec(self) -> KernelSpec:
        """Never one that happens to be installed under the same name."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python", env=self.environment)


def _kernel_manager(environment: dict[str, str]) -> type[_Kernel]:
    """The kernel's class for one run, whose environment it carries: nothing of this process's own is changed."""
    return type("_KernelOfOneRun", (_Kernel,), {"environment": environment})


def run_notebook(
    path: Path, parameters: dict[str, Any], workspace: Workspace, *, limits: Limits | None = None, threads: int = 0
) -> nbformat.NotebookNode:
    """The notebook at `path`, executed with `parameters` by the engine of this machine, normalised.

    Raises NotebookFailedError when a cell raises or passes one of the `limits`,
    ReportError where no process can be had. `threads`
    are those of the database, by default one for each processor. Nothing is
    written outside a temporary folder. May be called in several threads with the prepared process.
    """
    engine = chosen_engine()
    logging.getLogger("papermill").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="pmo-") as folder:
        work = Path(folder) / "work"
        work.mkdir()
        environment = SETTLED | {
            "PMO_WORKSPACE": str(workspace.root),
            LOCALE_VARIABLE: workspace.locale,
            "IPYTHONDIR": f"{folder}/ipython",
            "JUPYTER_RUNTIME_DIR": f"{folder}/runtime",
            **({"PMO_DUCKDB_THREADS": str(threads)} if threads else {}),
        }
        try:
            executed = execute_notebook(
                str(path),
                None,
                parameters=parameters,
                engine_name=engine,
                request_save_on_cell_execute=False,
                kernel_name="python3",
                kernel_manager_class=_kernel_manager(environment),
                environment=os.environ | environment,
                folder=str(work),
                limits=limits,
                progress_bar=False,
                log_output=False,
            )
        except PapermillExecutionError as problem:
            raise NotebookFailedError(path.stem, _failure(problem)) from None
    return normalised(executed)


def begin() -> None:
    """Let the prepared process start now, where there is to be one: it gets ready while other work is done."""
    if chosen_engine() == PREPARED:
        prepared_process()


def end() -> None:
    """End the prepared process and every notebook that is running in it."""
    if chosen_engine() == PREPARED:
        prepared_process().close()


def failure_of(problem: ReportError) -> CellFailure:
    """What a failure page tells of a problem; one that is no cell's names no code."""
    if isinstance(problem, NotebookFailedError):
        return problem.failure
    return CellFailure(0, "", str(problem), "")


def _failure(problem: PapermillExecutionError) -> CellFailure:
    trace = _ANSI.sub("", "\n".join(problem.traceback))
    return CellFailure(int(problem.exec_count or 0), str(problem.source), f"{problem.ename}: {problem.evalue}", trace)


def normalised(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without what differs between runs; cell ids are made of position and source."""
    notebook.metadata = nbformat.NotebookNode(
        {name: notebook.metadata[name] for name in _KEPT_METADATA if name in notebook.metadata}
    )
    for position, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{position}\n{cell.source}".encode()).hexdigest()[:16]
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.NotebookNode({"tags": tags} if tags else {})
        if "outputs" in cell:
            cell.outputs = list(_joined(cell.outputs))
    return notebook


def _joined(outputs: list[nbformat.NotebookNode]) -> Iterator[nbformat.NotebookNode]:
    """Outputs without metadata; text between two others as one of each stream, whenever it came."""
    for is_text, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        if is_text:
            texts: dict[str, str] = {}
            for output in group:
                texts[output.name] = texts.get(output.name, "") + output.text
            for name, text in sorted(texts.items(), reverse=True):
                yield new_output("stream", name=name, text=text)
            continue
        for output in group:
            if "metadata" in output:
                output.metadata = nbformat.NotebookNode()
            yield output
