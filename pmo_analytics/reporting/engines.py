"""The two engines that papermill runs reports with: a child of the prepared process, or a kernel of its own.

Both check the same limits from outside and tell one that was passed as an
error of the cell. What a cell shows becomes outputs in nbclient's code for
both, so that they are the same bytes.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient

from pmo_analytics.errors import ReportError, UsageError

ENGINE_VARIABLE = "PMO_ENGINE"
PREPARED, FRESH = "pmo-prepared", "pmo-fresh"
_START = "import sys; from pmo_analytics.reporting.prepared import serve; serve(int(sys.argv[1]))"
_START_SECONDS = 120
# One order of hashes; no threads of the linear algebra, which would be there before the fork.
SETTLED = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Limits:
    """What a cell may take: seconds, bytes of what it shows; and bytes of memory that the page's process may take.

    The memory is what is mapped to be written to (RLIMIT_DATA) beyond what a child starts with: address space is
    reserved by the engines far beyond that, and a process that is killed for what is resident cannot say in which
    line. Only children of the prepared process hold it; a kernel of its own has the machine's limits.
    """

    seconds: int = 900
    output_bytes: int = 1_000_000
    memory_bytes: int | None = 4 * 2**30


class _LimitPassedError(Exception):
    """A cell took more than it may, or its process ended; the name and the sentence of the error that is told."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        super().__init__(text)


