# Everything runs in .venv, which these targets create.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# An editable install compiles nothing, and where PYTHONDONTWRITEBYTECODE is set no run ever would.
COMPILE := $(BIN)/python -m compileall -q cfglint rules grammars

.PHONY: demo test lint docs docs-check clean

demo: $(VENV)/.installed
	$(BIN)/cfglint check --fail-on never fixtures/demo

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy cfglint rules tools benchmarks
	$(BIN)/lint-imports

docs-check: $(VENV)/.installed-dev
	$(BIN)/python tools/generate_docs.py --check
	$(BIN)/python tools/generate_docs.py
	$(BIN)/python tools/check_docs.py
	$(BIN)/python tools/check_examples.py

docs: $(VENV)/.installed-docs
	$(BIN)/python tools/generate_docs.py
	$(BIN)/python tools/check_docs.py --write
	$(BIN)/zensical build --strict

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml setup.py
	$(BIN)/python -m pip install --quiet --editable .
	@$(COMPILE)
	@touch $@

$(VENV)/.installed-dev: $(BIN)/python pyproject.toml setup.py
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@$(COMPILE)
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-docs: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --editable '.[dev,docs]'
	@touch $@

clean:
	rm -rf $(VENV) build dist docs/rules site *.egg-info
