# Ronghe: `make demo` shows it on a real shop, `make test` checks all of it.
#
# Settings, all optional:   make demo PORT=8080        another port
#                           make demo SAMPLE=0.2       a fifth of the shoppers, for a slow machine
#                           make demo SHOP=elsewhere   another folder for the shop
#                           make test PYTHON=python3.12 WORKERS=4

PYTHON  ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; sys.version_info[:2] in ((3,11),(3,12),(3,13)) and print("$(p)")' 2>/dev/null)) python3)
VENV    ?= .venv
SHOP    ?= demo
HOST    ?= 127.0.0.1
PORT    ?= 8000
SAMPLE  ?= 1
WORKERS ?= 2
BIN     := $(VENV)/bin
PIP     := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs clean

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/.with-demo ## a real shop from its data to a page at http://127.0.0.1:8000
	@$(BIN)/ronghe demo --shop $(SHOP) --sample $(SAMPLE) --host $(HOST) --port $(PORT)

test: $(VENV)/.with-dev ## every check: style, types, floors, documentation, behaviour
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope $(ARGS)

lint: $(VENV)/.with-dev ## style, types and floors only
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: $(VENV)/.with-dev ## puts the code into shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: $(VENV)/.with-dev ## writes the tables of docs/reference anew
	@$(BIN)/python docs/tables.py

clean: ## removes the demo shop and what tools left behind
	rm -rf $(SHOP) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info[:2] in ((3,11),(3,12),(3,13)) or sys.exit("Ronghe runs on Python 3.11 to 3.13, and $(PYTHON) is " + sys.version.split()[0] + ".\nName another one: make demo PYTHON=/path/to/python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/.with-demo: pyproject.toml | $(BIN)/python
	@echo "Installing Ronghe into $(VENV) (once; a minute or two)"
	@$(PIP) install -e '.[demo]'
	@touch $@

$(VENV)/.with-dev: pyproject.toml | $(BIN)/python
	@echo "Installing Ronghe and its test tools into $(VENV) (once; a minute or two)"
	@$(PIP) install -e '.[dev,demo,train,media]'
	@$(PIP) install --no-deps musicnn==0.1.0
	@touch $@ $(VENV)/.with-demo
