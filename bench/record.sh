#!/bin/sh
# The run record: its size for 1 h and 24 h of 50 series, and what --record costs: ./bench/record.sh [--pairs 9]
exec python3 "$(dirname "$0")/record.py" "$@"
