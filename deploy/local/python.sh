#!/bin/sh
# Makes target/python, a Python with a generic gRPC client: one test talks to the gateway
# with nothing but reflection, as a stranger would. With `duckdb`, one that has DuckDB too, which
# the bench counts figures with for comparison. Prints the interpreter's path.
set -eu
cd "$(dirname "$0")/../.."

modules="grpc, grpc_reflection"
packages="grpcio grpcio-reflection"
if [ "${1:-}" = duckdb ]; then
    modules="$modules, duckdb"
    packages="$packages duckdb"
fi
python=target/python/bin/python
if ! "$python" -c "import $modules" 2>/dev/null; then
    python3 -m venv target/python >&2
    # shellcheck disable=SC2086 # Several packages.
    target/python/bin/pip install --quiet --disable-pip-version-check $packages >&2
fi
echo "$PWD/$python"
