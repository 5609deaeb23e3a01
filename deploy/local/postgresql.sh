#!/bin/sh
# Installs the server programs of PostgreSQL if they are missing. No server is started: the
# tests and `congdoan up` each run a private one, in a directory of its own.
set -eu

oldest=15

# True if the folder holds the programs of a version that is new enough.
suits() {
    [ -x "$1/initdb" ] && [ -x "$1/postgres" ] || return 1
    version=$("$1/postgres" --version | sed -n 's/^.*(PostgreSQL) \([0-9]*\).*$/\1/p')
    [ "${version:-0}" -ge "$oldest" ]
}

if [ -n "${CONGDOAN_PG_BIN:-}" ]; then
    suits "$CONGDOAN_PG_BIN" && exit 0
    echo "CONGDOAN_PG_BIN is $CONGDOAN_PG_BIN, which holds no PostgreSQL $oldest or newer." >&2
    exit 1
fi
for folder in /usr/lib/postgresql/*/bin; do
    suits "$folder" && exit 0
done
found=$(command -v postgres || true)
if [ -n "$found" ] && suits "$(dirname "$found")"; then
    exit 0
fi

if ! command -v apt-get >/dev/null; then
    echo "PostgreSQL $oldest or newer is needed, and there is no apt-get to install it with." >&2
    echo "Install its server programs, and set CONGDOAN_PG_BIN to the folder of initdb." >&2
    exit 1
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

echo "PostgreSQL's server programs are missing. Installing the package \"postgresql\" with apt"
echo "(through sudo if need be). No server of its own is created or started by it."

# The package would create a cluster and start it, unless it is told not to beforehand. It
# is told so for this installation only.
told=/etc/postgresql-common/createcluster.d/congdoan.conf
as_root mkdir -p "$(dirname "$told")"
echo "create_main_cluster = false" | as_root tee "$told" >/dev/null
trap 'as_root rm -f "$told"' EXIT

as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends postgresql

for folder in /usr/lib/postgresql/*/bin; do
    suits "$folder" && exit 0
done
echo "This system's package is older than PostgreSQL $oldest. Install a newer one, and set" >&2
echo "CONGDOAN_PG_BIN to the folder that holds its initdb." >&2
exit 1
