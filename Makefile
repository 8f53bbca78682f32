# The only door: people and CI call the same targets.

SHELL   := /bin/sh
VENV    ?= .venv
PYTHON  ?= python3
UV      ?= uv
PY       = $(VENV)/bin/python
PYTEST   = $(PY) -m pytest -q
PURE     = $(wildcard $(addprefix tests/,unit property))
WHOLE    = $(wildcard $(addprefix tests/,contract house simulation migration e2e))
# The greater environment serves the smaller needs, so whoever has it installs nothing for `demo`.
RUN_ENV  = $(if $(wildcard $(VENV)/.dev),$(VENV)/.dev,$(VENV)/.run)

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check fmt fmt-check lint types cov whole postgres house unit property contract \
        simulation sim hostile kill kill-long kill-proof mutants migration e2e integration restarts browser bench rules score docs lock clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

demo: $(RUN_ENV) ## Show the engine at work: a sandbox mail world, a cadence, people who answer
	@$(VENV)/bin/sequencer demo

test: $(VENV)/.dev ## All tests that need no server, under three minutes
	$(PYTEST) -n 2 -m "not postgres" $(PURE) $(WHOLE)

postgres: $(VENV)/.dev ## The contract tests and others once more, on PostgreSQL
	$(PYTEST) -n 2 -m postgres $(WHOLE)

check: fmt-check lint types cov whole ## All that CI asks of a change, servers and browser aside

fmt: $(VENV)/.dev ## Format the code, mend what lint can mend
	$(PY) -m ruff format
	$(PY) -m ruff check --fix

fmt-check: $(VENV)/.dev
	$(PY) -m ruff format --check

lint: $(VENV)/.dev ## Lint, and the import contracts
	$(PY) -m ruff check
	$(VENV)/bin/lint-imports

types: $(VENV)/.dev ## Check the types, strictly, tests included
	$(PY) -m mypy

house: $(VENV)/.dev ## The house rules: contracts, sizes, words, generated pages
	$(PYTEST) tests/house

unit: $(VENV)/.dev ## Tests of pure code
	$(PYTEST) tests/unit

property: $(VENV)/.dev ## Property tests (HYPOTHESIS_PROFILE=dev, ci or nightly)
	$(PYTEST) tests/property

contract: $(VENV)/.dev ## One test body over every implementation
	$(PYTEST) tests/contract

simulation: $(VENV)/.dev ## The few seeds that are part of all tests
	$(PYTEST) tests/simulation

SEEDS ?= 200
DAYS  ?= 60

sim: $(VENV)/.dev ## Simulate SEEDS worlds of DAYS days each, and check every promise
	@$(VENV)/bin/sequencer prove --seeds $(SEEDS) --days $(DAYS)

KILLS ?= 200
DB    ?= sqlite

kill: $(VENV)/.dev ## Kill daemons KILLS times while they send; DB is sqlite or postgresql
	@$(PY) tests/kill/run.py --kills=$(KILLS) --db=$(DB)

kill-long: $(VENV)/.dev ## The same with 2,000 kills, on both databases
	@for database in sqlite postgresql; do \
	  $(PY) tests/kill/run.py --kills=2000 --db=$$database || exit 1; done

kill-proof: $(VENV)/.dev ## Plant bugs in copies of the engine; killing daemons has to find each
	@$(PY) tests/kill/prove.py

MUTATIONS ?= 100000

hostile: $(VENV)/.dev ## Feed a daemon MUTATIONS spoilt mails, and good ones between them
	@$(PY) tests/hostile/run.py --mutations=$(MUTATIONS)

mutants: $(VENV)/.dev ## Plant bugs in copies of the engine; the simulation has to find each
	@$(PY) tests/mutants/plant.py

migration: $(VENV)/.dev
	$(PYTEST) tests/migration

e2e: $(VENV)/.dev
	$(PYTEST) tests/e2e

integration: $(VENV)/.dev ## Tests against Postfix, Dovecot and PostgreSQL (a skip fails where CI is set)
	$(PYTEST) -n 2 --timeout 300 tests/integration

restarts: $(VENV)/.dev ## 5,000 sends while PostgreSQL is restarted every 5 to 40 seconds
	RESTARTS_SENDS=$${RESTARTS_SENDS:-5000} RESTARTS_EVERY_S=$${RESTARTS_EVERY_S:-5,40} \
	  RESTARTS_LIMIT_S=1800 $(PYTEST) -s --timeout 2400 tests/integration/test_restarts.py

