#!/usr/bin/env bash
# The main job in Python, Node and C: against a sandbox, or with LIVE=1 and BREVO_API_KEY against the real service.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}/debug
out=$PWD/demo-output
people=$PWD/demo/people.csv
mkdir -p "$out"/{python,node,c}

cc -std=c99 -Wall -Wextra -Wpedantic -Ibindings-c/include demo/main.c -o "$out/c/main" -L"$target" -lbrevo -Wl,-rpath,"$(realpath "$target")"
run() { # LANGUAGE COMMAND...
    printf '\n== %s\n' "$1"
    "${@:2}" "$out/$1" "$people"
}
all() {
    key Python; run python .venv/bin/python demo/main.py
    key Node; run node node demo/main.mjs
    key C; run c "$out/c/main"
}

if [ "${LIVE:-}" = 1 ]; then
    : "${BREVO_API_KEY:?make demo LIVE=1 needs BREVO_API_KEY}"
    key() { :; }
    all
else
    rm -f "$out"/sandbox.sqlite*
    "$target/brevo-sandbox" serve --port "${PORT:-0}" --data "$out/sandbox.sqlite" >"$out/sandbox.log" &
    sandbox=$!
    trap 'kill $sandbox 2>/dev/null || true' EXIT
    for _ in $(seq 100); do grep -q '^Then' "$out/sandbox.log" && break; sleep 0.1; done
    url=$(sed -n 's/^Dashboard *//p' "$out/sandbox.log")
    url=${url%/}
    export BREVO_API_URL=$url/v3
    export BREVO_DEMO_LATER="curl -fsS -o /dev/null $url/_sandbox/clock -d '{\"advance\": 172800}'"
    unset BREVO_API_KEY BREVO_API_KEY_FILE
    echo "Dashboard: $url/"
    # What the page "SMTP & API" does when one presses Generate.
    key() {
        BREVO_API_KEY=$(curl -fsS "$url/_sandbox/keys" -d "{\"name\": \"Demo $1\"}" | sed 's/.*"key":"\([^"]*\)".*/\1/')
        export BREVO_API_KEY
        BREVO_DEMO_AT=$(curl -fsS "$url/_sandbox/clock" | .venv/bin/python demo/in_an_hour.py)
        export BREVO_DEMO_AT
    }
    all
fi

printf '\n== Figures\n'
.venv/bin/python demo/table.py "$out"
echo
echo "Files: $out/{python,node,c}/{list,statistics,rejects}.csv"
if [ -n "${sandbox:-}" ]; then
    echo "Look around again: $target/brevo-sandbox serve --data $out/sandbox.sqlite"
    if [ -t 0 ]; then read -rp "The sandbox runs at $url/ - Enter stops it. " _; fi
fi
