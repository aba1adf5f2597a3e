"""The settings of a workspace: what `pmo.toml` may say, and what is wrong where it says something else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pmo_analytics.errors import UsageError, nearest

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

[benefits]                   # without a rate, payments of different years are held beside each other as they are
{rate}discount_rate_pct = 5        # of a year: present values of projects, and how long until the money is back

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
# holidays = "DE-BE"         # public holidays that are not worked: a country, and a part of it where that matters

[utilisation]
# run_categories = ["operations"]   # categories of projects that are run work

[capacity]                   # `pmo capacity`; an amount that is not stated is named where it lacks, and never guessed
# shortfall_limit = 0.5        # a month is a gap where the chance of a shortfall is as large or larger
# hire_lead_days = 90          # from the decision to a person's first day
# train_lead_days = 60         # from the first lesson to work at the level
# currency = "EUR"             # of these amounts
# hire_cost_amount = 8000      # once for each person hired
# train_cost_amount = 2500     # once for each person trained
# contractor_hourly_amount = 120
# delay_hourly_amount = 15     # what an hour of work costs for each month that it waits
"""

_KNOWN: dict[str, set[str]] = {
    "": {
        "pmo_type", "time_zone", "reports", "locale", "reading", "working_time", "source", "jira", "reconciliation",
        "decisions", "budget", "benefits", "flow", "checks", "escalation", "utilisation", "capacity",
    },
    "reading": {"date_order", "decimal_mark", "month_language", "encoding"},
    "jira": {"story_points", "epic_link"},
    "working_time": {"hours_per_day", "days", "holidays"},
    "utilisation": {"run_categories"},
    "reconciliation": {"labour_accounts", "tolerance_amount", "tolerance_pct"},
    "decisions": {"cost_tolerance_pct", "delay_tolerance_days"},
    "budget": {"fiscal_year_start", "orders"},
    "benefits": {"discount_rate_pct"},
    "capacity": {
        "shortfall_limit", "hire_lead_days", "train_lead_days", "currency", "hire_cost_amount", "train_cost_amount",
        "contractor_hourly_amount", "delay_hourly_amount",
    },
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
_MOST_DAYS = 3650
TOLERANCES = ("tolerance_amount", "tolerance_pct")
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def read_settings(path: Path) -> dict[str, Any]:
    """What the file says; UsageError for what is no TOML, no setting or no value of one."""
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
    if unknown_days := set(settings.get("working_time", {}).get("days", [])) - set(WEEKDAYS):
        raise UsageError(
            "unknown weekday", file=path, found=", ".join(sorted(unknown_days)), expected=", ".join(WEEKDAYS)
        )
    _check_reconciliation(settings.get("reconciliation", {}), path)
    _check_limits(settings.get("decisions", {}), _KNOWN["decisions"], path)
    _check_flow(settings.get("flow", {}), path)
    _check_fiscal_year(settings.get("budget", {}).get("fiscal_year_start", 1), path)
    _check_discount_rate(settings.get("benefits", {}).get("discount_rate_pct", 0), path)
    _check_capacity(settings.get("capacity", {}), path)
    if "holidays" in settings.get("working_time", {}):
        _check_holidays(settings["working_time"]["holidays"], path)
    categories = settings.get("utilisation", {}).get("run_categories", [])
    if not isinstance(categories, list) or not all(isinstance(name, str) for name in categories):
        raise UsageError(
            "run_categories is no list of texts", file=path, found=repr(categories), expected='["operations"]'
        )
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
    _check_limits(given, TOLERANCES, path)


def _check_fiscal_year(given: Any, path: Path) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= 12:
        raise UsageError(
            "fiscal_year_start is no month", file=path, found=repr(given), expected="a whole number from 1 to 12"
        )


def _check_discount_rate(given: Any, path: Path) -> None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= 100:
        raise UsageError(
            "discount_rate_pct of [benefits] is no rate", file=path, found=repr(given),
            expected="a number of per cent a year from 0 to 100", hint="write 5 for 5 % a year",
        )  # fmt: skip


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


def _check_capacity(given: dict[str, Any], path: Path) -> None:
    amounts = [name for name in given if name.endswith("_amount")]
    checks: dict[str, tuple[str, Callable[[Any], bool]]] = {
        **{name: ("an amount from 0 on", lambda value: 0 <= value < float("inf")) for name in amounts},
        "hire_lead_days": (f"days from 0 to {_MOST_DAYS}", lambda value: 0 <= value <= _MOST_DAYS),
        "train_lead_days": (f"days from 0 to {_MOST_DAYS}", lambda value: 0 <= value <= _MOST_DAYS),
        "shortfall_limit": ("a chance above 0, up to 1", lambda value: 0 < value <= 1),
    }
    for name, (expected, holds) in checks.items():
        value = given.get(name)
        if name in given and (isinstance(value, bool) or not isinstance(value, int | float) or not holds(value)):
            raise UsageError(f"{name} of [capacity] cannot be", file=path, found=repr(value), expected=expected)
    currency = given.get("currency")
    if amounts and currency is None:
        raise UsageError("[capacity] states amounts and no currency", file=path, expected='such as currency = "EUR"')
    if currency is not None and not (isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency)):
        raise UsageError("currency of [capacity] is no code", file=path, found=repr(currency), expected='such as "EUR"')


def _check_holidays(given: Any, path: Path) -> None:
    from holidays import list_supported_countries

    country, _, part = str(given).partition("-")
    known = list_supported_countries(include_aliases=False)
    if country not in known:
        raise UsageError(
            "unknown country of public holidays",
            file=path,
            found=repr(given),
            expected="an ISO code such as DE or US",
        )
    if part and part not in known[country]:
        close = nearest(part, known[country])
        raise UsageError(
            f"unknown part of {country} in holidays",
            file=path,
            found=repr(given),
            expected=", ".join(known[country]) or f"{country} alone",
            hint=f"did you mean {country}-{close}?" if close else None,
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