class LimitedClient(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient with the limits: what passes one becomes an error of its cell."""

    def __init__(self, manager: Any, limits: Limits, **options: Any) -> None:
        super().__init__(manager, timeout=limits.seconds, record_timing=False, **options)
        self.limits = limits
        self._shown = 0

    def execute(self, **options: Any) -> Any:
        """Run the notebook's cells in a kernel; one that a cell has ended is asked for nothing more."""
        self.reset_execution_trackers()
        with self.setup_kernel(**options):
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = IPythonKernel.language_info
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run a cell; raises CellExecutionError where it fails or passes a limit."""
        self._shown = 0
        try:
            return self._execute(cell, cell_index)
        except CellTimeoutError:
            problem = _LimitPassedError("TimeLimit", f"the cell ran longer than {self.limits.seconds} seconds")
        except DeadKernelError:
            problem = _LimitPassedError("ProcessEnded", "the process of the notebook ended before the cell did")
        except _LimitPassedError as passed:
            problem = passed
        error = new_output("error", ename=problem.name, evalue=str(problem), traceback=[f"{problem.name}: {problem}"])
        cell.outputs = [error]
        # A kernel that has ended may not have told the cell's number.
        cell.execution_count = cell.execution_count or self.code_cells_executed
        raise CellExecutionError(str(problem), problem.name, str(problem))

    def _execute(self, cell: Any, cell_index: int) -> Any:
        return super().execute_cell(cell, cell_index)

    def process_message(self, message: Any, cell: Any, cell_index: int) -> Any:
        """Take one message of the kernel into the cell, and count what it shows."""
        if message["msg_type"] in {"stream", "display_data", "execute_result", "update_display_data"}:
            self._shown += len(json.dumps(message["content"], ensure_ascii=False).encode())
            if self._shown > self.limits.output_bytes:
                raise _LimitPassedError(
                    "OutputLimit",
                    f"the cell shows more than {self.limits.output_bytes:,} bytes: show a summary, or print less",
                )
        return super().process_message(message, cell, cell_index)


class _PreparedClient(LimitedClient):
    """A client whose kernel is a child of the prepared process."""

    def execute_in(self, child: _Child) -> None:
        self._child = child
        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = IPythonKernel.language_info

    def _execute(self, cell: Any, cell_index: int) -> Any:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or self.skip_cells_with_tag in tags:
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        self.code_cells_executed += 1
        for message in self._child.run(cell.source, self.limits):
            if message["msg_type"] != "execute_reply":
                self.process_message(message, cell, cell_index)
            elif message["content"]["status"] == "error" and "raises-exception" not in tags:
                raise CellExecutionError.from_cell_and_msg(cell, message["content"])
        return cell


def run_in_child(
    nb_man: Any,
    *,
    limits: Limits | None = None,
    environment: dict[str, str] | None = None,
    folder: str | None = None,
    **_: Any,
) -> None:
    """Run the cells of a papermill manager's notebook; `environment` is the child's, by default this process's."""
    held = limits or Limits()
    child = prepared_process().child(environment or dict(os.environ), folder or os.getcwd(), held)  # noqa: PTH109
    try:
        _PreparedClient(nb_man, held).execute_in(child)
    finally:
        child.end()


def run_in_kernel(
    nb_man: Any,
    kernel_name: str,
    *,
    limits: Limits | None = None,
    folder: str | None = None,
    start_timeout: int = 120,
    kernel_manager_class: Any = None,
    **_: Any,
) -> None:
    """Run the cells of a papermill manager's notebook in a kernel that is started for it."""
    options = {} if kernel_manager_class is None else {"kernel_manager_class": kernel_manager_class}
    LimitedClient(
        nb_man,
        limits or Limits(),
        kernel_name=kernel_name,
        startup_timeout=start_timeout,
        resources={"metadata": {"path": folder}} if folder else {},
        **options,
    ).execute()


class _Child:
    """One child of the prepared process, seen from outside."""

    def __init__(self, pipe: Connection, owner: PreparedProcess) -> None:
        self._pipe = pipe
        self._owner = owner
        self._number = 0

    def start(self, environment: dict[str, str], folder: str, limits: Limits) -> None:
        """Send what the child is to be like; raises ReportError where there is no child."""
        given = {"environment": environment, "folder": folder, "memory_bytes": limits.memory_bytes}
        try:
            self._pipe.send_bytes(json.dumps(given).encode())
            if self._pipe.poll(_START_SECONDS):
                self._number = int(json.loads(self._pipe.recv_bytes())["process"])
                return
        except (EOFError, OSError):
            pass
        raise self._owner.failure()

    def run(self, code: str, limits: Limits) -> Iterator[dict[str, Any]]:
        """The messages of one cell, the last of them the reply; a limit that is passed is raised."""
        until = time.monotonic() + limits.seconds
        try:
            self._pipe.send_bytes(json.dumps({"code": code}).encode())
            while self._pipe.poll(max(0.0, until - time.monotonic())):
                message: dict[str, Any] = json.loads(self._pipe.recv_bytes())
                yield message
                if message["msg_type"] == "execute_reply":
                    return
        except (EOFError, OSError):
            allowed = "" if limits.memory_bytes is None else f"; it may take {limits.memory_bytes / 2**20:,.0f} MiB"
            text = f"the process of the notebook ended before the cell did{allowed}"
            raise _LimitPassedError("ProcessEnded", text) from None
        raise _LimitPassedError("TimeLimit", f"the cell ran longer than {limits.seconds} seconds")

    def end(self) -> None:
        """End the child, whatever it is doing."""
        self._pipe.close()
        self._owner.kill(self._number)


class PreparedProcess:
    """The process that `prepared.serve` runs in, started at once and ended with this one."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._told = tempfile.TemporaryFile()  # noqa: SIM115
        self._is_used = False
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=os.environ | SETTLED,
                cwd=tempfile.gettempdir(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._told,
                start_new_session=True,
            )

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def child(self, environment: dict[str, str], folder: str, limits: Limits) -> _Child:
        """A new child in `folder`; raises ReportError where the process has ended."""
        self._is_used = True
        ours, theirs = socket.socketpair()
        child = _Child(Connection(ours.detach()), self)
        try:
            with theirs:
                socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
        except OSError:
            raise self.failure() from None
        child.start(environment, folder, limits)
        return child

    def kill(self, child: int) -> None:
        """End a child, by its process that may still know it: a number of one that has ended may be another's."""
        with contextlib.suppress(OSError):
            self._control.send(str(child).encode())

    def failure(self) -> ReportError:
        """What is told where it serves no longer."""
        self._told.seek(0)
        told = self._told.read().decode("utf-8", "replace").strip().splitlines()
        return ReportError(
            "the process that runs notebooks has ended",
            found=told[-1] if told else f"exit code {self._process.poll()}",
            hint=f"set {ENGINE_VARIABLE}=fresh to run each notebook in a kernel of its own",
        )

    def close(self) -> None:
        """End it and every child of it; one that nobody has used yet is not waited for while it gets ready."""
        self._control.close()
        if not self._is_used:
            self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        if self.is_alive:
            self._process.kill()
            self._process.wait()
        self._told.close()


_LOCK = threading.Lock()
_process: PreparedProcess | None = None


def prepared_process() -> PreparedProcess:
    """The prepared process of this one, started at the first call; it is ready later, and whoever asks waits."""
    global _process  # noqa: PLW0603
    with _LOCK:
        if _process is None or not _process.is_alive:
            _process = PreparedProcess()
            atexit.register(_process.close)
        return _process


def chosen_engine() -> str:
    """The engine's name: the prepared process where forking is safe, else fresh kernels; PMO_ENGINE says otherwise.

    Raises UsageError for another value than `prepared` or `fresh`.
    """
    asked = os.environ.get(ENGINE_VARIABLE)
    if asked is None:
        # On macOS the system's own libraries do not survive a fork.
        return PREPARED if sys.platform == "linux" else FRESH
    engines = {"prepared": PREPARED, "fresh": FRESH}
    if asked not in engines:
        raise UsageError(f"{ENGINE_VARIABLE} names no engine", found=asked, expected=" or ".join(engines))
    return engines[asked]


def register() -> None:
    """Make the engines known to papermill, which finds them by itself where the package is installed."""
    from papermill.engines import papermill_engines

    from pmo_analytics.reporting.papermill_engines import FreshEngine, PreparedEngine

    papermill_engines.register(PREPARED, PreparedEngine)
    papermill_engines.register(FRESH, FreshEngine)
