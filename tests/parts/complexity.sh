# The size of functions.
. "$(dirname "$0")/lib.sh"
need pmccabe
check "complexity" tools/complexity.sh || true
