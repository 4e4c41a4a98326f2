#!/bin/bash
# tools/complexity.sh [ROOT]: no function over 60 lines or with a modified McCabe complexity over 15
# (a switch counts as one decision), measured by pmccabe. Exceptions are named, with their reason, in
# tools/complexity-exceptions; one that is no longer needed is an error too. Also prints the medians
# of functions and files and warns of files over 450 lines.
# tests/parts/checks.sh proves that it finds them.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

exceptions=tools/complexity-exceptions
mapfile -t files < <(find src apps fuzz bench tests -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pmccabe "${files[@]}" >"$work/functions" 2>"$work/unread"
wc -l "${files[@]}" | sed '/ total$/d' >"$work/lines"

# median NAME: of the numbers on standard input
median() {
    sort -n | awk -v name="$1" '{ v[NR] = $1 } END { if (NR) print name ":", v[int((NR + 1) / 2)], "lines (" NR ")" }'
}

# pmccabe: modified McCabe, McCabe, statements, first line, lines, "file(line): function"
awk '$6 ~ /^(src|apps)\// { print $5 }' "$work/functions" | median "median function in src and apps"
awk '$2 ~ /^(src|apps)\/.*c$/ { print $1 }' "$work/lines" | median "median file in src and apps"
awk '$1 > 450 { print "warning: " $2 " has " $1 " lines (over 450)" }' "$work/lines"

failed=0
if [ -s "$work/unread" ]; then # what it cannot read it cannot measure
    cat "$work/unread"
    failed=1
fi
touch "$work/exceptions"
[ ! -f $exceptions ] || sed '/^#/d; /^[[:space:]]*$/d' $exceptions >"$work/exceptions"
awk -F '\t' '
FILENAME == ARGV[1] {
    n = split($0, word, " ")
    if (n < 3) {
        print "exception without a reason: " $0
        failed = 1
    }
    allowed[word[1] " " word[2]] = 1
    next
}
{
    file = $6
    sub(/\(.*/, "", file)
    name = $6
    sub(/.*: /, "", name)
    key = file " " name
    if ($1 <= 15 && $5 <= 60)
        next
    if (key in allowed) {
        used[key] = 1
        next
    }
    printf "%s:%d: %s: complexity %d (at most 15), %d lines (at most 60)\n", file, $4, name, $1, $5
    failed = 1
}
END {
    for (key in allowed)
        if (!(key in used)) {
            print "exception not needed any more: " key
            failed = 1
        }
    exit failed
}' "$work/exceptions" "$work/functions" || failed=1
exit $failed
