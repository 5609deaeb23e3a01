#!/bin/sh
# Makes deploy/secrets: passwords, and the keys by which services believe each other. What
# is there already stays as it is. For a trial on one machine: elsewhere secrets come from
# where you keep secrets.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
cd secrets

random() {
    [ -e "$1" ] || openssl rand -hex 32 >"$1"
}
key_pair() {
    [ -e "$1.key.pem" ] || openssl genpkey -algorithm ed25519 -out "$1.key.pem"
    [ -e "$1.pub.pem" ] || openssl pkey -in "$1.key.pem" -pubout -out "$1.pub.pem"
}

random postgres.password
random grafana.password
for service in registry membership reporting; do
    random "$service.password"
    random "${service}_owner.password"
done
for service in gateway membership reporting; do
    key_pair "$service"
done
# What callers carry for us (consistency and page tokens) is sealed with this.
random seen.key
# Wraps the keys of identity numbers.
[ -e master.key ] || openssl rand 32 >master.key
# Containers run as a user of their own, who must be able to read what is mounted.
chmod 644 ./*
echo "deploy/secrets is complete."
