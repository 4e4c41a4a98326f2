/* cli/produce_records.h: from the options of `weir kafka produce` to its records. */
#ifndef WEIR_CLI_PRODUCE_RECORDS_H
#define WEIR_CLI_PRODUCE_RECORDS_H

#include "base/args.h"
#include "scenario/records.h"

/* Where values come from: a file's lines, or made or given by the options. "-" is standard input,
 * also when nothing is said and that is a pipe. NULL: no lines. */
const char *produce_lines(const struct args *a, struct arena *arena);

/* What a record is where no lines are read: key, partition, headers, value. The rest of *r as it
 * is; texts in the arena. */
bool produce_record_read(const struct args *a, uint64_t seed, struct arena *arena,
                         struct records *r, struct err *e);

/* -z and --acks into the list, in which -X has been read, for that many records in flight
 * (UINT64_MAX: not known). */
bool produce_properties_read(const struct args *a, uint64_t in_flight, struct arena *arena,
                             struct kafka_properties *into, struct err *e);

/* Fills all of *r but its call; texts in the arena. */
bool produce_records_read(const struct args *a, uint64_t seed, struct arena *arena,
                          struct records *r, struct err *e);

#endif
