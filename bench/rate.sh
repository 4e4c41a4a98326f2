#!/bin/sh
# Asked rate beside delivered rate, and the release of an open schedule by kernel stamps: ./bench/rate.sh
exec python3 "$(dirname "$0")/rate.py" "$@"
