# The order of the rooms.
. "$(dirname "$0")/lib.sh"
check "layers" tools/layers.sh || true
