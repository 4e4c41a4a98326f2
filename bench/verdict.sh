#!/bin/sh
# The verdict's confusion matrix: healthy, frozen and slow-target runs: ./bench/verdict.sh [--runs 20]
exec python3 "$(dirname "$0")/verdict.py" "$@"
