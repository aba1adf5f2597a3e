"""Units of systemd that call a pipeline's scheduled run: a service and its timer, as text.

Form: systemd.service(5), systemd.timer(5), systemd.time(7). A timer knows the
workspace's time zone and makes up for a call that was missed while the machine
was off.
"""

from __future__ import annotations

from pmo_analytics.reporting.run_times import RunTime
from pmo_analytics.scheduling.timer_call import TimerCall
from pmo_analytics.warehouse.as_of import QUARTER, WEEK

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def service_unit(call: TimerCall) -> str:
    """The service that runs once."""
    command = " ".join(_quoted(argument) for argument in call.arguments)
    return f"""\
# Written by pmo schedule install.
[Unit]
Description=pmo {call.pipeline}, {_plain(call.root)}

[Service]
Type=oneshot
ExecStart={command}
"""


def timer_unit(call: TimerCall, run_time: RunTime, time_zone: str, weekdays: int) -> str:
    """The timer of the service of the same name."""
    return f"""\
# Written by pmo schedule install.
[Unit]
Description=pmo {call.pipeline}, {run_time}, {_plain(call.root)}

[Timer]
OnCalendar={on_calendar(run_time, time_zone, weekdays)}
Persistent=true

[Install]
WantedBy=timers.target
"""


def on_calendar(run_time: RunTime, time_zone: str, weekdays: int) -> str:
    """The days and the time at which a timer calls, with the zone."""
    at = f"{run_time.at:%H:%M}:00 {time_zone}"
    if run_time.every == WEEK:
        return f"{_WEEKDAYS[run_time.day]} *-*-* {at}"
    months = "01,04,07,10" if run_time.every == QUARTER else "*"
    last = run_time.last_call_day(weekdays)
    days = f"{run_time.day:02}" if last == run_time.day else f"{run_time.day:02}..{last:02}"
    return f"*-{months}-{days} {at}"


def _quoted(argument: str) -> str:
    """An argument as a unit writes it: in quotes, specifiers and variables as the signs that they are."""
    text = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text.replace("%", "%%").replace("$", "$$")}"'


def _plain(text: str) -> str:
    """A text that is only read: specifiers as signs, and no backslash that would join lines."""
    return text.replace("%", "%%").replace("\\", "/")
