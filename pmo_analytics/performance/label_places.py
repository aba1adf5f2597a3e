"""Where the labels of a bubble chart go, so that none lies on another or close to another's bubble.

Greedy in the order given, as cartographers place names: the first free of four
places beside its bubble; a label with no free place is not drawn.

Worked example: two labelled bubbles at one height, a label's width apart; the
second label finds its place above taken by the first, and goes below.

>>> places = label_places([0.5, 0.64], [0.5, 0.5], [5.0, 5.0], ["Harbour radio", "Ticket app"], width=500)
>>> [place.side for place in places]
['above', 'below']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PLOT_HEIGHT = 340
_LETTER, _LINE, _GAP, _APART = 6.8, 14.0, 3.0, 8.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class LabelPlace:
    """Offset of a label from its bubble's centre in px, downwards positive; `side` is empty where it has no place."""

    side: str
    dx: float
    dy: float
    align: str


HIDDEN = LabelPlace("", 0.0, 0.0, "center")


def label_places(
    across: Sequence[float],
    upwards: Sequence[float],
    radius: Sequence[float],
    labels: Sequence[str],
    *,
    width: float,
) -> list[LabelPlace]:
    """A place for each label that is not empty; positions are shares of the plot, 0 to 1, lengths px."""
    centres = [(x * width, (1 - y) * PLOT_HEIGHT) for x, y in zip(across, upwards, strict=True)]
    reach = [r + _APART for r in radius]
    bubbles = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(centres, reach, strict=True)]
    taken: list[Box] = []
    found = []
    for number, (centre, label) in enumerate(zip(centres, labels, strict=True)):
        place = HIDDEN
        others = [*bubbles[:number], *bubbles[number + 1 :], *taken]
        for candidate in _candidates(radius[number]) if label else []:
            box = _box(centre, candidate, len(label) * _LETTER)
            inside = box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= PLOT_HEIGHT
            if inside and not any(_overlap(box, other) for other in others):
                place = candidate
                taken.append(box)
                break
        found.append(place)
    return found


def _candidates(radius: float) -> list[LabelPlace]:
    off = radius + _GAP
    return [
        LabelPlace("above", 0.0, -off - _LINE / 2, "center"),
        LabelPlace("below", 0.0, off + _LINE / 2, "center"),
        LabelPlace("right", off, 0.0, "left"),
        LabelPlace("left", -off, 0.0, "right"),
    ]


def _box(centre: tuple[float, float], place: LabelPlace, width: float) -> Box:
    x, y = centre[0] + place.dx, centre[1] + place.dy
    left = x - {"center": width / 2, "left": 0.0, "right": width}[place.align]
    return left, y - _LINE / 2, left + width, y + _LINE / 2


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
