# Pages in a real browser: reports, comparisons, runs that go on. Alone: what a page costs for each frame.
. "$(dirname "$0")/lib.sh"
need_cmocka
have_venv || exit 0
build gcc gcc -Dwerror=true
may_repeat=5
flow_tests gcc browser -m real -n "$(nproc)" --dist worksteal \
    tests/flow/test_{compare_page,page,live_browser}.py
flow_tests gcc browser-frames -m real tests/flow/test_page_frames.py
