"""A workspace: the folder with `pmo.toml` that exports, warehouse and reports live in."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pmo_analytics.errors import UsageError, nearest

SETTINGS_FILE = "pmo.toml"
# How a run tells its notebooks the locale of numbers and dates.
LOCALE_VARIABLE = "PMO_LOCALE"
DEFAULT_LOCALE = "en"

SETTINGS_TEMPLATE = """\
# How this workspace reads its exports and what its PMO decided.

pmo_type = "controlling"     # supportive, controlling or directive: breaches and gates advise, warn or block
time_zone = "{time_zone}"            # times in exports without a zone are in this one
reports = "{reports}"          # where reports are published, from this folder
# locale = "de_DE"           # how pages write numbers and dates

[reading]
# date_order = "dmy"         # what 03/04/26 means where no row of a file decides it: dmy or mdy
# decimal_mark = "comma"     # what 1,234 means where no row of a file decides it: comma or point
# month_language = "hr"      # what lis or srp means where no row of a file decides it: a language by its code
# encoding = "cp1250"        # of exports that are not in Unicode

[reconciliation]
# labour_accounts = ["600000-609999", "6200*"]   # cost elements or accounts that are labour: exact, ranges, patterns
# tolerance_amount = 1         # timesheet cost and ledger labour agree where they differ by no more than this,
# tolerance_pct = 0            # or by no more than this share of the larger one

[decisions]
# cost_tolerance_pct = 10      # a project forecast further above its budget is the board's to decide,
# delay_tolerance_days = 60    # and so is one forecast to finish later than this

[budget]
# fiscal_year_start = 4        # the month in which a fiscal year begins; January where none is stated
# orders = "gross"             # listed with what was received of them and accrued; "net", without, where none is stated

[escalation]                 # who is told at which breach, by when; without rules, those that `pmo alerts` names
# webhook_url = "https://chat.example/hooks/a1b2"   # where `pmo alerts text ID --form webhook --send` sends to
# [[escalation.rule]]
# breach = "cost_over_budget_pct"   # the README lists what a breach can be
# above = 10
# tell = ["sponsor", "portfolio board"]
# within_days = 5              # to acknowledge
# decide_within_days = 20

[flow]                       # what statuses mean, where their names or Jira's categories do not say it
# in_progress = ["Build"]      # also to_do and done
# blocked = ["Parked"]         # time in these is waiting
# cancelled = ["Not wanted"]   # statuses, and resolutions of work that was given up

[checks]                     # rules between tables; `pmo check` lists them: warn, reject or off
# unknown_project = "reject"

# [source.house_ledger]      # an export of your own, mapped to a table; see the README
# table = "ledger_entry"
# fields = {{ posting_date = "Booked On", amount = "Amount", currency = {{ value = "EUR" }}, project_key = "Job Code" }}

# [jira]                     # fields of your Jira site, where its JSON does not name them (expand=names)
# story_points = "customfield_10016"
# epic_link = "customfield_10014"

