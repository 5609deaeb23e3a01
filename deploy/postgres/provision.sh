#!/bin/sh
# Runs once, when the volume of the database is new: makes the roles and the database of
# each service by the same statements as `congdoan up`, and gives each role its password.
set -eu

run() {
    psql -X -q -v ON_ERROR_STOP=1 "$@"
}

for service in $(awk -F, '$3 == "yes" { print $1 }' /services.csv); do
    sed "s/{service}/$service/g" /provision/roles.sql | run -d postgres
    run -d postgres -c "create database $service owner ${service}_owner"
    sed "s/{service}/$service/g" /provision/database.sql | run -d "$service"
    for role in "$service" "${service}_owner"; do
        export role
        # psql reads the file itself: the password is in no command line.
        run -d postgres -v role="$role" <<'SQL'
\set password `cat "/run/secrets/$role.password"`
alter role :"role" password :'password';
SQL
    done
done
