PYTHON ?= python3
BIN    := .venv/bin

.PHONY: demo test lint bench docs pages
demo: .venv/.stamp
	$(BIN)/formulate demo
test: .venv/.stamp
	$(BIN)/python -m pytest
lint: .venv/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
bench: .venv/.stamp-bench
	$(BIN)/python -m bench
docs: .venv/.stamp-docs
	$(BIN)/python -m press build
pages: .venv/.stamp
	$(BIN)/python -m press refresh
.venv/.stamp-bench: .venv/.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@
.venv/.stamp-docs: .venv/.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@
.venv/.stamp: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@
