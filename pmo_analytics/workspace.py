"""A workspace: the folder with `pmo.toml` that exports, warehouse and reports live in."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pmo_analytics.errors import UsageError
from pmo_analytics.settings import SETTINGS_TEMPLATE, TOLERANCES, WEEKDAYS, read_settings

SETTINGS_FILE = "pmo.toml"
# How a run tells its notebooks the locale of numbers and dates.
LOCALE_VARIABLE = "PMO_LOCALE"
DEFAULT_LOCALE = "en"
DEFAULT_PMO_TYPE = "controlling"


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
        return {name: float(given[name]) for name in TOLERANCES if name in given}

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
    def discount_rate(self) -> float | None:
        """What money of a year later is worth less, 0.05 being 5 % a year; None where the organisation has not said."""
        given = self.settings.get("benefits", {}).get("discount_rate_pct")
        return None if given is None else float(given) / 100

    @property
    def capacity(self) -> dict[str, Any]:
        """When a shortfall is a gap, lead times, what hours and persons cost: what the organisation says of them."""
        return dict(self.settings.get("capacity", {}))

    @property
    def capacity_options(self) -> dict[str, Any]:
        """The same as options of the analysis of gaps; what training costs is of scenarios alone."""
        return {name: value for name, value in self.capacity.items() if name != "train_cost_amount"}

    @property
    def escalation(self) -> dict[str, Any]:
        """Who is told at which breach; the PMO's type stands beside it, unless the section has one of its own."""
        given = {name: self.settings[name] for name in ("pmo_type",) if name in self.settings}
        return given | dict(self.settings.get("escalation", {}))

    @property
    def pmo_type(self) -> str:
        """What kind of office it is, which says whether a gate that lacks evidence advises, warns or blocks."""
        return str(self.settings.get("pmo_type", DEFAULT_PMO_TYPE))

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
        """Hours by weekday, Monday being 0, for drafting a calendar and for days of schedules."""
        working = self.settings.get("working_time", {})
        days = working.get("days", WEEKDAYS[:5])
        return {WEEKDAYS.index(day): float(working.get("hours_per_day", 8)) for day in days}

    @property
    def public_holidays(self) -> str:
        """Country, and part of it after a hyphen, whose public holidays are not worked; else empty."""
        return str(self.settings.get("working_time", {}).get("holidays", ""))

    def working_days(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last`, both included, that are worked: by weekday, without public holidays."""
        free: set[date] = set()
        if self.public_holidays:
            from holidays import country_holidays

            country, _, part = self.public_holidays.partition("-")
            free = set(country_holidays(country, subdiv=part or None, years=range(first.year, last.year + 1)))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if day.weekday() in self.working_weekdays and day not in free]

    @property
    def run_categories(self) -> list[str]:
        """Categories of projects that are run work."""
        return [str(name) for name in self.settings.get("utilisation", {}).get("run_categories", [])]

    @classmethod
    def find(cls, start: Path | str | None = None) -> Workspace:
        """The workspace at `start`, or of PMO_WORKSPACE, or the nearest `pmo.toml` upward.

        Raises UsageError when there is none or its `pmo.toml` is wrong.
        """
        named = start if start is not None else os.environ.get("PMO_WORKSPACE")
        here = Path(named).resolve() if named else Path.cwd()
        for folder in [here] if named else [here, *here.parents]:
            if (folder / SETTINGS_FILE).is_file():
                return cls(folder, read_settings(folder / SETTINGS_FILE))
        raise UsageError(
            f"no workspace: {here} holds no {SETTINGS_FILE}",
            hint="make one with `pmo init DIR`, or name one with --workspace DIR",
        )

    @classmethod
    def create(
        cls, root: Path, *, time_zone: str = "UTC", reports: str = "reports", has_discount_rate: bool = False
    ) -> Workspace:
        """Make the folders and `pmo.toml` of a workspace at `root`; what exists is kept.

        With `has_discount_rate` it states the rate that it else shows as an example.
        """
        root = root.resolve()
        root.mkdir(parents=True, exist_ok=True)
        settings = root / SETTINGS_FILE
        if not settings.exists():
            rate = "" if has_discount_rate else "# "
            text = SETTINGS_TEMPLATE.format(time_zone=time_zone, reports=reports, rate=rate)
            settings.write_text(text, encoding="utf-8")
        workspace = cls.find(root)
        for folder in (workspace.inbox, workspace.registers, workspace.reports):
            folder.mkdir(parents=True, exist_ok=True)
        return workspace
