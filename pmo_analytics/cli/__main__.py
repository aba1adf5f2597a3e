"""`python -m pmo_analytics.cli` is `pmo`."""

from __future__ import annotations

from pmo_analytics.cli.application import main

if __name__ == "__main__":
    main()
