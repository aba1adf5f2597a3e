# Everything here runs in .venv, made from locked versions with hashes. The network is asked for
# once per lock; after that every target works without one. `make help` lists the targets.

PYTHON ?= python3
WORKERS ?= 2
PMO_REAL_DATA ?= ../shared/data

VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST = $(BIN)/python -m pytest
UV_COMPILE = uv pip compile pyproject.toml --group build --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --quiet

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint check slow real-data bench lab docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.core ## simulate a portfolio, load its exports, publish the monthly pack, print where it is
	$(BIN)/pmo --workspace data demo

test: $(VENV)/.dev ## the tests; about nine minutes on two cores
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy docs/reference_pages.py

check: lint test ## lint, then the tests

slow: $(VENV)/.dev ## the tests that `make test` leaves out for their length
	HYPOTHESIS_PROFILE=thorough $(PYTEST) -n $(WORKERS) --dist loadfile -m slow

real-data: $(VENV)/.dev ## tests on real public exports, read from PMO_REAL_DATA
	PMO_REAL_DATA="$(PMO_REAL_DATA)" $(PYTEST) tests/real_data -m ""

bench: $(VENV)/.dev ## measure time and memory on large inputs
	$(PYTEST) tests/benchmarks -m "" --capture=no

lab: $(VENV)/.lab ## JupyterLab on the demo's workspace
	$(BIN)/pmo --workspace data lab

docs: $(VENV)/.dev ## build the documentation into build/docs
	$(BIN)/mkdocs build --strict

lock: ## write the three locks anew from pyproject.toml (needs uv and the network)
	$(UV_COMPILE) -o requirements.lock
	$(UV_COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock
	$(UV_COMPILE) --extra lab -c requirements-dev.lock -o requirements-lab.lock

clean: ## remove the environment and what tools leave behind; workspaces and reports stay
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pmo_analytics tests -type d -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1 || echo missing)." >&2; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian or Ubuntu install python3-venv." >&2; exit 1; }
	@touch $@

# The development lock holds the core lock whole, so one install serves both stamps.
$(VENV)/.core: requirements.lock pyproject.toml | $(VENV)/.made
	@echo "Installing the locked packages into $(VENV), once; this takes a minute or two."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.made
	@echo "Installing the locked packages into $(VENV), once; this takes a minute or two."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.core

$(VENV)/.lab: requirements-lab.lock pyproject.toml | $(VENV)/.made
	@echo "Installing the locked packages into $(VENV), once; this takes a minute or two."
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-lab.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.core
