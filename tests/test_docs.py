"""What the documents say can be done can be done, and what can be done is documented."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

import pmo_analytics
from pmo_analytics.cli import app
from pmo_analytics.contracts import registers
from tests.conftest import ROOT

PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")),
)
COMMAND = re.compile(r"(?:.*&& )?pmo (?:--workspace \S+ )?((?:(?:warehouse|ledger|alerts|templates) )?[a-z]+)(.*)")
CODE = re.compile(r"```console\n(.*?)```|`([^`\n]+)`", re.DOTALL)


def commands() -> dict[str, set[str]]:
    """The options of every command by its name; one of a group is named behind it."""
    found = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        members = {f"{name} {member}": each for member, each in getattr(command, "commands", {}).items()}
        # A group that does something alone is a command too.
        own = {name: command} if not members or getattr(command, "invoke_without_command", False) else {}
        for full, each in (members | own).items():
            found[full] = {option for parameter in each.params for option in parameter.opts}
    return found


def shown(page: Path) -> list[str]:
    """Command lines in a page: what stands behind a prompt, and inline code."""
    lines = []
    for block, inline in CODE.findall(page.read_text(encoding="utf-8")):
        lines += [line[2:] for line in block.splitlines() if line.startswith("$ ")] or ([inline] if inline else [])
    return lines


@pytest.mark.parametrize("name", PAGES)
def test_every_make_target_and_pmo_command_exists(name: str, root: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(), re.MULTILINE))
    known = commands()
    for line in shown(root / name):
        for target in re.findall(r"\bmake ([a-z-]+)", line):
            assert target in targets, line
        groups = "|".join({name.split()[0] for name in known if " " in name})
        found = re.match(rf"(?:.*&& )?pmo (?:--workspace \S+ )?((?:(?:{groups}) )?[a-z]+)(.*)", line)
        if found:
            assert found[1] in known, line
            options = set(re.findall(r"(?<=\s)--[a-z-]+", found[2].split("#")[0]))
            assert options <= known[found[1]], line


def test_every_command_and_register_is_in_the_readme(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    assert {f"`pmo {name}`" for name in commands()} <= set(re.findall(r"`[^`\n]+`", text))
    assert {f"`{name}`" for name in registers()} <= set(re.findall(r"`[^`\n]+`", text))


def test_links_and_pictures_lead_somewhere(root: Path) -> None:
    # Those of the documentation are held by its strict build.
    for name in (page for page in PAGES if not page.startswith("docs/")):
        text = re.sub(r"^```.*?^```", "", (root / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert target.startswith("https://") or (root / target).exists(), target


def test_one_version_everywhere(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == pmo_analytics.__version__
    assert f"## {pmo_analytics.__version__}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_readmes_modules_exist(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    for module in re.findall(r"\| `([a-z]+\.[a-z_]+)` \|", text):
        assert (root / "pmo_analytics" / f"{module.replace('.', '/')}.py").exists(), module
