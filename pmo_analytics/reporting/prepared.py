"""The prepared process: it imports what reports need once, and forks a child for each, which is fresh and warm.

It is started by `engines`, with a socket over which one end of a pipe comes for
each child; it has no thread and no open database when it forks. A child runs
the cells it is sent in IPython's own kernel shell, whose messages it sends
back as a kernel would. It ends with its pipe; all end with the process that
started them.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pmo_analytics.reporting.prepared_imports import IMPORTED

# What the message of an exhausted memory needs to be written.
_RESERVE_BYTES = 256 * 2**20
_STREAM_CHARACTERS = 65_536


def serve(descriptor: int) -> None:
    """Prepare, then fork a child for every pipe that comes over the socket `descriptor`, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    _prepare()
    children: set[int] = set()
    while True:
        message, pipes, _, _ = socket.recv_fds(control, 32, 1)
        children -= _ended(children)
        if not message:
            break
        if not pipes:
            _kill(children & {int(message)})
            continue
        child = os.fork()
        if child == 0:
            control.close()
            _answer(Connection(pipes[0]))
        os.close(pipes[0])
        children.add(child)
    _kill(children)
    for child in children:
        os.waitpid(child, 0)


def _kill(children: set[int]) -> None:
    # One that has ended and was not waited for is still this process's, so that no other has its number.
    for child in children:
        os.kill(child, signal.SIGKILL)


def _ended(children: set[int]) -> set[int]:
    return {child for child in children if os.waitpid(child, os.WNOHANG)[0]}


def _prepare() -> None:
    """Import, and do once what is otherwise done at a first use in every report."""
    for name in IMPORTED:
        importlib.import_module(name)
    import altair as alt
    import pandas as pd

    from pmo_analytics.contracts import tables
    from pmo_analytics.contracts.base import check_frame

    # The first chart reads the schema that all are checked against; a contract becomes checks when it is first used.
    alt.Chart(pd.DataFrame({"x": [0]})).mark_bar().encode(x="x:Q").to_dict()
    for table in tables().values():
        check_frame(table, pd.DataFrame({column: [] for column in table.columns}))
    gc.collect()
    gc.freeze()


def _answer(pipe: Connection) -> None:
    """Be one child: set up as told by the first message, then run each cell that comes, and never return."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        given = _received(pipe)
        _settle(given)
        pipe.send_bytes(json.dumps({"process": os.getpid()}).encode())
        session, shell = _shell(pipe.send_bytes)
        while True:
            _run(_received(pipe)["code"], session, shell)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(0)
    finally:
        os._exit(1)


def _received(pipe: Connection) -> Any:
    return json.loads(pipe.recv_bytes())


def _settle(given: dict[str, Any]) -> None:
    """The environment, folder, search path and limits that a kernel started now would have."""
    import resource

    import numpy as np
    from IPython.core.shellapp import InteractiveShellApp

    os.environ.clear()
    os.environ.update(given["environment"])
    time.tzset()
    os.chdir(given["folder"])
    # Where a kernel puts the folder it is in; this process's own first entry is that of its start.
    sys.path.remove("")
    InteractiveShellApp().init_path()  # type: ignore[no-untyped-call]
    # Python seeds its own generator anew in a fork; this one it does not know.
    np.random.seed()  # noqa: NPY002
    if given["memory_bytes"] is not None:
        # The libraries reserve more than a gigabyte when they are imported and write to little of it.
        begun = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()
        most = begun + given["memory_bytes"]
        resource.setrlimit(resource.RLIMIT_DATA, (most, most + _RESERVE_BYTES))


def _shell(send: Callable[[bytes], None]) -> tuple[Any, Any]:
    """IPython's kernel shell, with what it publishes sent as messages."""
    import resource

    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell
    from jupyter_client.session import Session
    from traitlets.config import Config

    class Messages(Session):
        def send(self, _: Any, message: Any, content: Any = None, *__: Any, **___: Any) -> Any:  # type: ignore[override]
            made = self.msg(message, content) if isinstance(message, str) else message
            send(self.pack(made))
            return made

    session = Messages()
    config = Config({"HistoryManager": {"enabled": False}})
    shell: Any = ZMQInteractiveShell.instance(
        config=config, compiler_class=XCachingCompiler, kernel=SimpleNamespace(eventloop=None)
    )
    for hook in (shell.displayhook, shell.display_pub):
        hook.session = session
    shell.displayhook.topic = b"execute_result"
    show = shell.showtraceback

    def show_with_reserve(*given: Any, **named: Any) -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (resource.getrlimit(resource.RLIMIT_DATA)[1],) * 2)
        show(*given, **named)

    shell.showtraceback = show_with_reserve
    sys.stdout, sys.stderr = _Stream("stdout", 1, session), _Stream("stderr", 2, session)
    return session, shell


def _run(code: str, session: Any, shell: Any) -> None:
    """One cell: what it was, what it shows, and how it ended, in a kernel's messages."""
    session.send(None, "execute_input", {"code": code, "execution_count": shell.execution_count})
    result = shell.run_cell(code, store_history=True)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, _Stream):
            stream.flush()
            stream.flush_descriptor()
    problem = result.error_before_exec or result.error_in_exec
    failed = not result.success or getattr(shell, "_last_traceback_during_displayhook", False)
    reply: dict[str, Any] = {"status": "error" if failed else "ok", "execution_count": shell.execution_count - 1}
    if failed:
        reply |= {
            "ename": type(problem).__name__, "evalue": str(problem), "traceback": shell._last_traceback or [],
        }  # fmt: skip
    shell.payload_manager.clear_payload()
    session.send(None, "execute_reply", reply)


class _Stream(io.TextIOBase):
    """Standard output or error of a cell; what is written past Python, to the descriptor, follows at the cell's end."""

    encoding = "UTF-8"

    def __init__(self, name: str, descriptor: int, session: Any) -> None:
        self.name = name
        self._descriptor = descriptor
        self._session = session
        self._parts: list[str] = []
        self._held = 0
        self._past = tempfile.TemporaryFile()  # noqa: SIM115
        os.dup2(self._past.fileno(), descriptor)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._parts.append(text)
        self._held += len(text)
        if self._held > _STREAM_CHARACTERS:
            self.flush()
        return len(text)

    def flush(self) -> None:
        text, self._parts, self._held = "".join(self._parts), [], 0
        for start in range(0, len(text), _STREAM_CHARACTERS):
            self._send(text[start : start + _STREAM_CHARACTERS])

    def flush_descriptor(self) -> None:
        """Send what was written to the descriptor since the last time."""
        self._past.seek(0)
        while data := self._past.read(_STREAM_CHARACTERS):
            self._send(data.decode("utf-8", "replace"))
        self._past.seek(0)
        self._past.truncate()

    def _send(self, text: str) -> None:
        self._session.send(None, "stream", {"name": self.name, "text": text})
