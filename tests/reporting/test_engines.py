"""The prepared process gives what a fresh kernel gives, and what goes wrong in it is told once and clearly."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from papermill import execute_notebook
from papermill.engines import papermill_engines

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting import prepared
from pmo_analytics.reporting.engines import ENGINE_VARIABLE, Limits, chosen_engine
from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.reporting.runner import CellFailure, NotebookFailedError, run_notebook
from pmo_analytics.workspace import Workspace
from tests.reporting.test_runner import write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the prepared process is forked on Linux alone")

EVERYTHING = (
    "import sys, os\nprint('printed')\nprint('told', file=sys.stderr)\nlimit",
    "from IPython.display import display, HTML, Markdown, clear_output\nprint('gone'); clear_output()",
    "display(HTML('<b>x</b>'), Markdown('*y*'))\nhandle = display({'a': 1}, display_id='one')\nhandle.update({'a': 2})",
    "'quiet';",
    "_, __name__, os.environ['PMO_WORKSPACE'] != '', sorted({'a', 'b'}), {'a', 'b', 'c', 'd'}",
    "%%capture kept\nprint('held')",
    "kept.stdout, In[1][:10], type(get_ipython()).__name__, sys.path[0], os.listdir()",
    "class Shown:\n    def _repr_html_(self): return '<i>z</i>'\n    def __repr__(self): return 'Shown'\nShown()",
    "await __import__('asyncio').sleep(0, 'awaited')",
    "",
)


def run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, engine: str, path: Path, limits: Limits | None = None
) -> nbformat.NotebookNode:
    monkeypatch.setenv(ENGINE_VARIABLE, engine)
    return run_notebook(path, {"limit": 5}, workspace, limits=limits)


def failure(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, engine: str, path: Path, limits: Limits | None = None
) -> CellFailure:
    with pytest.raises(NotebookFailedError) as caught:
        run(workspace, monkeypatch, engine, path, limits)
    return caught.value.failure


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def test_outputs_of_every_kind_are_those_of_a_fresh_kernel(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(workspace, "page", *EVERYTHING)
    warm, fresh = (run(workspace, monkeypatch, engine, path) for engine in ("prepared", "fresh"))
    assert nbformat.writes(warm) == nbformat.writes(fresh)
    assert [output.output_type for output in warm.cells[2].outputs] == ["stream", "stream", "execute_result"]


@pytest.mark.parametrize("source", ["1 + 1\n{}['no']", "def broken(:", "import sys; sys.exit(3)", "%no_such_magic"])
def test_errors_are_those_of_a_fresh_kernel(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    path = write(workspace, "page", "print('before')", source, "never")
    warm, fresh = (failure(workspace, monkeypatch, engine, path) for engine in ("prepared", "fresh"))
    assert warm == fresh
    assert warm.cell == 4
    assert warm.code == source


def test_each_report_has_a_process_and_names_of_its_own(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(
        workspace,
        "page",
        "import os, sys, threading\nassert 'left' not in globals() and not hasattr(sys, 'left')",
        "left = sys.left = 1\nos.getpid(), threading.active_count(), len(os.listdir('/proc/self/task'))",
    )
    first, second = (
        ast.literal_eval(run(workspace, monkeypatch, "prepared", path).cells[-1].outputs[0].data["text/plain"])
        for _ in range(2)
    )
    assert first[0] != second[0]
    assert first[1:] == second[1:] == (1, 1)


def test_what_is_written_past_python_is_shown(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(workspace, "page", "import os\n_ = os.write(1, b'past')")
    assert run(workspace, monkeypatch, "prepared", path).cells[-1].outputs[0].text == "past"


def test_a_loop_without_end_is_stopped(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(workspace, "page", "while True:\n    pass")
    found = failure(workspace, monkeypatch, "prepared", path, Limits(seconds=1))
    assert (found.cell, found.error) == (3, "TimeLimit: the cell ran longer than 1 seconds")


def test_a_megabyte_is_refused(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(workspace, "page", "for _ in range(100_000):\n    print('0123456789')")
    found = failure(workspace, monkeypatch, "prepared", path)
    assert (found.cell, found.error.partition(":")[0]) == (3, "OutputLimit")
    assert "1,000,000 bytes" in found.error
    assert len(found.trace) < 1_000


@pytest.mark.parametrize(
    "source",
    ["rows = bytearray(2**31)", "rows = []\nwhile True:\n    rows.append([0] * 100)"],
    ids=["once", "bit by bit"],
)
def test_memory_that_is_eaten_is_an_error_of_its_line(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    path = write(workspace, "page", source)
    found = failure(workspace, monkeypatch, "prepared", path, Limits(memory_bytes=300 * 2**20))
    assert found.error.startswith("MemoryError")
    assert source.splitlines()[-1].strip() in found.trace


def test_a_process_that_ends_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(workspace, "page", "import os\nos.kill(os.getpid(), 9)")
    found = failure(workspace, monkeypatch, "prepared", path)
    assert (found.cell, found.error.partition(":")[0]) == (3, "ProcessEnded")
    # What runs next is not the worse for it.
    assert run(workspace, monkeypatch, "prepared", write(workspace, "next", "1")).cells[-1].outputs


def test_papermill_knows_the_engines(workspace: Workspace) -> None:
    path = write(workspace, "page", "limit")
    done = execute_notebook(str(path), None, {"limit": 7}, engine_name="pmo-prepared", progress_bar=False)
    assert done.cells[-1].outputs[0].data["text/plain"] == "7"
    assert papermill_engines.get_engine("pmo-fresh").__name__ == "FreshEngine"


def test_an_unknown_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, "warm")
    with pytest.raises(UsageError, match="prepared or fresh"):
        chosen_engine()


def test_forking_is_for_linux_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)
    assert chosen_engine() == "pmo-prepared"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert chosen_engine() == "pmo-fresh"


def test_everything_that_the_notebooks_import_is_prepared() -> None:
    script = f"import importlib, sys\nfor name in {prepared.IMPORTED!r}: importlib.import_module(name)\n"
    script += "print(*sys.modules)"
    known = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    for path in shipped("notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            for node in ast.walk(ast.parse("".join(cell["source"]) if cell["cell_type"] == "code" else "")):
                if isinstance(node, ast.ImportFrom):
                    names = {f"{node.module}.{alias.name}" for alias in node.names}
                    assert {node.module} | {name for name in names if is_module(name)} <= known
                elif isinstance(node, ast.Import):
                    assert {alias.name for alias in node.names} <= known


def is_module(name: str) -> bool:
    return (Path(prepared.__file__).parents[2] / f"{name.replace('.', '/')}.py").exists()


def test_a_run_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    script = (
        "import os\nfrom pmo_analytics.reporting.engines import Limits, prepared_process\n"
        f"child = prepared_process().child(dict(os.environ), {str(tmp_path)!r}, Limits())\n"
        "print(child._number, flush=True)\n"
        "for _ in child.run('while True: pass', Limits()): pass\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout
        child = int(started.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        started.kill()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            return
        os.sched_yield()
        subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError("the child is still there")


@pytest.mark.parametrize("first", ["pmo_analytics.reporting.engines", "pmo_analytics.reporting.runner", "papermill"])
def test_papermill_finds_the_engines_whichever_is_imported_first(first: str) -> None:
    # Installed, papermill loads the engines by their entry points while it is being imported.
    script = (
        f"import {first}\nfrom pmo_analytics.reporting import engines\nengines.register()\n"
        "from papermill.engines import papermill_engines\n"
        "print(papermill_engines.get_engine('pmo-prepared').__name__)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("PreparedEngine", "")
