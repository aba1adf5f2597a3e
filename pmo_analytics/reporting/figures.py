"""A chart as a figure: title and unit as text, the drawing, its numbers as a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from altair.utils.schemapi import debug_mode

from pmo_analytics.reporting import page_tables, theme
from pmo_analytics.reporting.fragments import Fragment, fragment, script_json
from pmo_analytics.reporting.static_charts import static_chart

_MOST_ROWS = 400


class Figure:
    """A chart for JupyterLab and for a page; the source stands under it."""

    def __init__(
        self, chart: Any, source: str, table: pd.DataFrame, *, is_wide: bool = False, is_validated: bool = True
    ) -> None:
        spec = chart.to_dict(validate=is_validated)
        spec["config"] = theme.lab_config()
        meta = dict(spec.get("usermeta") or {})
        spec["usermeta"] = meta | {"source": source, "table": _as_table(table), "is_wide": is_wide}
        self.spec: dict[str, Any] = spec
        self.rows = table

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return theme.lab_bundle(self.spec) | page_tables.bundle([_typed_table(self.spec, self.rows)])


def figure(
    draw: Callable[[pd.DataFrame], Any],
    data: pd.DataFrame,
    *,
    topic: str,
    source: str,
    missing: pd.DataFrame,
    needs: Sequence[str],
    is_wide: bool = False,
) -> Figure | Fragment:
    """Draw `data`, or say what `topic` lacks.

    `source` names what the rows come from. Where `data` is empty, a note takes
    the figure's place, with the entries of `missing` (`View.missing`) on the
    registers that the figure `needs`.
    """
    if len(data):
        # The package's own charts are held by tests; validation takes a fifth of a chart's time.
        is_own = str(draw.__module__).startswith("pmo_analytics.")
        with debug_mode(not is_own):
            return Figure(draw(data), source, data, is_wide=is_wide, is_validated=not is_own)
    absent = missing[missing["subject"].isin(needs)]
    return fragment("absent", topic=topic, findings=absent.to_dict("records"), needs=list(needs))


def figure_html(spec: dict[str, Any], number: int, *, is_static: bool = False) -> str:
    """A chart's spec, as a `Figure` made it, as the HTML of a page.

    Title and subtitle become text; the spec keeps the drawing alone, in the
    page's tokens. A static one is drawn here, the others by the page's script.
    """
    drawing = json.loads(json.dumps(spec))
    title = drawing.pop("title", None) or {}
    meta = drawing.pop("usermeta", None) or {}
    drawing.pop("$schema", None)
    text = title if isinstance(title, str) else title.get("text", "")
    description = drawing.pop("description", None) or text
    is_wide = bool(meta.get("is_wide"))
    drawn = ""
    if is_static:
        drawing.pop("config", None)
        drawing["usermeta"] = {name: meta[name] for name in ("narrow_filter", "label_room") if name in meta}
        drawn = static_chart(drawing, number, description, is_wide=is_wide)
    else:
        drawing["config"] = theme.page_config()
        if "narrow_filter" in meta:
            drawing["usermeta"] = {"narrow_filter": meta["narrow_filter"]}
    return fragment(
        "figure",
        number=number,
        title=text,
        subtitle="" if isinstance(title, str) else title.get("subtitle", ""),
        description=description,
        source=meta.get("source", ""),
        is_wide=is_wide,
        table=meta.get("table"),
        spec="" if is_static else script_json(drawing),
        drawn=drawn,
    ).html


def _typed_table(spec: dict[str, Any], data: pd.DataFrame) -> dict[str, Any]:
    """The figure's numbers for the page's workbook, under its title; the note says their unit."""
    title = spec.get("title") or ""
    text, unit = (title, "") if isinstance(title, str) else (title.get("text", ""), title.get("subtitle", ""))
    return page_tables.plain_table(str(text), data[_told_columns(data)], note=str(unit))


def _told_columns(data: pd.DataFrame) -> list[str]:
    """The columns that vary or name something; the others are of use to the drawing alone."""
    drawn_only = {
        "title",
        "subtitle",
        "description",
        "label",
        "label_part",
        "label_dx",
        "label_dy",
        "label_align",
        "label_shift",
        "label_at",
        "bubble_area",
    }
    drawn_only |= {
        "axis_low",
        "axis_high",
        "axis_begin",
        "axis_end",
        "position",
        "ink",
        "colour_class",
        "cell",
        "row",
        "now",
        "now_label",
        "arrived_label",
        "moved_label",
        "month_end",
    }
    return [c for c in data.columns if c not in drawn_only and not c.startswith(("is_", "wide_", "narrow_"))]


def _as_table(data: pd.DataFrame) -> dict[str, Any]:
    """The figure's numbers, at most 400 rows."""
    columns = _told_columns(data)
    rows = data[columns].head(_MOST_ROWS)
    return {
        "columns": [c.removesuffix("_amount").replace("_", " ") for c in columns],
        "rows": [[_cell(value) for value in row] for row in rows.itertuples(index=False)],
        "left_out": max(0, len(data) - _MOST_ROWS),
    }


def _cell(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if value is None or pd.isna(value):
        return "–"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return str(value)
