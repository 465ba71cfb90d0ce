# The two commands: `make run` opens the sample neighbourhood, `make test` runs every check.
# They need Python 3.11 to 3.14 and nothing else; the environment in .venv is made on the first call.

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak coverage lock clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Where $(PYTHON) is not given: the first Python of a supported version that really runs and can make environments.
CANDIDATES := $(PYTHON) python3 python3.13 python3.12 python3.14 python3.11 python
SUPPORTED := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
SOAK_ROUNDS ?= 5
SOAK_SEED ?= 1
# Twice the cores of a small machine: many tests wait for processes, clocks and browsers.
WORKERS ?= 4
# Tests start many processes that read the same modules: what is compiled once is kept, also where images say otherwise.
unexport PYTHONDONTWRITEBYTECODE

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: .venv/.installed  ## Open the sample neighbourhood at http://127.0.0.1:8000 (PORT=… for another)
	@MENKOU_SAMPLE=1 exec $(BIN)/menkou up

test: .venv/.developing  ## Run every check and every test, on SQLite and PostgreSQL, the browser included
	@./.ci/chromium
	@$(MAKE) --no-print-directory -j2 style types compiled
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup

check: style types  ## Style, types, import contracts, dependencies, architecture
	$(BIN)/pytest -q tests/test_architecture.py tests/test_docs.py

.PHONY: style types compiled
style: .venv/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry --no-ansi .

types: .venv/.developing
	$(BIN)/mypy

# Beside the types, on the other core: else each worker would compile every test for itself. What is wrong, they will say.
compiled: .venv/.developing
	@$(BIN)/pytest -qq --collect-only >/dev/null 2>&1 || true

coverage: .venv/.developing  ## Measure branch coverage
	$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term

bench: .venv/.developing  ## Measure this machine (docs/benchmarks.md)
	$(BIN)/menkou bench intake
	$(BIN)/menkou bench read
	$(BIN)/menkou bench listening
	$(BIN)/menkou bench send
	$(BIN)/menkou bench notice --way batch --replies
	$(BIN)/menkou bench notice --way single

# Never learned from; and four hands that the weights of reports have yet to learn from (tests/corpus/README.md).
MEASURING = judge danger4 plainfolk terse chat6 danger10
AUTHORS = $(filter-out $(MEASURING:%=tests/corpus/%/messages.jsonl),$(wildcard tests/corpus/*/messages.jsonl))
weights: .venv/.developing  ## Learn anew how to read, from every author but those that measure (docs/listening.md)
	$(BIN)/python -m tests.nlp.danger --train
	$(BIN)/menkou train $(AUTHORS) --not-held-out --out nlp/data/weights.json

soak: .venv/.developing  ## Kill processes at random, SOAK_ROUNDS times over; the long random batteries; notices and clocks under kills
	for round in $$(seq $(SOAK_ROUNDS)); do $(BIN)/pytest -q tests/faults || exit 1; done
	$(BIN)/pytest -q -m soak
	for way in single batch unkeyed; do for engine in sqlite postgresql; do \
		$(BIN)/menkou bench kills --way $$way --engine $$engine --seed $(SOAK_SEED) || exit 1; done; done
	for engine in sqlite postgresql; do \
		$(BIN)/menkou bench timers --engine $$engine --seed $(SOAK_SEED) || exit 1; done

lock:  ## Resolve the dependencies anew, with hashes and without index addresses
	@mkdir -p build && sed -n 's/^requires = \["\(setuptools.*\)"\]/\1/p' pyproject.toml > build/requires.in
	$(COMPILE) build/requires.in --no-annotate -o requirements-build.lock
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --extra dev -c requirements.lock -o requirements-dev.lock

UV ?= $(BIN)/uv
COMPILE = $(UV) pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean:  ## Remove the environment; the data stay
	rm -rf .venv build *.egg-info

# Packages that come as source are built by the locked setuptools, so that nothing unlocked is fetched.
.venv/.installed: requirements-build.lock requirements.lock pyproject.toml
	@test -x $(BIN)/python && $(BIN)/python -c '$(SUPPORTED)' || $(MAKE) --no-print-directory environment
	@echo "Installing what Menkou needs into .venv; this happens once."
	@$(PIP) --require-hashes -r requirements-build.lock
	@$(PIP) --require-hashes --no-build-isolation -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.developing: .venv/.installed requirements-dev.lock
	@echo "Installing what its tests need."
	@$(PIP) --require-hashes --no-build-isolation -r requirements-dev.lock
	@touch $@

.PHONY: environment
environment:
	@for name in $(CANDIDATES); do \
		if $$name -c '$(SUPPORTED)' 2>/dev/null; then $$name -m venv --clear .venv && exit 0; fi; \
	done; \
	echo "menkou: needs Python 3.11 to 3.14 with venv (on Debian: apt-get install python3-venv); name it by PYTHON=…" >&2; \
	exit 2
