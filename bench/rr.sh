#!/bin/bash
# Request-reply beside librdkafka alone: ./bench/rr.sh [--pairs 7] [--legs rate,single,memory,many] [--count N]
set -euo pipefail
root=$(dirname "$0")/..
"$root/tools/venv.sh"
mkdir -p "$root/build/peers"
read -ra flags < <(pkg-config --cflags --libs rdkafka)
cc -std=gnu17 -O2 -Wall "$root/bench/peers/rr_pair.c" -o "$root/build/peers/rr_pair" "${flags[@]}"
exec "$root/build/venv/bin/python" "$root/bench/rr.py" "$@"
