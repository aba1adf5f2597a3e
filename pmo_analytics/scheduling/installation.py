"""Timers put in and taken out, by the machine's own programs: `crontab`, and `systemctl` with a user manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.reporting.pipeline_settings import Pipeline
from pmo_analytics.scheduling.crontab import block_in, cron_block, cron_times, with_block, without_block
from pmo_analytics.scheduling.systemd_units import service_unit, timer_unit
from pmo_analytics.scheduling.timer_call import TimerCall, timer_call
from pmo_analytics.warehouse.as_of import WEEK, period_ends
from pmo_analytics.workspace import Workspace

CRON, SYSTEMD = "cron", "systemd"
KINDS = (CRON, SYSTEMD)
_LOCALTIME = Path("/etc/localtime")
# Calls that a crontab's fields are made of: more than a year, so that every month and both clocks are among them.
_AHEAD = timedelta(days=800)


@dataclass(frozen=True)
class Timer:
    """One pipeline's timer: what calls it, and the texts that install it, by the name of their file; cron has one."""

    kind: str
    call: TimerCall
    texts: dict[str, str]


def usual_kind() -> str:
    """The kind of this machine: systemd where there is a user manager, else cron."""
    if sys.platform == "linux" and shutil.which("systemctl"):
        done = _program(["systemctl", "--user", "show-environment"], None)
        if done.returncode == 0:
            return SYSTEMD
    return CRON


def cron_zone() -> ZoneInfo:
    """The zone that cron reads its times in: that of the machine."""
    try:
        with _LOCALTIME.open("rb") as file:
            return ZoneInfo.from_file(file, key="localtime")
    except (OSError, ValueError):
        return ZoneInfo("UTC")


def call_of(pipeline: str, workspace: Workspace) -> TimerCall:
    """What a timer calls for this pipeline, from here."""
    return timer_call(pipeline, workspace, sys.executable, os.environ)


def planned(pipeline: Pipeline, workspace: Workspace, kind: str, now: datetime, zone_of_cron: ZoneInfo) -> Timer:
    """A pipeline's timer as it would be installed; UsageError where its file states no time."""
    if pipeline.run_time is None:
        raise UsageError(
            f"the pipeline {pipeline.name!r} states no time", expected='such as schedule = "working day 3 at 06:30"',
            hint=f"state one in {workspace.root / 'pipelines' / pipeline.name}.toml",
        )  # fmt: skip
    call = call_of(pipeline.name, workspace)
    weekdays = len(workspace.working_weekdays)
    if kind == SYSTEMD:
        timer = timer_unit(call, pipeline.run_time, workspace.time_zone, weekdays)
        return Timer(kind, call, {f"{call.name}.service": service_unit(call), f"{call.name}.timer": timer})
    zone = ZoneInfo(workspace.time_zone)
    ends = period_ends(pipeline.every, now.date() - timedelta(days=100), now.date() + _AHEAD)
    calls = [each.astimezone(zone_of_cron) for end in ends for each in pipeline.run_time.calls(end, zone, weekdays)]
    times = cron_times(calls, by_weekday=pipeline.every == WEEK)
    return Timer(kind, call, {"crontab": cron_block(call, times)})


def install(timer: Timer) -> bool:
    """Install a timer; False where it stands already as it is. Nothing else of the crontab or of the units changes."""
    if timer.kind == CRON:
        before = _crontab()
        after = with_block(before, timer.call, timer.texts["crontab"])
        if after != before:
            _write_crontab(after)
        return after != before
    folder = unit_folder()
    folder.mkdir(parents=True, exist_ok=True)
    changed = [name for name, text in timer.texts.items() if _unit(folder / name) != text]
    for name in changed:
        (folder / name).write_text(timer.texts[name], encoding="utf-8")
    _systemctl("daemon-reload")
    _systemctl("enable", "--now", f"{timer.call.name}.timer")
    if changed:
        # A timer that runs keeps its old times until it is started anew.
        _systemctl("restart", f"{timer.call.name}.timer")
    return bool(changed)


def remove(call: TimerCall, kind: str) -> bool:
    """Take a timer out; False where there was none."""
    if kind == CRON:
        before = _crontab() if shutil.which("crontab") else ""
        after = without_block(before, call)
        if after != before:
            _write_crontab(after)
        return after != before
    paths = [path for path in _unit_paths(call) if path.exists()]
    if paths:
        _systemctl("disable", "--now", f"{call.name}.timer")
        for path in paths:
            path.unlink()
        _systemctl("daemon-reload")
    return bool(paths)


def installed(call: TimerCall) -> list[str]:
    """The kinds of timers that are installed for a call."""
    crontab = _crontab() if shutil.which("crontab") else ""
    found = [CRON] if block_in(crontab, call) else []
    return found + ([SYSTEMD] if any(path.exists() for path in _unit_paths(call)) else [])


def unit_folder() -> Path:
    """Where a user's own units stand."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".config") / "systemd" / "user"


def _unit_paths(call: TimerCall) -> list[Path]:
    return [unit_folder() / f"{call.name}.{kind}" for kind in ("service", "timer")]


def _unit(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _crontab() -> str:
    """The user's crontab, whatever bytes it holds; empty where there is none."""
    done = _program(["crontab", "-l"], None)
    if done.returncode == 0:
        return done.stdout.decode(errors="surrogateescape")
    if b"no crontab for" in done.stderr:
        return ""
    raise _refused("crontab -l", done.stderr)


def _write_crontab(text: str) -> None:
    arguments = ["crontab", "-"] if text else ["crontab", "-r"]
    done = _program(arguments, text.encode(errors="surrogateescape"))
    if done.returncode:
        raise _refused(" ".join(arguments), done.stderr)


def _systemctl(*arguments: str) -> None:
    done = _program(["systemctl", "--user", *arguments], None)
    if done.returncode:
        raise _refused(f"systemctl --user {' '.join(arguments)}", done.stderr)


def _program(arguments: list[str], text: bytes | None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(arguments, input=text, capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError(
            f"there is no program {arguments[0]!r} on this machine",
            hint="install it, choose another --kind, or call what --print shows by a timer of your own",
        ) from None


def _refused(command: str, stderr: bytes) -> PmoError:
    return PmoError(
        f"{command} failed", found=stderr.decode(errors="replace").strip()[:500] or "no message",
        hint="nothing of it was changed; pmo schedule install --print shows what was to be installed",
    )  # fmt: skip
