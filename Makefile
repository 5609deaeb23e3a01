# The two commands of the README, and what developers need beside them. Everything here
# works in a fresh clone, also as root, and asks for nothing but Rust.

CARGO ?= cargo

# Statements are checked against the committed .sqlx, so that a build needs no database.
export SQLX_OFFLINE ?= true

.DEFAULT_GOAL := help
SIZE ?= tiny
BENCH_PROFILE ?= release

.PHONY: help demo test soak release bench up postgresql rust sqlx sqlx-check lint python

help: ## Say what can be made.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: rust postgresql ## Run the whole system on five federations' years and print their reports.
	$(CARGO) build --locked --package congdoan
	$(CARGO) run --locked --quiet --package congdoan -- demo

# The program that starts the private PostgreSQL is the one that the tests build: built by
# itself, it would want other features of its libraries, and everything would be built twice.
test: rust postgresql ## Run every test, against real servers and a private PostgreSQL.
	$(CARGO) test --locked --workspace --no-run
	$${CARGO_TARGET_DIR:-target}/debug/congdoan with-postgres -- $(CARGO) test --locked --workspace

release: rust postgresql ## Keep of this commit what the next release is tried on: docs/migrations.md.
	tests/release/renew.sh

# Seeds are printed; CONGDOAN_SEED repeats one. CONGDOAN_HISTORIES takes a number of acts, too.
soak: rust postgresql ## Run the long random histories: registry's against its model, and all services' against a recount.
	$(CARGO) test --locked --workspace --no-run
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $${CARGO_TARGET_DIR:-target}/debug/congdoan with-postgres -- $(CARGO) test --locked --package tests --test histories -- --nocapture
	CONGDOAN_HISTORIES=$${CONGDOAN_HISTORIES:-full} $${CARGO_TARGET_DIR:-target}/debug/congdoan with-postgres -- $(CARGO) test --locked --package registry --test registry histories -- --nocapture

bench: rust postgresql ## Measure the whole system on a made-up country: SIZE=tiny, province or national; AREA=edge only that.
	$(CARGO) run --locked --quiet --profile $(BENCH_PROFILE) --package national --bin bench -- --size $(SIZE) $(AREA:%=--only %)

up: rust postgresql ## Run the whole system on this machine until interrupted; data in ./.congdoan.
	$(CARGO) run --locked --package congdoan -- up

postgresql: ## Install PostgreSQL's server programs (15 or newer) if they are missing.
	@deploy/local/postgresql.sh

rust:
	@command -v $(CARGO) >/dev/null || { echo "Rust 1.94 or newer is needed: https://rustup.rs"; exit 1; }

sqlx: rust postgresql ## Write every service's .sqlx anew from its migrations and statements.
	@deploy/local/sqlx.sh refresh

sqlx-check: rust postgresql ## Fail if a committed .sqlx is not what the code and the migrations give.
	@deploy/local/sqlx.sh check

lint: rust ## Formatting, clippy and documentation, warnings denied.
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" $(CARGO) doc --locked --workspace --no-deps

python: ## A Python with a generic gRPC client, under target/, for the test that uses one.
	@deploy/local/python.sh
