/* Whole files into memory. */
#include "cli/read_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { PIECE = 64 * 1024 };

bool read_file(const char *path, struct arena *arena, str *out, struct err *e)
{
    struct buf bytes = {0};
    FILE *f = fopen(path, "re");
    size_t n = 1;
    while (f && n > 0) {
        buf_reserve(&bytes, PIECE);
        n = fread(bytes.p + bytes.n, 1, PIECE, f);
        bytes.n += n;
    }
    bool good = f && !ferror(f);
    if (!good)
        err_set(e, ERR_RUN, "cannot read %s: %s", path, strerror(errno));
    if (f)
        fclose(f);
    *out = arena_dup(arena, buf_view(&bytes));
    buf_free(&bytes);
    return good;
}

bool read_text_or_file(str text, struct arena *arena, str *out, struct err *e)
{
    if (str_starts(text, STR("@")))
        return read_file(arena_z(arena, str_skip(text, 1)), arena, out, e);
    *out = text;
    return true;
}
