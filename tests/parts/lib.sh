# shellcheck shell=bash
# tests/parts/lib.sh: what the parts of ./test.sh share: how a result is counted, how a tree is built
# and how unit and flow tests are run in it. A part is tests/parts/NAME.sh; it sources this, does its
# checks and lets each be counted. ./test.sh sums up (runner.sh); a part also runs alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export LC_ALL=C.UTF-8
export PATH="$PATH:/usr/sbin:/sbin" # nginx lives there, and is not on everybody's path

trees=$PWD/build/test # a build directory for each kind of build
logs=$PWD/build/test-logs
mkdir -p "$trees" "$logs"

# Counting: each line is "passed|failed|skipped|repeated NUMBER what", read by runner.sh.
count() {
    if [ -n "${PART_RESULTS:-}" ]; then
        echo "$*" >>"$PART_RESULTS"
    else
        echo "$*"
    fi
}

# check WHAT COMMAND...: one test, passed when the command succeeds. Returns its success.
check() {
    local what=$1
    shift
    if "$@"; then
        count passed 1 "$what"
    else
        count failed 1 "$what"
        return 1
    fi
}

# absent WHAT: something to test with is not there: skipped, but failed in CI, where nothing may be.
absent() {
    if [ "${CI:-}" = true ]; then
        count failed 1 "$1"
    else
        count skipped 1 "$1"
    fi
}

# need TOOL...: without them the part ends here.
need() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || { absent "$tool is not installed"; exit 0; }
    done
}

# Without cmocka meson refuses to set up a tree with unit tests: the part ends here.
need_cmocka() {
    need pkg-config
    pkg-config --exists cmocka || { absent "cmocka is not installed"; exit 0; }
}

# source_files NAME-PATTERN...: the tree's own files of these names, without what was built or fetched.
source_files() {
    local pattern names=()
    for pattern; do
        names+=(-o -name "$pattern")
    done
    find . \( -path './build*' -o -path ./.git -o -path ./.venv -o -path ./runs \
        -o -name node_modules \) -prune -o -type f \( "${names[@]:1}" \) -print | sort
}

configure() {
    local tree=$1 cc=$2
    shift 2
    rm -rf "$tree"
    CC=$cc meson setup "$tree" "$@" && echo "$cc $*" >"$tree/made-with"
}

# What a part needs of its trees, ninja's targets; empty: everything.
needed=()

# build NAME COMPILER OPTION...: $trees/NAME, made anew only when its options changed. Ends the part
# when that fails, for nothing else can be tried then.
build() {
    local name=$1 tree=$trees/$1 cc=$2
    shift 2
    need meson ninja "$cc"
    if [ "$(cat "$tree/made-with" 2>/dev/null)" != "$cc $*" ]; then
        configure "$tree" "$cc" "$@" || { count failed 1 "meson setup for $name"; exit 0; }
    fi
    check "build $name" ninja --quiet -C "$tree" ${needed[@]+"${needed[@]}"} || exit 0
}

# add_counts KIND RESULTS-FILE STATUS [AGAIN]: counts what a test program wrote down. When it failed
# (STATUS) or wrote nothing although no failure is in its results, that is a failure too.
add_counts() {
    local kind=$1 file=$2 status=$3 lines
    if ! lines=$(tests/parts/count.py "$kind" "$file" ${4:+"$4"}); then
        count failed 1 "$kind left no results in $file (status $status)"
        return
    fi
    [ -z "$lines" ] || count "$lines"
    if [ "$status" != 0 ] && ! grep -q '^failed' <<<"$lines"; then
        count failed 1 "$kind ended with status $status"
    fi
}

# unit_tests NAME [TIMEOUT-FACTOR [ROOM]]: the unit tests of a built tree, one count for each cmocka test.
# Some of them mostly wait, so more at once than there are processors.
unit_tests() {
    local tree=$trees/$1 status=0
    rm -f "$tree/meson-logs/testlog.json"
    CMOCKA_MESSAGE_OUTPUT=TAP meson test -C "$tree" --no-rebuild --suite "${3:-unit}" --print-errorlogs \
        --num-processes "$((2 * $(nproc)))" --timeout-multiplier "${2:-1}" || status=$?
    add_counts meson "$tree/meson-logs/testlog.json" $status
}

# What flow tests side by side are given: they mostly wait (a second of a test takes 0.15 s of processor), so more of
# them than there are processors.
# shellcheck disable=SC2034
side_by_side=(-n "$((3 * $(nproc)))" --dist worksteal)

# How many flow tests of a part may fail and be tried once more, alone. For parts whose tests look at the
# clock, or meet limits of time with a program that a sanitizer made ten times as slow: one of a few
# hundred is met by a machine that was away for a moment. Each that was repeated is named in the summary. More than
# these are no accident; nor is what fails twice, or what a sanitizer reported.
may_repeat=0

# flow_tests NAME LABEL PYTEST-OPTION...: the flow tests against the weir of a built tree.
flow_tests() {
    local results=$logs/flow-$2.xml again='' status=0 failed
    pytest_run "$1" "$results" "${@:3}" || status=$?
    if [ $status = 5 ]; then # pytest's word for: none of that kind
        count skipped 1 "there are no $2 flow tests"
        return
    fi
    if [ $status = 1 ]; then # its word for: some failed
        mapfile -t failed < <(tests/parts/count.py failed "$results")
        if [ ${#failed[@]} -le $may_repeat ]; then
            again=$logs/flow-$2-again.xml status=0
            pytest_run "$1" "$again" "${failed[@]}" || status=$?
            [ -s "$again" ] || again=''
        fi
    fi
    add_counts pytest "$results" $status "$again"
}

# pytest_run NAME RESULTS-FILE PYTEST-OPTION...
pytest_run() {
    rm -f "$2"
    WEIR_BUILD=$trees/$1 build/venv/bin/python -m pytest --junit-xml="$2" "${@:3}"
}

# The venv of the flow tests; counts it when it cannot be made.
have_venv() {
    need python3
    tools/venv.sh && return
    absent "no venv for the flow tests"
    return 1
}

# sanitizer_options NAME: where and how the sanitizers report. To files, since a flow test reads the
# program's output and may expect it to fail; sanitizer_reports counts them.
sanitizer_options() {
    reports=$logs/$1-reports
    rm -rf "$reports"
    mkdir -p "$reports"
    local common="log_path=$reports/report:print_stacktrace=1"
    export ASAN_OPTIONS="$common:detect_stack_use_after_return=1:strict_string_checks=1"
    export UBSAN_OPTIONS="$common:halt_on_error=1"
    export TSAN_OPTIONS="$common:second_deadlock_stack=1"
}

sanitizer_reports() {
    local found
    found=$(find "$reports" -type f | wc -l)
    [ "$found" = 0 ] || cat "$reports"/*
    check "no sanitizer report ($found found)" [ "$found" = 0 ] || true
}

# without_aslr "$0": starts the part anew with fixed addresses, where that is allowed: the thread
# sanitizer of gcc 12 refuses the random mappings of some kernels.
without_aslr() {
    if [ -z "${FIXED_ADDRESSES:-}" ] && setarch -R true 2>/dev/null; then
        FIXED_ADDRESSES=1 exec setarch -R bash "$1"
    fi
}
