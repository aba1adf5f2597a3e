"""Reading Vega-Lite specs in tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)


def styles(spec: dict[str, Any]) -> set[str]:
    """The style names that the marks of a spec use."""
    return {
        node["mark"]["style"] for node in _nodes(spec) if isinstance(node.get("mark"), dict) and "style" in node["mark"]
    }


def marks(spec: dict[str, Any]) -> set[str]:
    """The kinds of marks in a spec."""
    return {node["mark"]["type"] for node in _nodes(spec) if isinstance(node.get("mark"), dict)}


def rows_of_spec(spec: dict[str, Any], column: str) -> list[dict[str, Any]]:
    """The rows of the dataset that has `column`."""
    return next(rows for rows in spec["datasets"].values() if rows and column in rows[0])
