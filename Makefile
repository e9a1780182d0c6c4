# Everything a newcomer needs: `make demo`, then `make test`. Rust and Python 3.10 or later are enough; what else is
# wanted is set up under `target/`, once.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CARGO ?= cargo
PYTHON ?= python3
# Everything is built in one profile with one set of features, so that nothing is built twice.
BUILD := --workspace --all-features
VENV := $(CURDIR)/target/venv
IN_VENV := VIRTUAL_ENV="$(VENV)" PATH="$(VENV)/bin:$$PATH"
NEXTEST := $(shell $(CARGO) nextest --version >/dev/null 2>&1 && echo yes)

.PHONY: help demo test fmt lint unit doctest docs examples python long bench clean

help: ## What there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 17

demo: ## One order, drawn and explained
	@$(CARGO) build $(BUILD) --bin volok
	@target/debug/volok demo

test: fmt lint unit doctest docs examples python ## Every check there is

fmt: ## Code stands as rustfmt puts it
	$(CARGO) fmt --all --check

lint: ## No warning of the compiler or clippy
	$(CARGO) clippy --workspace --all-features --all-targets -- -D warnings

unit: ## Tests of the crates, scenarios among them
ifeq ($(NEXTEST),yes)
	$(CARGO) nextest run --workspace --all-features
else
	$(CARGO) test --workspace --all-features --lib --bins --tests
endif

doctest: ## Examples in the documentation run
	$(CARGO) test --workspace --all-features --doc

docs: ## Documentation builds without a warning
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --all-features --no-deps

examples: ## Every example runs
	$(CARGO) build $(BUILD) --examples --bins
	@$(CARGO) metadata --no-deps --format-version 1 \
	| $(PYTHON) -c 'import json, sys; [print(t["name"]) for p in json.load(sys.stdin)["packages"] for t in p["targets"] if "example" in t["kind"]]' \
	| while read -r name; do echo "example $$name"; "target/debug/examples/$$name" </dev/null >/dev/null; done
	target/debug/volok demo >/dev/null

target/venv/ready: bindings/python/pyproject.toml
	$(PYTHON) -m venv "$(VENV)"
	"$(VENV)/bin/python" -m pip install --quiet --disable-pip-version-check 'maturin>=1.9,<2' 'pytest>=8' 'mypy>=1.11'
	touch "$@"

python: target/venv/ready ## The Python package: built, tested, its stubs held against it
	$(CARGO) build $(BUILD) --bin volok
	cd bindings/python && $(IN_VENV) maturin develop --quiet
	cd bindings/python && $(IN_VENV) python -m mypy.stubtest volok
	cd bindings/python && $(IN_VENV) python -m mypy python tests
	cd bindings/python && $(IN_VENV) VOLOK="$(CURDIR)/target/debug/volok" python -m pytest

long: ## Tests that take long: every property with many more cases, ignored tests included
	PROPTEST_CASES=20000 $(CARGO) test --workspace --all-features --release -- --include-ignored

bench: ## Measurements
	$(CARGO) bench --workspace

clean: ## Nothing built is left
	$(CARGO) clean
	rm -f bindings/python/python/volok/_volok*.so
