# clang sees what gcc does not: no warning, and no memory error, leak or undefined behaviour in the unit
# tests and in the exact flow tests (the others skip themselves: tests/conftest.py).
. "$(dirname "$0")/lib.sh"
sanitizer_options asan
need_cmocka
build asan clang -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false
unit_tests asan 2
if have_venv; then
    export WEIR_SANITIZER=address
    may_repeat=5
    flow_tests asan asan "${side_by_side[@]}"
fi
sanitizer_reports
