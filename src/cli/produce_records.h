/* cli/produce_records.h: from the options of `weir kafka produce` to its records. */
#ifndef WEIR_CLI_PRODUCE_RECORDS_H
#define WEIR_CLI_PRODUCE_RECORDS_H

#include "base/args.h"
#include "scenario/records.h"

/* Where values come from: a file's lines, or made or given by the options. "-" is standard input,
 * also when nothing is said and that is a pipe. NULL: no lines. */
const char *produce_lines(const struct args *a, struct arena *arena);

/* Fills all of *r but its call; texts in the arena. */
bool produce_records_read(const struct args *a, uint64_t seed, struct arena *arena,
                          struct records *r, struct err *e);

#endif
