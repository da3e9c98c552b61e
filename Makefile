# Everything a person or CI does here. Needs Python 3.11+, Node 20+ and make; the rest is installed into this folder.
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
WORKERS ?= 2
PY := .venv/bin/python
MANAGE := $(PY) manage.py
PYTEST := $(PY) -m pytest
WITH_SERVICES := $(PY) -m mge_project.tests.services
ROOMS := kernel llm flags masterplans atoms graphs validation execution review rollout mge_project bench conftest.py manage.py
# What runs a second time on PostgreSQL: the rooms that write rows. What runs code is the same there.
ON_POSTGRES := kernel llm flags masterplans atoms execution review rollout mge_project

SHORT_DRILLS := mge_project/tests/test_prometheus_drill.py mge_project/tests/test_rollout_drill.py flags/tests

CONSOLE_SOURCES := $(shell find frontend/src frontend/index.html frontend/package-lock.json frontend/vite.config.ts frontend/tsconfig.json 2>/dev/null)

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | expand -t 20

# ---------------------------------------------------------------------------------------------------------- set up
# Stamps are copies of the lock files: what was installed is compared with what is asked for, not with a clock.

.PHONY: setup
setup: venv core node-tools console migrate ## install what is missing, build the console, migrate

.PHONY: venv
venv:
	@if ! { $(PY) -c '' && test -f .venv/requirements.installed; } 2>/dev/null && ! $(PY) -c 'import pip' 2>/dev/null; then \
	  for base in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    "$$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; base=; \
	  done; \
	  test -n "$$base" || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3 names one)." >&2; exit 1; }; \
	  echo "Making .venv with $$base"; rm -rf .venv && "$$base" -m venv .venv; \
	fi
	@cmp -s requirements.txt .venv/requirements.installed || { echo "Installing Python packages" \
	  && $(PY) -m pip install -qq --disable-pip-version-check -r requirements.txt \
	  && cp requirements.txt .venv/requirements.installed; }

.PHONY: core
core: venv
	@$(PY) -m atoms.compiling

.PHONY: node
node:
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null \
	  || { echo "Node 20 or newer is needed, with npm." >&2; exit 1; }

.PHONY: node-tools
node-tools: node ## install the console's packages and the TypeScript tools of the sandbox
	@for folder in frontend validation/toolchain; do \
	  cmp -s $$folder/package-lock.json $$folder/node_modules/.installed.json \
	    || { echo "Installing Node packages of $$folder" \
	      && (cd $$folder && npm ci --no-audit --no-fund --loglevel=error) \
	      && cp $$folder/package-lock.json $$folder/node_modules/.installed.json; } || exit 1; \
	done

.PHONY: console
console: frontend/dist/index.html

frontend/dist/index.html: $(CONSOLE_SOURCES) | node-tools
	@echo "Building the console"
	@cd frontend && node_modules/.bin/vite build --logLevel error
	@touch $@

.PHONY: migrate
migrate: venv
	@$(MANAGE) migrate --verbosity 0

.PHONY: lock
lock: ## write requirements.txt anew from pyproject.toml; versions stay unless UPGRADE=name
	@CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m piptools compile --quiet --extra dev --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-emit-options $(if $(UPGRADE),--upgrade-package $(UPGRADE)) \
	  --output-file requirements.txt pyproject.toml

# ------------------------------------------------------------------------------------------------------------- run

.PHONY: run
run: venv core node-tools console ## set up, run the bundled example once, serve the console on 127.0.0.1:8000 (PORT=N)
	@$(MANAGE) serve --port $(PORT) --migrate --demo

# ------------------------------------------------------------------------------------------------------------ test

.PHONY: test
test: setup test-python test-production test-console e2e ## the whole test suite

.PHONY: test-python
test-python: ## pytest, on SQLite
	@$(PYTEST) -n $(WORKERS) --dist worksteal

.PHONY: test-production
test-production: ## what writes rows, on PostgreSQL and Redis: those that answer, else private ones
	@$(WITH_SERVICES) $(PYTEST) -n $(WORKERS) --dist worksteal -m "not sandbox" $(ON_POSTGRES)

.PHONY: test-console
test-console: ## biome, tsc, Vitest
	@cd frontend && npm run --silent lint && npm run --silent typecheck && npm run --silent test

.PHONY: e2e
e2e: ## stories in Chromium against a server with the bundled example
	@$(PY) frontend/e2e/server/run.py

.PHONY: drills
drills: setup ## killed workers and what takes longer, with PostgreSQL and Redis
	@$(WITH_SERVICES) $(PYTEST) -m "drill or production"

.PHONY: drills-short
drills-short: ## of the drills what CI runs too: Prometheus, flags between processes, the watcher
	@$(WITH_SERVICES) $(PYTEST) -n $(WORKERS) --dist worksteal -m drill $(SHORT_DRILLS)

# ----------------------------------------------------------------------------------------------------------- check

.PHONY: lint
lint: ## ruff, biome, import contracts, file sizes
	@$(PY) -m ruff check --quiet $(ROOMS)
	@$(PY) -m ruff format --quiet --check $(ROOMS)
	@.venv/bin/lint-imports --no-logo
	@cd frontend && npm run --silent lint
	@git ls-files '*.py' '*.ts' '*.tsx' | grep -v 'src/api/schema.d.ts' | xargs wc -l \
	  | awk '$$2 != "total" && $$1 > 500 { print $$2 " has " $$1 " lines; 500 is the limit"; bad = 1 } END { exit bad }'

.PHONY: types
types: ## mypy and tsc, both strict
	@$(PY) -m mypy $(ROOMS)
	@cd frontend && npm run --silent typecheck

.PHONY: api
api: ## write the OpenAPI schema and generate the console's client from it
	@$(MANAGE) openapi
	@cd frontend && npm run --silent api

.PHONY: api-check
api-check: ## fail where the written schema or client differs from the API
	@$(MANAGE) openapi --check
	@cd frontend && node_modules/.bin/openapi-typescript openapi.json --check -o src/api/schema.d.ts

.PHONY: size
size: ## fail where the built console is heavier than its budget
	@cd frontend && npm run --silent size

.PHONY: bench
bench: ## measurements: make bench NAME=atomizer ARGS="..."
	@$(PY) -m bench $(NAME) --json $(ARGS)
