# Kundbok: `make run` is enough on a fresh Debian; `make test` proves that all is well.
# Each step leaves a mark in .venv, so that the second run of anything is quick.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup run demo assets test test-sqlite test-postgresql check translations \
        coverage bench bench-large bench-servers screenshots requirements lock clean

PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
export PORT
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
INSTALL := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends
define apt # packages: look for news only where the machine knows nothing of them yet
	($(INSTALL) $(1) </dev/null >/dev/null 2>&1 \
		|| ($(SUDO) apt-get update -qq && $(INSTALL) $(1) </dev/null >/dev/null) \
		|| (echo "Please install: $(1)" && exit 1))
endef
PIP := pip install -q --no-deps --require-hashes -r
FLASK := flask --app app
EXTRACT := pybabel -q extract -F pyproject.toml -k lazy_gettext -k _l -k lazy_ngettext:1,2 --no-location \
	--sort-output --project Kundbok -o .venv/messages.pot app.py blueprints models tasks templates
SOURCES := app.py assets.py blueprints models tasks tests
PYTEST ?= pytest -q -n 2 --dist loadfile

help: ## Say what can be made (this list)
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r name what; do \
		printf 'make %-16s %s\n' "$$name" "$$what"; done

setup: .venv/.system .venv/.runtime static/vendor/node_modules/.package-lock.json ## Install what running needs

run: setup assets ## Serve on 127.0.0.1:8000, or PORT=8001; Ctrl-C stops it
	$(FLASK) migrate
	exec $(FLASK) serve

demo: setup assets ## The same with an invented business to look around in
	$(FLASK) migrate
	$(FLASK) demo
	exec $(FLASK) serve

assets: setup ## Gather styles, scripts, fonts and sentences for serving
	@python assets.py
	@pybabel -q compile -d translations

test: ## Every test twice: on SQLite and on a real PostgreSQL
	@$(MAKE) --no-print-directory --keep-going test-sqlite test-postgresql

test-sqlite: .venv/.dev assets
	$(PYTEST)

# A page looks the same on both databases: the browser looks at it once.
test-postgresql: .venv/.dev assets
	TEST_DATABASE=postgresql $(PYTEST) --ignore tests/browser

# Where the databases differ, the second run adds the other's lines.
coverage: .venv/.dev assets ## Every line and branch of models/ and blueprints/ is run by some test
	$(PYTEST) --ignore tests/browser --cov --cov-report=
	TEST_DATABASE=postgresql $(PYTEST) --ignore tests/browser -k "import or search or granting or migrations" \
		--cov --cov-append --cov-report=
	coverage report --fail-under=100

check: .venv/.dev assets ## Style, types, templates, translations, migrations
	ruff format --check $(SOURCES)
	ruff check $(SOURCES)
	mypy
	djlint templates --lint --quiet
	pytest -q tests/test_house_words.py
	export DATA_DIR=$$(mktemp -d) && $(FLASK) migrate && $(FLASK) migrate --check

translations: .venv/.dev ## Collect new sentences into translations/*/
	$(EXTRACT)
	pybabel -q update --no-fuzzy-matching --ignore-pot-creation-date -i .venv/messages.pot -d translations

bench: .venv/.dev assets ## Measure at 1,000 and 100,000 customers against the null route
	python -m tests.bench

bench-large: .venv/.dev assets ## The same at 1,000,000 customers
	python -m tests.bench --large

bench-servers: .venv/.dev ## Compare web servers, with slow clients too
	python -m tests.bench.servers

screenshots: .venv/.dev assets ## Draw every page, wide and narrow, light and dark
	python -m tests.browser.screenshots

requirements: .venv/.dev ## Which requirements have a test, and which have none yet
	python -m tests.requirements

lock: ## Choose newest versions within pyproject.toml's bounds (needs uv)
	uv pip compile -q -U pyproject.toml --universal --generate-hashes --no-header -o requirements.lock
	uv pip compile -q pyproject.toml --extra dev --universal --generate-hashes --no-header -c requirements.lock -o requirements-dev.lock

clean: ## Remove what was installed and built; data stays
	rm -rf .venv static/vendor/node_modules static/vendor/dist
	find translations -name '*.mo' -delete

# ---- the marks ----

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Kundbok needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null >&2 || ($(call apt,python3-venv) && $(PYTHON) -m venv --clear .venv) \
		|| ($(PYTHON) -m pip install -q virtualenv && $(PYTHON) -m virtualenv -q --clear .venv)

.venv/.runtime: requirements.lock | .venv/bin/python
	@echo "Installing Python packages"
	@$(PIP) requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime .venv/.tools
	@echo "Installing the tools that test"
	@$(PIP) requirements-dev.lock
	@touch $@

# WeasyPrint looks for these by name when the first PDF is made; better to miss them now.
.venv/.system: | .venv/bin/python
	@python -c 'import ctypes; [ctypes.CDLL(f"lib{name}.so.0") for name in ("pangoft2-1.0", "harfbuzz-subset")]' \
		2>/dev/null || (echo "Installing Pango for PDFs" && $(call apt,libpangoft2-1.0-0 libharfbuzz-subset0))
	@touch $@

.venv/.tools: | .venv/bin/python
	@command -v chromium >/dev/null && command -v pdftoppm >/dev/null \
		&& ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
		&& ls /usr/share/postgresql/*/extension/pg_trgm.control >/dev/null 2>&1 \
		|| (echo "Installing Chromium and PostgreSQL for the tests" \
		&& $(call apt,chromium postgresql postgresql-contrib poppler-utils))
	@touch $@

static/vendor/node_modules/.package-lock.json: static/vendor/package-lock.json | .venv/.runtime
	@echo "Fetching front-end packages"
	@command -v npm >/dev/null || $(PIP) requirements-node.lock
	@cd static/vendor && npm ci --silent
	@touch $@
