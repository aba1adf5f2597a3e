"""Who gives to whom so that as much as can be is covered by as few transfers as can be.

What is available and what is needed are whole numbers. The smaller of both sums
is moved in whole. A transport in as few parts as possible is a forest: in each
of its trees the side that is used up in whole is covered by the other, and it
takes one transfer fewer than it has members. So the fewest transfers come from
the parting in which trees take the fewest members of the larger side beyond one
each. Up to twelve members all partings are tried; above that equal amounts are
paired first, then the largest gives to the largest, which takes at most one
transfer fewer than there are members. Source: Verhoeff (2004), "Settling
multiple debts efficiently"; that one side is larger is this project's addition.

Worked example: available are 30 and 20, needed 20, 10 and 15. The 20 cover the
20, and the 30 cover 10 and 15: three transfers, and 5 are left. The largest to
the largest would take four.

>>> fewest_transfers([30, 20], [20, 10, 15])
[(0, 1, 10), (0, 2, 15), (1, 0, 20)]
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

MOST_TRIED = 12

Transfer = tuple[int, int, int]


def fewest_transfers(available: Sequence[int], needed: Sequence[int]) -> list[Transfer]:
    """Transfers as (position of the giver, position of the taker, amount), in that order.

    Members without an amount take part in none. ValueError where one is below 0.
    """
    if any(each < 0 for each in (*available, *needed)):
        raise ValueError("amounts to give and to take are 0 or more")
    givers = [(place, amount) for place, amount in enumerate(available) if amount]
    takers = [(place, amount) for place, amount in enumerate(needed) if amount]
    is_short = sum(available) < sum(needed)
    wholly, partly = (givers, takers) if is_short else (takers, givers)
    found = _tried(wholly, partly) if len(wholly) + len(partly) <= MOST_TRIED else _greedy(wholly, partly)
    return sorted((whole, part, count) if is_short else (part, whole, count) for whole, part, count in found)


Members = list[tuple[int, int]]


def _tried(wholly: Members, partly: Members) -> list[Transfer]:
    """The fewest transfers that use up `wholly`, by trying all ways to part the members."""
    whole_sums, part_sums = _sums(wholly), _sums(partly)

    @cache
    def best(left: int, free: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        """Members of `partly` beyond one a tree, and the trees, that cover `left` out of `free`."""
        if not left:
            return 0, ()
        first = left & -left
        found: tuple[int, tuple[tuple[int, int], ...]] | None = None
        for more in _subsets(left ^ first):
            wanted = first | more
            for used in _subsets(free):
                if not used or part_sums[used] < whole_sums[wanted]:
                    continue
                if whole_sums[left ^ wanted] > part_sums[free ^ used]:
                    continue
                cost, trees = best(left ^ wanted, free ^ used)
                cost += used.bit_count() - 1
                if found is None or cost < found[0]:
                    found = cost, ((wanted, used), *trees)
        return found or (len(wholly) + len(partly), ())

    _, trees = best((1 << len(wholly)) - 1, (1 << len(partly)) - 1)
    return [each for wanted, used in trees for each in _poured(_of(wholly, wanted), _of(partly, used))]


def _sums(members: Members) -> list[int]:
    """The sum of each subset, by its bits."""
    sums = [0]
    for _, amount in members:
        sums += [each + amount for each in sums]
    return sums


def _subsets(mask: int) -> list[int]:
    """Every part of a set of bits, the smallest first."""
    found, part = [], mask
    while True:
        found.append(part)
        if not part:
            return sorted(found, key=lambda each: (each.bit_count(), each))
        part = (part - 1) & mask


def _of(members: Members, mask: int) -> Members:
    return [each for place, each in enumerate(members) if mask >> place & 1]


def _poured(wholly: Members, partly: Members) -> list[Transfer]:
    """One after the other of `wholly` covered by one after the other of `partly`."""
    found, rest = [], [list(each) for each in partly]
    for whole, amount in wholly:
        left = amount
        while left:
            count = min(left, rest[0][1])
            found.append((whole, rest[0][0], count))
            left -= count
            rest[0][1] -= count
            if not rest[0][1]:
                rest.pop(0)
    return found


def _greedy(wholly: Members, partly: Members) -> list[Transfer]:
    """Equal amounts first, then always the largest that is left of both sides."""
    found, left, rest = [], dict(wholly), dict(partly)
    for whole, amount in wholly:
        equal = next((part for part, other in sorted(rest.items()) if other == amount), None)
        if equal is not None:
            found.append((whole, equal, amount))
            del left[whole], rest[equal]
    while left:
        whole, part = (min(side, key=lambda place: (-side[place], place)) for side in (left, rest))
        count = min(left[whole], rest[part])
        found.append((whole, part, count))
        for side, place in ((left, whole), (rest, part)):
            side[place] -= count
            if not side[place]:
                del side[place]
    return found
