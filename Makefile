# brevo-native. `make test` and `make demo` do everything from a clean checkout: they install what they need
# (Debian packages by name where the user is root, a virtual environment, npm packages) and build what they run.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

export CARGO_TARGET_DIR ?= $(CURDIR)/target
BIN    := $(CARGO_TARGET_DIR)/debug
PYTHON ?= python3
PY     := $(CURDIR)/.venv/bin

.PHONY: help setup build install-c uninstall-c fuzz demo wheel npm-package test test-rust test-python test-wheel test-node test-npm-package test-c test-legacy test-killed test-peers test-pages docs test-docs lint lint-code deny \
        generate generate-check bench million sources clean

help:
	@echo 'make demo            the main job in Python, Node and C against a sandbox (LIVE=1: the real service)'
	@echo 'make test            everything that CI runs'
	@echo 'make test-rust|test-python|test-wheel|test-node|test-npm-package|test-c|test-legacy|test-killed|test-peers|test-pages|test-docs|lint|generate-check'
	@echo 'make generate        prints stubs, declarations, reference and conformance cases from the table'
	@echo 'make wheel           the Python package for every Linux, in target/dist: a wheel and a source distribution'
	@echo 'make npm-package     the npm packages brevo-native and brevo-sandbox, in target/dist'
	@echo 'make install-c       C: header, libraries, pkg-config and CMake files into PREFIX (DESTDIR is honoured); uninstall-c'
	@echo 'make docs            the documentation as a site in target/site (Python 3.11 or later)'
	@echo 'make fuzz            plays with the C entry points (SECONDS=300)'
	@echo 'make bench           figures beside those of the official SDKs and the best peers, into docs/benchmarks.md'
	@echo 'make sources         the memory of importing a million rows from generators, tables and streams'
	@echo 'make million         a million contacts imported and exported again, killed on the way, and by the official SDKs'
	@echo 'make clean'

# --- tools ---------------------------------------------------------------------------------------

setup: .venv/ready bindings-node/node_modules/.package-lock.json

# Only what is missing is installed; without root the names are printed.
.PHONY: packages
packages:
	@tools/packages.sh

.venv/ready: requirements-dev.txt | packages
	$(PYTHON) -m venv .venv
	$(PY)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

bindings-node/node_modules/.package-lock.json: bindings-node/package-lock.json | packages
	cd bindings-node && npm ci --no-audit --no-fund --loglevel=error

# --- build ---------------------------------------------------------------------------------------

build: setup
	cargo build --workspace --all-targets
	ln -sf libbrevo.so $(BIN)/libbrevo.so.0
	cp $(BIN)/lib_brevo_native.so bindings-python/python/brevo_native/_brevo_native.abi3.so
	cd bindings-node && BUILT=1 node scripts/build.js
	mkdir -p node_modules && ln -sfn ../bindings-node node_modules/brevo-native

# PREFIX, LIBDIR, INCLUDEDIR, DESTDIR as usual; needs Cargo and a C compiler only.
install-c uninstall-c:
	$(MAKE) -C bindings-c $(@:-c=)

demo: build
	PYTHONPATH=bindings-python/python demo/demo.sh

# --- packages ------------------------------------------------------------------------------------

# What packages run on: Linux with glibc 2.17 (of 2012) or later. zig links against that, whatever
# this machine has.
RUST_TARGET ?= $(shell uname -m)-unknown-linux-gnu
ZIG_TARGET  ?= $(RUST_TARGET).2.17
DIST        ?= $(CURDIR)/target/dist

.venv/release: requirements-release.txt .venv/ready
	$(PY)/pip install --quiet --disable-pip-version-check -r requirements-release.txt
	touch $@

# The wheel is built from what the sdist holds, which proves it whole.
wheel: SDIST := $(CARGO_TARGET_DIR)/sdist
wheel: .venv/release
	rm -rf $(SDIST) $(DIST)/brevo_native-*
	mkdir -p $(SDIST)
	cd bindings-python && $(PY)/maturin sdist --out $(DIST)
	tar --extract --touch --strip-components 1 --file $(DIST)/brevo_native-*.tar.gz --directory $(SDIST)
	cd $(SDIST) && PATH=$(PY):$$PATH env -u RUSTFLAGS maturin build --release --zig --compatibility manylinux2014 \
	    --target $(RUST_TARGET) --out $(DIST)

# brevo-native and brevo-sandbox for npm, each with the package of this platform. BUILT: as cargo left them.
npm-package: .venv/release
	mkdir -p $(DIST)
	rm -f $(DIST)/brevo-*.tgz
	test -n "$(BUILT)" || PATH=$(PY):$$PATH env -u RUSTFLAGS cargo zigbuild --release --target $(ZIG_TARGET) \
	    -p brevo-node -p brevo-sandbox
	node bindings-node/scripts/package.js $(CARGO_TARGET_DIR)/$(RUST_TARGET)/release $(DIST)

