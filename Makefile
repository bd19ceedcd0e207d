# make lab   sets up what is missing and opens the notebooks
# make test  the same set-up, then everything that CI runs

.DEFAULT_GOAL := help
.PHONY: help lab test env bench notebooks format clean

# The first Python of the supported versions; `make lab PYTHON=…` names another.
PYTHON ?= $(or $(firstword $(foreach python,python3 python3.13 python3.12 python3.11 python,\
	$(shell $(python) -c 'import sys; print("$(python)" if (3, 11) <= sys.version_info < (3, 14) else "")' 2>/dev/null))),python3)
BIN := .venv/bin
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))
LAB_ARGS ?=

help:
	@echo 'make lab        open the notebooks in JupyterLab (make lab LAB_ARGS="--no-browser --port=8899")'
	@echo 'make test       lint, unit, oracle, notebook and browser tests'
	@echo 'make env        the set-up alone'
	@echo 'make bench      the benchmarks, side by side'
	@echo 'make notebooks  execute the notebooks in place'
	@echo 'make format     format code and notebooks'

env: .venv/ready

.venv/ready: pyproject.toml constraints.txt .ci/set_up.py
	@$(PYTHON) .ci/set_up.py .venv test
	@touch $@

lab: .venv/ready
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(LAB_ARGS)

test: .venv/ready
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/pytest tests
	@$(BIN)/pytest --nbval --nbval-current-env --nbval-cell-timeout=120 notebooks

notebooks: .venv/ready
	@$(BIN)/jupyter nbconvert --to notebook --execute --inplace --log-level=WARN \
		--NotebookClient.record_timing=False --NotebookClient.store_widget_state=False $(NOTEBOOKS)

.venv/bench: .venv/ready
	@$(PYTHON) .ci/set_up.py .venv test,bench
	@touch $@

bench: .venv/bench
	@$(BIN)/python -m tests.benchmarks

format: .venv/ready
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

clean:
	rm -rf .venv *.egg-info build
