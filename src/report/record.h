/* report/record.h: the run record (--record): one SQLite file with everything that a run measures
 * (record.sql says what), written while it goes on by a thread of its own, one transaction a
 * second: a run that is killed leaves all but its last second. Rows are there for seconds in which
 * something happened; those older than an hour become minutes. */
#ifndef WEIR_REPORT_RECORD_H
#define WEIR_REPORT_RECORD_H

#include "base/args.h"
#include "engine/sink.h"

enum {
    RECORD_FAILURES = 100, /* calls that failed, at most; what plan.failures should say */
    RECORD_WAITING = 32,   /* seconds under way to the writer; those beyond are lost, and named */
    RECORD_FINE_S = 3600,  /* age from which seconds become minutes */
};

/* What the record says beside the run. All live as long as the sink. */
struct record_about {
    const struct args *settings;
    const struct threshold *thresholds;
    unsigned n_thresholds;
    bool tell; /* say at the end where the record is */
};

/* Makes the file; an old one of that name goes, and so does the new one when the run does not
 * begin. NULL with a sentence. */
struct sink *record_sink(const char *path, const struct record_about *about, struct err *e);

#endif
