# Every chore of the project; `make help` lists them. Python 3.11 or newer with its pip, make and a network: no root.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
MINUTES ?= 10

V := .venv/bin/python
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard portal/translations/*/LC_MESSAGES/messages.po))
CHECKS := lint types imports templates catalogue test

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-long cover mutate fuzz check bench lock vendor demo-reset lint types imports \
	templates catalogue words inventory environment-run environment-dev

help: ## List the chores
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: environment-run $(CATALOGUES) ## Set everything up and serve the portal with demo data (PORT=8000)
	@exec $(V) -m flask --app portal serve --port $(PORT)

test: environment-dev $(CATALOGUES) ## Run the tests (WORKERS=2, ARGS="-k name"), all but the long ones
	@$(V) -m pytest -n $(WORKERS) --durations=20 $(ARGS)

test-long: environment-dev $(CATALOGUES) ## Run the long tests
	@$(V) -m pytest -n $(WORKERS) --durations=20 -m long $(ARGS)

cover: environment-dev ## Branch coverage of the vault by its own tests: 100 %
	@$(V) -m coverage run -m pytest -n0 -q tests/vault tests/models/fields $(ARGS)
	@$(V) -m coverage report

mutate: environment-dev ## Change the crypto modules expression by expression: at least 90 % must be noticed
	@rm -rf mutants
	@nice -n 19 $(V) -m mutmut run --max-children $(WORKERS) | tail -1
	@$(V) -m tools.mutants 90

fuzz: environment-dev ## Spoilt bytes into every reader of the sealed format (MINUTES=10 of processor time)
	@$(V) -m tools.fuzz --minutes $(MINUTES)

check: ## Everything that must be green: lint types imports templates catalogue test
	@for check in $(CHECKS); do \
		begun=$$(date +%s); \
		$(MAKE) --no-print-directory $$check || { echo "make $$check: failed"; exit 1; }; \
		echo "make $$check: $$(($$(date +%s) - begun)) s"; \
	done

lint: environment-dev ## Style, likely bugs and security smells of the Python code
	@$(V) -m ruff check .
	@$(V) -m ruff format --check .

types: environment-dev ## Types, strictly in portal/
	@$(V) -m mypy

imports: environment-dev ## Imports point down only
	@$(V) -c 'from importlinter.cli import lint_imports_command as run; run()'

templates: environment-dev ## Lint the templates
	@$(V) -m djlint portal/templates --lint --quiet

catalogue: environment-dev ## Is the English catalogue complete?
	@$(V) -m tools.words check

words: environment-dev ## Bring the English catalogue up to date with the texts in the code
	@$(V) -m tools.words update

inventory: environment-dev ## Bring docs/roles.md and the generated parts of docs/security.md up to date with the code
	@$(V) -m tools.inventory
	@$(V) -m tools.rights

bench: environment-dev $(CATALOGUES) ## Measure (NAME=pages; CHECK=1 fails below the floor)
	@test -n "$(NAME)" || { echo "make bench NAME=..., one of benchmarks/"; exit 2; }
	@$(V) -m benchmarks $(NAME) --json $(if $(CHECK),--check) $(ARGS)

lock: ## Resolve the dependencies of pyproject.toml into requirements/ (UPGRADE=1 for the newest)
	@$(PYTHON) -m tools.environment lock $(if $(UPGRADE),--upgrade)

vendor: ## Fetch the vendored scripts again and hold them to vendor.lock (needs npm)
	@$(PYTHON) -m tools.vendor

demo-reset: ## Remove instance/ (demo data, its keys and files), after asking
	@if grep -qs '^ *mode *= *.production' instance/settings.toml; then \
		echo "instance/ belongs to a production installation: not touched"; exit 1; fi
	@printf 'Remove instance/ with all demo data, keys and files? Type yes: '; \
	read -r answer; [ "$$answer" = yes ] || { echo "Nothing removed."; exit 1; }; \
	rm -rf instance && echo "Removed. The next make run starts afresh."

environment-run:
	@$(PYTHON) -m tools.environment install run

environment-dev:
	@$(PYTHON) -m tools.environment install dev

# Compiled catalogues are not in git; each is made again when its source is newer.
%.mo: %.po
	@$(V) -m babel.messages.frontend -q compile --input-file $< --output-file $@ --locale \
		$(notdir $(patsubst %/LC_MESSAGES/messages.po,%,$<))
