#!/bin/bash
# tools/web.sh SOURCES WORK OUTPUT auto|enabled: makes the page (OUTPUT) of web/ in the folder WORK, with
# npm's packages as the lock file names them. `auto`: when they cannot be had, the page is empty, weir
# says so when it is asked for it, and the build goes on.
set -euo pipefail
sources=$1 work=$2 output=$(realpath -m "$3") wanted=$4

# npm's packages of the lock file; `made-with` says that they are all there.
packages() {
    cmp -s package-lock.json made-with && return
    npm ci --omit=dev --no-audit --no-fund --loglevel=error && cp package-lock.json made-with
}

# In a condition set -e does not hold: each step says itself that it failed.
make_page() {
    mkdir -p "$work" && rm -rf "$work/src" &&
        cp -r "$sources"/{src,build.mjs,package.json,package-lock.json,.npmrc} "$work" &&
        cd "$work" && packages && node build.mjs "$output"
}

if (make_page) >&2; then
    exit 0
fi
[ "$wanted" = auto ] || exit 1
echo "web.sh: WARNING: the page could not be made (above is why): this weir will have no --html" >&2
: >"$output"
