"""Pieces of HTML from templates that escape everything put into them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from pmo_analytics import numerals
from pmo_analytics.reporting import page_tables


@dataclass(frozen=True)
class Fragment:
    """A piece of a page, shown by JupyterLab as well; `tables` are the typed rows behind it, for a workbook."""

    html: str
    tables: tuple[dict[str, Any], ...] = ()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        titles = ", ".join(table["title"] for table in self.tables)
        return {"text/html": self.html, "text/plain": titles or "piece of a page", **page_tables.bundle(self.tables)}

    def with_tables(self, *tables: dict[str, Any]) -> Fragment:
        """The same piece with the rows behind it."""
        return replace(self, tables=tables)


def with_code(text: str) -> Markup:
    """Text with what stands between backticks as code, all of it escaped."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if i % 2 else part for i, part in enumerate(parts))


def script_json(data: Any) -> str:
    """Data as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def figure_anchor(text: Any, name: str) -> Markup:
    """A figure under its name, where it has one; `pmo explain` makes links of them."""
    return Markup('<a class="figure" id="{}">{}</a>').format(name, text) if name else escape(text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pmo_analytics.reporting", "templates/blocks"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = ("number", "signed", "money", "hours", "percent", "day", "month", "long_month")
    environment.filters |= {name: getattr(numerals, name) for name in names}
    environment.filters |= {"with_code": with_code, "figure": figure_anchor, "script_json": script_json}
    return environment


def fragment(template: str, **values: Any) -> Fragment:
    """The template `blocks/<template>.html.j2` filled with values, every one escaped."""
    return Fragment(_environment().get_template(f"{template}.html.j2").render(**values))
