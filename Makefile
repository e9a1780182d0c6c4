# Everything a newcomer needs: `make demo`, then `make test`. Rust and Python 3.10 or later are enough; what else is
# wanted is set up under `target/`, once.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CARGO ?= cargo
PYTHON ?= python3
# Everything is built in one profile with one set of features, so that nothing is built twice. All features but `highs`,
# which wants cmake, a C++ compiler and libclang.
FEATURES := --features volok/testkit,volok/last-resort,volok/sqlite,volok/postgres
BUILD := --workspace $(FEATURES)
SOLVER ?= last-resort
# Real orders that the examples plan, where their data lies beside the project.
LIMIT ?= 200
LONG ?= 20
LEDGER_PROFILE ?= --release
FAILOVERS ?= 500
VENV := $(CURDIR)/target/venv
IN_VENV := VIRTUAL_ENV="$(VENV)" PATH="$(VENV)/bin:$$PATH"
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)

.PHONY: help demo test fmt lint postgres chromium unit doctest docs examples python wheel notebooks clean-install http-tools long ledger-long http-long failovers planted second-opinion bench compare clean

help: ## What there is to make
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

demo: ## One order, drawn and explained
	@$(CARGO) build $(BUILD) --bin volok
	@target/debug/volok demo

test: fmt lint unit doctest docs examples python ## Every check there is

fmt: ## Code stands as rustfmt puts it
	$(CARGO) fmt --all --check

lint: ## No warning of the compiler or clippy
	$(CARGO) clippy $(BUILD) --all-targets -- -D warnings
	$(CARGO) check --quiet -p volok --features testkit,last-resort,sqlite,postgres,planted

