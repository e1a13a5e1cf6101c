# The two commands of this project are `make run` and `make test`; `make help` lists the rest.
SHELL := /bin/sh
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help
help: ## what there is
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1 - /p' Makefile

.PHONY: setup
setup: ## environment in .venv, front end, translations; starts nothing
	@scripts/setup runtime

.PHONY: setup-dev
setup-dev: ## the same with what tests and checks need
	@scripts/setup dev

.PHONY: run
run: setup ## set up, migrate, load the demo cohort, serve http://127.0.0.1:8000 (PORT=… for another)
	@$(PYTHON) -m scripts.serve

.PHONY: demo-data
demo-data: setup ## bring the demo cohort into the database of `make run` without serving
	@$(PYTHON) -m scripts.prepare

.PHONY: demo-password
demo-password: setup ## print the password of the demo accounts
	@$(PYTHON) -m scripts.serve --password

.PHONY: test
test: setup-dev ## set up and run the whole suite on real services
	@scripts/test-tools
	@$(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: coverage
coverage: setup-dev ## the tests of the de-identification run every line and branch of it
	@$(PYTHON) -m pytest tests/deid -n 2 --dist loadfile --cov=deid --cov-branch --cov-fail-under=100 \
		--cov-report=term-missing:skip-covered

.PHONY: fuzz
fuzz: setup-dev ## damage files and strip them for MINUTES=1; what breaks is written to var/
	@$(PYTHON) -m scripts.fuzz --minutes $(or $(MINUTES),1) --out var/fuzz

.PHONY: bench
bench: setup-dev ## how fast a slice goes its way, beside peers and the byte floor: a table and bench.json
	@$(PYTHON) -m scripts.bench

.PHONY: drills
drills: setup-dev ## break the real parts on purpose and judge what is left (NAMES="worker-killed …" for some)
	@scripts/test-tools
	@$(PYTHON) -m scripts.drills $(NAMES)

.PHONY: client
client: setup-dev ## build what hospitals install to send folders: dist/kicc_send-….whl
	@cd packaging/kicc-send && ../../$(PYTHON) -m hatchling build -t wheel -d ../../dist

.PHONY: fetcher
fetcher: setup-dev ## build what researchers install to take releases: dist/kicc_fetch-….whl
	@cd packaging/kicc-fetch && ../../$(PYTHON) -m hatchling build -t wheel -d ../../dist

.PHONY: lint
lint: setup-dev ## ruff, code and format
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

.PHONY: types
types: setup-dev ## mypy
	@$(PYTHON) -m mypy

.PHONY: lock
lock: setup-dev ## bring the locks up to date with pyproject.toml (UPGRADE=1 for the newest of everything)
	@$(PYTHON) -m scripts.lock $(if $(UPGRADE),--upgrade)

.PHONY: locks-current
locks-current: setup-dev ## whether the locks answer pyproject.toml, without changing them
	@$(PYTHON) -m scripts.lock --check
