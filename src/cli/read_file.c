/* Settings that may name a file. */
#include "cli/read_file.h"

#include "base/file.h"

bool read_text_or_file(str text, struct arena *arena, str *out, struct err *e)
{
    if (str_starts(text, STR("@")))
        return file_read(arena_z(arena, str_skip(text, 1)), arena, out, e);
    *out = text;
    return true;
}