postgres: ## PostgreSQL from Debian's packages; its tests are left out, and say so, where it cannot be had
ifeq ($(wildcard /usr/lib/postgresql/*/bin/initdb),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } \
	>/dev/null 2>&1 || echo "PostgreSQL cannot be had here: its tests are left out"; \
	else echo "PostgreSQL is not installed: its tests are left out (apt-get install postgresql)"; fi
endif

chromium: ## Chromium from Debian's packages; tests of the page are left out, and say so, where it cannot be had
ifeq ($(shell command -v chromium chromium-browser google-chrome),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
	>/dev/null 2>&1 || echo "Chromium cannot be had here: tests of the page are left out"; \
	else echo "Chromium is not installed: tests of the page are left out (apt-get install chromium)"; fi
endif

unit: postgres chromium http-tools ## Tests of the crates, scenarios among them
ifeq ($(NEXTEST),yes)
	$(CARGO) nextest run $(BUILD)
else
	$(CARGO) test $(BUILD) --lib --bins --tests
endif

doctest: ## Examples in the documentation run
	$(CARGO) test $(BUILD) --doc

docs: ## Documentation builds without a warning
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(BUILD) --no-deps

examples: ## Every example runs
	$(CARGO) build $(BUILD) --examples --bins
	@$(CARGO) metadata --no-deps --format-version 1 \
	| $(PYTHON) -c 'import json, sys; [print(t["name"]) for p in json.load(sys.stdin)["packages"] for t in p["targets"] if "example" in t["kind"]]' \
	| while read -r name; do echo "example $$name"; "target/debug/examples/$$name" </dev/null >/dev/null; done
	target/debug/volok demo >/dev/null
	@for name in olist grocery brunel; do echo "example $$name, $(LIMIT) orders"; \
	target/debug/$$name --limit $(LIMIT) | grep -E '^(There is no|planned|violations)'; done
	@for name in olist grocery; do echo "policies of $$name, $(LIMIT) orders"; \
	target/debug/$$name --limit $(LIMIT) --policies --rounds 10 2>/dev/null \
	| grep -E '^(There is no|POLICY|exact with prices)'; done

target/venv/ready: bindings/python/pyproject.toml
	$(PYTHON) -m venv "$(VENV)"
	"$(VENV)/bin/python" -m pip install --quiet --disable-pip-version-check 'maturin>=1.9,<2' \
	'duckdb>=1.1' 'hypothesis>=6' 'mypy>=1.11' 'pandas>=2.2' 'polars>=1' 'pyarrow>=16' 'pytest>=8' 'tqdm>=4' \
	'highspy>=1.11,<2' 'ipykernel>=6' 'matplotlib>=3.8' 'nbclient>=0.10' 'nbformat>=5.10' 'ortools>=9.12,<10'
	"$(VENV)/bin/python" -m pip install --quiet --disable-pip-version-check 'ray>=2.40' \
	|| echo "there is no Ray to be had: the tests that need it say so and are skipped"
	touch "$@"

python: target/venv/ready ## The Python package: built, tested, its stubs held against it
	$(CARGO) build $(BUILD) --bin volok
	cd bindings/python && $(IN_VENV) maturin develop --quiet
	cd bindings/python && $(IN_VENV) python -m mypy.stubtest --mypy-config-file pyproject.toml volok
	cd bindings/python && $(IN_VENV) python -m mypy python tests
	cd bindings/python && $(IN_VENV) VOLOK="$(CURDIR)/target/debug/volok" python -m pytest

target/venv-http/ready: Makefile
	$(PYTHON) -m venv target/venv-http
	target/venv-http/bin/python -m pip install --quiet --disable-pip-version-check 'schemathesis>=4.32,<5' \
	|| echo "there is no schemathesis to be had: the test that needs it says so and is skipped"
	touch "$@"

http-tools: target/venv-http/ready ## What tests of the service need: schemathesis, in target/venv-http

wheel: target/venv/ready ## A wheel of the Python package, in target/wheels
	cd bindings/python && $(IN_VENV) maturin build --release --out "$(CURDIR)/target/wheels"

notebooks: target/venv/ready ## The notebooks, run with a release build; what they show is stored in them
	cd bindings/python && $(IN_VENV) maturin develop --release --quiet
	$(IN_VENV) python examples/notebooks/run.py --write

clean-install: ## The Python package as a stranger installs it: a clean clone, a new environment (several minutes)
	rm -rf target/clean && mkdir -p target/clean
	git clone --quiet . target/clean/clone
	$(PYTHON) -m venv target/clean/venv
	target/clean/venv/bin/python -m pip install --quiet --disable-pip-version-check ./target/clean/clone/bindings/python
	cd target/clean && venv/bin/python -c 'import volok; made = volok.generate("three-items"); assert made.world.plan(made.orders[0])["cost"] == 22900; print("installed", volok.__version__)'

long: ## Tests that take long, LONG times a share of their cases (20: see docs/testing.md)
	PROPTEST_CASES=$$((1000 * $(LONG))) VOLOK_WORLDS=$$((250 * $(LONG))) VOLOK_SPLIT_CASES=$$((1000 * $(LONG))) \
	VOLOK_OPINIONS=$$((15 * $(LONG))) $(CARGO) test $(BUILD) --release --lib --bins --tests -- --include-ignored

ledger-long: ## The ledger's fault table, with the counts of docs/reliability.md (LEDGER_PROFILE= for the usual build)
	VOLOK_LEDGER_SEEDS=8000 VOLOK_LEDGER_DEPTH=4 VOLOK_LEDGER_RUNS=200 VOLOK_LEDGER_GROUPS=64 VOLOK_LEDGER_LOSSES=20000 \
	VOLOK_LEDGER_KILLS=2000 VOLOK_LEDGER_RECOVERIES=1000 VOLOK_LEDGER_JUMPS=50000 VOLOK_LEDGER_DISKS=100 \
	VOLOK_LEDGER_ATTEMPTS=10000000 VOLOK_LEDGER_KEYS=50000 VOLOK_LEDGER_REQUESTS=200000 VOLOK_LEDGER_BODIES=10000 \
	VOLOK_LEDGER_FILES=2000 VOLOK_LEDGER_CHANGES=100000 VOLOK_LEDGER_REGIONAL=2000 \
	$(CARGO) test $(LEDGER_PROFILE) -p volok --features testkit,last-resort,sqlite,postgres --test ledger --test fuzz -- --nocapture

failovers: postgres ## 500 failovers of processes on one log in PostgreSQL, under load (FAILOVERS=...)
	VOLOK_LEDGER_FAILOVERS=$(FAILOVERS) $(CARGO) test $(BUILD) --test ledger -- --nocapture failover::

http-long: postgres http-tools ## The service's fault table, with the counts of docs/reliability.md (LEDGER_PROFILE= for the usual build)
	VOLOK_HTTP_BODIES=10000 VOLOK_HTTP_CUTS=1000 VOLOK_HTTP_KILLS=500 VOLOK_HTTP_OVERLOAD=200 VOLOK_HTTP_EXAMPLES=50 VOLOK_HTTP_FAILOVERS=50 \
	$(CARGO) test $(LEDGER_PROFILE) -p volok-service $(FEATURES) --test http -- --nocapture

planted: ## Bugs planted in the ledger, one at a time, and the test that notices each (BUGS=..., WRITE=--write)
	$(PYTHON) engine/tests/ledger/planted.py $(WRITE) $(BUGS)

second-opinion: ## Splits against a mixed-integer solver (SOLVER=highs: against HiGHS)
	$(CARGO) test --release -p volok --features testkit,$(SOLVER) --test second_opinion

bench: ## Measurements of functions and of whole plans
	$(CARGO) bench $(FEATURES) -p volok-bench --bench functions --bench plan

compare: ## The same splits with HiGHS and CP-SAT, the same competing orders with HiGHS, the same holds with PostgreSQL and Redis
	benches/compare/run.sh
	benches/compare/batch.sh
	benches/compare/holds.sh

clean: ## Nothing built is left
	$(CARGO) clean
	rm -f bindings/python/python/volok/_volok*.so
