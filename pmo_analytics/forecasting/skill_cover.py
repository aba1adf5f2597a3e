"""Whether groups of people can cover loads by kind, and which kinds together ask for too much.

Each group can work on some kinds and divide its time among them. By Hall (1935)
all loads are covered if and only if no set of kinds asks for more than the
groups have that can work on any of them; a largest flow (Ford and Fulkerson
1956) covers as much as can be, and its least cut names a set that asks for too much.

Worked example: one group of 8 hours knows kinds a and b, which ask for 5 each.
Neither asks for too much, both together by 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pmo_analytics.forecasting.schedule_network import Flags, Places


@dataclass(frozen=True)
class Cover:
    """What is covered of each kind, and the kinds that together ask for too much; none where all is covered."""

    covered: Places
    too_much: frozenset[int]


def cover(loads: Sequence[int], capacities: Sequence[int], can: Flags) -> Cover:
    """The largest cover of whole loads; `can` has a row a group and a column a kind."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    groups, kinds = int(can.shape[0]), int(can.shape[1])
    load, capacity = np.asarray(loads, dtype=np.int32), np.asarray(capacities, dtype=np.int32)
    source, sink = kinds + groups, kinds + groups + 1
    pairs = np.argwhere(can)
    before = np.concatenate([np.full(kinds, source), pairs[:, 1], kinds + np.arange(groups)])
    after = np.concatenate([np.arange(kinds), kinds + pairs[:, 0], np.full(groups, sink)])
    most = np.concatenate([load, load[pairs[:, 1]], capacity])
    graph: Any = csr_array((most.astype(np.int32), (before, after)), shape=(sink + 1, sink + 1))
    flow: Any = maximum_flow(graph, source, sink).flow
    covered = np.asarray(flow[[source], :kinds].todense()).ravel().astype(np.int64)
    if (covered == load).all():
        return Cover(covered, frozenset())
    left: Any = csr_array(graph - flow)
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    return Cover(covered, frozenset(int(place) for place in reached if place < kinds))
