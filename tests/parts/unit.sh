# The product as people build it, by gcc with warnings as errors; its unit tests; and a build without
# what it can be built without, which must not rot.
. "$(dirname "$0")/lib.sh"
need_cmocka
build gcc gcc -Dwerror=true
unit_tests gcc
build bare gcc -Dwerror=true -Dio_uring=disabled -Dserve=disabled -Dtui=disabled -Dweb=disabled \
    -Dtests=false

says_there_is_no_page() {
    local out
    out=$("$trees/bare/weir" http 127.0.0.1:1/ --html "$logs/never.html" 2>&1) && return 1
    [[ $out == "weir: this weir was built without its page"* ]] && [ ! -e "$logs/never.html" ]
}

says_there_is_no_view() {
    local out
    out=$("$trees/bare/weir" http 127.0.0.1:1/ --tui -n 1 2>&1) && return 1
    [ "$out" = "weir: this weir was built without ncurses: there is no --tui in it" ]
}

check "without its page weir says so" says_there_is_no_page || true
check "without ncurses weir says so" says_there_is_no_view || true
