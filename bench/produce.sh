#!/bin/sh
# Records beside librdkafka's own benchmark program, and asked rates: ./bench/produce.sh [--pairs 7] [--legs embedded,kafka,rates,start]
root=$(dirname "$0")/..
"$root/tools/venv.sh" && "$root/bench/peers/rdkafka_performance.sh" >/dev/null &&
    exec "$root/build/venv/bin/python" "$root/bench/produce.py" "$@"
