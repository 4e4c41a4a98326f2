# The README's first command, as it stands: installs (nothing, here), builds, shows a run.
. "$(dirname "$0")/lib.sh"
need meson ninja
printed=$logs/demo.out
check "./demo.sh ends well" ./demo.sh >"$printed" || exit 0
check "./demo.sh shows a run whose books balance" \
    grep -q 'calls = .* ok + 0 wrong + 0 error + 0 timeout + 0 abandoned ✓' "$printed" || true
check "./demo.sh says what to try next" grep -q '^What to try next' "$printed" || true
