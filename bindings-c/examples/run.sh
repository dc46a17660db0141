#!/bin/bash
# Installs the library into a folder of its own, builds every example as its README says, with pkg-config only, runs each
# against a sandbox of its own, and checks from the sandbox's side what it did (check.py). Prints all outputs and figures.
#
#   run.sh [LANGUAGE...]     PROFILE=dev, BUILT=1: as for the Makefile beside this folder
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
languages=("$@")
[ $# -gt 0 ] || languages=(c89 cpp11 cobol fortran php java perl)

make -C "$here/.." -s install PROFILE="${PROFILE:-release}" PREFIX="$prefix"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
python=$here/../../.venv/bin/python
[ -x "$python" ] || python=python3
cd "$folder"

for language in "${languages[@]}"; do
    source=$here/$language
    out=$folder/build/$language
    mkdir -p "$out"
    echo "== $language"
    records=customers.dat
    case $language in
    c89)
        gcc -std=c89 -Wall -Wextra -Wpedantic -Werror -o "$out/mailing" "$source/mailing.c" $(pkg-config --cflags --libs brevo)
        command=("$out/mailing")
        ;;
    cpp11)
        g++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -o "$out/mailing" "$source/mailing.cpp" \
            $(pkg-config --cflags --libs brevo)
        command=("$out/mailing")
        records=customers.csv
        ;;
    cobol)
        (cd "$source" && cobc -x -Wall -Werror -o "$out/mailing" mailing.cob brevo.cob $(pkg-config --libs brevo))
        command=("$out/mailing")
        ;;
    fortran)
        gfortran -std=f2018 -Wall -Wextra -Werror -J "$out" -o "$out/mailing" "$source/brevo.f90" "$source/mailing.f90" \
            $(pkg-config --libs brevo)
        command=("$out/mailing")
        ;;
    php)
        command=(php "$source/mailing.php")
        records=customers.csv
        ;;
    java)
        javac -Xlint:all -Werror -cp /usr/share/java/jna.jar -d "$out" "$source/brevo/Brevo.java" "$source/Mailing.java"
        command=(java -Djna.library.path="$prefix/lib" -cp "/usr/share/java/jna.jar:$out" Mailing)
        records=customers.csv
        ;;
    perl)
        command=(perl "$source/mailing.pl")
        ;;
    *)
        echo "there is no example in $language" >&2
        exit 2
        ;;
    esac
    "$python" "$here/check.py" run "$language" "$records" "$folder/results" "${command[@]}"
done
echo "== The same in all"
"$python" "$here/check.py" table "$folder/results" "${languages[@]}"
