"""Scenarios of a command, from files or from names in a folder of the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Named(Protocol):
    """What a scenario is to have."""

    @property
    def name(self) -> str:
        """The name that it is told by."""
        ...


Made = TypeVar("Made", bound=Named)


def scenarios_of(names: Sequence[str], folder: Path, made: Callable[..., Made]) -> list[Made]:
    """The scenarios of files, or of names in `folder`, each as `made` reads it; UsageError for what is none."""
    import tomllib

    found: dict[str, Made] = {}
    for name in names:
        paths = [Path(name), folder / name, folder / f"{name}.toml"]
        path = next((each for each in paths if each.is_file()), None)
        if path is None:
            there = sorted(each.stem for each in folder.glob("*.toml"))
            raise UsageError(
                f"no scenario {name!r}", expected=", ".join(there) or f"a TOML file, or its name in {folder}",
                hint=None if (close := nearest(name, there)) is None else f"did you mean {close!r}?",
            )  # fmt: skip
        try:
            given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise UsageError(
                "is not valid TOML", file=path, found=str(problem), hint="mend the line it names"
            ) from None
        scenario = made(given, file=str(path))
        if scenario.name in found:
            raise UsageError(
                "two scenarios have one name", file=path, found=repr(scenario.name), expected="a name of its own"
            )
        found[scenario.name] = scenario
    return list(found.values())
