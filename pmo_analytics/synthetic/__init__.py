"""A seeded portfolio with its truth known, and the raw exports its systems would give.

The simulator imports no analysis and draws from families that none assumes:
logistic progress with stalls and rework, estimate ratios of an atom at 1, a
Weibull body and a Burr tail. Every draw comes from one seed, so the same seed
writes the same bytes.

`write_exports` writes the demonstration's files. `write_company_exports` writes
what a company with several systems and languages would export: Tempo, SAP, an
in-house logbook and ledger, Jira's REST answers; with corrections, overlaps and
differences planted, and returns the truth of all of them.
"""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.synthetic.company import CompanyTruth, write_company_exports
from pmo_analytics.synthetic.exports import write_exports
from pmo_analytics.synthetic.portfolio import SimulatedPortfolio, simulate

SAMPLE_SEED = 20_260_630

__all__ = [
    "SAMPLE_SEED",
    "CompanyTruth",
    "SimulatedPortfolio",
    "simulate",
    "write_company_exports",
    "write_exports",
    "write_sample",
]


def write_sample(folder: Path) -> list[Path]:
    """Write the exports and registers of the sample portfolio into `folder`; return the files."""
    return write_exports(simulate(SAMPLE_SEED), folder)
