# Races between threads, in the unit tests and in the exact flow tests (the others skip themselves:
# tests/conftest.py).
. "$(dirname "$0")/lib.sh"
without_aslr "$0"
sanitizer_options tsan
need_cmocka
build tsan gcc -Db_sanitize=thread
unit_tests tsan 3
if have_venv; then
    export WEIR_SANITIZER=thread
    may_repeat=5
    # Fewer than elsewhere: with three to a processor limits of a second are met by what takes ten times as long here.
    flow_tests tsan tsan -n "$((2 * $(nproc)))" --dist worksteal
fi
sanitizer_reports
