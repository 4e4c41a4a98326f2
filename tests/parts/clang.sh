# clang sees what gcc does not.
. "$(dirname "$0")/lib.sh"
need_cmocka
build clang clang -Dwerror=true
unit_tests clang
