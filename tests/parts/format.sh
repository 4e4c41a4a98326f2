# clang-format, with the .clang-format of the tree, changes no file.
. "$(dirname "$0")/lib.sh"
need clang-format
mapfile -t files < <(source_files '*.c' '*.h')
check "format of ${#files[@]} files" clang-format --dry-run -Werror "${files[@]}" || true
