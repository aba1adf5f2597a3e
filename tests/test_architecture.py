"""The house keeps its plan: imports go one way, the shell is thin, files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pmo_analytics"
DOMAINS = {"governance", "portfolio", "performance", "resources", "knowledge"}
SHELL = {"cli", "terminal", "system", "demo", "lab", "lab_cells"}
# What each part may import of this package, beside itself.
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "vocabulary": set(),
    "settings": {"errors"},
    "workspace": {"errors", "settings"},
    "numerals": {"workspace"},
    "heat_map": set(),
    "contracts": {"errors", "vocabulary"},
    "sources": {"errors", "vocabulary", "contracts"},
    "exchange": {"errors", "vocabulary", "contracts"},
    "origins": {"errors"},
    "warehouse": {"errors", "vocabulary", "contracts", "influences", "origins", "workspace"},
    "ingest": {"errors", "vocabulary", "contracts", "sources", "warehouse", "workspace"},
    "registers": {"errors", "vocabulary", "contracts", "exchange", "warehouse", "workspace"},
    "corrections": {"errors", "vocabulary", "contracts", "exchange", "sources", "ingest", "warehouse", "workspace"},
    "template_checks": {"errors", "vocabulary", "contracts", "exchange", "sources", "ingest", "workspace"},
    "template_prefill": {"contracts", "exchange", "warehouse"},
    "analyses": set(),
    "influences": set(),
    "changes": {"contracts", "warehouse"},
    "bridged_figures": {"contracts", "performance", "portfolio", "resources", "warehouse"},
    "month_bridge": {"errors", "bridged_figures", "contracts", "performance", "portfolio", "resources", "warehouse"},
    "lesson_search": {"contracts", "forecasting", "knowledge", "warehouse"},
    "figure_evidence": {"errors", "contracts", "analyses", "influences", "origins", "warehouse"},
    "explanations": {"errors", "contracts", "figure_evidence", "influences", "ingest", "origins", "warehouse"},
    "forecasting": {"errors", "vocabulary", "contracts"},
    "synthetic": set(),
    **{domain: {"errors", "vocabulary", "contracts", "forecasting", "numerals", "heat_map"} for domain in DOMAINS},
    "reporting": {
        "errors",
        "vocabulary",
        "contracts",
        "exchange",
        "forecasting",
        "warehouse",
        "ingest",
        "workspace",
        "numerals",
        "analyses",
        "changes",
        "explanations",
        "figure_evidence",
        "month_bridge",
        "origins",
        *DOMAINS,
    },
    "scheduling": {"errors", "ingest", "reporting", "warehouse", "workspace"},
}
OUTSIDE_PURE = {"duckdb", "os", "pathlib", "sqlite3", "subprocess", "time", "random", "requests", "socket"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "base_utils", "core", "lib", "tools"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def part(module: Path) -> str:
    """The first name below the package."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path) -> set[str]:
    """Every module name that a module imports anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def own_parts(module: Path) -> set[str]:
    """The parts of this package that a module imports."""
    names = (name.split(".") for name in imported(module) if name.startswith("pmo_analytics."))
    known = {part(path) for path in MODULES}
    return {name[1] for name in names if name[1] in known}


EVERY = pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))


@EVERY
def test_imports_go_one_way(module: Path) -> None:
    name = part(module)
    if name in SHELL or name == "__init__":
        return
    assert name in ALLOWED, f"say in ALLOWED what {name} may import"
    assert own_parts(module) - {name, "__init__"} <= ALLOWED[name]


@EVERY
def test_only_the_warehouse_knows_the_engine(module: Path) -> None:
    if part(module) != "warehouse":
        assert not {name for name in imported(module) if name.split(".")[0] == "duckdb"}


@EVERY
def test_only_charts_of_the_domains_write_numbers_in_the_readers_locale(module: Path) -> None:
    if part(module) in DOMAINS and "pmo_analytics.numerals" in imported(module) | {
        f"{name}.numerals" for name in imported(module) if name == "pmo_analytics"
    }:
        assert module.stem.endswith(("charts", "bubble"))


@EVERY
def test_the_core_touches_no_file_clock_or_chance(module: Path) -> None:
    if part(module) in DOMAINS | {"forecasting", "contracts"}:
        roots = {name.split(".")[0] for name in imported(module)}
        assert not roots & OUTSIDE_PURE
        calls = {
            ast.unparse(node.func) for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)
        }
        assert not {
            call for call in calls if call == "open" or call.endswith((".now", ".today", ".read_csv", ".to_csv"))
        }


@EVERY
def test_files_and_functions_can_be_read_in_one_sitting(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 360
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno <= 65, node.name


@EVERY
def test_names_say_what_a_module_is_about(module: Path) -> None:
    assert module.stem not in VAGUE


def test_the_command_line_starts_without_the_heavy_packages() -> None:
    script = (
        "import sys\nimport pmo_analytics\nimport pmo_analytics.cli\n"
        "print(sorted({'pandas', 'duckdb', 'scipy', 'numpy', 'altair', 'pandera', 'papermill'} & sys.modules.keys()))"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_the_package_has_few_public_names() -> None:
    import pmo_analytics

    assert len(pmo_analytics.__all__) <= 10
