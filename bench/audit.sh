#!/bin/sh
# Memory and time of an audit of 100 million records: ./bench/audit.sh
exec python3 "$(dirname "$0")/audit.py" "$@"
