from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.performance.label_places import HIDDEN, PLOT_HEIGHT, LabelPlace, label_places

SHARE = st.floats(0.0, 1.0)


def test_a_label_alone_stands_above_its_bubble() -> None:
    assert label_places([0.5], [0.5], [10.0], ["Ticket app"], width=500) == [LabelPlace("above", 0.0, -20.0, "center")]


def test_a_label_that_would_stand_beside_another_bubble_goes_elsewhere() -> None:
    # The second bubble is up and to the left, where the first one's label would end.
    first, _ = label_places([0.50, 0.38], [0.50, 0.56], [10.0, 18.0], ["Engine telemetry", ""], width=500)
    assert first.side == "below"


def test_at_the_plots_edge_a_label_turns_inwards() -> None:
    assert [
        place.side
        for place in label_places([0.02, 0.98], [0.5, 0.5], [5.0, 5.0], ["Harbour radio", "Ticket app"], width=500)
    ] == ["right", "left"]


def test_what_has_no_free_place_is_hidden() -> None:
    crowd = [0.5] * 6
    places = label_places(crowd, crowd, [5.0] * 6, ["Harbour radio"] * 6, width=500)
    assert HIDDEN in places


@given(
    st.lists(
        st.tuples(SHARE, SHARE, st.floats(4.0, 20.0), st.sampled_from(["", "Ticket app", "Harbour radio"])), max_size=8
    )
)
def test_no_two_labels_overlap(bubbles: list[tuple[float, float, float, str]]) -> None:
    places = label_places(*(list(values) for values in zip(*bubbles, strict=True)), width=500) if bubbles else []
    boxes = []
    for (x, y, _, label), place in zip(bubbles, places, strict=True):
        if place.side:
            width = 6.8 * len(label)
            left = 500 * x + place.dx - {"center": width / 2, "left": 0.0, "right": width}[place.align]
            top = PLOT_HEIGHT * (1 - y) + place.dy - 7.0
            boxes.append((left, top, left + width, top + 14.0))
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert all(box[0] >= 0 and box[2] <= 500 for box in boxes)
