"""An executed notebook as one page that asks nothing of a network.

The converter is nbconvert with a template of our own; the drawing engine
stands in the page once. The content security policy names the page's two
scripts by hash, so no other can run. A notebook whose metadata says that its
`charts` are static has them drawn here, and its page runs no script at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib import resources
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat

from pmo_analytics import numerals
from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import theme
from pmo_analytics.reporting.contents import with_contents
from pmo_analytics.reporting.figures import figure_html
from pmo_analytics.reporting.fragments import fragment, script_json

_INTERACTIVE, _STATIC = "interactive", "static"


@cache
def _engine() -> str:
    """Vega, Vega-Lite and their embedding, as one script."""
    import vl_convert

    # Without a snippet it is the whole bundle; the stub asks for one.
    bundle: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    return "(() => {" + bundle.replace("</script", "<\\/script") + "})();"


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _policy(scripts: list[str]) -> str:
    allowed = " ".join(_hash(script) for script in scripts) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def page_style() -> str:
    """The style sheet of a page: tokens and layout."""
    return theme.template_text("tokens.css") + theme.template_text("page.css")


def page_html(
    notebook: nbformat.NotebookNode,
    *,
    title: str,
    facts: list[tuple[str, str]],
    record: dict[str, Any],
    command: str,
    workbook: str = "",
) -> str:
    """The page of an executed notebook, with a footer that says how it was made.

    `facts` are names and values of the provenance; `command` makes the page
    again, `record` says so to a program; `workbook` is the name of the file
    beside it that holds its tables, empty where there is none. Raises
    ReportError when an output has no form that a page can show.
    """
    from nbconvert.exporters import TemplateExporter

    is_static = _has_static_charts(notebook)
    charts = not is_static and any(
        theme.CHART_MIME in output.get("data", {}) for cell in notebook.cells for output in _outputs(cell)
    )
    scripts = [_engine(), theme.template_text("draw.js")] if charts else []
    page = {
        "title": title,
        "record": json.dumps(record, ensure_ascii=False, sort_keys=True),
        "style": page_style(),
        "policy": _policy(scripts),
        "has_charts": charts,
        "chart_locale": _chart_locale(),
        "engine": scripts[0] if charts else "",
        "draw": scripts[1] if charts else "",
        "footer": fragment("provenance", facts=facts, command=command, workbook=quote(workbook)).html,
    }
    numbers = count(1)
    with resources.as_file(resources.files(__package__) / "templates") as folder:
        exporter = TemplateExporter(
            template_name="pmo",
            template_extension=".html.j2",
            extra_template_basedirs=[str(Path(folder))],
            filters={
                "page_output": lambda output: _output_html(output, numbers, is_static=is_static),
                "page_markdown": _markdown_html,
            },
        )
        body, _ = exporter.from_notebook_node(notebook, resources={"page": page})
    return with_contents(str(body))


def _chart_locale() -> str:
    """How the page's script writes numbers and dates, as JSON; empty where it does so by itself."""
    found = numerals.chart_locale()
    return "" if found is None else script_json({"formatLocale": found[0], "timeFormatLocale": found[1]})


def _has_static_charts(notebook: nbformat.NotebookNode) -> bool:
    """Whether the notebook says that its charts are static. Raises ReportError for a word that says neither."""
    word = notebook.metadata.get("pmo", {}).get("charts", _INTERACTIVE)
    if word not in {_INTERACTIVE, _STATIC}:
        raise ReportError(
            "the notebook's metadata say of its charts what is not known",
            found=str(word),
            expected=f"{_INTERACTIVE} or {_STATIC}",
            hint="correct `charts` under `pmo` in the notebook's metadata",
        )
    return bool(word == _STATIC)


def _outputs(cell: Any) -> list[Any]:
    return list(cell.get("outputs", []))


def _markdown_html(source: str) -> str:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    return str(MarkdownWithMath(renderer=IPythonRenderer(escape=True, exclude_anchor_links=True)).render(source))


def _output_html(output: Any, numbers: count[int], *, is_static: bool) -> str:
    """One output of a cell: a chart, a fragment of ours, or text, which is escaped."""
    data = output.get("data", {})
    if theme.CHART_MIME in data:
        return figure_html(data[theme.CHART_MIME], next(numbers), is_static=is_static)
    if "text/html" in data:
        return str(data["text/html"])
    if "text/plain" in data:
        return fragment("text", text=data["text/plain"]).html
    raise ReportError("an output has no form that a page can show", found=", ".join(sorted(data)) or "nothing")
