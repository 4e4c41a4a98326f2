# The page's TypeScript: types, lint and format, unit tests; and its budget.
. "$(dirname "$0")/lib.sh"
need node npm
work=$PWD/build/web
mkdir -p "$work"
rm -rf "$work/src" "$work/test"
cp -r web/{src,test,build.mjs,biome.json,tsconfig.json,package.json,package-lock.json,.npmrc} "$work"
cd "$work"
if ! cmp -s package-lock.json made-with; then
    check "npm ci" npm ci --no-audit --no-fund || exit 0
    cp package-lock.json made-with
fi

lock_names_no_host() {
    ! grep -n '"resolved"' package-lock.json
}

# The page without data, bytes: what is left of 1.5 MB is for a day of figures.
small() {
    node build.mjs page.html && [ "$(stat -c %s page.html)" -le 150000 ]
}

unit() {
    local lines status=0
    node build.mjs --tests || return 1
    lines=$(node --test --test-reporter=tap built/ 2>&1) || status=$?
    echo "$lines"
    count passed "$(grep -c '^ *ok ' <<<"$lines" || true)"
    [ $status = 0 ] || count failed 1 "unit tests of the page: $(grep '^ *not ok' <<<"$lines" | head -5)"
}

check "the lock file names no host" lock_names_no_host || true
check "types" npm run --silent types || true
check "lint and format" npm run --silent lint || true
check "the page is at most 150 kB" small || true
unit || count failed 1 "the unit tests of the page cannot be built"
