# The checks are checked: each is given a small tree with a fault in it and must name that fault, and
# the same tree without it must pass. So is the counting.
. "$(dirname "$0")/lib.sh"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# file PATH LINE...: in the small tree
file() {
    mkdir -p "$work/$(dirname "$1")"
    printf '%s\n' "${@:2}" >"$work/$1"
}

# gives STATUS TEXT COMMAND...: it ends with this status and prints exactly this.
gives() {
    local status=0 out
    out=$("${@:3}" 2>&1) || status=$?
    [ "$status" = "$1" ] && [ "$out" = "$2" ] && return
    printf 'wanted %s:\n%s\ngot %s:\n%s\n' "$1" "$2" "$status" "$out"
    return 1
}

# finds TEXT COMMAND...: it fails and prints this among other things.
finds() {
    local out
    if out=$("${@:2}" 2>&1) || [[ $out != *"$1"* ]]; then
        printf 'wanted a failure with:\n%s\ngot:\n%s\n' "$1" "$out"
        return 1
    fi
}

layers() {
    file src/load/a.h '#include <stdio.h>' '#include <sys/uio.h>' '#include "base/str.h"' \
        '#include "load/b.h"' '#include "b.h"'
    file src/cli/a.c '#include "term/a.h"' '#include "web/a.h"'
    file apps/target/a.c '#include "proto/http.h"' '#include "target/b.h"'
    gives 0 "" tools/layers.sh "$work" || return 1
    file src/base/a.c '' '#include "loop/loop.h"'
    file src/load/b.c '#  include <stats/../engine/run.h>'
    file src/proto/a.c '#include <engine/run.h>'
    file src/stats/a.c '#include "util/x.h"'
    file src/web/a.c '#include "term/a.h"'
    file src/misc/a.c 'int x;'
    file apps/target/b.c '#include "engine/run.h"'
    gives 1 "apps/target/b.c:1: #include \"engine/run.h\": apps use base, loop, stats and proto only
src/base/a.c:2: #include \"loop/loop.h\": loop is to the right of base
src/load/b.c:1: #  include <stats/../engine/run.h>: include from the root of the rooms, not by ..
src/misc/a.c:1: int x;: room misc is not in the list of rooms
src/proto/a.c:1: #include <engine/run.h>: engine is to the right of proto
src/stats/a.c:1: #include \"util/x.h\": util is no room
src/web/a.c:1: #include \"term/a.h\": web and term do not know each other" tools/layers.sh "$work"
}

# function NAME LINES-OF-BODY STATEMENT: C, two lines longer than its body
function_of() {
    local i
    echo "int $1(int a)"
    echo "{"
    for ((i = 1; i < $2; i++)); do
        echo "    $3"
    done
    echo "    return a;"
    echo "}"
}

