#!/bin/sh
# tools/embed.sh NAME FILE: the text of the file as C: const char NAME[], zero-terminated. For the
# build, so that a program needs no file beside it. Lines of at most 4 000 bytes (C17, 5.2.4.1).
set -eu
printf 'extern const char %s[];\nconst char %s[] =\n' "$1" "$1"
sed 's/\\/\\\\/g; s/"/\\"/g; s/^/    "/; s/$/\\n"/' "$2"
printf '    "";\n'