browser: $(VENV)/.browser ## Tests of the pages in Debian's Chromium
	@command -v chromium >/dev/null || { \
	  echo "make browser needs Chromium, which is not installed: apt-get install chromium" >&2; exit 1; }
	$(PYTEST) tests/browser

BENCH_N = $(if $(BIG),5000,1000)
BENCH_ENROLLED = --enrolled 10000 --enrolled $(if $(BIG),1000000,50000)

bench: $(VENV)/.dev ## Measure, a JSON line each (BIG=1: a million enrolled; PEERS=1: others too)
	@$(PY) benchmarks/drain.py --mails $(BENCH_N) --database sqlite
	@$(PY) benchmarks/drain.py --mails $(BENCH_N) --database postgresql
	@$(PY) benchmarks/daemons.py --mails $(BENCH_N)
	@$(PY) benchmarks/flat.py $(BENCH_ENROLLED) --database sqlite
	@$(PY) benchmarks/flat.py $(BENCH_ENROLLED) --database postgresql
	@$(PY) benchmarks/flat.py --enrolled $(if $(BIG),1000000,10000) --mailboxes 1000 --runs 1
	@$(PY) benchmarks/lists.py --people $(if $(BIG),100000,10000)
	@$(PY) benchmarks/inbound.py
	@$(PY) benchmarks/startup.py
	@$(PY) benchmarks/check.py
	@$(PY) benchmarks/compose.py
	@$(PY) benchmarks/pacing.py
	@$(PY) benchmarks/reply.py
	@$(PY) benchmarks/idle.py
	@$(PY) benchmarks/verify.py $(if $(BIG),,--sends 10000)
	@$(if $(PEERS),$(PY) benchmarks/peers.py --mails $(BENCH_N))

# Only tests of pure code count: what a contract test happens to touch has not been examined by it.
cov: $(VENV)/.dev ## Tests of pure code with branch coverage; domain and mail must have all of it
	HYPOTHESIS_PROFILE=$${HYPOTHESIS_PROFILE:-ci} \
	  $(PYTEST) -n 2 $(PURE) --cov=sequencer.domain --cov=sequencer.mail --cov-branch --cov-report=
	$(PY) -m coverage report --skip-covered --show-missing --fail-under=100

whole: $(VENV)/.dev ## All other tests that need no mail server, on both databases
	$(PYTEST) -n 2 $(WHOLE)

rules: $(VENV)/.dev ## Write the rules for reading mail as JSON too, for a quick start
	$(PY) docs/compile_rules.py

score: $(VENV)/.dev ## How well mail is understood (SCORER and DATA: by another scorer on other mails too)
	@$(PY) benchmarks/score.py
	@$(if $(SCORER),$(PYTHON) $(SCORER) $(DATA) --cmd "$(VENV)/bin/sequencer classify")

docs: $(VENV)/.dev ## Write the generated pages in docs/reference
	$(PY) docs/generate.py

LOCK = $(UV) pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.11 \
       --universal --extra demo --extra postgres --group build

lock: ## Write the lock files anew (needs uv, and the network)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv" >&2; exit 1; }
	$(LOCK) -o requirements.lock pyproject.toml
	$(LOCK) --group dev -o requirements-dev.lock pyproject.toml
	$(LOCK) --group dev --group browser -o requirements-browser.lock pyproject.toml

clean: ## Remove the environment and all caches
	rm -rf $(VENV) benchmarks/.peers .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Debian ships pip without ensurepip and marks its own Python as externally managed, so neither
# `python3 -m venv` nor `pip install` works there; an empty environment filled by the system's pip
# works everywhere. Where the system has no pip, ensurepip is left. The hashes are checked, and the
# build tools of the editable install are in the lock, so nothing unchecked is fetched.
define install
	@test -x $(PY) || $(PYTHON) -m venv --without-pip $(VENV)
	@echo "Installing $(1) into $(VENV) ..."
	@set -e; \
	pip="$(PYTHON) -m pip --python $(PY)"; \
	$$pip --version >/dev/null 2>&1 || { $(PY) -m ensurepip >/dev/null; pip="$(PY) -m pip"; }; \
	$$pip install -qq --require-hashes -r $(1); \
	$$pip install -qq --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.run: requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)

$(VENV)/.browser: requirements-browser.lock pyproject.toml
	$(call install,requirements-browser.lock)
	@touch $(VENV)/.dev
