#!/usr/bin/env bash
# Runs the clients of others against the sandbox. What they need is installed beside the tests.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
# BUILT: the whole workspace has just been built.
[ -n "${BUILT:-}" ] || (cd "$root" && cargo build -q -p brevo-sandbox)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}

./install.sh
./names/run.sh check

python/.venv/bin/python -m pytest -q -p no:cacheprovider python
(cd node && npm test --silent)
