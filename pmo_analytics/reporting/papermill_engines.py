"""What papermill's entry points name: its two engines for reports.

papermill loads entry points while it is itself being imported, so nothing of
ours that imports papermill may be needed until an engine runs; and this
module is papermill's to import, after itself.
"""

from __future__ import annotations

from typing import Any

from papermill.engines import Engine


class PreparedEngine(Engine):  # type: ignore[misc]
    """Runs a notebook in a fresh child of the prepared process."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:  # noqa: ARG003
        """Run the cells of the manager's notebook; see `engines.run_in_child`."""
        from pmo_analytics.reporting.engines import run_in_child

        run_in_child(nb_man, **options)


class FreshEngine(Engine):  # type: ignore[misc]
    """Runs a notebook in a kernel of its own, where forking is not to be had."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
        """Run the cells of the manager's notebook; see `engines.run_in_kernel`."""
        from pmo_analytics.reporting.engines import run_in_kernel

        run_in_kernel(nb_man, kernel_name, **options)
