#!/bin/sh
# What the next release is tried on (tests/tests/release): run this on the commit that is
# released, and commit what it writes as the first thing after the release.
#
#   {registry,membership,reporting}.sql.gz  a random history, as this program left it, with its feeds
#   notes.json.gz                           what this program answers of it
#   statements.json.gz                      what this program asks its databases
#   contracts.bin.gz                        its contracts, without comments
set -eu
cd "$(dirname "$0")/../.."
export SQLX_OFFLINE=true
export CONGDOAN_SEED="${CONGDOAN_SEED:-8}" CONGDOAN_HISTORIES="${CONGDOAN_HISTORIES:-400}"
export CONGDOAN_KEEP="$PWD/tests/release"
cargo build --locked --package congdoan --package tests --bins
"${CARGO_TARGET_DIR:-target}/debug/congdoan" with-postgres -- \
    cargo test --locked --package congdoan --package tests --test histories -- --nocapture
ls -l tests/release