[working_time]               # used to draft a working calendar; a loaded one goes first
hours_per_day = 8
days = ["mon", "tue", "wed", "thu", "fri"]
"""

_KNOWN: dict[str, set[str]] = {
    "": {
        "pmo_type", "time_zone", "reports", "locale", "reading", "working_time", "source", "jira", "reconciliation",
        "decisions", "budget", "flow", "checks", "escalation",
    },
    "reading": {"date_order", "decimal_mark", "month_language", "encoding"},
    "jira": {"story_points", "epic_link"},
    "working_time": {"hours_per_day", "days"},
    "reconciliation": {"labour_accounts", "tolerance_amount", "tolerance_pct"},
    "decisions": {"cost_tolerance_pct", "delay_tolerance_days"},
    "budget": {"fiscal_year_start", "orders"},
    "flow": {"to_do", "in_progress", "blocked", "done", "cancelled"},
}  # fmt: skip
# What is said of these is checked where it is read.
_OPEN_SECTIONS = {"source", "checks", "escalation"}
_CHOICES = {
    "pmo_type": {"supportive", "controlling", "directive"},
    "date_order": {"dmy", "mdy"},
    "decimal_mark": {"comma", "point"},
    "orders": {"net", "gross"},
}
_TOLERANCES = ("tolerance_amount", "tolerance_pct")
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass(frozen=True)
class Workspace:
    """Paths and settings of one workspace. `root` is absolute."""

    root: Path
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        """Exports dropped here are loaded by every pipeline run."""
        return self.root / "inbox"

    @property
    def registers(self) -> Path:
        """The PMO's own tables, as CSV."""
        return self.root / "registers"

    @property
    def warehouse(self) -> Path:
        """Catalogs, data files and the archive of originals."""
        return self.root / "warehouse"

    @property
    def reports(self) -> Path:
        """Where reports are published."""
        return (self.root / str(self.settings.get("reports", "reports"))).resolve()

    @property
    def time_zone(self) -> str:
        """The zone of times that carry none."""
        return str(self.settings.get("time_zone", "UTC"))

    @property
    def sources(self) -> dict[str, Any]:
        """How the organisation's own exports are mapped, by the name of the source."""
        return dict(self.settings.get("source", {}))

    @property
    def jira(self) -> dict[str, str]:
        """The ids of custom fields of the Jira site, by what they hold."""
        return {name: str(value) for name, value in self.settings.get("jira", {}).items()}

    @property
    def settings_file(self) -> Path:
        """The file that the settings stand in."""
        return self.root / SETTINGS_FILE

    @property
    def labour_accounts(self) -> list[str]:
        """Cost elements that the organisation calls labour: exact, ranges, patterns; empty where it has not said."""
        return [str(entry) for entry in self.settings.get("reconciliation", {}).get("labour_accounts", [])]

    @property
    def tolerances(self) -> dict[str, float]:
        """How far timesheets and ledger may differ, as options of the analysis that compares them."""
        given = self.settings.get("reconciliation", {})
        return {name: float(given[name]) for name in _TOLERANCES if name in given}

    @property
    def decision_tolerances(self) -> dict[str, float]:
        """How far a project may leave its plan before the board decides, as options of the analysis that says so."""
        given = self.settings.get("decisions", {})
        days, pct = given.get("delay_tolerance_days"), given.get("cost_tolerance_pct")
        found = {"cost_tolerance": None if pct is None else pct / 100, "delay_tolerance_days": days}
        return {name: float(value) for name, value in found.items() if value is not None}

    @property
    def budget_rule(self) -> tuple[int, bool]:
        """The month in which fiscal years begin, and whether lists state orders with what was received of them."""
        given = self.settings.get("budget", {})
        return int(given.get("fiscal_year_start", 1)), str(given.get("orders")) == "gross"

    @property
    def escalation(self) -> dict[str, Any]:
        """Who is told at which breach; the PMO's type stands beside it, unless the section has one of its own."""
        given = {name: self.settings[name] for name in ("pmo_type",) if name in self.settings}
        return given | dict(self.settings.get("escalation", {}))

    @property
    def flow_names(self) -> dict[str, list[str]]:
        """Statuses, and resolutions of cancelled work, by what the organisation says they mean for the flow of work."""
        return {state: [str(name) for name in names] for state, names in self.settings.get("flow", {}).items()}

    @property
    def locale(self) -> str:
        """The locale that pages write numbers and dates in."""
        return str(self.settings.get("locale", DEFAULT_LOCALE))

    @property
    def checks(self) -> dict[str, Any]:
        """Severity by rule between tables, where the organisation has chosen one."""
        return dict(self.settings.get("checks", {}))

    @property
    def date_order(self) -> str | None:
        """The configured order of ambiguous dates, if any."""
        return self._reading("date_order")

    @property
    def decimal_mark(self) -> str | None:
        """The configured decimal mark of ambiguous numbers, if any."""
        return self._reading("decimal_mark")

    @property
    def month_language(self) -> str | None:
        """The configured language of month names that several languages share, if any."""
        return self._reading("month_language")

    @property
    def encoding(self) -> str | None:
        """The configured encoding of files that are not in Unicode, if any."""
        return self._reading("encoding")

    def _reading(self, name: str) -> str | None:
        value = self.settings.get("reading", {}).get(name)
        return None if value is None else str(value)

    @property
    def working_weekdays(self) -> dict[int, float]:
        """Hours by weekday, Monday being 0, for drafting a calendar."""
        working = self.settings.get("working_time", {})
        days = working.get("days", _WEEKDAYS[:5])
        return {_WEEKDAYS.index(day): float(working.get("hours_per_day", 8)) for day in days}

    @classmethod
    def find(cls, start: Path | str | None = None) -> Workspace:
        """The workspace at `start`, or of PMO_WORKSPACE, or the nearest `pmo.toml` upward.

        Raises UsageError when there is none or its `pmo.toml` is wrong.
        """
        named = start if start is not None else os.environ.get("PMO_WORKSPACE")
        here = Path(named).resolve() if named else Path.cwd()
        for folder in [here] if named else [here, *here.parents]:
            if (folder / SETTINGS_FILE).is_file():
                return cls(folder, _read_settings(folder / SETTINGS_FILE))
        raise UsageError(
            f"no workspace: {here} holds no {SETTINGS_FILE}",
            hint="make one with `pmo init DIR`, or name one with --workspace DIR",
        )

    @classmethod
    def create(cls, root: Path, *, time_zone: str = "UTC", reports: str = "reports") -> Workspace:
        """Make the folders and `pmo.toml` of a workspace at `root`; what exists is kept."""
        root = root.resolve()
        root.mkdir(parents=True, exist_ok=True)
        settings = root / SETTINGS_FILE
        if not settings.exists():
            settings.write_text(SETTINGS_TEMPLATE.format(time_zone=time_zone, reports=reports), encoding="utf-8")
        workspace = cls.find(root)
        for folder in (workspace.inbox, workspace.registers, workspace.reports):
            folder.mkdir(parents=True, exist_ok=True)
        return workspace


