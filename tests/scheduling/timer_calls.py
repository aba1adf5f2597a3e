"""Calls with hostile paths, and what cron and a unit make of what is written: their own rules, written down anew."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime
from pathlib import Path

from pmo_analytics.scheduling.timer_call import TimerCall, timer_call
from pmo_analytics.workspace import Workspace

HOSTILE = 'it\'s 100% "odd" $HOME `id` ;#&|*ü'
PLACES = ["plain", "with two  blanks", HOSTILE, "%%", "-rf", "trailing "]
SHOW = '#!/bin/sh\nprintf "%s\\0" "$PATH" "$LC_ALL" "$@"\n'


def call_in(folder: Path, place: str, **environment: str) -> TimerCall:
    """The call of the weekly run of a workspace of this name, by an interpreter of a folder of this name.

    The interpreter shows the PATH, the locale and the arguments that it gets, each with a zero behind it.
    """
    python = folder / place / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(SHOW)
    python.chmod(0o755)
    return timer_call("weekly", Workspace(folder / place), str(python), environment)


def expected_of(call: TimerCall) -> list[str]:
    """What the interpreter of a call is to show."""
    values = dict(part.split("=", 1) for part in call.arguments[1:] if re.match("[A-Z_]+=", part))
    python = next(at for at, part in enumerate(call.arguments) if part.endswith("/bin/python"))
    return [values["PATH"], values["LC_ALL"], *call.arguments[python + 1 :]]


def shown_by(arguments: list[str]) -> list[str]:
    """What the interpreter shows when it is called so, with nearly no environment."""
    done = subprocess.run(arguments, capture_output=True, env={"PATH": "/usr/bin:/bin"}, cwd="/", check=True)
    return done.stdout.decode().split("\0")[:-1]


def cron_command(line: str) -> str:
    """The command of a crontab's line, as cron hands it to the shell: up to the first bare %, \\% being one."""
    command = line.split(None, 5)[5]
    bare = re.search(r"(?<!\\)%", command)
    return command[: bare.start() if bare else None].replace("\\%", "%")


def is_called(line: str, at: datetime) -> bool:
    """Whether cron runs a line at a minute, by the rules of crontab(5)."""
    minute, hour, day, month, weekday = line.split()[:5]
    days = [_holds(day, at.day), _holds(weekday, at.isoweekday() % 7)]
    # Alternatives where both are restricted.
    is_day = any(days) if "*" not in {day, weekday} else all(days)
    return _holds(minute, at.minute) and _holds(hour, at.hour) and _holds(month, at.month) and is_day


def _holds(field: str, number: int) -> bool:
    if field == "*":
        return True
    ranges = [part.partition("-") for part in field.split(",")]
    return any(int(first) <= number <= int(last or first) for first, _, last in ranges)


def unit_arguments(unit: str) -> list[str]:
    """The arguments of a service's ExecStart, by the rules of systemd.service(5): quotes, escapes, %% and $$."""
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    assert line == " ".join(f'"{each}"' for each in quoted)
    found = []
    for each in quoted:
        assert not re.search(r"(?<!%)(?:%%)*%(?!%)", each), "a specifier"
        assert not re.search(r"(?<!\$)(?:\$\$)*\$(?!\$)", each), "a variable"
        found.append(re.sub(r"\\(.)", r"\1", each).replace("%%", "%").replace("$$", "$"))
    return found
