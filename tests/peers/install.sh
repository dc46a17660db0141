#!/usr/bin/env bash
# Installs the clients of others beside the tests, where they are not yet.
set -euo pipefail
cd "$(dirname "$0")"

venv=python/.venv
if ! cmp -s python/requirements.txt "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check -r python/requirements.txt
    cp python/requirements.txt "$venv/installed.txt"
fi
# Older than what stands above, and beside it.
old='brevo-python==1.2.0'
if [ "$(cat names/.python/installed.txt 2>/dev/null)" != "$old" ]; then
    "$venv/bin/pip" install -q --disable-pip-version-check --upgrade --no-deps --target names/.python "$old"
    echo "$old" >names/.python/installed.txt
fi
for folder in node names; do
    if ! cmp -s $folder/package-lock.json $folder/node_modules/.installed.json; then
        (cd $folder && npm ci --no-audit --no-fund --loglevel=error)
        cp $folder/package-lock.json $folder/node_modules/.installed.json
    fi
done
