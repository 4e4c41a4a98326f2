/* report/output.h: a file that results are written to: opened before the load starts, so that a bad
 * path costs no run, and emptied then, so that no old result is taken for the new one. "-" is
 * standard output. Errors name the file (ERR_RUN). One thread; writing to a closed pipe is an error
 * only where the program ignores SIGPIPE, which main does. */
#ifndef WEIR_REPORT_OUTPUT_H
#define WEIR_REPORT_OUTPUT_H

#include "base/err.h"
#include "base/str.h"

struct output {
    const char *what; /* "summary": static text, for sentences */
    const char *path; /* lives longer than this */
    int fd;           /* -1: closed */
};

bool output_open(struct output *o, const char *what, const char *path, struct err *e);

/* Writes all of it, however long that takes. */
bool output_write(struct output *o, str bytes, struct err *e);

/* Says what errno means for this file. Returns false. */
bool output_failed(const struct output *o, int error, struct err *e);

/* Closes what output_open opened; harmless when that failed or it was closed. Some file systems say
 * only now that the disk is full. */
bool output_close(struct output *o, struct err *e);

#endif
