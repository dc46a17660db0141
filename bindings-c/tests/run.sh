#!/bin/bash
# Builds the library, installs it into a folder of its own, and tests what a user would get.
# Needs gcc, g++, pkg-config, python3 with pycparser, readelf, nm; uses valgrind and cmake where they are.
# Prints "N passed, N failed" at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
prefix=$folder/prefix
passed=0
failed=0

server=
trap '[ -n "$server" ] && kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT

good() { passed=$((passed + 1)); }
bad() {
    failed=$((failed + 1))
    echo "FAILED: $1"
    [ -f "$folder/log" ] && tail -n 40 "$folder/log"
    return 0
}
# try "what" command...: counts as one test.
try() {
    local what=$1
    shift
    if "$@" >"$folder/log" 2>&1; then good; else bad "$what"; fi
}
# count "what" command...: adds up the "N passed, N failed" of a program.
count() {
    local what=$1 rc line
    shift
    "$@" >"$folder/log" 2>&1
    rc=$?
    line=$(grep -aE '[0-9]+ passed, [0-9]+ failed' "$folder/log" | tail -n 1)
    echo "  ${line:-$what: no result}"
    passed=$((passed + $(sed -nE 's/.* ([0-9]+) passed.*/\1/p' <<<"$line" | grep . || echo 0)))
    failed=$((failed + $(sed -nE 's/.* ([0-9]+) failed.*/\1/p' <<<"$line" | grep . || echo 0)))
    if [ "$rc" -ne 0 ]; then bad "$what (exit $rc)"; fi
}

echo "the header, made anew, and the boundary"
[ -n "${BUILT:-}" ] || try "cargo test" "${CARGO:-cargo}" test -q -p brevo-c --manifest-path "$here/../Cargo.toml"

echo "installation"
if ! make -C "$here/.." -s install PROFILE=dev PREFIX="$prefix" >"$folder/log" 2>&1; then
    bad "make install"
    echo "$passed passed, $failed failed"
    exit 1
fi
good
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
flags=$(pkg-config --cflags brevo)
libs=$(pkg-config --libs brevo)
static="$prefix/lib/libbrevo.a $(pkg-config --static --libs-only-l brevo | sed 's/-lbrevo//')"

echo "the library's names"
soname() { readelf -d "$prefix/lib/libbrevo.so" | grep -q 'soname: \[libbrevo.so.0\]'; }
try "SONAME" soname
nodelete() { readelf -d "$prefix/lib/libbrevo.so" | grep -q NODELETE; }
try "it stays in memory when it is unloaded" nodelete
python=$here/../../.venv/bin/python
[ -x "$python" ] || python=python3
abi() { "$python" "$here/abi.py" check "$prefix/lib/libbrevo.so" "$1"; }
try "the binary interface is that of abi/" abi "$prefix/include/brevo.h"
# changed "what" program-of-sed: a change of the header that the check must see.
changed() {
    sed -E "$2" "$prefix/include/brevo.h" >"$folder/changed.h"
    if ! cmp -s "$folder/changed.h" "$prefix/include/brevo.h" && ! abi "$folder/changed.h" >"$folder/log" 2>&1 &&
        grep -q '^[-+] ' "$folder/log"; then good; else bad "unseen: $1"; fi
}
changed "another type of an argument" 's/(brevo_reply_int\(.*)int64_t fallback/\1int fallback/'
changed "another type of a result" 's/^uint32_t brevo_abi_version/int brevo_abi_version/'
changed "another number of an enum" 's/(BREVO_KIND_SERVER = )30/\131/'
changed "a new number of an enum" 's/(BREVO_TYPE_OBJECT = 7)/\1, BREVO_TYPE_NEW = 8/'
changed "a function that went" '/^const char \*brevo_version/d'
changed "a new function" 's/^(const char \*brevo_version\(void\);)/\1 void brevo_new(void);/'
changed "a handle that is seen through" 's/^typedef struct brevo_reply brevo_reply/typedef struct brevo_reply { int a; } brevo_reply/'
changed "another field of a struct" 's/^(    int64_t )total_bytes;/\1all_bytes;/'
changed "a field between" 's/^(    int64_t total;)/int flags; \1/'
changed "a new field at the end" 's/^(    double remaining;)/\1 int flags;/'
changed "another callback" 's/(\*brevo_done\)\()/\1int, /'

