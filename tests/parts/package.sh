# The Debian package, as deploy/deb.sh builds it.
. "$(dirname "$0")/lib.sh"
need meson ninja dpkg-deb dpkg-shlibdeps
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check "deploy/deb.sh builds a package" deploy/deb.sh "$work" || exit 0
package=("$work"/weir_*.deb)
root=$work/root

# has PATH...: they are in it and not empty.
has() {
    local path
    for path; do
        [ -s "$root/$path" ] || { echo "not in the package: $path"; return 1; }
    done
}

# Packages, not files: what the programs are linked with. Nothing is unresolved where it was built.
depends() {
    local depends name
    depends=$(dpkg-deb -f "${package[0]}" Depends)
    for name in libc6 libjansson4 libluajit-5.1-2 librdkafka1 libssl3 liburing2 zlib1g; do
        [[ $depends == *"$name "* ]] || { echo "not in Depends: $name ($depends)"; return 1; }
    done
}

# Files of root, that nobody else may write.
owners() {
    local others
    others=$(dpkg-deb -c "${package[0]}" | awk '$2 != "root/root" || $1 ~ /^.....w|^........w/')
    [ -z "$others" ] || { echo "$others"; return 1; }
}

# As a browser would get it.
page() {
    (cd "$work" && "$root/usr/bin/weir" kafka produce -b embedded -t t -n 100 --quiet --html page.html) &&
        grep -q '<script id="data" type="application/octet-stream">[^@]' "$work/page.html"
}

runs() {
    [ "$("$root/usr/bin/weir" --version | head -1)" = "weir $(dpkg-deb -f "${package[0]}" Version)" ] &&
        "$root/usr/bin/weir" kafka produce -b embedded -t t -n 100 --quiet &&
        "$root/usr/bin/weir" check "$root/usr/share/doc/weir/examples/browse_and_buy.lua" &&
        "$root/usr/bin/weir-target" --help
}

check "it can be unpacked" dpkg-deb -x "${package[0]}" "$root" || exit 0
check "programs, man page, completion, annotations, examples and guides are in it" has \
    usr/bin/weir usr/bin/weir-target usr/share/man/man1/weir.1.gz \
    usr/share/bash-completion/completions/weir usr/share/fish/vendor_completions.d/weir.fish \
    usr/share/zsh/vendor-completions/_weir \
    usr/share/weir/weir.lua usr/share/doc/weir/examples/data/goods.csv \
    usr/share/doc/weir/first-hour.md usr/share/doc/weir/copyright || true
check "the annotations are those of the tree" cmp share/weir/weir.lua "$root/usr/share/weir/weir.lua" || true
check "it depends on its libraries" depends || true
check "its files are root's" owners || true
check "its programs run" runs || true
check "it has its page" page || true
