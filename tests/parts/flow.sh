# The program as a user runs it: counts, texts, files.
. "$(dirname "$0")/lib.sh"
need_cmocka
have_venv || exit 0
build gcc gcc -Dwerror=true
flow_tests gcc exact -m exact "${side_by_side[@]}"
