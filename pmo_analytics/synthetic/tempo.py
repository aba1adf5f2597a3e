"""Tempo's worklog exports, month by month, by users with English and with German settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pmo_analytics.synthetic.corrections import OVERLAP, Correction
from pmo_analytics.synthetic.notation import GERMAN, ISO, Notation
from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import add_months
from pmo_analytics.synthetic.worklogs import Worklog, username
from pmo_analytics.synthetic.written import FileTruth, write_rows

# English header and German header of each column, in the order of the file.
HEADERS = (
    ("Issue Key", "Vorgangsschlüssel"),
    ("Issue summary", "Vorgangszusammenfassung"),
    ("Hours", "Stunden"),
    ("Work date", "Arbeitsdatum"),
    ("Username", "Benutzername"),
    ("Full name", "Vollständiger Name"),
    ("Period", "Zeitraum"),
    ("Account Key", "Kontoschlüssel"),
    ("Account Name", "Kontobezeichnung"),
    ("Account Lead", "Kontoleitung"),
    ("Account Category", "Kontokategorie"),
    ("Account Customer", "Kontokunde"),
    ("Activity Name", "Aktivitätsname"),
    ("Component", "Komponente"),
    ("All Components", "Alle Komponenten"),
    ("Version Name", "Versionsname"),
    ("Issue Type", "Vorgangstyp"),
    ("Issue Status", "Vorgangsstatus"),
    ("Project Key", "Projektschlüssel"),
    ("Project Name", "Projektname"),
    ("Epic", "Epos"),
    ("Epic Link", "Epos-Verknüpfung"),
    ("Work Description", "Arbeitsbeschreibung"),
    ("Parent Key", "Übergeordneter Schlüssel"),
    ("Reporter", "Autor"),
    ("External Hours", "Externe Stunden"),
    ("Billed Hours", "Abgerechnete Stunden"),
    ("Issue Original Estimate", "Ursprüngliche Schätzung des Vorgangs"),
    ("Issue Remaining Estimate", "Verbleibende Schätzung des Vorgangs"),
)
_WORDS = {
    "Feature": "Feature", "Task": "Aufgabe", "Bug": "Fehler", "To Do": "Zu erledigen", "In Progress": "In Arbeit",
    "Done": "Fertig", "Development": "Entwicklung", "Testing": "Test", "Meeting": "Besprechung",
    "Planning": "Planung", "Support": "Unterstützung", "Investment": "Investition",
}  # fmt: skip


@dataclass(frozen=True)
class TempoLanguage:
    """What the settings of the exporting user make of the file."""

    code: str
    column: int
    delimiter: str
    encoding: str
    line_end: str
    notation: Notation

    def word(self, text: str) -> str:
        """A word of Jira's in this language."""
        return _WORDS[text] if self.column else text


ENGLISH_EXPORT = TempoLanguage("en", 0, ",", "utf-8", "\n", ISO)
GERMAN_EXPORT = TempoLanguage("de", 1, ";", "cp1252", "\r\n", GERMAN)


@dataclass(frozen=True)
class TempoMonth:
    """One export: a month with some days before it."""

    month: date
    begin: date
    language: TempoLanguage
    mark: str = ""

    @property
    def file_name(self) -> str:
        """The name it is saved under."""
        return f"tempo_{self.month:%Y-%m}_{self.language.code}{self.mark}.csv"

    def covers(self, worklog: Worklog) -> bool:
        """Whether a worklog is in it."""
        return not worklog.is_in_logbook and self.begin <= worklog.day < add_months(self.month, 1)


def write_tempo(
    folder: Path,
    recorded: Sequence[Worklog],
    leads: dict[str, SimulatedPerson],
    months: Sequence[date],
    fix: Correction,
) -> list[FileTruth]:
    """Write one file a month, English in the first half and German from then on, and the corrected month again.

    `recorded` is the state before the correction. The files are returned in the order of their download.
    """
    files = []
    for position, month in enumerate(months):
        language = ENGLISH_EXPORT if position < len(months) // 2 else GERMAN_EXPORT
        export = TempoMonth(month, max(month - OVERLAP, months[0]), language)
        files.append(_write_month(folder, export, recorded, leads))
        if month == fix.month:
            again = replace(export, mark="_corrected")
            files.append(_write_month(folder, again, fix.apply(recorded), leads))
    return files


def _write_month(
    folder: Path, export: TempoMonth, recorded: Sequence[Worklog], leads: dict[str, SimulatedPerson]
) -> FileTruth:
    language = export.language
    inside = [worklog for worklog in recorded if export.covers(worklog)]
    rows = write_rows(
        folder / export.file_name,
        [pair[language.column] for pair in HEADERS],
        _rows(inside, leads, language),
        delimiter=language.delimiter,
        encoding=language.encoding,
        line_end=language.line_end,
    )
    return FileTruth(export.file_name, language.encoding, rows, seconds=sum(w.seconds for w in inside))


def account_key(worklog: Worklog) -> str:
    """The Tempo account of a project."""
    return f"ACC{worklog.project.project_id.replace('-', '')}"


def _rows(
    inside: Sequence[Worklog], leads: dict[str, SimulatedPerson], language: TempoLanguage
) -> Iterator[list[object]]:
    write, word = language.notation, language.word
    for worklog in inside:
        issue, project = worklog.issue, worklog.project
        estimate = issue.estimate_seconds or 0
        yield [
            issue.key, issue.summary, write.hours(worklog.seconds), write.day(worklog.day), worklog.username,
            worklog.person.name, f"{worklog.day:%m%y}", account_key(worklog), project.name,
            leads[project.project_id].name, word("Investment"), "", word(worklog.activity), "", "", "",
            word(issue.issue_type), word(issue.status), project.jira_key, project.name, "", "", worklog.remark, "",
            username(issue.reporter), "0", write.hours(worklog.seconds), write.hours(estimate),
            write.hours(0 if issue.resolved else estimate),
        ]  # fmt: skip
