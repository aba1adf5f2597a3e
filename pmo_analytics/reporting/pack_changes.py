"""What one pack tells other than the one before it: pages, key figures, and the earlier month as it is told now."""

from __future__ import annotations

from dataclasses import dataclass, field

from pmo_analytics import numerals
from pmo_analytics.reporting.pack import FAILED, Pack, PackPage
from pmo_analytics.reporting.pack_facts import FigureFact, is_month


@dataclass(frozen=True)
class FigureMove:
    """A key figure of a page that is shown as another: its text before and now. `month` is set where it is restated."""

    page: PackPage
    label: str
    before: str
    now: str
    month: str = ""


@dataclass(frozen=True)
class PackChanges:
    """What differs between two packs, in the order of the later one's pages.

    `restated` are the values of the earlier pack's last month that the later
    one tells differently; `failed` are pages that stood and failed now.
    """

    moved: list[FigureMove] = field(default_factory=list)
    restated: list[FigureMove] = field(default_factory=list)
    new: list[PackPage] = field(default_factory=list)
    gone: list[PackPage] = field(default_factory=list)
    failed: list[PackPage] = field(default_factory=list)

    @property
    def are_any(self) -> bool:
        """Whether anything differs."""
        return bool(self.moved or self.restated or self.new or self.gone or self.failed)


def pack_changes(before: Pack, now: Pack) -> PackChanges:
    """What `now` tells other than `before`, a pack of an earlier reporting date."""
    earlier = {page.name: page for page in before.pages}
    names = {page.name for page in now.pages}
    found = PackChanges(gone=[page for page in before.pages if page.name not in names])
    for page in now.pages:
        old = earlier.get(page.name)
        if old is None:
            found.new.append(page)
        elif page.state == FAILED:
            found.failed.append(page)
        elif old.state != FAILED:
            _compare(old, page, found)
    return found


def _compare(before: PackPage, now: PackPage, found: PackChanges) -> None:
    old = {fact.label: fact for fact in before.facts.key_figures}
    new = {fact.label: fact for fact in now.facts.key_figures}
    for label in {**new, **old}:
        texts = [facts[label].shown if label in facts else numerals.MISSING for facts in (old, new)]
        if texts[0] != texts[1]:
            found.moved.append(FigureMove(now, label, texts[0], texts[1]))
        if label in old and label in new and (move := _restated(now, old[label], new[label])):
            found.restated.append(move)


def _restated(page: PackPage, before: FigureFact, now: FigureFact) -> FigureMove | None:
    """The last month of the earlier history, where the later one tells it differently, to more than rounding shows."""
    if not before.history or not is_month(before.history[-1][0]):
        return None
    month, value = before.history[-1]
    here = dict(now.history)
    if month not in here or (value is None and here[month] is None):
        return None
    texts = [
        numerals.MISSING if told is None else fact.text(told) for fact, told in ((before, value), (now, here[month]))
    ]
    return FigureMove(page, now.label, texts[0], texts[1], month) if texts[0] != texts[1] else None
