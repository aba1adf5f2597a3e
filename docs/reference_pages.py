"""The reference, written from the code each time that the site is built."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import click
from typer.main import get_command

import pmo_analytics
from pmo_analytics import errors
from pmo_analytics.analyses import DOMAINS, analyses, tables_given
from pmo_analytics.cli import app, application
from pmo_analytics.contracts import registers, rolled_up
from pmo_analytics.contracts.base import Table
from pmo_analytics.contracts.templates import templates
from pmo_analytics.governance.audit_library import LIBRARY
from pmo_analytics.settings import SETTINGS_TEMPLATE
from pmo_analytics.vocabulary import TERMS

WIDTH = 100
CODES = ("DONE", "FAILED", "USAGE", "REJECTED", "PARTLY", "BLOCKED")


def plain(text: str) -> str:
    """Text as Markdown that shows it as it is; what stands in backticks stays code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\[\]*<>])", r"\\\1", part) for part in parts)


def table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; line ends and bars in cells are kept from ending them."""
    lines = [list(headers), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in lines
    )


def code(names: Iterable[str]) -> str:
    """Names as code, with commas."""
    return ", ".join(f"`{name}`" for name in names)


def dictionary_page() -> str:
    """The vocabulary, by name."""
    rows = [
        (f"`{t.name}`", f"`{t.sql_type}`", t.unit, plain(t.definition), plain(t.symbol), plain(t.standard))
        for t in sorted(TERMS.values(), key=lambda t: t.name)
    ]
    headers = ("name", "type", "unit", "meaning", "symbol", "standard")
    return f"# Data dictionary\n\n{len(rows)} names. A name means the same in every table.\n\n{table(headers, rows)}\n"


def tables_page(title: str, of: dict[str, Table]) -> str:
    """Tables with grain, key and columns."""
    parts = [f"# {title}\n"]
    for each in of.values():
        rows = [
            (f"`{c}`", f"`{each.sql_type(c)}`", TERMS[c].unit, "" if each.is_nullable(c) else "yes",
             plain(TERMS[c].definition))
            for c in each.columns
        ]  # fmt: skip
        # The key that a docstring tells is told from the declaration below.
        said = plain(re.sub(r"^Key: .*$", "", inspect.cleandoc(each.model.__doc__ or ""), flags=re.MULTILINE))
        parts.append(f"## {each.name}\n\n{said}\n\nKey: {code(each.key)}.\n")
        parts.append(table(("column", "type", "unit", "needed", "meaning"), rows) + "\n")
    return "\n".join(parts)


def has_analyses(domain: str) -> bool:
    """Whether a domain has an analysis of its own."""
    return any(each.__module__.split(".")[1] == domain for each in analyses().values())


def analyses_page(domain: str) -> str:
    """Analyses of a domain, with the method and its source from the module's docstring."""
    parts = [f"# Analyses: {domain}\n"]
    for name, analysis in sorted(analyses().items()):
        if analysis.__module__.split(".")[1] != domain:
            continue
        options = [p.name for p in inspect.signature(analysis).parameters.values() if p.default is not p.empty]
        parts += [
            f"## {name} {{ #{name} }}\n",
            f"`from {analysis.__module__} import {name}`\n",
            plain(inspect.getdoc(analysis) or "") + "\n",
            f"Takes {code(tables_given(name)) or 'no table'}."
            + (f" Options: {code(options)}." if options else "")
            + "\n",
            plain(inspect.getdoc(sys.modules[analysis.__module__]) or "") + "\n",
        ]
    return "\n".join(parts)


def commands(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Each command's full name and what its --help prints."""
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH)
    yield name, command.get_help(context)
    for member in getattr(command, "commands", {}):
        yield from commands(command.commands[member], f"{name} {member}")  # type: ignore[attr-defined]


def commands_page() -> str:
    """What --help of each command prints."""
    told = (
        f"## {name}\n\n```text\n{text}\n```\n"
        for name, text in commands(cast("click.Command", get_command(app)), "pmo")
    )
    return "# Commands\n\nWhat `--help` prints, command by command.\n\n" + "\n".join(told)


def errors_page() -> str:
    """Exit codes and errors."""
    codes = table(("code", "name"), ((str(getattr(application, c)), c.lower()) for c in CODES))
    kinds = [e for _, e in inspect.getmembers(errors, inspect.isclass) if issubclass(e, errors.PmoError)]
    rows = [(f"`{e.__name__}`", str(e.exit_code), plain((inspect.getdoc(e) or "").partition("\n\n")[0])) for e in kinds]
    return f"# Errors and exit codes\n\n{codes}\n\n{table(('error', 'exit code', 'when'), rows)}\n"


def settings_page() -> str:
    """pmo.toml as `pmo init` writes it."""
    text = SETTINGS_TEMPLATE.format(time_zone="UTC", reports="reports", rate="# ")
    return f"# Settings\n\n`pmo.toml` as `pmo init` writes it, every setting with its meaning.\n\n```toml\n{text}```\n"


def templates_page() -> str:
    """Templates by name."""
    rows = [(f"`{t.name}`", t.kind, plain(t.purpose), code(t.registers)) for t in templates().values()]
    return f"# Templates\n\n{table(('template', 'kind', 'what it is for', 'registers'), rows)}\n"


def rules_page() -> str:
    """The audit's shipped rules."""
    rows = [(f"`{r['rule_id']}`", plain(r["title"]), r["perspective"], r["severity"],
             "yes" if r.get("is_hard_gate") else "") for r in LIBRARY]  # fmt: skip
    headers = ("rule", "what it asks", "perspective", "severity", "hard gate")
    return f"# Rules of the audit\n\n{table(headers, rows)}\n"


API = """# Python

::: pmo_analytics.open_warehouse

::: pmo_analytics.warehouse.Warehouse

::: pmo_analytics.warehouse.view.View
"""


def pages() -> dict[str, str]:
    """Every page of the reference by its file name."""
    made = {
        "dictionary.md": dictionary_page(),
        "registers.md": tables_page("Registers", registers()),
        "marts.md": tables_page("Marts", rolled_up()),
        "commands.md": commands_page(),
        "errors.md": errors_page(),
        "settings.md": settings_page(),
        "templates.md": templates_page(),
        "audit_rules.md": rules_page(),
        "python.md": API,
        **{f"analyses_{domain}.md": analyses_page(domain) for domain in DOMAINS if has_analyses(domain)},
    }
    links = "\n".join(f"- [{text.partition(chr(10))[0].removeprefix('# ')}]({name})" for name, text in made.items())
    about = f"Made from the code of version {pmo_analytics.__version__} when the site is built."
    return {"index.md": f"# Reference\n\n{about}\n\n{links}\n"} | made


def in_folder(folder: Path) -> list[str]:
    """Its pages by name: a how-to that is added stands in the navigation without being listed."""
    return sorted(f"{folder.name}/{page.name}" for page in folder.glob("*.md") if page.name != "index.md")


def main() -> None:
    """Hand the pages and their places in the navigation to the build."""
    import mkdocs_gen_files
    from mkdocs_gen_files.editor import FilesEditor

    made = pages()
    for name, text in made.items():
        with mkdocs_gen_files.open(f"reference/{name}", "w") as file:
            file.write(text)
    config = FilesEditor.current().config
    config["nav"] += [
        {"How-to": ["how-to/index.md", *in_folder(Path(config["docs_dir"]) / "how-to")]},
        {"Reference": [f"reference/{name}" for name in made]},
    ]


if __name__ == "<run_path>":
    main()
