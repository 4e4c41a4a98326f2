/* cli/read_file.h: files that settings name. */
#ifndef WEIR_CLI_READ_FILE_H
#define WEIR_CLI_READ_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* "TEXT" as it is, "@FILE" from the file. */
bool read_text_or_file(str text, struct arena *arena, str *out, struct err *e);

#endif