def _read_settings(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UsageError("is not valid TOML", file=path, found=str(problem), hint="mend the line it names") from None
    for name in (n for n in settings if n in {*_KNOWN, *_OPEN_SECTIONS} and not isinstance(settings[n], dict)):
        raise UsageError(f"{name} is a section", file=path, found=repr(settings[name]), expected=f"[{name}]")
    named = {k: v for k, v in settings.items() if isinstance(v, dict) and k not in _OPEN_SECTIONS}
    sections = {"": settings, **named}
    for section, values in sections.items():
        known = _KNOWN.get(section, set())
        for name, value in values.items():
            if name not in known:
                close = nearest(name, known)
                raise UsageError(
                    f"unknown setting {name!r}" + (f" in [{section}]" if section else ""),
                    file=path,
                    expected=", ".join(sorted(known)),
                    hint=f"did you mean {close!r}?" if close else "remove it",
                )
            if name in _CHOICES and value not in _CHOICES[name]:
                raise UsageError(
                    f"{name} is not one of its values",
                    file=path,
                    found=repr(value),
                    expected=", ".join(sorted(_CHOICES[name])),
                )
    if unknown_days := set(settings.get("working_time", {}).get("days", [])) - set(_WEEKDAYS):
        raise UsageError(
            "unknown weekday", file=path, found=", ".join(sorted(unknown_days)), expected=", ".join(_WEEKDAYS)
        )
    _check_reconciliation(settings.get("reconciliation", {}), path)
    _check_limits(settings.get("decisions", {}), _KNOWN["decisions"], path)
    _check_flow(settings.get("flow", {}), path)
    _check_fiscal_year(settings.get("budget", {}).get("fiscal_year_start", 1), path)
    if "locale" in settings:
        _check_locale(settings["locale"], path)
    try:
        ZoneInfo(str(settings.get("time_zone", "UTC")))
    except (ZoneInfoNotFoundError, ValueError):
        raise UsageError(
            "unknown time zone",
            file=path,
            found=repr(settings.get("time_zone")),
            expected="an IANA name such as Europe/Berlin",
        ) from None
    return settings


def _check_reconciliation(given: dict[str, Any], path: Path) -> None:
    accounts = given.get("labour_accounts", [])
    if not isinstance(accounts, list) or not all(isinstance(a, str) for a in accounts):
        raise UsageError(
            "labour_accounts is no list of texts",
            file=path,
            found=repr(accounts),
            expected='["600000-609999", "6200*"]',
        )
    _check_limits(given, _TOLERANCES, path)


def _check_fiscal_year(given: Any, path: Path) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 12:
        raise UsageError(
            "fiscal_year_start is no month", file=path, found=repr(given), expected="a whole number from 1 to 12"
        )


def _check_flow(given: dict[str, Any], path: Path) -> None:
    told: dict[str, str] = {}
    for state, names in given.items():
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            raise UsageError(
                f"{state} of [flow] is no list of names", file=path, found=repr(names), expected='["Parked", "On Hold"]'
            )
        for name in names:
            if told.setdefault(name.strip().lower(), state) != state:
                raise UsageError(
                    f"{name!r} of [flow] means two things",
                    file=path,
                    found=f"{told[name.strip().lower()]} and {state}",
                    expected="each name in one list",
                )


def _check_locale(given: Any, path: Path) -> None:
    from babel.localedata import exists, locale_identifiers

    if not isinstance(given, str) or not exists(given):
        close = nearest(str(given).replace("-", "_"), locale_identifiers())
        raise UsageError(
            "unknown locale",
            file=path,
            found=repr(given),
            expected="a CLDR name such as de_DE",
            hint=f"did you mean {close!r}?" if close else None,
        )


def _check_limits(given: dict[str, Any], names: Iterable[str], path: Path) -> None:
    for name in names:
        value = given.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise UsageError(f"{name} is no tolerance", file=path, found=repr(value), expected="a number from 0 on")
