# One command each; scripts/ holds what they do.
.DEFAULT_GOAL := help
.PHONY: help setup run test test-hospital bench lint check fix lock messages clean

# The first Python that is new enough; scripts/setup.py says what to do where there is none.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# Tests run several processes side by side; each keeps to one thread, or they starve each other.
TEST_ENV := OMP_NUM_THREADS=1 MEDAPP_TORCH_THREADS=1
PYTEST := $(TEST_ENV) $(BIN)/python -m pytest

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: ## install everything into .venv, node_modules and var (quick when nothing changed)
	@$(or $(PYTHON),python3) scripts/setup.py

run: setup ## start the whole clinic and print its address; Ctrl-C ends it
	@$(BIN)/python scripts/run.py

test: setup check ## set-up, checks and every test, the browser's included
	$(PYTEST) -n 2 --dist loadfile -m "not browser and not faults"
	$(PYTEST) -m "browser or faults"

test-hospital: setup ## the suite on PostgreSQL and Redis from the system's packages
	$(TEST_ENV) $(BIN)/python scripts/hospital.py

bench: setup ## measure the claims; tables on the screen, figures in var/bench
	@for script in bench/first_finding.py bench/chat.py bench/batch.py; do $(BIN)/python $$script || exit 1; done

lint: ## ruff alone, which takes a second
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check: lint ## lint, types, layers, translations, migrations
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_messages.py
	$(BIN)/python manage.py makemigrations --check --dry-run

fix: ## repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## resolve pyproject.toml anew and write the lock files (UPGRADE=1 takes newer releases)
	$(BIN)/python scripts/lock.py $(if $(UPGRADE),--upgrade)

messages: ## compile the translations and name what is missing
	$(BIN)/python scripts/compile_messages.py
	$(BIN)/python scripts/check_messages.py

clean: ## remove what set-up and runs made, the clinic's data included
	rm -rf .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find locale -name '*.mo' -delete
