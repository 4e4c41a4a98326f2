# The program against servers and tools of others, a real Kafka above all: file by file, side by side;
# alone those that look at times and rates.
. "$(dirname "$0")/lib.sh"
need_cmocka
have_venv || exit 0
build gcc gcc -Dwerror=true
may_repeat=5
timed=(tests/flow/test_real_{brokers,quotas}.py)
pages=(tests/flow/test_{compare_page,page,page_frames,live_browser}.py)
flow_tests gcc real -m real -n "$(nproc)" --dist loadfile \
    "${timed[@]/#/--ignore=}" "${pages[@]/#/--ignore=}"
flow_tests gcc real-timed -m real "${timed[@]}"
