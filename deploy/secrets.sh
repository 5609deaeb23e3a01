#!/bin/sh
# Makes deploy/secrets: passwords, and the keys by which services believe each other. What
# is there already stays as it is. For a trial on one machine: elsewhere secrets come from
# where you keep secrets.
set -eu
cd "$(dirname "$0")"
owners=$(awk -F, '$3 == "yes" { print $1 }' ../services/services.csv)
mkdir -p secrets
chmod 700 secrets
cd secrets

random() {
    [ -e "$1" ] || openssl rand -hex 32 >"$1"
}
random postgres.password
random grafana.password
for service in $owners; do
    random "$service.password"
    random "${service}_owner.password"
done

# An identity provider for a trial; see gateway.toml.
[ -e issuer.key.pem ] || openssl genpkey -algorithm ed25519 -out issuer.key.pem
[ -e issuer.pub.pem ] || openssl pkey -in issuer.key.pem -pubout -out issuer.pub.pem

cargo run --quiet --locked --package congdoan -- keys .
# Containers run as a user of their own, who must be able to read what is mounted; nobody
# else gets past the directory.
chmod 644 ./*
echo "deploy/secrets is complete."
