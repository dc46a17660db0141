#!/usr/bin/env bash
# Reads which methods the installed official SDKs have: run.sh [check|write].
set -euo pipefail
cd "$(dirname "$0")"
../install.sh
../python/.venv/bin/python names.py "${1:-check}"
