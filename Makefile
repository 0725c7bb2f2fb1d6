# What a developer does here. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help setup run mail trace test test-long check lock bench bench-api bench-growth bench-starts corpus fuzz guards tone accounts letters-under-kills letters simulate diagram errors api-fuzz listening bench-formats formats-check conversions-under-kills formats-abuse faults planted crash-points soak four-months clean

PYTHON_HERE := .venv/bin/python
CODE := services shared deploy bench tests examples

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make .venv, RabbitMQ and MongoDB for development (the others call it)
	@deploy/local/setup.sh

run: setup ## The whole system on this machine, until Ctrl-C
	@$(PYTHON_HERE) -m deploy.local.run

mail: setup ## Send a sample enquiry to the running system
	@$(PYTHON_HERE) -m deploy.local.sample_mail

trace: setup ## One enquiry's log lines from all services: make trace REF=ENQ-7K3M-92Q2
	@$(PYTHON_HERE) -m deploy.local.trace $(REF)

test: check ## Check, then every test, on real servers
	@deploy/local/setup.sh tests
	$(PYTHON_HERE) -m pytest -n 2 --dist worksteal

test-long: setup ## The property tests with fifty times the examples: an hour or more
	PROPERTY_TESTS=long $(PYTHON_HERE) -m pytest tests/unit -m hypothesis --timeout=0

check: setup ## Style, types, and which part may import which
	.venv/bin/ruff check $(CODE)
	.venv/bin/ruff format --check $(CODE)
	.venv/bin/mypy --strict $(CODE)
	.venv/bin/lint-imports

bench: setup ## Speed, beside a pipeline that does nothing
	@$(PYTHON_HERE) -m bench

bench-api: setup ## The staff's API on a million tickets, beside bare queries: built once, minutes
	@$(PYTHON_HERE) -m bench.api

bench-growth: setup ## How cost grows, written into docs/performance.md: make bench-growth ONLY=size,thread
	@$(PYTHON_HERE) -m bench.growth $(if $(ONLY),--only $(ONLY))

bench-starts: setup ## How long each service takes to start
	@$(PYTHON_HERE) -m bench.starts

bench-formats: setup ## What a page costs in each format: CPU seconds and memory
	@$(PYTHON_HERE) -m bench.conversions

formats-check: setup ## Sample documents in every format, each copy before outside validators (var/validators)
	@deploy/local/setup.sh tests
	@tests/formats/validators.sh
	@$(PYTHON_HERE) -m tests.formats

corpus: setup ## Score the reading of mail: make corpus CORPUS=folder
	@$(PYTHON_HERE) -m tests.corpus $(CORPUS)

fuzz: setup ## Hostile mail against the parser, for ten minutes
	@$(PYTHON_HERE) -m tests.fuzz

guards: setup ## Take each guard away and see its attack succeed
	@$(PYTHON_HERE) -m tests.attacks

tone: setup ## The tone and promise checks on labelled threads: what is missed, what is stopped
	@$(PYTHON_HERE) -m tests.tone

accounts: setup ## Five thousand messages by every door while processes are killed, all accounted for
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.accounts

four-months: setup ## A request that takes four months, with the services killed at seeded moments: SEEDS=200
	FOUR_MONTHS=$(or $(SEEDS),200) $(PYTHON_HERE) -m pytest tests/unit/routing/test_four_months.py -q --timeout=0

letters-under-kills: setup ## Two thousand notices while notify is killed two hundred times
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.letters_under_kills

conversions-under-kills: setup ## A hundred conversions while notify is killed sixty times
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.conversions_under_kills

formats-abuse: setup ## Documents that mean harm, into every format: refused, or converted without it
	@$(PYTHON_HERE) -m tests.formats.abuse

faults: setup ## Every fault by itself and forty times several at once, all accounted for: 20 minutes
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.faults

planted: setup ## Make the desk wrong, one way after the other, and see the accountant say so
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.faults.planted

crash-points: setup ## Kill processes three hundred times at each place of the line
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.faults.crash_points

soak: setup ## Two hours with a fault a minute, drawn in docs/soak.svg: make soak MINUTES=10
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.faults.soak --minutes $(or $(MINUTES),120)

letters: setup ## Every letter in every language: the golden files anew, and pictures in var/letters
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.letters

simulate: setup ## A made-up year through the routing that decides: make simulate SEED=7
	@$(PYTHON_HERE) -m tests.simulate --seed $(or $(SEED),1)

diagram: setup ## Write the ticket's state diagram into services/README.md
	@$(PYTHON_HERE) -m services.routing.diagram --write

errors: setup ## Write docs/errors.md from the registry of problems
	@$(PYTHON_HERE) -m shared.problem_kinds --write

api-fuzz: setup ## The staff API and the intake API against their descriptions, with a token and without
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.api_fuzz

listening: setup ## A thousand listeners of one routing, one of whom takes nothing
	@deploy/local/setup.sh tests
	@$(PYTHON_HERE) -m tests.listening

lock: setup ## Choose the newest versions anew, into the three lock files
	@$(PYTHON_HERE) -m pip install -q uv
	.venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		pyproject.toml --group dev -o requirements-dev.lock
	.venv/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		--group mongod -o deploy/local/mongod.lock

clean: ## Remove .venv, caches, and all data of `make run`
	rm -rf .venv var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(CODE) -name __pycache__ -type d -exec rm -rf {} +
