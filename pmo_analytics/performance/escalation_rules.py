"""Rules of escalation: which breach, beyond which limit, who is told, by when it is acknowledged and decided.

Rules are the organisation's, in `[escalation]` of pmo.toml; where it states
none, those of `default_rules` hold, and whoever applies them says so. Of the
rules for one breach the most exact go first: a project's own replace those of
its portfolio, and these the general ones, so that a large project can have
another tolerance. Several limits of one breach are a ladder: each is an alert.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from pmo_analytics.errors import UsageError, nearest

SUPPORTIVE, CONTROLLING, DIRECTIVE = "supportive", "controlling", "directive"
PMO_TYPES = (SUPPORTIVE, CONTROLLING, DIRECTIVE)
ABOVE, BELOW = "above", "below"
_MOST_DAYS = 3650


@dataclass(frozen=True)
class Breach:
    """What a rule can be about: on which side of a limit it lies, and what a figure and the limit read like.

    `on_plan` is the figure of a project that goes as planned.
    """

    side: str
    words: str
    limit: str
    on_plan: float = 0.0


# By the names that pmo.toml takes.
BREACHES: dict[str, Breach] = {
    "cost_over_budget_pct": Breach(ABOVE, "forecast at {:,.1f} % above its budget", "{:,g} %"),
    "finish_delay_days": Breach(ABOVE, "expected to finish {:,.0f} days after its baseline", "{:,g} days"),
    "cost_performance_index": Breach(BELOW, "a CPI of {:.2f}", "{:g}", 1.0),
    "time_schedule_performance_index": Breach(BELOW, "an SPI(t) of {:.2f}", "{:g}", 1.0),
    "status_report_age_days": Breach(ABOVE, "the last status report is {:,.0f} days old", "{:,g} days"),
    "escalation_overdue_days": Breach(ABOVE, "an escalation is {:,.0f} days overdue", "{:,g} days"),
    "milestone_overdue_days": Breach(ABOVE, "a milestone is {:,.0f} days overdue", "{:,g} days"),
    "risk_exposure_amount": Breach(ABOVE, "open risks with an exposure of {:,.0f}", "{:,.0f}"),
}
# A sum of money means nothing without one.
_WITH_CURRENCY = ("risk_exposure_amount",)


@dataclass(frozen=True)
class Rule:
    """One rule. `threshold` is in the unit that the breach's name says; days are calendar days from the alert."""

    breach: str
    threshold: float
    tell: tuple[str, ...]
    within_days: int
    decide_within_days: int
    portfolio: str | None = None
    project: str | None = None
    currency: str | None = None

    @property
    def text(self) -> str:
        """The rule in words, by which it is known: breach, limit and scope, and not who is told by when."""
        money = f" {self.currency}" if self.currency else ""
        limit = f"{self.breach} {BREACHES[self.breach].side} {self.threshold:.12g}{money}"
        scopes = [f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in self.scope.items()]
        return ", ".join([limit, *scopes])

    @property
    def scope(self) -> dict[str, str]:
        """The portfolio or the project that it is for; nothing where it is general."""
        given = {"portfolio": self.portfolio, "project": self.project}
        return {name: value for name, value in given.items() if value is not None}

    def is_beyond(self, figure: float) -> bool:
        """Whether a figure lies beyond the limit; the limit itself is within."""
        # A ratio that is the limit may differ from it in its last digits.
        beyond = round(figure - self.threshold, 9)
        return beyond > 0 if BREACHES[self.breach].side == ABOVE else beyond < 0


@dataclass(frozen=True)
class Escalation:
    """What `[escalation]` of pmo.toml says: the PMO's type, the rules, and where alerts may be sent."""

    pmo_type: str
    rules: tuple[Rule, ...]
    are_defaults: bool
    webhook_url: str | None = None


