# The program as a user runs it. What measures time runs alone, so that no neighbour spoils it.
. "$(dirname "$0")/lib.sh"
need_cmocka
have_venv || exit 0
build gcc gcc -Dwerror=true
flow_tests gcc exact -m exact -n "$(nproc)" --dist worksteal
flow_tests gcc timing -m timing
flow_tests gcc real -m real
