# `make` lists the targets. Everything runs in .venv, which is made anew when a lock file changes.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ADDRESS ?= 127.0.0.1:8000
export NO_MKDOCS_2_WARNING := 1
export PYTHONDONTWRITEBYTECODE := 1
export JUPYTER_PREFER_ENV_PATH := 1

.DEFAULT_GOAL := help
.PHONY: help setup serve site test check bless lint types bench wheel lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## make the virtual environment from the locked versions

$(READY): requirements/bootstrap.txt requirements/dev.txt pyproject.toml src/build_hook.py
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11.5 or newer is needed" if sys.version_info < (3, 11, 5) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --only-binary :all: --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

serve: $(READY) ## build the site, serve it on loopback and rebuild on every edit
	@echo "faultbook on http://$(ADDRESS)/ (Ctrl-C stops it)"
	$(BIN)/mkdocs serve --dev-addr $(ADDRESS)

site: $(READY) ## build the site into site/
	$(BIN)/mkdocs build --strict

check: $(READY) ## check what the pages claim, without executing notebooks (seconds)
	$(BIN)/faultbook check

test: $(READY) lint types ## check everything: code, pages, commands, playbooks, site, browser
	$(BIN)/python -m pytest -n auto

lint: $(READY)
	$(BIN)/ruff format --check --quiet
	$(BIN)/ruff check --quiet

types: $(READY)
	$(BIN)/mypy --no-error-summary

bless: $(READY) ## execute playbooks and commands on pages and keep what they print
	$(BIN)/faultbook bless

bench: $(READY) ## measure against peers in one run (minutes; makes a 1 GB log)
	$(BIN)/python bench/run.py

wheel: $(READY) ## build the wheel with the catalogue in it into dist/
	$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11.5 --generate-hashes --no-header --no-emit-index-url
lock: $(READY) ## lock the newest allowed versions
	$(LOCK) --upgrade requirements/bootstrap.in -o requirements/bootstrap.txt
	$(LOCK) --upgrade pyproject.toml --extra playbooks --group site --group test requirements/build.in -o requirements/dev.txt
	$(LOCK) --upgrade pyproject.toml --extra lab -c requirements/dev.txt -o requirements/lab.txt

clean: ## remove what was built, not the virtual environment
	rm -rf site dist src/faultbook/data .mypy_cache .ruff_cache
