#!/bin/sh
# Makes target/python, a Python with a generic gRPC client: one test talks to the gateway
# with nothing but reflection, as a stranger would. Prints the interpreter's path.
set -eu
cd "$(dirname "$0")/../.."

python=target/python/bin/python
if ! "$python" -c "import grpc, grpc_reflection" 2>/dev/null; then
    python3 -m venv target/python >&2
    target/python/bin/pip install --quiet --disable-pip-version-check grpcio grpcio-reflection >&2
fi
echo "$PWD/$python"
