#!/bin/sh
# Consuming with an audit beside librdkafka's own benchmark program, from a real Kafka: ./bench/consume.sh
set -e
root=$(dirname "$0")/..
"$root/tools/venv.sh"
"$root/bench/peers/rdkafka_performance.sh" >/dev/null
exec "$root/build/venv/bin/python" "$root/bench/consume.py" "$@"
