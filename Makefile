PYTHON ?= python3
BIN    := .venv/bin

.PHONY: demo test lint bench
demo: .venv/.stamp
	$(BIN)/formulate demo
test: .venv/.stamp
	$(BIN)/python -m pytest
lint: .venv/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
bench: .venv/.stamp
	$(BIN)/python -m bench
	$(BIN)/python -m bench.app
.venv/.stamp: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@
