"""One company, written once: what is read here is the written text, with the standard library alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pmo_analytics.synthetic import CompanyTruth, SimulatedPortfolio, simulate, write_company_exports

SEED = 11


@dataclass(frozen=True)
class WrittenCompany:
    portfolio: SimulatedPortfolio
    folder: Path
    truth: CompanyTruth

    def text(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode(self.truth.file(name).encoding)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> WrittenCompany:
    folder = tmp_path_factory.mktemp("company")
    portfolio = simulate(SEED)
    return WrittenCompany(portfolio, folder, write_company_exports(portfolio, folder))
