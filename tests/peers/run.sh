#!/usr/bin/env bash
# Runs the clients of others against the sandbox. What they need is installed beside the tests.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
# BUILT: the whole workspace has just been built.
[ -n "${BUILT:-}" ] || (cd "$root" && cargo build -q -p brevo-sandbox)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}

venv=python/.venv
if ! cmp -s python/requirements.txt "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check -r python/requirements.txt
    cp python/requirements.txt "$venv/installed.txt"
fi
if ! cmp -s node/package-lock.json node/node_modules/.installed.json; then
    (cd node && npm ci --no-audit --no-fund)
    cp node/package-lock.json node/node_modules/.installed.json
fi

"$venv/bin/python" -m pytest -q -p no:cacheprovider python
(cd node && npm test --silent)
