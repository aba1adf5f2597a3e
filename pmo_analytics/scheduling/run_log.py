"""What a scheduled run leaves: one file a run below the workspace's `logs`, which is also all that is known of it.

The first line says what began and when, the last one how it ended, as JSON;
between them is what was told. Nothing else keeps a state, so that none can
disagree. What is published stands in `pack.json` below `reports`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from pmo_analytics.workspace import Workspace

FOLDER = "logs"
# Of each pipeline; the oldest go first.
KEPT_LOGS = 60
_BEGAN, _ENDED = "began", "ended"


@dataclass(frozen=True)
class RunState:
    """One scheduled run: instants in UTC, the last two of them and what follows None where it has not ended.

    `pages` counts those that were published or stood, `failed` those that
    failed; `folders` are where they stand; `reason` says why it ended as it did.
    """

    pipeline: str
    began: str
    log: str
    ended: str | None = None
    exit_code: int | None = None
    pages: int | None = None
    failed: int | None = None
    folders: tuple[str, ...] = ()
    reason: str = ""


class RunLog:
    """The file of a run that is under way; what is told is in it at once."""

    def __init__(self, workspace: Workspace, pipeline: str, now: datetime) -> None:
        folder = workspace.root / FOLDER / pipeline
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{now.astimezone(UTC):%Y%m%dT%H%M%S}"
        tries = (folder / f"{stem}{f'_{n}' if n else ''}.log" for n in range(1000))
        self.path = next(path for path in tries if not path.exists())
        self.state = RunState(pipeline, written_instant(now), str(self.path))
        self._file = self.path.open("x", encoding="utf-8")
        self.tell(json.dumps({_BEGAN: self.state.began, "pipeline": pipeline}))
        for old in sorted(folder.glob("*.log"))[:-KEPT_LOGS]:
            old.unlink(missing_ok=True)

    def tell(self, text: str) -> None:
        """Add lines."""
        self._file.write(text.rstrip("\n") + "\n")
        self._file.flush()

    def end(self, state: RunState) -> RunState:
        """Add how the run ended, and close the file."""
        self.tell(json.dumps(asdict(state), ensure_ascii=True))
        self._file.close()
        self.state = state
        return state


def last_run(workspace: Workspace, pipeline: str) -> RunState | None:
    """The last scheduled run of a pipeline as its log tells it; None where there is none that can be read."""
    for path in sorted((workspace.root / FOLDER / pipeline).glob("*.log"), reverse=True):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        try:
            began = json.loads(lines[0])
            state = RunState(str(began["pipeline"]), str(began[_BEGAN]), str(path))
        except (ValueError, LookupError, TypeError):
            continue
        try:
            told = json.loads(lines[-1])
            return RunState(
                state.pipeline, state.began, state.log, str(told[_ENDED]), int(told["exit_code"]), int(told["pages"]),
                int(told["failed"]), tuple(map(str, told["folders"])), str(told["reason"]),
            )  # fmt: skip
        except (ValueError, LookupError, TypeError):
            return state
    return None


def written_instant(now: datetime) -> str:
    """An instant with a zone as a state holds it, in UTC."""
    return now.astimezone(UTC).isoformat(timespec="seconds")
