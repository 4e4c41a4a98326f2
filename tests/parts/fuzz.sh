# Each fuzz_NAME program for FUZZ_SECONDS (8) on fuzz/corpus/NAME. What it finds on the way is kept in
# build/fuzz-corpus/NAME and used again; an input that fails is left in build/test-logs.
. "$(dirname "$0")/lib.sh"
seconds=${FUZZ_SECONDS:-8}

# fuzz PROGRAM
fuzz() {
    local name=${1##*/fuzz_} corpus=()
    mkdir -p "build/fuzz-corpus/$name"
    [ ! -d "fuzz/corpus/$name" ] || corpus=("fuzz/corpus/$name")
    echo "== fuzz_$name"
    "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 \
        -artifact_prefix="$logs/fuzz-$name-" "build/fuzz-corpus/$name" ${corpus[@]+"${corpus[@]}"}
}

if [ ! -f fuzz/meson.build ]; then
    count skipped 1 "there are no fuzzers yet"
    exit 0
fi
needed=(fuzzers)
build fuzz clang -Dfuzzers=true -Dtests=false -Db_lundef=false
mapfile -t programs < <(find "$trees/fuzz/fuzz" -maxdepth 1 -type f -executable -name 'fuzz_*' | sort)
check "there are fuzzers" [ ${#programs[@]} -gt 0 ] || true
# One on each processor.
running=0
for program in ${programs[@]+"${programs[@]}"}; do
    [ $running -lt "$(nproc)" ] || { wait -n; running=$((running - 1)); }
    { check "${program##*/}" fuzz "$program" || true; } &
    running=$((running + 1))
done
wait
