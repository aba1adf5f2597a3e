"""Rules of the audit as data: which rows a rule looks at, and what must hold of them.

A rule is a table of plain values, the shipped ones as the organisation's own:
nothing of it is code. What it may name is listed here and in `audit_sources`;
what it names wrongly is told with the nearest name, and only that rule is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.contracts.portfolio import STATES
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.governance.audit_conditions import Condition, condition, names_only
from pmo_analytics.governance.audit_sources import SOURCES
from pmo_analytics.governance.audit_states import (
    CRITICAL,
    MAJOR,
    MINOR,
    NO_EVIDENCE,
    NOT_APPLICABLE,
    PASSED,
    SEVERITIES,
)

WHEN_ABSENT = (NO_EVIDENCE, NOT_APPLICABLE, PASSED)
EXPECT, AT_LEAST, AT_MOST, NEWEST = "expect", "at_least", "at_most", "newest_within_days"
_EXPECTATIONS = (EXPECT, AT_LEAST, AT_MOST, NEWEST)
# Days to clear a finding in, where a rule states none.
WITHIN_DAYS = {CRITICAL: 7, MAJOR: 30, MINOR: 60}
OFF = frozenset({"off", "retired", "withdrawn"})
KEYS = (
    "rule_id", "title", "perspective", "severity", "is_hard_gate", "state", "source", "where", *_EXPECTATIONS,
    "applies_to", "when_absent", "when_none_fits", "owner_role", "within_days", "hint",
)  # fmt: skip
_MOST_DAYS = 3650


@dataclass(frozen=True)
class AuditRule:
    """One rule.

    Of the rows of `source` that meet every condition of `where`, each must meet
    every one of `expect`; or there must be `at_least` or `at_most` so many; or
    the newest must not be older than `newest_within_days`. It holds for projects
    in the states `applies_to`; `when_absent` is what it makes of a project of
    which the source holds nothing, `when_none_fits` of one whose rows do not meet `where`.
    """

    rule_id: str
    title: str
    perspective: str
    severity: str
    is_hard_gate: bool
    source: str
    where: tuple[Condition, ...]
    kind: str
    expect: tuple[Condition, ...] = ()
    number: int = 0
    applies_to: tuple[str, ...] = ("active",)
    when_absent: str = NO_EVIDENCE
    when_none_fits: str = PASSED
    owner_role: str = "project manager"
    within_days: int = 30
    hint: str | None = None


def audit_rule(given: Mapping[str, Any]) -> AuditRule:
    """A rule from its table. Raises UsageError with what is wrong with it, and the nearest name."""
    names_only(given, KEYS)
    source = given.get("source")
    if not isinstance(source, str) or source not in SOURCES:
        raise _wrong("source", source, ", ".join(SOURCES), nearest(str(source), SOURCES))
    kind, number = _expectation(given, source)
    severity = _one_of(given, "severity", SEVERITIES, MAJOR)
    return AuditRule(
        rule_id=_text(given, "rule_id"),
        title=_text(given, "title"),
        perspective=_text(given, "perspective", "governance"),
        severity=severity,
        is_hard_gate=_flag(given, "is_hard_gate"),
        source=source,
        where=_conditions(given, "where", source),
        kind=kind,
        expect=_conditions(given, EXPECT, source),
        number=number,
        applies_to=_states(given),
        when_absent=_one_of(given, "when_absent", WHEN_ABSENT, NO_EVIDENCE),
        when_none_fits=_one_of(given, "when_none_fits", WHEN_ABSENT, PASSED),
        owner_role=_text(given, "owner_role", "project manager"),
        within_days=_whole(given, "within_days", WITHIN_DAYS[severity]),
        hint=_text(given, "hint", "") or None,
    )


def _expectation(given: Mapping[str, Any], source: str) -> tuple[str, int]:
    """What a rule expects, and its number; of a list of conditions there is none."""
    stated = [name for name in _EXPECTATIONS if given.get(name) is not None]
    if len(stated) != 1:
        raise _wrong("what it expects", " and ".join(stated) or "nothing", f"one of {', '.join(_EXPECTATIONS)}", None)
    kind = stated[0]
    if kind == EXPECT:
        if not given[EXPECT]:
            raise _wrong(EXPECT, "[]", "a list with one condition or more", None)
        return kind, 0
    if kind == NEWEST and SOURCES[source].dated is None:
        raise _wrong(NEWEST, source, "a source whose rows have a date", None)
    return kind, _whole(given, kind, 0)


def _conditions(given: Mapping[str, Any], name: str, source: str) -> tuple[Condition, ...]:
    listed = given.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise _wrong(name, repr(listed), 'such as [{column = "owner_id", operator = "is given"}]', None)
    columns = list(SOURCES[source].contract.to_schema().columns)
    return tuple(condition(each, columns) for each in listed)


def _states(given: Mapping[str, Any]) -> tuple[str, ...]:
    states = given.get("applies_to", ["active"])
    for state in states if isinstance(states, list) and states else [states]:
        if state not in STATES:
            raise _wrong("applies_to", repr(state), f"a list of {', '.join(STATES)}", nearest(str(state), STATES))
    return tuple(states)


def _text(given: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = given.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, repr(value), "a text", None)
    return value.strip()


def _one_of(given: Mapping[str, Any], name: str, known: Iterable[str], default: str) -> str:
    value = given.get(name)
    if value is None:
        return default
    if value not in tuple(known):
        raise _wrong(name, repr(value), ", ".join(known), nearest(str(value), known))
    return str(value)


def _whole(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_DAYS:
        raise _wrong(name, repr(value), f"a whole number from 0 to {_MOST_DAYS}", None)
    return value


def _flag(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong(name, repr(value), "true or false", None)
    return bool(value)


def _wrong(name: str, found: object, expected: str, close: str | None) -> UsageError:
    return UsageError(
        f"{name} is not what it can be", found="nothing" if found is None else found, expected=expected,
        hint=f"did you mean {close!r}?" if close else None,
    )  # fmt: skip


def is_off(state: Any) -> bool:
    """Whether the state of a rule in the register switches it off."""
    return not (state is None or pd.isna(state)) and str(state).strip().casefold() in OFF
