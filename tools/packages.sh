#!/bin/sh
# Installs the Debian packages that the tests use, where they are missing and the user is root.
set -eu
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need gcc gcc
need g++ g++
need clang clang
need curl curl
need pkg-config pkg-config
need cmake cmake
need valgrind valgrind
need cobc gnucobol3
need gfortran gfortran
need php php-cli
need javac default-jdk-headless
need perl perl
has() { [ -e "$1" ] || missing="$missing $2"; }
has /usr/share/java/jna.jar libjna-java
perl -MFFI::Platypus -e 1 2>/dev/null || missing="$missing libffi-platypus-perl"
need chromium chromium
need chromedriver chromium-driver
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # Word splitting is meant: a package a word.
    # shellcheck disable=SC2086
    apt-get install -qq -y --no-install-recommends $missing >/dev/null
else
    echo "Missing packages:$missing" >&2
    exit 1
fi
