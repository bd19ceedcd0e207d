# make lab   sets up what is missing and opens the notebooks, as copies of your own
# make test  the same set-up, then everything that CI runs

.DEFAULT_GOAL := help
.PHONY: help lab edit env doctor audit test test-hub compatibility bench bench-class notebooks claims site film links format clean

# The first Python that TensorFlow has packages for; `make lab PYTHON=...` names another.
SUPPORTED = $(shell $(1) -c 'import sys; print("$(1)" * ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null)
PYTHON ?= $(or $(firstword $(foreach python,python3 python3.13 python3.12 python3.11 python,\
	$(call SUPPORTED,$(python)))),python3)
SET_UP = $(PYTHON) tools/set_up.py
BIN := .venv/bin
DOCTOR = $(PYTHON) tools/doctor.py
LAB_ARGS ?=
MINE ?= my_notebooks
# The kernel of .venv, not one of the same name in the home folder, where .venv is someone else's too.
export JUPYTER_PREFER_ENV_PATH = 1

help:
	@echo 'make lab        open your own copies of the notebooks, $(MINE)/, in JupyterLab'
	@echo '                (make lab LAB_ARGS="--no-browser --port=8899")'
	@echo 'make edit       open the originals, notebooks/, to change the lesson'
	@echo 'make env        the set-up alone, which all the others do first'
	@echo 'make doctor     what is wrong here, and the command that mends it'
	@echo 'make test       lint, unit, oracle, notebook and browser tests'
	@echo 'make test-hub   two days of a class on a real JupyterHub; as root, with users of this machine'
	@echo 'make compatibility  all six notebooks with the versions of Colab, and with the newest'
	@echo 'make bench      the benchmarks, side by side'
	@echo 'make bench-class  N=30: a class of so many on this machine, each with a kernel'
	@echo 'make notebooks  execute the notebooks in place'
	@echo 'make claims     hold every claim of the lesson against 30 seeds'
	@echo 'make site       write the pages whose explorers move without a kernel, to build/site'
	@echo 'make audit      look the pinned versions up among the known vulnerabilities'
	@echo 'make film       film an explorer for the README'
	@echo 'make links      REPOSITORY=owner/name: write its addresses and badges; without one, take them out'
	@echo 'make format     format code and notebooks'

env: .venv/ready

doctor:
	@$(DOCTOR)

# The stamp is written last: a half-made .venv is made anew.
.venv/ready: pyproject.toml constraints.txt tools/set_up.py
	@$(SET_UP) test
	@touch $@

lab: .venv/ready
	@$(DOCTOR) --quick
	@$(BIN)/python tools/copies.py notebooks "$(MINE)"
	@$(BIN)/jupyter lab --notebook-dir="$(MINE)" $(LAB_ARGS)

edit: .venv/ready
	@$(DOCTOR) --quick
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(LAB_ARGS)

test: .venv/ready
	@$(DOCTOR) --quick
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --quiet --check
	$(BIN)/oxlint --quiet --deny-warnings helpers tools
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10 \
		--nbval --nbval-current-env --nbval-cell-timeout=600 --nbval-sanitize-with=tests/nbval.cfg notebooks tests

build/hub/ready: pyproject.toml constraints.txt tests/hub/versions.txt
	@rm -rf build/hub
	@$(PYTHON) -m venv build/hub
	@build/hub/bin/pip install --quiet --constraint constraints.txt --requirement tests/hub/versions.txt .
	@npm install --silent --no-fund --no-audit --prefix build/hub configurable-http-proxy@5.3.0
	@touch $@

# Not part of `make test`: it takes ten minutes, and npm. The helpers are those of now, installed as a hub has them.
test-hub: .venv/ready build/hub/ready
	@build/hub/bin/pip install --quiet --no-deps .
	@$(BIN)/python -m tests.hub

# Not part of `make test`: it takes half an hour, and packages that constraints.txt does not pin.
compatibility: .venv/ready
	@$(BIN)/python -m tests.compatibility

notebooks: .venv/ready
	@$(BIN)/python tools/execute.py notebooks/*.ipynb

claims: .venv/ready
	@$(BIN)/python -m helpers.claims

site: .venv/ready
	@$(BIN)/python -m tools.pages build/site

.venv/bench: .venv/ready
	@$(SET_UP) test,bench
	@touch $@

bench: .venv/bench
	@$(BIN)/python -m tests.benchmarks

N ?= 30
bench-class: .venv/ready
	@$(BIN)/python -m tests.benchmarks.classroom "$(N)"

.venv/audit: .venv/ready
	@$(SET_UP) test,audit
	@touch $@

# --strict, since a service that answers "unknown" to every name would pass for one that found nothing.
audit: .venv/audit
	@$(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner=off --requirement constraints.txt \
		2>.venv/audit.log || { grep '^Found' .venv/audit.log || \
		echo 'The service that lists vulnerabilities could not be asked about every pin: call make audit' \
			'again where it can be reached (.venv/audit.log says more).'; exit 1; } >&2
	@echo 'No pinned version has a known vulnerability.'

film: .venv/ready
	@$(BIN)/python -m tests.browser.movie .github/explorer.gif

links:
	@$(PYTHON) tools/links.py "$(REPOSITORY)"

format: .venv/ready
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

clean:
	rm -rf .venv *.egg-info build
