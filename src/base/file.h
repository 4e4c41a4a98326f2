/* base/file.h: whole files at once, for what is read before a run starts. Blocks. */
#ifndef WEIR_BASE_FILE_H
#define WEIR_BASE_FILE_H

#include "base/arena.h"
#include "base/err.h"

/* All bytes, into the arena; "-" is standard input. Pipes too: read to their end. False with a
 * sentence that names the file (ERR_RUN). */
bool file_read(const char *path, struct arena *arena, str *out, struct err *e);

#endif
