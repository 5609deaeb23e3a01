# The two commands of the README, and what developers need beside them. Everything here
# works in a fresh clone, also as root, and asks for nothing but Rust.

CARGO ?= cargo

# Statements are checked against the committed .sqlx, so that a build needs no database.
export SQLX_OFFLINE ?= true

.DEFAULT_GOAL := help
SIZE ?= tiny
BENCH_PROFILE ?= release

# What has been built, and a PostgreSQL with its templates, kept from one run to the next.
BUILT := $${CARGO_TARGET_DIR:-target}/debug
KEPT := $${CARGO_TARGET_DIR:-target}/postgresql
# Tests of different programs run side by side where nextest is installed; cargo alone runs one
# program after the other.
TESTING := $(shell command -v cargo-nextest >/dev/null 2>&1 && echo nextest run --config-file deploy/local/nextest.toml || echo test)

.PHONY: help build demo test test-fast check soak release bench up postgresql rust sqlx sqlx-check lint python

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: rust postgresql ## Run the whole system on five federations' years and print their reports.
	$(CARGO) build --locked --package congdoan
	$(CARGO) run --locked --quiet --package congdoan -- demo

build: rust ## Build everything, tests and bench too: one profile, one set of features, one target directory.
	$(CARGO) build --locked --workspace --all-targets

test: build postgresql ## Run every test, against real servers and a private PostgreSQL.
	$(BUILT)/congdoan with-postgres -- $(CARGO) $(TESTING) --locked --workspace

test-fast: rust postgresql ## The services' own tests and tidiness, over a PostgreSQL kept in target/, without what takes long.
	$(CARGO) build --locked --package chassis --example with_postgres
	$(BUILT)/examples/with_postgres $(KEPT) $(CARGO) test --locked --quiet --workspace --exclude national --exclude scenarios --exclude tests -- --skip histories
	$(BUILT)/examples/with_postgres $(KEPT) $(CARGO) test --locked --quiet --package tests --test tidy --test deploy --test plans

check: rust postgresql ## Lint, build and test one service without building the others: SERVICE=registry.
	@grep -q "^$(SERVICE)," services/services.csv || { echo "SERVICE is one of:$$(tail -n +2 services/services.csv | cut -d, -f1 | tr '\n' ' ')"; exit 1; }
	$(CARGO) clippy --locked --package $(SERVICE) --all-targets -- -D warnings
	$(CARGO) build --locked --package chassis --example with_postgres
	$(CARGO) test --locked --package $(SERVICE) --no-run
	$(BUILT)/examples/with_postgres $(KEPT) $(CARGO) test --locked --package $(SERVICE)

release: rust postgresql ## Keep of this commit what the next release is tried on: docs/migrations.md.
	tests/release/renew.sh

# Seeds are printed; CONGDOAN_SEED repeats one. CONGDOAN_HISTORIES takes a number of acts, too.
soak: build postgresql ## What takes long: random histories against a model and a recount, 500 imports killed, and 10,000 reads of one's own writes.
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $(BUILT)/congdoan with-postgres -- $(CARGO) test --locked --package tests --test histories -- --nocapture
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $(BUILT)/congdoan with-postgres -- $(CARGO) test --locked --package registry --test registry histories -- --nocapture
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $(BUILT)/congdoan with-postgres -- $(CARGO) test --locked --package membership --test membership imports_killed -- --nocapture
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $(BUILT)/congdoan with-postgres -- $(CARGO) test --locked --package membership --test membership retold -- --nocapture
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $(BUILT)/congdoan with-postgres -- $(CARGO) test --locked --package tests --test system freshness -- --nocapture

bench: rust postgresql ## Measure the whole system on a made-up country: SIZE=tiny, province or national; AREA=edge only that.
	CONGDOAN_BENCH_PYTHON="$$(deploy/local/python.sh duckdb)" $(CARGO) run --locked --quiet --profile $(BENCH_PROFILE) --package national --bin bench -- --size $(SIZE) $(AREA:%=--only %)

up: rust postgresql ## Run the whole system on this machine until interrupted; data in ./.congdoan.
	$(CARGO) run --locked --package congdoan -- up

postgresql: ## Install PostgreSQL's server programs (15 or newer) if they are missing.
	@deploy/local/postgresql.sh

rust:
	@command -v $(CARGO) >/dev/null || { echo "Rust 1.94 or newer is needed: https://rustup.rs"; exit 1; }

sqlx: rust postgresql ## Write every service's .sqlx anew from its migrations and statements.
	@deploy/local/sqlx.sh refresh

sqlx-check: rust postgresql ## Clippy, over a database: fail if a committed .sqlx is not what the code and the migrations give.
	@deploy/local/sqlx.sh check

lint: rust ## Formatting, clippy and documentation, warnings denied.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" $(CARGO) doc --locked --workspace --no-deps

python: ## A Python with a generic gRPC client, under target/, for the test that uses one.
	@deploy/local/python.sh
