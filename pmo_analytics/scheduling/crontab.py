"""A crontab with marked blocks of our own: lines that call at given instants, put in and taken out as text.

Every other line stays as it is, byte for byte. A variable that a crontab sets
holds for all lines below it, so that what a call needs stands in its own line.
Form and limits: crontab(5); the day of the month and that of the week are
alternatives where both are stated, and `%` is a line break unless escaped.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from datetime import datetime

from pmo_analytics.errors import UsageError
from pmo_analytics.scheduling.timer_call import TimerCall

# Of a command; cron refuses the whole crontab where one is longer.
_LONGEST = 990
_MONTHS, _DAYS = range(1, 13), range(1, 32)


def cron_times(calls: Iterable[datetime], *, by_weekday: bool) -> list[str]:
    """The five fields of lines that call at all these instants, given in the zone of cron.

    They call at other times as well where the instants are no grid, as when a
    clock is set: the run ends at once where nothing is due.
    """
    hours: dict[int, set[datetime]] = {}
    for call in calls:
        hours.setdefault(call.minute, set()).add(call)
    found = []
    for minute, own in sorted(hours.items()):
        days = "*" if by_weekday else _ranges({call.day for call in own}, _DAYS)
        months = "*" if by_weekday else _ranges({call.month for call in own}, _MONTHS)
        # cron counts from Sunday.
        weekdays = ",".join(str(day) for day in sorted({call.isoweekday() % 7 for call in own})) if by_weekday else "*"
        found.append(f"{minute} {_ranges({call.hour for call in own}, range(24))} {days} {months} {weekdays}")
    return found


def _ranges(numbers: set[int], every: range) -> str:
    """Numbers as cron writes them: `3-10,12`, or a star for all there are."""
    if numbers >= set(every):
        return "*"
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)


def cron_block(call: TimerCall, times: Iterable[str]) -> str:
    """The marked block of a call. Raises UsageError for a path that cron programs read differently, or that is long."""
    command = " ".join(shlex.quote(argument) for argument in call.arguments)
    if "\\" in command:
        raise UsageError(
            "cron programs differ in how they read a backslash", found=command,
            hint="use --kind systemd, or move the workspace",
        )  # fmt: skip
    command = command.replace("%", "\\%")
    if len(command.encode()) > _LONGEST:
        raise UsageError(
            "the command is longer than cron takes", found=f"{len(command.encode())} bytes",
            expected=f"{_LONGEST} at most", hint="use --kind systemd, or move the workspace to a shorter path",
        )  # fmt: skip
    first, last = _marks(call)
    return "\n".join([first, *(f"{when} {command}" for when in times), last]) + "\n"


def with_block(crontab: str, call: TimerCall, block: str) -> str:
    """The crontab with the call's block where it stood, else at the end."""
    before, own, after = _parts(crontab, call)
    if own:
        return before + block + after
    return crontab + ("" if crontab.endswith("\n") or not crontab else "\n") + block


def without_block(crontab: str, call: TimerCall) -> str:
    """The crontab without the call's block."""
    before, _, after = _parts(crontab, call)
    return before + after


def block_in(crontab: str, call: TimerCall) -> str:
    """The call's block in a crontab; empty where there is none."""
    return _parts(crontab, call)[1]


def _marks(call: TimerCall) -> tuple[str, str]:
    return f"# >>> {call.name}, written by pmo schedule install", f"# <<< {call.name}"


def _parts(crontab: str, call: TimerCall) -> tuple[str, str, str]:
    """What stands before the block, the block, and what stands behind it; UsageError where its end is missing."""
    first, last = _marks(call)
    # Lines end with line feeds alone: another sign may be part of somebody's command.
    lines = crontab.split("\n")
    if first not in lines:
        return crontab, "", ""
    begin = lines.index(first)
    if last not in lines[begin:]:
        raise UsageError(
            "a block of the crontab has lost its last line", found=first, expected=last,
            hint="mend it with crontab -e: nothing was changed",
        )  # fmt: skip
    end = lines.index(last, begin) + 1
    before = "".join(f"{line}\n" for line in lines[:begin])
    return before, "\n".join(lines[begin:end]) + "\n", "\n".join(lines[end:])