# --- tests ---------------------------------------------------------------------------------------

# Beside the machine's own; other systems than Linux on x64 have none of these.
OTHER_NODES := tests/packages/node/node_modules/.package-lock.json
NODES = $(wildcard $(CURDIR)/tests/packages/node/node_modules/node*/bin/node)
NODE_LOG := $(CARGO_TARGET_DIR)/node-tests.log

# What is in the packages is tested, not how fast it is: compiling them as one whole takes ten minutes more.
test: export CARGO_PROFILE_RELEASE_LTO = off
test: export CARGO_PROFILE_RELEASE_CODEGEN_UNITS = 16
test: export CARGO_PROFILE_RELEASE_OPT_LEVEL = 1
test: build
	$(MAKE) lint-code
	$(MAKE) generate-check
	$(MAKE) test-rust
# cargo-deny is compiled while Python's tests wait for their servers.
	$(MAKE) -j2 test-python deny
	$(MAKE) test-wheel
	$(MAKE) test-node
	$(MAKE) test-npm-package
	$(MAKE) test-c
	$(MAKE) test-legacy
	$(MAKE) test-killed
	$(MAKE) test-peers
	$(MAKE) test-pages
	$(MAKE) test-docs
	$(MAKE) demo </dev/null

test-rust:
	cargo test --workspace

test-python: build
	cd bindings-python && PYTHONPATH=python $(PY)/pytest

# The wheel on every CPython of this machine, in environments that are empty.
test-wheel: build wheel
	DIST=$(DIST) $(PY)/pytest -q -s tests/packages/python

test-node: build $(OTHER_NODES)
	cd bindings-node && npm test && npm run types
	for node in $(NODES); do \
	    (cd bindings-node && "$$node" --version && "$$node" --test --test-reporter=dot --test-reporter-destination=stdout \
	        --test-reporter=spec --test-reporter-destination=$(NODE_LOG) tests/[!t]*.test.js tests/trace.test.js) || \
	        { sed -n '/failing tests/,$$p' $(NODE_LOG); exit 1; }; \
	done

# The packages in empty folders, under each Node.
test-npm-package: build npm-package $(OTHER_NODES)
	DIST=$(DIST) node --test tests/packages/node/*.test.js

$(OTHER_NODES): tests/packages/node/package-lock.json | packages
	cd tests/packages/node && npm ci --no-audit --no-fund --loglevel=error
	mkdir -p $(@D) && touch $@

test-c: build
	BUILT=1 PROFILE=dev bindings-c/tests/run.sh

# Programs of seven languages on the installed library; each does the main job against a sandbox.
test-legacy: build
	BUILT=1 PROFILE=dev bindings-c/examples/run.sh

# Imports and exports that are killed on the way.
test-killed: build
	$(PY)/pytest -q tests/bench

test-peers: build
	BUILT=1 tests/peers/run.sh

test-pages: build
	$(PY)/pytest -q tests/pages

# The site, in $(CARGO_TARGET_DIR)/site; a page that is not right, or a link that leads nowhere, is an error.
docs: setup
	$(PY)/python docs/site/build.py $(CARGO_TARGET_DIR)/site

# The site in a browser, and every example of the documentation: ours, and those of the official SDKs beside them.
test-docs: build
	$(MAKE) docs
	tests/peers/install.sh
	$(PY)/pytest -q tests/docs

# --- checks --------------------------------------------------------------------------------------

lint: lint-code deny

lint-code: build
	cargo fmt --all --check
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	$(PY)/ruff check --quiet .
	$(PY)/ruff format --check --quiet .
	cd bindings-node && npm run lint

deny: .tools/bin/cargo-deny
	.tools/bin/cargo-deny --log-level error --offline check bans licenses sources

.tools/bin/cargo-deny:
	cargo install --quiet --debug --locked --no-default-features --root .tools \
	    --target-dir $(CARGO_TARGET_DIR)/tools cargo-deny@0.20.2

generate:
	cargo run --quiet -p brevo-facades -- write

generate-check: build
	$(BIN)/brevo-facades check
	$(PY)/openapi-spec-validator docs/openapi.json

fuzz:
	$(MAKE) -C bindings-c fuzz

# --- figures -------------------------------------------------------------------------------------

# ARGS="--only Python --rounds 1" measures a part, and writes nothing.
bench: setup
	tests/bench/run.sh bench.py $(ARGS)

million: setup
	tests/bench/run.sh million.py $(ARGS)

sources: setup
	tests/bench/run.sh sources.py $(ARGS)

clean:
	rm -rf $(CARGO_TARGET_DIR) .venv .tools node_modules demo-output bindings-node/node_modules tests/peers/node/node_modules tests/packages/node/node_modules tests/peers/python/.venv \
	    tests/peers/names/node_modules tests/peers/names/.python
	rm -f bindings-node/*.node bindings-python/python/brevo_native/*.so
	find . -name __pycache__ -prune -exec rm -rf {} +
