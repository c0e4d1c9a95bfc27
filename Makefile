# The two commands are `make demo` and `make test`. Everything is installed into this folder.

.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory

# Made by scripts/setup.py; a link to the machine's own uv where there is one.
UV := .tools/bin/uv
RUN := $(UV) run --no-sync
ARGS ?=

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { print "\n" substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

##@ The two commands

.PHONY: demo
demo: setup ## Install, start everything, replay real orders, serve the portal (ARGS="--exit --json …")
	@$(RUN) fenrun demo $(ARGS)

.PHONY: test
test: setup-test ## Install, then run every check and every test (ARGS="lint backend" for some)
	@.venv/bin/python scripts/lanes.py $(ARGS)

##@ Install

# Named so that the sentence for a machine without Python comes from us, not from the shell.
PYTHON = $(shell command -v python3 || command -v python3.14 || command -v python3.13 \
	|| command -v python3.12 || command -v python3.11)
define need_python
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is not installed: run \`apt-get install python3\`, then the same command again." >&2; exit 1; }
endef

.PHONY: setup
setup: ## What the demo needs; afterwards `uv run fenrun …` works
	$(need_python)
	@"$(PYTHON)" scripts/setup.py

.PHONY: setup-test
setup-test: ## In addition what the tests need: Brownie and a browser
	$(need_python)
	@"$(PYTHON)" scripts/setup.py --tests

##@ Lanes of `make test`, one by one

.PHONY: lint
lint: ## Ruff: rules and format
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

.PHONY: types
types: ## mypy, strict
	@$(RUN) mypy

.PHONY: imports
imports: ## Import rules between layers
	@$(RUN) lint-imports --no-logo

.PHONY: hygiene
hygiene: ## No secrets, no paths of one machine
	@$(RUN) scripts/hygiene.py

.PHONY: contracts
contracts: ## forge: unit, fuzz and invariant tests
	@FOUNDRY_PROFILE=quick .tools/bin/forge test $(ARGS)

.PHONY: gas
gas: ## Gas: forge's snapshot, and receipts of the deployed code, are those that are committed
	@FOUNDRY_PROFILE=gas .tools/bin/forge snapshot --match-path '*/gas/*' --check
	@$(RUN) scripts/bench_gas.py --check

.PHONY: brownie
brownie: ## Brownie: the contracts on a real Anvil
	@scripts/brownie test $(ARGS)

.PHONY: backend
backend: ## pytest: the backend on a real PostgreSQL and a real Anvil
	@$(RUN) pytest tests/backend $(ARGS)

.PHONY: portal
portal: ## The portal: description of the API, lint, types, size, unit tests
	@$(RUN) scripts/openapi.py --check
	@cd portal && for check in api:check lint types size test; do npm run --silent $$check || exit 1; done

.PHONY: e2e
e2e: ## A real browser on a running demo
	@$(RUN) pytest tests/e2e $(ARGS)

.PHONY: guides
guides: setup-test ## Write docs/guides anew: a browser does each step and takes the pictures
	@FENRUN_GUIDES=write $(RUN) pytest tests/e2e/test_guides.py $(ARGS)

##@ Longer runs

.PHONY: chaos
chaos: setup ## Kill the worker again and again, through a whole replay too
	@$(RUN) pytest tests/chaos $(ARGS)

.PHONY: artifacts-check
artifacts-check: ## Are the committed artifacts those of the contracts, to the byte? (Brownie's lane compares the code)
	@$(RUN) scripts/compile.py --check

.PHONY: coverage
coverage: ## Lines and branches of contracts/ that no test reaches
	@FOUNDRY_PROFILE=quick .tools/bin/forge coverage --no-match-path '{*/gas/*,*/invariant/*}' $(ARGS)

.PHONY: fuzz
fuzz: setup ## A million calls of the campaign over the whole suite (ARGS="--calls N")
	@$(RUN) scripts/fuzz.py $(ARGS)

.PHONY: mutants
mutants: setup ## A wrong contract for every promise, each found by that promise (ARGS="PaidOnce …")
	@$(RUN) scripts/mutants.py $(ARGS)

.PHONY: prove
prove: setup ## Symbolic proofs: every word's packing, the bitmap, the order codec (halmos)
	@PATH="$(CURDIR)/.tools/bin:$$PATH" FOUNDRY_PROFILE=symbolic $(UV) tool run --from halmos==0.3.3 \
		halmos --contract SymbolicWords --forge-build-out build/symbolic

.PHONY: slither
slither: setup ## Static analysis of contracts/; every finding must be explained in docs/security.md
	@FOUNDRY_PROFILE=quick FOUNDRY_OUT=build/slither FOUNDRY_CACHE_PATH=build/slither-cache \
		.tools/bin/forge build contracts --build-info --force >/dev/null
	@PATH="$(CURDIR)/.tools/bin:$$PATH" FOUNDRY_PROFILE=quick $(UV) tool run --from slither-analyzer==0.11.6 \
		slither . --compile-force-framework foundry --foundry-ignore-compile \
		--foundry-out-directory build/slither

.PHONY: bench-gas
bench-gas: setup ## What the contracts cost (ARGS=--write to keep the figures)
	@$(RUN) scripts/bench_gas.py $(ARGS)

.PHONY: gas-snapshot
gas-snapshot: ## Keep the gas figures of now
	@FOUNDRY_PROFILE=gas .tools/bin/forge snapshot --match-path '*/gas/*'
	@$(RUN) scripts/bench_gas.py --write

.PHONY: bench
bench: setup setup-test ## The backend: intake to books, indexing, audit, reads, the portal's first page, at a million legs (ARGS="--orders 20000")
	@$(RUN) scripts/bench.py $(ARGS)

.PHONY: bench-compliance
bench-compliance: setup ## What the rules cost: intake to books with all of them and without, in turns (ARGS="--orders 10000")
	@$(RUN) scripts/bench_compliance.py $(ARGS)

.PHONY: bench-demo
bench-demo: setup ## Time the replay against the bare chain (ARGS="--scenario FOLDER")
	@$(RUN) python scripts/bench_demo.py $(ARGS)

.PHONY: bench-simulator
bench-simulator: setup ## The simulator: a million orders by a hundred plans (ARGS="--orders 100000 --plans 10")
	@$(RUN) python scripts/bench_simulator.py $(ARGS)

##@ Generated files

.PHONY: artifacts
artifacts: ## Compile the contracts into backend/fenrun/chain/artifacts
	@$(RUN) scripts/compile.py

.PHONY: openapi
openapi: ## Write the API description and the portal's types
	@$(RUN) scripts/openapi.py
	@cd portal && npm run --silent api

.PHONY: webhook-docs
webhook-docs: ## Write the event types into docs/webhooks.md
	@$(RUN) scripts/webhook_docs.py

.PHONY: format
format: ## Let Ruff and forge put the code in order
	@$(RUN) ruff check --fix-only --quiet .
	@$(RUN) ruff format .
	@.tools/bin/forge fmt contracts

.PHONY: clean
clean: ## Remove everything that was built or installed here, but no data (.fenrun stays)
	@rm -rf .tools .venv node_modules portal/node_modules portal/dist build out cache reports \
		test-artifacts tests/contracts/brownie/.venv .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache
	@find backend tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
