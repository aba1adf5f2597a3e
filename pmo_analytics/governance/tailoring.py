"""When a gate or an artefact is required of a project: by its size, by its risk, or of all.

A tailoring is a text of one or two conditions with `or` between them: `size
medium, large or risk high` is required of medium and large projects, and of
small ones whose risk is high. What is not known does not excuse: a project
without a size is asked for what any size is asked for. A text that cannot be
read is told, and the requirement then holds for all. Source: this project's own
notation for what PRINCE2 calls tailoring.

Worked example: by `size medium, large or risk high` a small project of low risk
is excused, one of high risk is not, and a project of unknown size is not.

>>> reading("size medium, large or risk high").is_required("small", "low")
False
>>> reading("size medium, large or risk high").is_required("small", "high")
True
>>> reading("size medium, large or risk high").is_required(None, "low")
True
>>> reading("siez large").problem
"cannot read the tailoring 'siez large': it begins with neither size nor risk"
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

UNKNOWN = "unknown"
RISK_LEVELS = ("low", "medium", "high")
_OR = re.compile(r"\s+or(?:\s+|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Tailoring:
    """Sizes and risk levels that something is required of; of all where neither is named."""

    sizes: frozenset[str] = field(default_factory=frozenset)
    risks: frozenset[str] = field(default_factory=frozenset)
    problem: str = ""

    def is_required(self, size: str | None, risk: str | None) -> bool:
        """Whether a project of this size and risk level has to have it; what is unknown excuses nothing."""
        if not self.sizes and not self.risks:
            return True
        by_size = bool(self.sizes) and (not size or size.casefold() in self.sizes)
        by_risk = bool(self.risks) and (risk or UNKNOWN) in {*self.risks, UNKNOWN}
        # Where the size already decides, an unknown risk does not ask for more.
        if self.sizes and size and (risk or UNKNOWN) == UNKNOWN:
            by_risk = False
        return by_size or by_risk


def reading(text: str | None) -> Tailoring:
    """What a text of the register means; one that cannot be read is required of all, with its problem."""
    named: dict[str, set[str]] = {"size": set(), "risk": set()}
    stated = " ".join((text or "").split())
    for part in _OR.split(stated) if stated else []:
        kind, _, values = part.partition(" ")
        if kind.casefold() not in named:
            return _unread(stated, "it begins with neither size nor risk")
        found = {value.strip().casefold() for value in values.split(",")} - {""}
        if not found:
            return _unread(stated, f"no {kind.casefold()} is named")
        if kind.casefold() == "risk" and found - set(RISK_LEVELS):
            return _unread(stated, f"a risk is {', '.join(RISK_LEVELS)}")
        named[kind.casefold()] |= found
    return Tailoring(frozenset(named["size"]), frozenset(named["risk"]))


def _unread(text: str, why: str) -> Tailoring:
    shown = text if len(text) <= 80 else f"{text[:79]}…"
    return Tailoring(problem=f"cannot read the tailoring {shown!r}: {why}")