complexity() {
    rm -rf "${work:?}"/*
    file src/base/a.c "$(function_of long_enough 57 'a++;')" "$(function_of forks 15 'if (a) a++;')"
    gives 0 "median function in src and apps: 18 lines (2)
median file in src and apps: 78 lines (1)" tools/complexity.sh "$work" || return 1
    file src/base/b.c "$(function_of too_long 58 'a++;')" "$(function_of too_forked 16 'if (a) a++;')"
    finds "src/base/b.c:1: too_long: complexity 1 (at most 15), 61 lines (at most 60)
src/base/b.c:62: too_forked: complexity 16 (at most 15), 19 lines (at most 60)" \
        tools/complexity.sh "$work" || return 1
    file tools/complexity-exceptions '# why' 'src/base/b.c too_long a table' 'src/base/b.c too_forked one'
    tools/complexity.sh "$work" >/dev/null || return 1
    rm "$work/src/base/b.c"
    finds "exception not needed any more: src/base/b.c too_long" tools/complexity.sh "$work"
}

# program NAME RESULT STATUS STDOUT: a line of meson's testlog.json
program() {
    printf '{"name": "%s", "result": "%s", "returncode": %s, "stdout": "%s"}\n' "$@"
}

counts() {
    file meson "$(program good OK 0 '1..2\nok 1 - a\nnoiseok 2 - b\n')" \
        "$(program mixed FAIL 1 '1..3\nok 1 - a\nnot ok 2 - b: in words\n# 1 != 2\nnot ok 3 # SKIP c\n')" \
        "$(program died ERROR -11 '1..2\nok 1 - a\n')" "$(program left OK 0 '1..2\nok 1 - a\n')" \
        "$(program leaked ERROR 23 '1..1\nok 1 - a\n')" "$(program plain OK 0 'fine')" \
        "$(program late TIMEOUT -9 '')" "$(program absent SKIP 77 '')"
    gives 0 "passed 7
failed 1 mixed: b: in words
skipped 1 mixed: c
failed 1 died: a test that never ended (ERROR, status -11)
failed 1 left: a test that never ended (OK, status 0)
failed 1 leaked: ERROR, status 23
failed 1 late: TIMEOUT, status -9
skipped 1 absent" tests/parts/count.py meson "$work/meson" || return 1
    file pytest '<testsuites><testsuite><testcase classname="c" name="good"/>' \
        '<testcase classname="c" name="bad"><failure message="m">x</failure></testcase>' \
        '<testcase classname="c" name="setup"><error message="m">x</error></testcase>' \
        '<testcase classname="c" name="not_now"><skipped message="no server"/></testcase>' \
        '<testcase classname="c" name="a"><skipped message="times: nothing"/></testcase>' \
        '<testcase classname="d" name="b[x: y]"><skipped message="times: nothing"/></testcase>' \
        '</testsuite></testsuites>'
    gives 0 "passed 1
failed 1 c: bad
failed 1 c: setup
skipped 1 c: not_now: no server
skipped 2 times: nothing" tests/parts/count.py pytest "$work/pytest" || return 1
    file again '<testsuites><testsuite><testcase classname="c" name="bad"/>' \
        '<testcase classname="c" name="setup"><error message="m">x</error></testcase></testsuite></testsuites>'
    gives 0 "passed 2
repeated 1 c: bad
repeated 1 c: setup
failed 1 c: setup
skipped 1 c: not_now: no server
skipped 2 times: nothing" tests/parts/count.py pytest "$work/pytest" "$work/again"
}

# What failed once, what fails each time, and what nobody repeats: in a small tree with a pytest of two tests.
repeats() {
    local python=$root/build/venv/bin/python
    rm -rf "${work:?}"/*
    mkdir -p "$work/tests/parts" "$work/build/venv/bin"
    cp tests/parts/{lib.sh,count.py} "$work/tests/parts/"
    # shellcheck disable=SC2016 # expanded there
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >"$work/build/venv/bin/python"
    chmod +x "$work/build/venv/bin/python"
    file tests/flow/test_x.py 'import os, pathlib' 'def test_once():' '    seen = pathlib.Path("seen")' \
        '    before = seen.exists()' '    seen.touch()' '    assert before' \
        'def test_always():' '    assert "ALWAYS" not in os.environ' 'def test_good():' '    pass'
    # shellcheck disable=SC2016 # expanded there
    file part.sh '. tests/parts/lib.sh' 'may_repeat=$1' 'flow_tests x y tests/flow'
    repeated_part 1 "passed 3
repeated 1 tests.flow.test_x: test_once" && repeated_part 0 "passed 2
failed 1 tests.flow.test_x: test_once" && ALWAYS=1 repeated_part 2 "passed 2
repeated 1 tests.flow.test_x: test_once
repeated 1 tests.flow.test_x: test_always
failed 1 tests.flow.test_x: test_always" && ALWAYS=1 repeated_part 1 "passed 1
failed 1 tests.flow.test_x: test_once
failed 1 tests.flow.test_x: test_always"
}

# repeated_part MAY-REPEAT RESULTS
repeated_part() {
    rm -f "$work/seen" "$work/results"
    (cd "$work" && PART_RESULTS=$work/results bash part.sh "$1" >out 2>&1)
    gives 0 "$2" cat "$work/results"
}

runner() {
    local lib=". $root/tests/parts/lib.sh"
    rm -rf "${work:?}"/*
    mkdir -p "$work/tests/parts"
    cp tests/parts/runner.sh "$work/tests/parts/"
    file tools/packages.sh '#!/bin/sh' 'exit 1'
    chmod +x "$work/tools/packages.sh"
    # shellcheck disable=SC2016 # expanded there
    file test.sh '. tests/parts/runner.sh "$@"' packages 'part two ""' \
        'part silent ""' 'part broken ""' 'part toolless ""' finish
    file tests/parts/two.sh "$lib" 'check a true' 'count skipped 1 b'
    file tests/parts/silent.sh "$lib"
    file tests/parts/broken.sh "$lib" 'check a true' 'false' 'check b true'
    file tests/parts/toolless.sh "$lib" 'need no-such-tool' 'check a true'
    ends_with "2 passed, 2 failed, 3 skipped" '' && ends_with "2 passed, 4 failed, 1 skipped" true &&
        ends_with "1 passed, 0 failed, 2 skipped" '' two && finds "no part 'three'" small_run '' three
}

# small_run CI PART...: the small tree's test.sh
small_run() {
    (cd "$work" && CI=$1 bash test.sh "${@:2}")
}

# ends_with LAST-LINE CI PART...: and with a status that says whether something failed
ends_with() {
    local want=1 status=0 out
    [[ $1 != *" 0 failed"* ]] || want=0
    out=$(small_run "${@:2}") || status=$?
    [ "${out##*$'\n'}" = "$1" ] && [ $status = $want ] && return
    printf 'wanted "%s", got status %s and:\n%s\n' "$1" "$status" "$out"
    return 1
}

packages() {
    local tool
    rm -rf "${work:?}"/*
    mkdir "$work/bin"
    for tool in bash sed sort; do # no dpkg
        ln -s "$(command -v $tool)" "$work/bin/"
    done
    file list '# why' 'alpha # a comment' '' 'beta unless sed' 'gamma unless no-such-tool'
    PATH=$work/bin gives 0 "packages: this is not a Debian; please see to it yourself that these are there: alpha gamma" \
        tools/packages.sh "$work/list"
}

# An npm that failed is asked again by the next build, and one that did not is not.
page() {
    rm -rf "${work:?}"/*
    mkdir -p "$work/bin" "$work/web/src"
    file web/package-lock.json '{}'
    touch "$work/web/"{build.mjs,package.json,.npmrc}
    file bin/npm '#!/bin/sh' 'echo asked >>../asked; [ -e ../online ]'
    # shellcheck disable=SC2016 # expanded there
    file bin/node '#!/bin/sh' 'echo page >"$2"'
    chmod +x "$work/bin/npm" "$work/bin/node"
    local build=(env "PATH=$work/bin:$PATH" tools/web.sh "$work/web" "$work/made" "$work/page.html")
    finds "will have no --html" not "${build[@]}" auto && [ ! -s "$work/page.html" ] &&
        ! "${build[@]}" enabled && touch "$work/online" && gives 0 "" "${build[@]}" enabled &&
        gives 0 "" "${build[@]}" enabled && [ -s "$work/page.html" ] && [ "$(wc -l <"$work/asked")" = 3 ]
}

# not COMMAND...: it succeeds when the command fails, and the other way round.
not() {
    ! "$@"
}

# The one that checks deploy/Containerfile, and the file itself.
container() {
    local lint=$root/build/venv/bin/hadolint
    rm -rf "${work:?}"/*
    file Containerfile 'FROM debian' 'RUN apt-get update && apt-get install -y curl' 'USER root'
    finds "DL3006" "$lint" "$work/Containerfile" && finds "DL3002" "$lint" "$work/Containerfile" &&
        gives 0 "" "$lint" deploy/Containerfile
}

check "packages.sh leaves out what something else brought" packages || true
check "web.sh asks npm again after it failed, and only then" page || true
check "layers.sh finds includes to the right" layers || true
check "count.py counts what failed, died and was skipped" counts || true
check "runner.sh sums up and notices parts that broke off" runner || true
if have_venv; then
    check "what may be tried once more is, and is named" repeats || true
    check "hadolint finds faults, and none in deploy/Containerfile" container || true
fi
need pmccabe
check "complexity.sh finds long and forked functions" complexity || true
