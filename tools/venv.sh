#!/bin/bash
# tools/venv.sh: makes build/venv, the Python of the flow tests, from tests/requirements.txt; once,
# and again when that file or the Python changed.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=build/venv

if cmp -s tests/requirements.txt $venv/made-with && $venv/bin/python -m pytest --version >/dev/null 2>&1; then
    exit 0
fi
made=false
for python in python3 /usr/bin/python3; do # the first may be one of the user's own, without venv
    rm -rf $venv
    if "$python" -m venv $venv; then
        made=true
        break
    fi
done
$made || { echo "venv: no Python here can make one (Debian: python3-venv)" >&2; exit 1; }
$venv/bin/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
cp tests/requirements.txt $venv/made-with
