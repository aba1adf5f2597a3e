"""A run that is killed while it publishes leaves whole pages alone; the next one of the folder removes its drafts."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from pmo_analytics.reporting.publishing import publish, remove_orphans

KILLS = int(os.environ.get("PMO_KILLS", "50"))
SIZE = 1_000_000
CHILD = """
import sys
from pathlib import Path
from pmo_analytics.reporting.publishing import publish
target, size = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
for n in range(10**6):
    publish(str(n % 10) * size, target)
"""


def test_a_page_is_whole_whenever_its_run_is_killed(tmp_path: Path) -> None:
    chance = random.Random("publish")
    target = tmp_path / "page.html"
    publish("x" * SIZE, target)
    orphans = changed = 0
    for n in range(KILLS):
        before = target.read_text()
        command = [sys.executable, "-c", CHILD, str(target), str(SIZE)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout
            assert run.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.05))
            remove_orphans(tmp_path)
            assert run.poll() is None, "a draft of a run alive was taken from it"
            run.kill()
        text = target.read_text()
        assert len(text) == SIZE, f"kill {n}: half a page"
        assert len(set(text)) == 1, f"kill {n}: two pages in one"
        changed += text != before
        drafts = list(tmp_path.glob(".*.part"))
        orphans += len(drafts)
        remove_orphans(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert changed, "no run was killed after a page of its own"
    assert orphans, "no run was killed with a draft begun"
