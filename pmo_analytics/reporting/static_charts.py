"""Charts drawn to SVG when a page is made, for pages without any script.

Each chart is drawn twice, for a column and for a phone; the style sheet shows
one, and light, dark and print need no redraw, since colours are tokens. What
the renderer gives is not trusted: the drawing is written anew from the
elements and attributes that a chart needs, so that a text from an export is
text and nothing else.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from pmo_analytics import numerals
from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import theme

# Pixels: a column of the page, a figure of its whole width, a phone.
COLUMN, WHOLE, NARROW = 572, 1120, 350
_AXIS_ROOM = 44
_PANEL, _GAP, _PANEL_AXIS = 220, 20, 46
# The renderer brings this typeface along, so that a drawing is the same on every machine; Arial is as wide.
_MEASURED_IN = "Liberation Sans"
_TEXT_PIXELS = "12px"

_SHAPES = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "defs", "clipPath"}
_GEOMETRY = {
    "d",
    "transform",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "dx",
    "dy",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "width",
    "height",
}
_PAINT = {
    "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "opacity", "text-anchor", "font-size", "font-weight", "font-style",
}  # fmt: skip
_AS_BY_DEFAULT = {
    ("opacity", "1"),
    ("font-size", _TEXT_PIXELS),
    ("font-weight", "normal"),
    ("transform", "translate(0,0)"),
}
_NO_TEXT_OF_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_LINKS = {"href", "url"}
_CLIP = re.compile(r"^url\(#([A-Za-z0-9_-]+)\)$")
_COLOUR = re.compile(r"^(?:none|transparent|currentColor|var\(--[a-z0-9-]+\)|#[0-9a-fA-F]{3,8}|[a-z]+)$")


def static_chart(spec: dict[str, Any], number: int, label: str, *, is_wide: bool = False) -> str:
    """The drawings of a chart as HTML, for a column or the page's whole width and for a phone.

    `spec` is Vega-Lite without title and config, as `figures.figure_html` has
    it; `number` is the figure's in its page, which its ids are made of, and
    `label` says the figures in words. Raises ReportError where it cannot be drawn.
    """
    places = (("wide", WHOLE if is_wide else COLUMN), ("narrow", NARROW))
    return "".join(_inert(_drawn(spec, width), f"figure-{number}-{name}", name, label) for name, width in places)


def _drawn(spec: dict[str, Any], width: int) -> str:
    """The renderer's SVG of the chart at a width."""
    import vl_convert

    try:
        drawing: str = vl_convert.vegalite_to_svg(
            _sized(_drawable(spec), width), vl_version=_grammar(), allowed_base_urls=[], **_locale()
        )
    except ValueError as problem:
        raise ReportError(
            "a chart cannot be drawn", found=str(problem)[:300], expected="a Vega-Lite chart with its own data"
        ) from None
    return drawing


def _locale() -> dict[str, Any]:
    found = numerals.chart_locale()
    return {} if found is None else {"format_locale": found[0], "time_format_locale": found[1]}


def _drawable(node: Any) -> Any:
    """A copy of the spec without links, and without characters that XML does not know.

    One such character ends the renderer, and this process with it.
    """
    if isinstance(node, dict):
        copied = {_drawable(key): _drawable(value) for key, value in node.items()}
        if isinstance(copied.get("encoding"), dict):
            copied["encoding"] = {name: each for name, each in copied["encoding"].items() if name not in _LINKS}
        return copied
    if isinstance(node, list):
        return [_drawable(value) for value in node]
    return _NO_TEXT_OF_XML.sub("", node) if isinstance(node, str) else node


@cache
def _grammar() -> str:
    """The version of Vega-Lite that the charts are written in, as the renderer names it."""
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def _sized(spec: dict[str, Any], width: int) -> dict[str, Any]:
    """The spec for a width, with what the page's own script does for one that is drawn in the browser.

    The width is that of the drawing without axis and labels, whose room the
    chart tells: a fit to the whole would be drawn twice.
    """
    meta = spec.pop("usermeta", None) or {}
    spec["config"] = theme.page_config() | {"font": _MEASURED_IN}
    if "facet" in spec:
        columns = max(1, (width + _GAP) // (_PANEL + _GAP))
        spec["columns"] = columns
        spec["spec"]["width"] = (width - _PANEL_AXIS - _GAP * (columns - 1)) // columns - 1
        return spec
    spec["width"] = width - _AXIS_ROOM - int(meta.get("label_room", 0))
    if width <= NARROW and meta.get("narrow_filter"):
        spec["transform"] = [{"filter": meta["narrow_filter"]}, *spec.get("transform", [])]
    return spec


def _inert(drawing: str, prefix: str, name: str, label: str) -> str:
    """The drawing written anew, with ids of the page; what is no shape, paint or text is left out."""
    root = ET.fromstring(drawing)  # noqa: S314 - no entity: written by the renderer
    ids = [each.get("id", "") for each in root.iter() if _tag(each) == "clipPath"]
    clips = {old: f"{prefix}-{place}" for place, old in enumerate(ids)}
    width, height = root.get("width", "0"), root.get("height", "0")
    body = "".join(_written(each, clips) for each in root)
    return (
        f'<svg class={quoteattr(name)} role="img" aria-label={quoteattr(label)} viewBox="0 0 {float(width):g} '
        f'{float(height):g}" width="{float(width):g}" height="{float(height):g}">{body}</svg>'
    )


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _written(element: ET.Element, clips: dict[str, str]) -> str:
    """One element with what stands in it; of one that no chart needs, what stands in it alone."""
    tag = _tag(element)
    inner = "".join(_written(each, clips) for each in element)
    if tag in {"text", "tspan"}:
        inner = escape(element.text or "") + "".join(_written(e, clips) + escape(e.tail or "") for e in element)
    if tag not in _SHAPES or tag == "svg":
        return inner if tag in {"svg", "a"} else ""
    attributes = _attributes(tag, element, clips)
    is_group = tag in {"g", "text", "tspan", "defs", "clipPath"}
    if is_group and not inner:
        return ""
    if tag == "g" and not attributes:
        return inner
    if element.get("display") == "none" or (tag == "path" and _is_unpainted(element)):
        return ""
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


def _is_unpainted(path: ET.Element) -> bool:
    """Whether a path shows nothing: the areas that stand behind axes and marks for a pointer to find."""
    is_clip = path.get("fill") is None and path.get("stroke") is None and path.get("class") is None
    has_paint = any(path.get(name, "none") not in {"none", "transparent"} for name in ("fill", "stroke"))
    return not path.get("d") or path.get("d") == "M0,0h0v0h0Z" or not (has_paint or is_clip)


def _attributes(tag: str, element: ET.Element, clips: dict[str, str]) -> str:
    found = []
    for name, value in element.attrib.items():
        if (name, value) in _AS_BY_DEFAULT:
            continue
        if name == "id" and tag == "clipPath":
            found.append(("id", clips[value]))
        elif name == "clip-path" and (clip := _CLIP.match(value)) and clip[1] in clips:
            found.append((name, f"url(#{clips[clip[1]]})"))
        elif name in _GEOMETRY or (name in _PAINT and (name not in {"fill", "stroke"} or _COLOUR.match(value))):
            found.append((name, _NUMBER.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value)))
    return "".join(f" {name}={quoteattr(value)}" for name, value in found)
