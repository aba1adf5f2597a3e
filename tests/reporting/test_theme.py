from __future__ import annotations

import json
import re

import pytest

from pmo_analytics.reporting import theme

TEXT_ON_PAPER = ["--ink", "--ink-2", "--ink-3", "--link", "--worse", "--better", "--orange", "--blue"]
TEXT_ON_FILLS = [
    ("--red-ink", "--red"),
    ("--amber-ink", "--amber"),
    ("--green-ink", "--green"),
    ("--on-pale", "--heat-1"),
    ("--on-pale", "--heat-2"),
    ("--on-pale", "--heat-3"),
    ("--on-deep", "--heat-4"),
    ("--on-deep", "--heat-5"),
]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks_for(scheme: str) -> None:
    tokens = theme.tokens()[scheme]
    pairs = [(name, "--paper") for name in TEXT_ON_PAPER] + TEXT_ON_FILLS + [("--ink-2", "--sunken")]
    weak = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


def test_both_schemes_name_the_same_tokens() -> None:
    assert theme.tokens()["light"].keys() == theme.tokens()["dark"].keys()


def test_a_page_speaks_in_tokens_and_the_lab_in_values() -> None:
    page, lab = json.dumps(theme.page_config()), json.dumps(theme.lab_config())
    assert "#" not in page
    assert "--" not in lab
    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", page)) <= theme.tokens()["light"].keys()
