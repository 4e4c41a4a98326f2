#!/bin/bash
# ./demo.sh: from a bare Debian to a first result: installs what the build needs, builds, and runs
# `weir demo` with the arguments given (`./demo.sh stall` shows a target that stops for a while).
set -euo pipefail
root=$(dirname "$(readlink -f "$0")")

build() {
    cd "$root"
    [ -f build/build.ninja ] || meson setup build -Dtests=false
    ninja --quiet -C build
}

"$root/tools/packages.sh" "$root/deploy/debian-packages"
mkdir -p "$root/build"
log=$root/build/demo-build.log
if [ ! -x "$root/build/weir" ]; then
    echo "building weir, less than a minute ..." >&2
fi
if ! (build) >"$log" 2>&1; then
    cat "$log" >&2
    echo "demo.sh: the build failed, see above (also in $log)" >&2
    exit 1
fi
exec "$root/build/weir" demo "$@"
