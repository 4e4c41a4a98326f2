#!/bin/bash
# tools/layers.sh [ROOT]: proves the order of the rooms (DESIGN: a room includes only itself and rooms
# to its left; term and web do not know each other; the programs in apps/ use the lowest rooms and
# themselves). Prints each offending include as FILE:LINE and ends with 1 when there is one.
# tests/parts/checks.sh proves that it finds them.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

mapfile -t files < <(find src apps -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
[ ${#files[@]} -gt 0 ] || { echo "layers: no sources in $PWD" >&2; exit 2; }
awk '
BEGIN {
    rooms = split("base loop stats load codec store proto scenario engine report fleet term web cli",
        name)
    for (i = 1; i <= rooms; i++)
        place[name[i]] = i
    split("base loop stats proto", name)
    for (i in name)
        for_apps[name[i]] = 1
}

function offends(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
    found = 1
}

# The room of `#include "room/file.h"`; a header of the system is no room: "".
function included(path) {
    path = $0
    sub(/^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]/, "", path)
    sub(/[">].*/, "", path)
    if (path ~ /\.\./)
        return ".."
    if (path !~ /\//)
        return $0 ~ /</ ? "" : own
    sub(/\/.*/, "", path)
    return $0 ~ /"/ || path in place ? path : ""
}

FNR == 1 {
    split(FILENAME, part, "/")
    tree = part[1]
    own = part[2]
    if (tree == "src" && !(own in place))
        offends("room " own " is not in the list of rooms")
}

/^[[:space:]]*#[[:space:]]*include/ {
    room = included()
    if (room == "" || room == own)
        next
    if (room == "..")
        offends("include from the root of the rooms, not by ..")
    else if (!(room in place))
        offends(room " is no room")
    else if (tree == "apps" && !(room in for_apps))
        offends("apps use base, loop, stats and proto only")
    else if (tree == "src" && place[room] > place[own])
        offends(room " is to the right of " own)
    else if (tree == "src" && own == "web" && room == "term")
        offends("web and term do not know each other")
}

END {
    exit found
}' "${files[@]}"