echo "the headers in each language"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Werror"
cat >"$folder/h.c" <<'END'
#include <brevo.h>
int main(void) {
    brevo_reply_free(brevo_account_get_account(NULL, NULL, NULL));
    return brevo_abi_version() == BREVO_ABI_VERSION ? 0 : 1;
}
END
clang=
command -v clang++ >/dev/null && clang=clang
for cc in gcc $clang; do
    for std in c89 c99 c11 c17; do
        try "$cc $std" $cc -std=$std $warnings -Wstrict-prototypes -Wc++-compat -Wundef $flags -c "$folder/h.c" -o "$folder/h.o"
        try "$cc $std, no helpers" $cc -std=$std $warnings -Wundef -DBREVO_NO_OPERATIONS $flags -fsyntax-only -x c "$prefix/include/brevo.h"
    done
done
for std in c++11 c++14 c++17 c++20; do
    for cxx in g++ ${clang:+clang++}; do
        try "$cxx $std" $cxx -std=$std -g $warnings -Wshadow $flags "$here/plus.cpp" -o "$folder/plus-$cxx-$std" $libs -lpthread
    done
done

echo "programs"
for name in replies args errors threads jobs rows arrow tasks conformance; do
    try "compile $name" gcc -std=c99 -g $warnings $flags "$here/$name.c" -o "$folder/$name" $libs -lpthread
done
try "compile unload" gcc -std=c99 -g $warnings $flags "$here/unload.c" -o "$folder/unload" -ldl
try "compile the example" gcc -std=c89 -g $warnings $flags "$here/../examples/contacts.c" -o "$folder/contacts" $libs
try "link statically" gcc -std=c99 -g $warnings $flags "$here/consumer/main.c" -o "$folder/static" $static
try "run the static one" env LD_LIBRARY_PATH= "$folder/static"
if command -v cmake >/dev/null; then
    try "cmake" cmake -S "$here/consumer" -B "$folder/cmake" -DCMAKE_PREFIX_PATH="$prefix"
    try "cmake builds" cmake --build "$folder/cmake"
    try "cmake, shared" "$folder/cmake/shared"
    try "cmake, static" "$folder/cmake/static"
else
    echo "  cmake is not here: its files are not tested"
fi

for name in $(env | grep -oE '^BREVO_[A-Z_]+'); do unset "$name"; done
mkfifo "$folder/port"
python3 "$here/server.py" >"$folder/port" &
server=$!
read -r port <"$folder/port"
export TEST_SERVER=http://127.0.0.1:$port/v3 TEST_FOLDER=$folder
valgrind=
if command -v valgrind >/dev/null; then
    valgrind="valgrind --quiet --child-silent-after-fork=yes --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect --show-leak-kinds=definite,indirect"
else
    echo "  valgrind is not here: leaks are not looked for"
fi
for name in replies args errors threads jobs rows arrow tasks plus-g++-c++11; do
    count "$name" $valgrind "$folder/$name"
done
count unload "$folder/unload"
# Memory and undefined behaviour of what C does with the library; valgrind has seen inside the library.
sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"
for name in replies args errors threads jobs rows arrow tasks; do
    try "compile $name, sanitized" gcc -std=c99 -g $sanitize $flags "$here/$name.c" -o "$folder/$name-sanitized" $libs -lpthread
    count "$name, sanitized" "$folder/$name-sanitized"
done
try "compile plus, sanitized" g++ -std=c++17 -g $sanitize $flags "$here/plus.cpp" -o "$folder/plus-sanitized" $libs -lpthread
for program in "$folder"/plus-*; do
    count "${program##*/}" "$program"
done

# Where the error output is no terminal, progress is a line for each stage.
shown() {
    "$folder/rows" 2>"$folder/shown" >/dev/null &&
        diff <(sed 's/:.*//' "$folder/shown") <(printf '%s\n' 'read 100%' send 'wait 100%' 'mine 50%' '') &&
        grep -qx 'mine 50%: 1 of 2, 1.0 of 2.0 MB, 0.5/s, 0:02 left' "$folder/shown" &&
        grep -qx ': 1' "$folder/shown"
}
try "progress that is shown" shown

example() {
    BREVO_API_KEY=$key BREVO_API_URL=$TEST_SERVER $valgrind "$folder/contacts" zoe@example.com 2 >"$folder/list" &&
        [ "$(wc -l <"$folder/list")" -eq 2500 ] && grep -qx '2499  c2499@example.com' "$folder/list"
}
key=$(sed -nE 's/^#define TEST_KEY "(.*)"/\1/p' "$here/check.h")
try "the example" example

[ -n "${BUILT:-}" ] || try "build the recorder" "${CARGO:-cargo}" build -q -p brevo-tests --bin recorder --manifest-path "$here/../Cargo.toml"
recorder=${CARGO_TARGET_DIR:-$here/../../target}/debug/recorder
count "conformance" python3 "$here/conformance.py" "$recorder" "$prefix/include/brevo_operations.h" $valgrind "$folder/conformance"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
