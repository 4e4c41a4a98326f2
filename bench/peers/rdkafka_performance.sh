#!/bin/bash
# bench/peers/rdkafka_performance.sh: builds librdkafka's own benchmark program, which Debian does not
# ship, from the source package of the librdkafka that is installed, and links it with that. Prints
# where it is: build/peers/rdkafka_performance. Nothing of the machine's apt is changed: the source
# index is fetched from where its binary packages come from, into a folder of its own.
set -euo pipefail
root=$(dirname "$(readlink -f "$0")")/../..
out=$root/build/peers
program=$out/rdkafka_performance

fail() {
    echo "rdkafka_performance.sh: $*" >&2
    exit 1
}

version=$(dpkg-query -W -f '${source:Version}' librdkafka-dev 2>/dev/null) ||
    fail "librdkafka-dev is not installed by dpkg; tools/packages.sh deploy/debian-packages does it"
work=$out/librdkafka-$version

# source_apt APT-GET-WORDS...: apt-get that knows sources only, and only in $work
source_apt() {
    apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" -o Debug::NoLocking=true \
        -o APT::Sandbox::User="$(id -un)" "$@"
}

fetch() {
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    # shellcheck disable=SC2016 # apt's own words
    apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' | sort -u >"$work/sources.list"
    [ -s "$work/sources.list" ] || fail "apt knows no Debian to get the sources from"
    source_apt update && (cd "$work" && source_apt source --download-only "librdkafka=$version")
}

build() {
    local flags
    read -ra flags < <(pkg-config --cflags --libs rdkafka)
    tar -xzf "$work"/librdkafka_*.orig.tar.gz -C "$work" && cd "$work"/librdkafka-*/ &&
        ./configure && # for config.h alone
        cc -g -O2 -Isrc examples/rdkafka_performance.c -o "$program" "${flags[@]}" -lm
}

if [ ! -x "$program" ] || [ "$(cat "$out/made-with" 2>/dev/null)" != "$version" ]; then
    rm -rf "$work"
    mkdir -p "$work"
    { fetch && build; } >"$work/log" 2>&1 || fail "it could not be built, see $work/log"
    echo "$version" >"$out/made-with"
fi
readlink -f "$program"
