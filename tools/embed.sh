#!/bin/sh
# tools/embed.sh NAME FILE: the bytes of the file as C: const char NAME[], zero-terminated. For the
# build, so that a program needs no file beside it. Not as a string, which may only have 4 095 bytes
# (C17, 5.2.4.1).
set -eu
printf 'extern const char %s[];\nconst char %s[] = {\n' "$1" "$1"
od -An -v -tx1 "$2" | sed "s/ \([0-9a-f][0-9a-f]\)/'\\\\x\1',/g; s/^ */    /"
printf '    0};\n'
