/* report/record_failure.h: the calls of a record that failed, as sinks are told of them. One
 * thread, that of the file. */
#ifndef WEIR_REPORT_RECORD_FAILURE_H
#define WEIR_REPORT_RECORD_FAILURE_H

#include "engine/sink.h"
#include "report/record_span.h"

struct record_failures {
    struct record_row row;
    const struct record_series *series;
    struct arena *arena; /* of the texts */
};

struct record_failures record_failures(struct record_db *db, const struct record_series *series,
                                       struct arena *arena);
/* False: there is no further one. */
bool record_next_failure(struct record_failures *f, struct shown_call *out);

#endif
