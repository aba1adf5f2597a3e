"""The in-house logbook of the designers: a timesheet that no vendor made, with numbered entries.

Columns: `Entry No` is the entry's own number and never changes; `Staff No` is
the person's number; `Job Code` names the project; `Minutes` are whole minutes;
`Chargeable` is Y or N. A later file repeats the last month of the first one,
with some minutes corrected under the same number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from pmo_analytics.synthetic.corrections import Correction
from pmo_analytics.synthetic.notation import BRITISH
from pmo_analytics.synthetic.projects import PROJECTS, PlannedProject, add_months
from pmo_analytics.synthetic.worklogs import Worklog
from pmo_analytics.synthetic.written import FileTruth, write_rows

HEADERS = ("Entry No", "Staff No", "Colleague", "Day", "Job Code", "Task", "Minutes", "Chargeable", "Remark")


def job_code(project: PlannedProject) -> str:
    """How the in-house systems name a project."""
    return f"JOB-{301 + 7 * PROJECTS.index(project)}"


def correctable(months: Sequence[date]) -> date:
    """The month that both files hold."""
    return months[len(months) // 2 - 1]


def write_logbook(
    folder: Path, recorded: Sequence[Worklog], months: Sequence[date], fix: Correction
) -> list[FileTruth]:
    """Write the two files of the logbook, the second with `fix` applied to the month in both."""
    shared = correctable(months)
    end = add_months(shared, 1) - timedelta(days=1)
    first = [w for w in recorded if w.is_in_logbook and w.day <= end]
    second = [w for w in fix.apply(recorded) if w.is_in_logbook and w.day >= shared]
    files = []
    for name, inside in (("logbook_1.csv", first), ("logbook_2.csv", second)):
        rows = write_rows(folder / name, HEADERS, _rows(inside))
        files.append(FileTruth(name, "utf-8", rows, seconds=sum(w.seconds for w in inside)))
    return files


def _rows(inside: Sequence[Worklog]) -> Iterator[list[object]]:
    for worklog in inside:
        yield [
            worklog.number, worklog.person.person_id, worklog.person.name, BRITISH.day(worklog.day),
            job_code(worklog.project), worklog.activity, worklog.seconds // 60,
            "Y" if worklog.number % 3 else "N", worklog.remark,
        ]  # fmt: skip
