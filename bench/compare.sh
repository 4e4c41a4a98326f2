#!/bin/sh
# weir compare on real runs: false alarms and what it finds: ./bench/compare.sh [--runs 40] [--duration 60s] [--at-once 10]
exec python3 "$(dirname "$0")/compare.py" "$@"