def default_rules(*, cost_tolerance: float = 0.10, delay_tolerance_days: float = 60.0) -> tuple[Rule, ...]:
    """The rules where an organisation states none; the tolerances are those that its board decides by.

    CPI has none of its own: what it makes of the cost is the first rule's.
    """
    return (
        Rule("cost_over_budget_pct", round(100 * cost_tolerance, 6), ("sponsor", "portfolio board"), 5, 20),
        Rule("finish_delay_days", delay_tolerance_days, ("sponsor", "portfolio board"), 5, 20),
        Rule("time_schedule_performance_index", 0.9, ("project manager", "sponsor"), 5, 20),
        Rule("escalation_overdue_days", 0.0, ("portfolio board",), 3, 10),
        Rule("milestone_overdue_days", 14.0, ("project manager", "PMO"), 5, 20),
        Rule("status_report_age_days", 45.0, ("project manager", "PMO"), 5, 10),
    )


def escalation_settings(
    given: Mapping[str, Any],
    *,
    file: str | None = None,
    cost_tolerance: float = 0.10,
    delay_tolerance_days: float = 60.0,
) -> Escalation:
    """What the section `[escalation]` says. Raises UsageError, with the nearest name, for what it cannot say."""
    _check_names(given, ("pmo_type", "webhook_url", "rule"), "[escalation]", file)
    pmo_type = given.get("pmo_type", CONTROLLING)
    if pmo_type not in PMO_TYPES:
        raise UsageError(
            "pmo_type is not one of its values", file=file, found=repr(pmo_type), expected=", ".join(PMO_TYPES),
            hint=_meant(str(pmo_type), PMO_TYPES),
        )  # fmt: skip
    entries = given.get("rule", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise UsageError("rules of [escalation] are a list of tables", file=file, expected="[[escalation.rule]]")
    rules = tuple(_rule(entry, place, file) for place, entry in enumerate(entries, start=1))
    texts = [rule.text for rule in rules]
    for text in texts:
        if texts.count(text) > 1:
            raise UsageError("a rule of [escalation] is stated twice", file=file, found=text, expected="each rule once")
    defaults = default_rules(cost_tolerance=cost_tolerance, delay_tolerance_days=delay_tolerance_days)
    return Escalation(pmo_type, rules or defaults, not rules, _webhook(given.get("webhook_url"), file))


def rules_text(rules: Sequence[Rule]) -> str:
    """Rules as text that an analysis takes, and that what it gives can cite."""
    return json.dumps([asdict(rule) for rule in rules], ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules of a text that `rules_text` wrote."""
    return tuple(Rule(**(entry | {"tell": tuple(entry["tell"])})) for entry in json.loads(text))


def most_exact(rules: Iterable[Rule], project: str, portfolio: str | None) -> list[Rule]:
    """The rules that hold for a project: of each breach those of the most exact scope, in their order."""
    fitting = [r for r in rules if r.project in (None, project) and r.portfolio in (None, portfolio)]
    best = {breach: max((_exactness(r) for r in fitting if r.breach == breach), default=0) for breach in BREACHES}
    return [rule for rule in fitting if _exactness(rule) == best[rule.breach]]


def unknown_scopes(rules: Iterable[Rule], projects: Iterable[str], portfolios: Iterable[str]) -> list[str]:
    """What rules name that no register holds, in words, with the nearest name."""
    known = {"project": list(projects), "portfolio": list(portfolios)}
    found = []
    for rule in rules:
        for name, value in rule.scope.items():
            if value not in known[name]:
                close = nearest(value, known[name])
                meant = f"; did you mean {close!r}?" if close else ""
                found.append(f"the rule {rule.text} fits nothing: there is no {name} {value!r}{meant}")
    return found


def _exactness(rule: Rule) -> int:
    return 2 if rule.project is not None else 1 if rule.portfolio is not None else 0


def _rule(entry: Mapping[str, Any], place: int, file: str | None) -> Rule:
    where = f"rule {place} of [escalation]"
    fields = (
        "breach",
        ABOVE,
        BELOW,
        "tell",
        "within_days",
        "decide_within_days",
        "portfolio",
        "project",
        "currency",
    )
    _check_names(entry, fields, where, file)
    breach = entry.get("breach")
    if breach not in BREACHES:
        raise UsageError(
            f"{where}: unknown breach", file=file, found=repr(breach), expected=", ".join(BREACHES),
            hint=_meant(str(breach), BREACHES),
        )  # fmt: skip
    side = BREACHES[breach].side
    limit, other = entry.get(side), BELOW if side == ABOVE else ABOVE
    if other in entry or isinstance(limit, bool) or not isinstance(limit, int | float) or not math.isfinite(limit):
        raise UsageError(
            f"{where}: {breach} has a limit that it must not be {side}",
            file=file,
            found=f"{other} = {entry[other]!r}" if other in entry else f"{side} = {limit!r}",
            expected=f"{side} = a number",
        )
    tell = entry.get("tell")
    if not isinstance(tell, list) or not tell or not all(map(_is_role, tell)):
        raise UsageError(
            f"{where}: tell is no list of roles", file=file, found=repr(tell),
            expected='["sponsor", "portfolio board"]', hint="roles, not persons: alerts are kept for good",
        )  # fmt: skip
    within, decide = (_days(entry, name, where, file) for name in ("within_days", "decide_within_days"))
    if decide < within:
        raise UsageError(
            f"{where}: a decision is due before it is to be acknowledged", file=file, found=f"{decide} days",
            expected=f"at least within_days, {within}",
        )  # fmt: skip
    texts = {name: _text(entry, name, where, file) for name in ("portfolio", "project", "currency")}
    if texts["portfolio"] is not None and texts["project"] is not None:
        raise UsageError(f"{where} is for a portfolio and a project", file=file, expected="one of the two, or neither")
    if (breach in _WITH_CURRENCY) != (texts["currency"] is not None):
        told = "needs a currency" if breach in _WITH_CURRENCY else "takes no currency"
        raise UsageError(f"{where}: {breach} {told}", file=file, expected='such as currency = "EUR", of amounts alone')
    return Rule(breach, float(limit), tuple(role.strip() for role in tell), within, decide, **texts)


def _is_role(role: Any) -> bool:
    return isinstance(role, str) and bool(role.strip()) and "@" not in role


def _days(entry: Mapping[str, Any], name: str, where: str, file: str | None) -> int:
    value = entry.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_DAYS:
        raise UsageError(
            f"{where}: {name} is no number of days", file=file, found=repr(value),
            expected=f"a whole number from 0 to {_MOST_DAYS}",
        )  # fmt: skip
    return value


def _text(entry: Mapping[str, Any], name: str, where: str, file: str | None) -> str | None:
    value = entry.get(name)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise UsageError(f"{where}: {name} is no name", file=file, found=repr(value), expected="a text")
    return value


def _webhook(url: Any, file: str | None) -> str | None:
    if url is None:
        return None
    is_text = isinstance(url, str) and url.isascii() and url.isprintable() and " " not in url
    try:
        parts = urlsplit(url if is_text else "")
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address:
        # Such an address holds a secret: it is not shown.
        raise UsageError(
            "webhook_url is no address", file=file, expected='such as "https://chat.example/hooks/a1b2"',
            hint="leave it out, and nothing is sent",
        )  # fmt: skip
    return str(url)


def _check_names(given: Mapping[str, Any], known: Sequence[str], where: str, file: str | None) -> None:
    for name in given:
        if name not in known:
            raise UsageError(
                f"unknown setting {name!r} in {where}", file=file, expected=", ".join(known),
                hint=_meant(name, known) or "remove it",
            )  # fmt: skip


def _meant(name: str, known: Iterable[str]) -> str | None:
    close = nearest(name, known)
    return f"did you mean {close!r}?" if close else None
