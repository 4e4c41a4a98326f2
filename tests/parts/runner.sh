# shellcheck shell=bash
# tests/parts/runner.sh: sourced by ./test.sh with its arguments. `part NAME "what it proves"` runs
# tests/parts/NAME.sh when it was asked for, keeps its output in build/test-logs/NAME.log and adds its
# counts; `finish` prints the sum.
# Reads each part's results as lines "passed|failed|skipped|repeated NUMBER what", see lib.sh.

asked=("$@")
logs=$PWD/build/test-logs
passed=0 failed=0 skipped=0 failed_in='' running=''
# With job control a part has a process group of its own, which ends as a whole at Ctrl-C or at its
# limit of time (meson and pytest end their tests then), and does not ignore SIGINT as plain `&` would.
set -m
trap '[ -z "$running" ] || kill -- "-$running"; exit 130' INT TERM

list_only=false
if [ "${asked[*]:-}" = --list ]; then
    list_only=true
else
    for name in ${asked[@]+"${asked[@]}"}; do
        [ -f "tests/parts/$name.sh" ] && grep -q "^part $name " test.sh && continue
        echo "test.sh: no part '$name'; ./test.sh --list shows them" >&2
        exit 2
    done
    mkdir -p "$logs"
fi

wanted() {
    [ ${#asked[@]} = 0 ] || [[ " ${asked[*]} " == *" $1 "* ]]
}

# sum_of WORD FILE
sum_of() {
    awk -v word="$1" '$1 == word { n += $2 } END { print n + 0 }' "$2"
}

# add_results NAME SECONDS FILE: one line for the part, the reasons of what did not pass below it.
add_results() {
    local p f s
    p=$(sum_of passed "$3") f=$(sum_of failed "$3") s=$(sum_of skipped "$3")
    printf '%-11s %5d passed %4d failed %4d skipped %5d s\n' "$1" "$p" "$f" "$s" "$2"
    sed -nE 's/^(failed|skipped|repeated) 1 /    \1: /p; s/^(failed|skipped|repeated) ([0-9]+) /    \1: \2 × /p' "$3"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

packages() {
    $list_only && return
    tools/packages.sh deploy/debian-packages deploy/debian-packages-test && return
    if [ "${CI:-}" = true ]; then
        echo "failed 1 the packages could not be installed" >"$logs/packages.results"
    else
        echo "skipped 1 the packages could not be installed, trying with what there is" \
            >"$logs/packages.results"
    fi
    add_results packages 0 "$logs/packages.results"
}

part() {
    local name=$1 start=$SECONDS results=$logs/$1.results log=$logs/$1.log status=0
    if $list_only; then
        printf '%-11s %s\n' "$1" "$2"
        return
    fi
    wanted "$name" || return 0
    : >"$results"
    PART_RESULTS=$results timeout -k 30 15m bash "tests/parts/$name.sh" >"$log" 2>&1 </dev/null &
    running=$!
    wait $running || status=$?
    running=''
    # A part that broke off is no success, nor is one that tried nothing.
    if [ $status != 0 ]; then
        echo "failed 1 tests/parts/$name.sh ended with status $status" >>"$results"
    elif [ ! -s "$results" ]; then
        echo "failed 1 tests/parts/$name.sh counted nothing" >>"$results"
    fi
    add_results "$name" $((SECONDS - start)) "$results"
    if [ "$(sum_of failed "$results")" != 0 ]; then
        failed_in+=" $name"
        echo "---- $log"
        cat "$log"
        echo "----"
    fi
}

finish() {
    $list_only && exit
    [ -z "$failed_in" ] || echo "failed in$failed_in, see build/test-logs/"
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
    exit
}
