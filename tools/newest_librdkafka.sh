#!/bin/bash
# tools/newest_librdkafka.sh: builds the newest librdkafka that weir is tested with into build/librdkafka and
# prints where its pkg-config files are. Its sources come along in a package of npm's registry. Done once; to
# build weir with it:
#     meson setup build/newest -Dpkg_config_path=$(tools/newest_librdkafka.sh)
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

package=@confluentinc/kafka-javascript@1.10.1
version=2.15.1
folder=$PWD/build/librdkafka
prefix=$folder/$version

say() {
    echo "newest_librdkafka: $*" >&2
}

fetch() {
    command -v npm >/dev/null || { say "npm is not installed; it fetches the sources (Debian: npm)"; return 1; }
    (cd "$folder/fetched" && npm pack --silent $package >/dev/null) && mv "$folder"/fetched/*.tgz "$folder/$version.tgz"
}

# Into a prefix of its own, which gets its name when it is whole. Kerberos and OAuth by HTTP are left out: nothing
# here speaks them, and their libraries would have to be there.
build() {
    local jobs
    jobs=$(nproc)
    cd "$folder/fetched/package/deps/librdkafka"
    grep -qx "# librdkafka v$version" CHANGELOG.md || { say "$package holds another version than $version"; return 1; }
    ./configure --prefix="$prefix" --no-download --enable-ssl --enable-zstd --disable-gssapi --disable-curl
    make -C src -j "$jobs"
    make -C src DESTDIR="$folder/fetched/root" install
}

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9 # another run may be building it
if [ ! -d "$prefix" ]; then
    rm -rf "$folder/fetched"
    mkdir "$folder/fetched"
    [ -f "$folder/$version.tgz" ] || fetch
    tar -xzf "$folder/$version.tgz" -C "$folder/fetched" package/deps/librdkafka
    (build) >"$folder/log" 2>&1 || { say "not built; the reason is at the end of $folder/log"; exit 1; }
    mv "$folder/fetched/root$prefix" "$prefix"
    rm -rf "$folder/fetched"
fi
echo "$prefix/lib/pkgconfig"
