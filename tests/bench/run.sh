#!/usr/bin/env bash
# Builds brevo-native for release, installs what it is compared with under target/bench, and runs bench.py, million.py or
# sources.py with the arguments that follow.
# Needs: cargo, python3 with venv, node and npm, cc, libcurl and cJSON with headers (Debian:
# libcurl4-openssl-dev libcjson-dev), taskset.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
root=$(cd ../.. && pwd)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}
built=$CARGO_TARGET_DIR/release
stage=$CARGO_TARGET_DIR/bench
mkdir -p "$stage"

if ! pkg-config --exists libcurl libcjson; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
        echo 'Missing: libcurl and cJSON with headers (Debian: libcurl4-openssl-dev libcjson-dev)' >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends libcurl4-openssl-dev libcjson-dev > /dev/null
fi

(cd "$root" && cargo build --release -p brevo-python-native -p brevo-node -p brevo-c)
(cd "$root" && cargo build --release -p brevo-sandbox -p brevo-tests --bins)
cp "$built"/brevo-{stub,bare,sandbox} "$stage/"

script=$1
shift
venv=$stage/venv
wanted=(requirements.txt)
if [ "$script" = sources.py ]; then
    venv=$stage/venv-sources
    wanted+=(requirements-sources.txt)
fi
if ! cat "${wanted[@]}" | cmp -s - "$venv/installed.txt"; then
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install -q --disable-pip-version-check "${wanted[@]/#/-r}"
    cat "${wanted[@]}" > "$venv/installed.txt"
fi
rm -rf "$stage/python"
mkdir -p "$stage/python"
cp -r "$root/bindings-python/python/brevo_native" "$stage/python/"
rm -rf "$stage/python/brevo_native/"{*.so,__pycache__}
cp "$built/lib_brevo_native.so" "$stage/python/brevo_native/_brevo_native.abi3.so"
"$venv/bin/python" -m compileall -q "$stage/python"

mkdir -p "$stage/node"
if ! cmp -s package-lock.json "$stage/node/package-lock.json"; then
    cp package.json package-lock.json "$stage/node/"
    (cd "$stage/node" && npm ci --no-audit --no-fund)
fi
# Beside the packages that it loads: elsewhere Node would find a development build first.
cp clients.cjs million.cjs sources.cjs "$stage/node/"
ours=$stage/node/node_modules/brevo-native
rm -rf "$ours"
mkdir -p "$ours"
(cd "$root/bindings-node" && cp -r package.json README.md index.js index.mjs lib ./*.d.ts ./*.d.mts "$ours/")
name=$(node -p "process.platform + '-' + process.arch + (process.report.getReport().header.glibcVersionRuntime ? '-gnu' : '-musl')")
cp "$built/libbrevo_node.so" "$ours/brevo-native.$name.node"

mkdir -p "$stage/c"
cp "$built/libbrevo.so" "$stage/c/"
ln -sf libbrevo.so "$stage/c/$(sed -n 's/.*SONAME: &str = "\(.*\)".*/\1/p' "$root/bindings-c/build.rs")"
cc -O2 -Wall -Wextra -I "$root/bindings-c/include" client_brevo.c -o "$stage/c/client_brevo" \
    -L "$stage/c" -lbrevo -lpthread
# shellcheck disable=SC2046
cc -O2 -Wall -Wextra client_curl.c -o "$stage/c/client_curl" $(pkg-config --cflags --libs libcurl libcjson) -lpthread

cc -O2 -Wall -Wextra client_sockets.c -o "$stage/c/client_sockets"

exec "$venv/bin/python" "$here/$script" "$stage" "$@"
