#!/bin/sh
# CPU per scripted request beside wrk's with Lua, in interleaved pairs: ./bench/script.sh [--pairs 9]
exec python3 "$(dirname "$0")/script.py" "$@"
