"""Pairs of sets that are much alike, without holding every set against every other.

Likeness is Jaccard's: what two sets share over what they hold together. Of two sets
at least t alike, those elements of each that come first in one order of all, in a
prefix of |x| − ⌈t|x|⌉ + 1, share one; rare elements come first, so that few pairs are
held against each other. The answer is that of all pairs. Sources: Jaccard (1912);
Chaudhuri, Ganti and Kaushik (2006) for the prefix.

Worked example: {a, b, c} and {b, c, d} share 2 of 4: likeness 0.5.

>>> similar_pairs([{"a", "b", "c"}, {"b", "c", "d"}, {"x"}], least=0.5)
[(0, 1, 0.5)]
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet


def similar_pairs(sets: Sequence[AbstractSet[str]], *, least: float) -> list[tuple[int, int, float]]:
    """Places of pairs at least `least` alike, above 0, with their likeness; empty sets are like nothing."""
    holding = Counter(element for each in sets for element in each)
    found: dict[tuple[int, int], float] = {}
    first: dict[str, list[int]] = {}
    for place, each in enumerate(sets):
        ordered = sorted(each, key=lambda element: (holding[element], element))
        prefix = ordered[: len(ordered) - math.ceil(least * len(ordered) - 1e-9) + 1]
        for other in {candidate for element in prefix for candidate in first.get(element, ())}:
            shared = len(each & sets[other])
            likeness = shared / (len(each) + len(sets[other]) - shared)
            if likeness >= least:
                found[other, place] = likeness
        for element in prefix:
            first.setdefault(element, []).append(place)
    return [(one, other, likeness) for (one, other), likeness in sorted(found.items())]
