# The program as a user runs it: what measures time runs alone, so that no neighbour spoils it.
. "$(dirname "$0")/lib.sh"
need_cmocka
have_venv || exit 0
build gcc gcc -Dwerror=true
may_repeat=5
flow_tests gcc timing -m timing
