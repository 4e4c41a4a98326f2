#!/bin/sh
# Memory per connection, memory over time, start to first request: ./bench/memory.sh [--minutes 10]
exec python3 "$(dirname "$0")/memory.py" "$@"
