#!/bin/bash
# tools/packages.sh FILE...: installs the Debian packages named in the files (one a line, # comments)
# that are missing, and says which. When nothing is missing it costs one dpkg-query. A line
# "PACKAGE unless PROGRAM" leaves it to whatever brought that program.
# Exit 0: all there, or not a Debian (then it names them and leaves them to you). 1: not installed.
set -euo pipefail
export LC_ALL=C # sort and comm must agree

say() {
    echo "packages: $*" >&2
}

# A package that brings a service would start it at once and at every boot. Nobody who tests weir
# asked for a web server on port 80: no start now (policy-rc.d, Debian's way to say so) ...
policy=/usr/sbin/policy-rc.d
policy_text='#!/bin/sh
# Written by tools/packages.sh of weir while it installs; may be deleted.
exit 101'

policy_ours() {
    [ -f $policy ] && [ "$(cat $policy)" = "$policy_text" ]
}

forbid_services() {
    if policy_ours || [ ! -e $policy ]; then # ours: left behind by a run that was killed
        trap 'rm -f $policy' EXIT
        trap 'exit 130' INT TERM HUP
        printf '%s\n' "$policy_text" >$policy
        chmod 755 $policy
    fi
}

installed() {
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort -u
}

# Those of these packages that are not the system itself: where systemd comes along, as into a bare
# container, its own services are no one's web server.
programs() {
    dpkg-query -W -f '${Section} ${Package}\n' "$@" | sed -n '/^admin /!s/.* //p'
}

# ... and not at the next boot either: of what was installed since the list $1 was made.
disable_services() {
    local fresh name
    mapfile -t fresh < <(comm -13 <(echo "$1") <(installed))
    mapfile -t fresh < <(programs "${fresh[@]}")
    [ ${#fresh[@]} -gt 0 ] || return 0
    for name in $(dpkg-query -L "${fresh[@]}" |
        sed -n 's#^/etc/init.d/\([^/]*\)$#\1#p; s#.*/systemd/system/\([^/@]*\)\.service$#\1#p' | sort -u); do
        say "the service $name came with a package and is not enabled"
        if [ -e "/etc/init.d/$name" ]; then
            update-rc.d "$name" disable
        elif command -v systemctl >/dev/null; then # update-rc.d refuses what has no script there
            systemctl disable --quiet "$name.service"
        fi
    done
}

if [ "${1:-}" = --install ]; then # as root, called by the lower half of this file
    shift
    export DEBIAN_FRONTEND=noninteractive
    before=$(installed)
    forbid_services
    apt-get update -q || say "apt-get update failed, trying with the lists that are there"
    apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
    disable_services "$before"
    exit
fi

# The packages of a list's lines.
needed() {
    local package program
    while read -r package _ program; do
        if [ -n "$package" ] && { [ -z "$program" ] || ! command -v "$program" >/dev/null; }; then
            echo "$package"
        fi
    done
}

[ $# -gt 0 ] || { say "usage: tools/packages.sh FILE..."; exit 2; }
mapfile -t wanted < <(sed 's/#.*//' "$@" | needed | sort -u)

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is not a Debian; please see to it yourself that these are there: ${wanted[*]}"
    exit 0
fi

mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}") <(installed "${wanted[@]}"))
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif ! command -v sudo >/dev/null; then
    say "missing: ${missing[*]}. You are not root and there is no sudo; please have them installed:" \
        "apt-get install --no-install-recommends ${missing[*]}"
    exit 1
elif [ -t 0 ] || sudo -n true 2>/dev/null; then
    as_root=(sudo env ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"})
else
    say "missing: ${missing[*]}. sudo wants a password and there is no terminal to ask at; please run:" \
        "sudo apt-get install --no-install-recommends ${missing[*]}"
    exit 1
fi

say "installing ${missing[*]}"
if ! "${as_root[@]}" "$(readlink -f "$0")" --install "${missing[@]}" >&2; then
    say "apt-get could not install ${missing[*]} (its reason is above)"
    exit 1
fi
