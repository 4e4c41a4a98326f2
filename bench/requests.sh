#!/bin/bash
# bench/requests.sh [DIRECTORY]: what a request-reply call costs in weir's ids and in its store of
# requests, in ns, without Kafka. The journal is written into DIRECTORY (/tmp).
set -euo pipefail
directory=$(realpath "${1:-/tmp}")
cd "$(dirname "$0")/.."
build=${WEIR_BUILD:-build/bench}
[ -d "$build" ] || meson setup "$build" >/dev/null
ninja --quiet -C "$build" tests/unit/requests_speed
exec "$build/tests/unit/requests_speed" "$directory"
