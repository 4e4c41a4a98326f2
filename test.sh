#!/bin/bash
# ./test.sh: proves what can be proved on one machine, and ends with "N passed, N failed, N skipped".
# ./test.sh PART... runs only these, ./test.sh --list names them. Each is a small script in
# tests/parts/; what it printed is kept in build/test-logs/ and shown when it failed.
# CI=true: what is not installed counts as failed, not as skipped.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
. tests/parts/runner.sh "$@"

packages
part checks "the checks below find what they are there to find"
part format "clang-format would change nothing"
part layers "each room includes only itself and rooms to its left"
part complexity "no function over 60 lines or complexity 15"
part shell "shellcheck has nothing to say"
part unit "gcc builds without a warning, unit tests"
part web "the page's types, lint and unit tests"
part demo "the README's first command shows a run and what to try next"
part package "the .deb is built, has what it should have, and what is in it runs"
part flow "flow tests of counts, texts and files, in parallel"
part timing "flow tests that measure time, one at a time"
part real "flow tests against a real Kafka and tools of others"
part browser "flow tests of pages in a real browser"
part newest "weir with the newest librdkafka: no warning, its unit tests, Kafka flow tests"
part asan "clang builds without a warning; its address and undefined-behaviour sanitizers: unit and exact flow tests"
part tsan "thread sanitizer: unit and exact flow tests"
part fuzz "each fuzz target for 8 s on its kept corpus"
finish
