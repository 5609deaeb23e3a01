#!/bin/sh
# The committed .sqlx of each service is what the compiler checks statements against when
# there is no database. This writes it anew (`refresh`), or fails if it would differ
# (`check`): each crate is compiled once against a database made from its migrations and functions.
#
# It does by itself what `congdoan with-postgres` does, because with a stale .sqlx no
# congdoan can be built.
set -eu

task=${1:-check}
services="chassis registry membership reporting"
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"

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
    if [ "$service" = chassis ]; then
        # A library has no migrations of its own; its statements run on what it gives to all.
        for schema in feed act access_copy access_covers function_applied; do
            psql -d chassis -1 -f - <"services/chassis/sql/$schema.sql" >/dev/null
        done
    fi
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

stale=
for service in $services; do
    committed=services/$service/.sqlx
    fresh=$root/target/sqlx/$service
    rm -rf "$fresh"
    mkdir -p "$fresh"
    # A statement is described when its crate is compiled, and only then.
    touch "services/$service/src/lib.rs"
    SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$fresh cargo check --quiet --locked --package "$service" --all-targets
    # Where the library was compiled along, its statements came along: they are its own.
    if [ "$service" != chassis ]; then
        for statement in target/sqlx/chassis/*.json; do
            rm -f "$fresh/$(basename "$statement")"
        done
    fi
    if [ "$task" = refresh ]; then
        rm -rf "$committed"
        if [ -n "$(ls "$fresh")" ]; then cp -r "$fresh" "$committed"; fi
        echo "$service: $(ls "$fresh" | wc -l) statements"
    else
        mkdir -p target/sqlx/none
        if [ ! -d "$committed" ]; then committed=target/sqlx/none; fi
        diff -rq "$committed" "$fresh" || stale="$stale $service"
    fi
done
if [ -n "$stale" ]; then
    echo "The committed .sqlx is stale in:$stale. Run \`make sqlx\` and commit what it writes." >&2
    exit 1
fi
if [ "$task" = check ]; then echo "Every .sqlx is what the code and the migrations give."; fi
