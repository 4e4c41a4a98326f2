#!/bin/bash
# deploy/deb.sh [FOLDER]: builds weir_VERSION_ARCH.deb into the folder (build/) and prints its path. It
# depends on what dpkg-shlibdeps finds that the programs use: it is for the Debian it was built on.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
export LC_ALL=C.UTF-8
umask 022

tools/packages.sh deploy/debian-packages deploy/debian-packages-deb
mkdir -p "${1:-build}"
folder=$(cd "${1:-build}" && pwd)
tree=build/deb
root=$PWD/$tree/root

{
    [ -f $tree/build.ninja ] || meson setup $tree --prefix=/usr -Dtests=false -Dweb=enabled
    ninja --quiet -C $tree
    rm -rf "$root"
    DESTDIR=$root meson install -C $tree --no-rebuild --strip --quiet
} >&2

version=$(meson introspect --projectinfo $tree | sed 's/.*"version": "\([^"]*\)".*/\1/')
arch=$(dpkg --print-architecture)
package=$folder/weir_${version}_$arch.deb
share=$root/usr/share/doc/weir

gzip -9n "$root/usr/share/man/man1/weir.1"
cat >"$share/copyright" <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: weir

Files: *
Copyright: the authors of weir
License: Apache-2.0

License: Apache-2.0
 On Debian systems the full text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
END

# dpkg-shlibdeps wants to stand beside a debian/control.
mkdir -p $tree/debian "$root/DEBIAN"
printf 'Source: weir\n\nPackage: weir\nArchitecture: any\n' >$tree/debian/control
depends=$(cd $tree && dpkg-shlibdeps -O root/usr/bin/weir root/usr/bin/weir-target)
cat >"$root/DEBIAN/control" <<END
Package: weir
Version: $version
Architecture: $arch
Maintainer: the authors of weir <weir@localhost>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Depends: ${depends#shlibs:Depends=}
Section: net
Priority: optional
Description: load tester for event-driven systems: HTTP, Kafka
 Puts a known load on a target and reports what really happened: latency from
 when a call was due, every call with one fate, books that balance. Scenarios
 are Lua files; an embedded broker and a server to try it on come along.
END
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group --build "$root" "$package" >&2
echo "$package"
