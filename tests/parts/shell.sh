# Every shell script of the tree, by shellcheck.
. "$(dirname "$0")/lib.sh"
need shellcheck
mapfile -t files < <(source_files '*.sh')
check "shellcheck of $((${#files[@]} + 1)) files" shellcheck .ci/run "${files[@]}" || true
