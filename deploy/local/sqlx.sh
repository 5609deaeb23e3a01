#!/bin/sh
# The committed .sqlx of each service is what the compiler checks statements against when
# there is no database. This writes it anew (`refresh`), or runs clippy and fails if it would
# differ (`check`): each crate is compiled once against a database made from its migrations
# and functions.
#
# It does by itself what `congdoan with-postgres` does, because with a stale .sqlx no
# congdoan can be built.
set -eu

task=${1:-check}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
# Those that own a database, and the libraries under them.
services="chassis feeds $(awk -F, '$3 == "yes" { print $1 }' services/services.csv)"

bin=${CONGDOAN_PG_BIN:-}
for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t / -k 5 -n -r); do
    bin=${bin:-$folder}
done
bin=${bin:-$(dirname "$(command -v postgres)")}

work=$(mktemp -d /tmp/congdoan-sqlx.XXXXXX)
data=$work/data
as_postgres() {
    # PostgreSQL refuses to run as root.
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid=65534 --regid=65534 --clear-groups env LC_ALL=C "$@")
    else
        (cd / && env LC_ALL=C "$@")
    fi
}
finish() {
    as_postgres "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
if [ "$(id -u)" = 0 ]; then chown 65534:65534 "$work"; fi

as_postgres "$bin/initdb" -D "$data" -U postgres --auth=trust --encoding=UTF8 \
    --lc-collate=C --lc-ctype=C.UTF-8 --no-sync >"$work/initdb.log" || { cat "$work/initdb.log"; exit 1; }
# On the socket only: no port is taken, and nobody else can come in.
as_postgres "$bin/pg_ctl" -D "$data" -w -l "$work/log" \
    -o "-c listen_addresses='' -c unix_socket_directories=$work -c fsync=off" start >/dev/null

psql() {
    as_postgres "$bin/psql" -h "$work" -U postgres -X -q -v ON_ERROR_STOP=1 "$@"
}
# `%2F` and so on: the socket's directory as the host of a url.
host=$(printf %s "$work" | sed 's,/,%2F,g')

for service in $services; do
    psql -c "create database $service"
    # Through standard input: the account that runs psql need not be able to read the files.
    for migration in services/"$service"/migrations/*.sql; do
        if [ -e "$migration" ]; then psql -d "$service" -1 -f - <"$migration" >/dev/null; fi
    done
    case $service in chassis | feeds)
        # A library has no migrations of its own; its statements run on what chassis gives to all.
        for schema in feed act act_told access_copy access_covers function_applied; do
            psql -d "$service" -1 -f - <"services/chassis/sql/$schema.sql" >/dev/null
        done
        ;;
    esac
    # One that names another that is not there yet is made in a later round.
    rounds=0
    refused=yes
    while [ -n "$refused" ]; do
        refused=
        for function in services/chassis/functions/*.sql services/"$service"/functions/*.sql; do
            if [ ! -e "$function" ]; then continue; fi
            psql -d "$service" -1 -f - <"$function" >/dev/null 2>"$work/refused" || {
                refused=$function
                cp "$work/refused" "$work/why"
            }
        done
        rounds=$((rounds + 1))
        if [ -n "$refused" ] && [ "$rounds" = 5 ]; then
            echo "$refused:" >&2
            cat "$work/why" >&2
            exit 1
        fi
    done
    variable=$(echo "$service" | tr a-z A-Z)_DATABASE_URL
    export "$variable=postgres://postgres@$host/$service"
done

# A statement is described when its crate is compiled, and only then. Afterwards the sources are
# as old as they were: whoever builds next finds what was built before.
compile() {
    mkdir -p target/sqlx
    for service in $described; do
        touch -r "services/$service/src/lib.rs" "target/sqlx/$service.time"
        touch "services/$service/src/lib.rs"
    done
    compiled=0
    SQLX_OFFLINE=false cargo "$@" || compiled=$?
    for service in $described; do
        touch -r "target/sqlx/$service.time" "services/$service/src/lib.rs"
    done
    return $compiled
}

all=$root/target/sqlx/all
committed=$root/target/sqlx/committed
rm -rf "$all" "$committed"
mkdir -p "$all" "$committed"
if [ "$task" = check ]; then
    # All crates at once, and by the compiler that says what is untidy: one build does for both.
    described=$services
    SQLX_OFFLINE_DIR=$all compile clippy --locked --workspace --all-targets -- -D warnings
    for service in $services; do
        if [ -d "services/$service/.sqlx" ]; then cp services/"$service"/.sqlx/*.json "$committed"; fi
    done
    if ! diff -rq "$committed" "$all"; then
        echo "The committed .sqlx is stale. Run \`make sqlx\` and commit what it writes." >&2
        exit 1
    fi
    echo "Every .sqlx is what the code and the migrations give."
    exit 0
fi

for owner in $services; do
    # One crate at a time: whose statement it is, says who was compiled.
    fresh=$root/target/sqlx/$owner
    rm -rf "$fresh"
    mkdir -p "$fresh"
    described=$owner
    SQLX_OFFLINE_DIR=$fresh compile check --quiet --locked --package "$owner" --all-targets
    # Where a library was compiled along, its statements came along: they are its own.
    for library in chassis feeds; do
        if [ "$owner" = "$library" ]; then continue; fi
        for statement in target/sqlx/"$library"/*.json; do
            if [ -e "$statement" ]; then rm -f "$fresh/$(basename "$statement")"; fi
        done
    done
    rm -rf "services/$owner/.sqlx"
    if [ -n "$(ls "$fresh")" ]; then cp -r "$fresh" "services/$owner/.sqlx"; fi
    echo "$owner: $(ls "$fresh" | wc -l) statements"
done
