"""The look: tokens of the pages, and the charts' theme written in them.

In a page a chart's colours are `var(--token)`, so that light, dark and print
need no redraw. In JupyterLab, which knows no tokens, they are the light values.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

import altair as alt

NAME = "pmo"
# JupyterLab draws no later key than this one; Vega-Lite 6 specs are drawn under it.
CHART_MIME = "application/vnd.vegalite.v5+json"


def template_text(name: str) -> str:
    """A file of the templates folder."""
    return (resources.files(__package__) / "templates" / name).read_text(encoding="utf-8")


@cache
def tokens() -> dict[str, dict[str, str]]:
    """Colour tokens and their values, `light` and `dark`."""
    light, dark = template_text("tokens.css").split("@media", 1)
    pattern = re.compile(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{6})\s*;")
    return {"light": dict(pattern.findall(light)), "dark": dict(pattern.findall(dark))}


def page_config() -> dict[str, Any]:
    """The charts' config with `var(--token)` for each colour."""
    return _replaced({name: f"var({name})" for name in tokens()["light"]})


def lab_config() -> dict[str, Any]:
    """The charts' config with the light values."""
    return _replaced(tokens()["light"])


def _replaced(values: dict[str, str]) -> dict[str, Any]:
    def replace(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: replace(value) for key, value in node.items()}
        if isinstance(node, list):
            return [replace(value) for value in node]
        return values.get(node, node) if isinstance(node, str) else node

    config: dict[str, Any] = replace(json.loads(template_text("chart_theme.json")))
    return config


def enable() -> None:
    """Let Altair draw every chart of this session with the theme, under the key that JupyterLab knows."""

    @alt.theme.register(NAME, enable=True)
    def _theme() -> alt.theme.ThemeConfig:
        return alt.theme.ThemeConfig(config=lab_config())  # type: ignore[typeddict-item]

    alt.renderers.register(NAME, lab_bundle)
    alt.renderers.enable(NAME)


def lab_bundle(spec: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The MIME bundle of a chart for JupyterLab and for the report's template."""
    title = spec.get("title")
    text = title.get("text", "") if isinstance(title, dict) else title
    return {CHART_MIME: spec, "text/plain": str(text or "chart")}
